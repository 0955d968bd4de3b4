/* JSON as policy/json.h reads it: never more than the standard allows, and what it prints is read as the same again. */
#include "fuzz.h"

#include "policy/json.h"

#include <math.h>

static unsigned depth_of(const struct json_object *json);

static int look_at(const char *key, struct json_object *value, void *data, struct sbx_err *err)
{
	unsigned *depth = data, below = depth_of(value);

	(void)err;
	FUZZ_ASSERT(fuzz_is_utf8(key, strlen(key)));
	*depth = below > *depth ? below : *depth;
	return 0;
}

/* And that all readers agree on what each value is. */
static unsigned depth_of(const struct json_object *json)
{
	struct json_object *value = (struct json_object *)(uintptr_t)json;
	enum json_kind kind = json_kind_of(json);
	unsigned depth = 0;
	struct sbx_err err;
	uint64_t u64;
	int64_t i64;
	double number;
	size_t len;
	bool truth;

	FUZZ_ASSERT(json_bool_of(json, &truth) == (kind == JSON_BOOL));
	FUZZ_ASSERT(json_double_of(json, &number) == (kind == JSON_INT || kind == JSON_DOUBLE));
	FUZZ_ASSERT(kind != JSON_DOUBLE || isfinite(number));
	FUZZ_ASSERT((json_u64_of(json, &u64) || json_i64_of(json, &i64)) == (kind == JSON_INT));
	FUZZ_ASSERT((json_bytes_of(value, &len) != NULL) == (kind == JSON_STRING));
	FUZZ_ASSERT(kind != JSON_STRING || fuzz_is_utf8(json_bytes_of(value, &len), len));
	if (kind == JSON_OBJECT)
		FUZZ_ASSERT(json_each(value, look_at, &depth, &err) == 0);
	for (size_t i = 0; i < json_length(json); i++) {
		unsigned below = depth_of(json_at(json, i));
		depth = below > depth ? below : depth;
	}
	return depth + (kind == JSON_OBJECT || kind == JSON_ARRAY);
}

static void try_again(struct json_object *json, bool pretty)
{
	FUZZ_CLEANUP char *text = strdup(json_text(json, pretty));
	struct json_object *again = NULL;
	struct sbx_err err = {0};

	FUZZ_ASSERT(fuzz_is_json(text, strlen(text)));
	FUZZ_ASSERT(json_parse(text, strlen(text), "again", &again, &err) == 0);
	FUZZ_ASSERT(strcmp(json_text(again, pretty), text) == 0);
	json_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_CLEANUP char *text = fuzz_bytes((const char *)data, size);
	struct json_object *json = NULL;
	struct sbx_err err = {0};

	if (json_parse(text, size, "fuzz", &json, &err) < 0) {
		fuzz_assert_error(&err);
		return 0;
	}
	FUZZ_ASSERT(fuzz_is_json(text, size));
	FUZZ_ASSERT(depth_of(json) <= JSON_DEPTH_MAX);
	if (json != NULL) {
		try_again(json, false);
		try_again(json, true);
	}
	json_free(json);
	return 0;
}
