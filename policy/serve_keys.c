/* The keys file of `sbx serve`, and finding a key in it. What a key may ask for is in serve_keys_admit.c. */
#include "policy/serve_keys.h"

#include "policy/json.h"
#include "policy/size.h"
#include "policy/spec.h"
#include "policy/yaml_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)
#define HOW_TO_HASH "what printf %s \"$KEY\" | sha256sum prints"

_Static_assert(ADMISSION_UNLIMITED == SPEC_UNLIMITED, "one word for both in the file");

/* ---- values ---- */

static int read_name(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || *text == '\0' || strlen(text) >= SERVE_KEY_NAME_BYTES ||
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] != '\0')
		return yaml_wanted(place, "at most 64 letters, digits, \".\", \"_\" and \"-\"", err);
	*(const char **)field = text;
	return 0;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex_parse(const char *text, unsigned char ret[DIGEST_BYTES])
{
	if (strlen(text) != (size_t)2 * DIGEST_BYTES)
		return false;
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static void hash(const char *text, size_t len, unsigned char ret[DIGEST_BYTES])
{
	struct digest digest;

	digest_init(&digest);
	digest_put(&digest, text, len);
	digest_end(&digest, ret);
}

static int read_sha256(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);
	unsigned char of_nothing[DIGEST_BYTES];

	if (text == NULL || !hex_parse(text, field))
		return yaml_wanted(place, "64 digits, 0-9 and a-f, in quotes: " HOW_TO_HASH ", never the key itself",
		                   err);
	hash("", 0, of_nothing);
	if (digest_equal(field, of_nothing))
		return yaml_wanted(place, "the hash of a key: this is that of nothing, as of a KEY that is not set",
		                   err);
	return 0;
}

/* What people call a key that they write down as it is. */
static int read_plain(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	(void)field;
	return yaml_fail_key(place->doc, place->map, place->key, err,
	                     "no key itself stands in this file: instead of \"%s\" give \"sha256\", %s", place->key,
	                     HOW_TO_HASH);
}

static int read_tokens(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	TRY(yaml_read_count(place, field, err));
	return *(uint64_t *)field <= ADMISSION_BURST_MAX ? 0 : yaml_wanted(place, "from 1 to 1000000", err);
}

static int read_rate(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {{"/s", SECOND_NS}, {"/min", 60 * SECOND_NS}, {"/h", 3600 * SECOND_NS}};
	struct admission_rate *rate = field;
	const char *text = json_string_of(place->value);
	size_t len = text != NULL ? strspn(text, "0123456789") : 0;
	char number[8];
	uint64_t jobs;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && len > 0 && len < sizeof(number); i++) {
		if (strcmp(text + len, units[i].unit) != 0)
			continue;
		memcpy(number, text, len);
		number[len] = '\0';
		if (count_parse(number, &jobs) < 0 || jobs > ADMISSION_BURST_MAX)
			break;
		rate->jobs = jobs;
		rate->per_ns = units[i].ns;
		return 0;
	}
	return yaml_wanted(place, "N/s, N/min or N/h, with N from 1 to 1000000", err);
}

static int read_priority(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	if (!json_u64_of(place->value, field) || *(uint64_t *)field > ADMISSION_PRIORITY_MAX)
		return yaml_wanted(place, "a whole number from 0 to 9", err);
	return 0;
}

/* ---- the keys of a key ---- */

#define FIELD(name) offsetof(struct serve_key, name)

static const struct yaml_key limit_keys[] = {
        {"time", yaml_read_duration, FIELD(job_max.cpu_us_max), NULL, false},
        {"wall", yaml_read_duration, FIELD(job_max.wall_us_max), NULL, false},
        {"memory", yaml_read_size, FIELD(job_max.memory_bytes_max), NULL, false},
        {"output", yaml_read_size, FIELD(job_max.output_bytes_max), NULL, false},
        {"pids", yaml_read_count, FIELD(job_max.pids_max), NULL, false},
        {"tests", yaml_read_count, FIELD(tests_max), NULL, false},
        {"files", yaml_read_count, FIELD(files_max), NULL, false},
        {.name = NULL},
};

