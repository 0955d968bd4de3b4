/*
 * report FILE [CHECK...]: looks into a report of `sbx run --format json`.
 *
 * A CHECK is PATH=VALUE, PATH!=VALUE, PATH>=NUMBER, PATH<=NUMBER, or a bare PATH, which prints the value. PATH is keys
 * with dots between them; true, false and null are written so. Fails if a check does not hold.
 */
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 20];

static struct json_object *parse(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t size = file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file);
	struct json_object *object = json_tokener_parse(text);

	if (size == 0 || strchr(text, '\n') != text + size - 1) {
		fprintf(stderr, "%s is not one line: %s\n", path, text);
		exit(1);
	}
	if (object == NULL) {
		fprintf(stderr, "%s is not JSON: %s\n", path, text);
		exit(1);
	}
	return object;
}

/* False where a key is missing: an absent field is not a null one. */
static bool find(struct json_object *object, char *path, struct json_object **ret)
{
	char *rest = NULL;

	for (char *key = strtok_r(path, ".", &rest); key != NULL; key = strtok_r(NULL, ".", &rest))
		if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, key, &object))
			return false;
	*ret = object;
	return true;
}

static const char *shown(struct json_object *value)
{
	if (json_object_is_type(value, json_type_string))
		return json_object_get_string(value);
	return json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
}

static bool holds(struct json_object *value, char how, const char *wanted)
{
	if (how == '=' || how == '!')
		return (strcmp(shown(value), wanted) == 0) == (how == '=');
	if (!json_object_is_type(value, json_type_int))
		return false;
	return how == '>' ? json_object_get_int64(value) >= atoll(wanted)
	                  : json_object_get_int64(value) <= atoll(wanted);
}

int main(int argc, char **argv)
{
	struct json_object *report;
	int failed = 0;

	if (argc < 2)
		return 2;
	report = parse(argv[1]);
	for (int i = 2; i < argc; i++) {
		char path[256] = "";
		size_t len = strcspn(argv[i], "=!<>");
		const char *how = argv[i] + len, *wanted = how + (*how == '\0' ? 0 : *how == '=' ? 1 : 2);
		struct json_object *value;
		if (len >= sizeof(path) || !find(report, memcpy(path, argv[i], len), &value)) {
			fprintf(stderr, "%s: no such field\n", argv[i]);
			failed = 1;
		} else if (*how == '\0') {
			puts(shown(value));
		} else if (!holds(value, *how, wanted)) {
			fprintf(stderr, "%s, but it is %s\n", argv[i], shown(value));
			failed = 1;
		}
	}
	if (failed)
		fputs(text, stderr);
	return failed;
}
