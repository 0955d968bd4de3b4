/* Maps by tables of keys. */
#include "policy/yaml_map.h"

#include "policy/json.h"
#include "policy/size.h"

#include <stdint.h>
#include <string.h>

struct walk {
	const struct yaml_doc *doc;
	struct json_object *map;
	const struct yaml_key *keys;
	void *into;
};

int yaml_wanted(const struct yaml_place *place, const char *what, struct sbx_err *err)
{
	return yaml_fail_key(place->doc, place->map, place->key, err, "\"%s\" has to be %s", place->key, what);
}

static int read_key(const char *name, struct json_object *value, void *data, struct sbx_err *err)
{
	const struct walk *walk = data;
	const struct yaml_place place = {.doc = walk->doc, .map = walk->map, .key = name, .value = value};

	for (const struct yaml_key *key = walk->keys; key->name != NULL; key++) {
		if (strcmp(key->name, name) != 0)
			continue;
		if (key->read != NULL)
			return key->read(&place, (char *)walk->into + key->offset, err);
		if (json_kind_of(value) != JSON_OBJECT)
			return yaml_wanted(&place, "a map", err);
		return yaml_read_map(walk->doc, value, key->inner, walk->into, err);
	}
	return yaml_fail_key(place.doc, place.map, name, err, "no such key: \"%.40s\"", name);
}

int yaml_read_map(const struct yaml_doc *doc, struct json_object *map, const struct yaml_key *keys, void *into,
                  struct sbx_err *err)
{
	struct walk walk = {.doc = doc, .map = map, .keys = keys, .into = into};
	struct json_object *value;

	if (json_kind_of(map) != JSON_OBJECT)
		return yaml_fail_key(doc, NULL, NULL, err, "not a map");
	TRY(json_each(map, read_key, &walk, err));
	for (const struct yaml_key *key = keys; key->name != NULL; key++)
		if (key->is_needed && !json_find(map, key->name, &value))
			return yaml_fail_key(doc, map, NULL, err, "\"%s\" is missing", key->name);
	return 0;
}

int yaml_read_string(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || *text == '\0')
		return yaml_wanted(place, "a string with something in it", err);
	*(const char **)field = text;
	return 0;
}

int yaml_read_bool(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return json_bool_of(place->value, field) ? 0 : yaml_wanted(place, "true or false", err);
}

int yaml_read_size(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || strcmp(text, "unlimited") == 0 || size_parse(text, field) < 0)
		return yaml_wanted(place, "a size with its unit, as 64M", err);
	return 0;
}

int yaml_read_duration(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || strcmp(text, "unlimited") == 0 || duration_parse(text, field) < 0)
		return yaml_wanted(place, "a time with its unit, as 30s", err);
	return 0;
}

int yaml_read_count(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	uint64_t value;

	if (!json_u64_of(place->value, &value) || value == 0 || value > INT32_MAX)
		return yaml_wanted(place, "a whole number of at least 1", err);
	*(uint64_t *)field = value;
	return 0;
}

int yaml_read_ignored(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	(void)place;
	(void)field;
	(void)err;
	return 0;
}