static const struct yaml_key key_keys[] = {
        {"name", read_name, FIELD(name), NULL, true},
        {"sha256", read_sha256, FIELD(sha256), NULL, true},
        {"rate", read_rate, FIELD(rate), NULL, false},
        {"burst", read_tokens, FIELD(rate.burst), NULL, false},
        {"running", yaml_read_count, FIELD(queue.running_max), NULL, false},
        {"queued", yaml_read_count, FIELD(queue.queued_max), NULL, false},
        {"bytes", yaml_read_size, FIELD(queue.bytes_max), NULL, false},
        {"uploads", read_rate, FIELD(uploads), NULL, false},
        {"stored", yaml_read_size, FIELD(stored_bytes_max), NULL, false},
        {"priority", read_priority, FIELD(priority_max), NULL, false},
        {"limits", NULL, 0, limit_keys, false},
        {"key", read_plain, 0, NULL, false},
        {"bearer", read_plain, 0, NULL, false},
        {"token", read_plain, 0, NULL, false},
        {"secret", read_plain, 0, NULL, false},
        {"password", read_plain, 0, NULL, false},
        {.name = NULL},
};

static int read_one(const struct yaml_doc *doc, struct json_object *map, struct serve_key *key, struct sbx_err *err)
{
	const uint64_t any = SPEC_UNLIMITED;

	*key = (struct serve_key){
	        .queue = {any, any, any},
	        .priority_max = ADMISSION_PRIORITY_MAX,
	        .stored_bytes_max = any,
	        .job_max = {any, SPEC_UNSET, any, any, any},
	        .tests_max = any,
	        .files_max = any,
	};
	TRY(yaml_read_map(doc, map, key_keys, key, err));
	if (key->rate.jobs == 0 && key->rate.burst > 0)
		return yaml_fail_key(doc, map, "burst", err, "\"burst\" is for those that have a \"rate\"");
	if (key->rate.burst == 0)
		key->rate.burst = key->rate.jobs;
	key->uploads.burst = key->uploads.jobs;
	/* or one that may use little time could wait for ever */
	if (key->job_max.wall_us_max == SPEC_UNSET)
		key->job_max.wall_us_max = spec_default_wall_us(key->job_max.cpu_us_max);
	return 0;
}

/* Of the last one, with all before it. */
static int check_unique(const struct serve_keys *keys, struct json_object *map, struct sbx_err *err)
{
	const struct serve_key *last = &keys->keys[keys->n_keys - 1];

	for (const struct serve_key *key = keys->keys; key < last; key++) {
		if (strcmp(key->name, last->name) == 0)
			return yaml_fail_key(&keys->doc, map, "name", err, "another key is called \"%s\" too",
			                     key->name);
		if (digest_equal(key->sha256, last->sha256))
			return yaml_fail_key(&keys->doc, map, "sha256", err, "\"%s\" has the same key", key->name);
	}
	return 0;
}

static int read_list(struct serve_keys *keys, struct sbx_err *err)
{
	struct json_object *list = keys->doc.root;
	size_t n = json_length(list);

	if (n == 0 || n > SERVE_KEYS_MAX)
		return yaml_fail_key(&keys->doc, NULL, NULL, err, "not a list of 1 to %d keys", SERVE_KEYS_MAX);
	keys->keys = calloc(n, sizeof(*keys->keys));
	if (keys->keys == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "%s: out of memory", keys->doc.origin);
	for (size_t i = 0; i < n; i++) {
		struct json_object *map = json_at(list, i);

		if (json_kind_of(map) != JSON_OBJECT)
			return yaml_fail_item(&keys->doc, list, i, err, "not a map, with a \"name\" and a \"sha256\"");
		TRY(read_one(&keys->doc, map, &keys->keys[i], err));
		keys->n_keys++;
		TRY(check_unique(keys, map, err));
	}
	return 0;
}

int serve_keys_parse(const char *text, size_t len, const char *origin, struct serve_keys *ret, struct sbx_err *err)
{
	struct serve_keys keys = {0};
	int rc = yaml_load(&keys.doc, text, len, origin, err);

	if (rc == 0)
		rc = read_list(&keys, err);
	if (rc < 0)
		serve_keys_finish(&keys);
	else
		*ret = keys;
	return rc;
}

void serve_keys_finish(struct serve_keys *keys)
{
	free(keys->keys);
	yaml_finish(&keys->doc);
	*keys = (struct serve_keys){0};
}

/* ---- finding ---- */

const struct serve_key *serve_keys_find(const struct serve_keys *keys, const char *presented, size_t len)
{
	unsigned char sha256[DIGEST_BYTES];
	size_t found = 0; /* its number from 1, put together without a branch */

	hash(presented, len, sha256);
	for (size_t i = 0; i < keys->n_keys; i++)
		found |= (0 - (size_t)digest_equal(keys->keys[i].sha256, sha256)) & (i + 1);
	return found > 0 ? &keys->keys[found - 1] : NULL;
}
