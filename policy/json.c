/*
 * JSON, read and written: the house's only contact with json-c. The profiles, the reports and the jobs all go
 * through here, so that there is one place that decides how strict reading is, and one that guarantees
 * that what is written can be read by any other parser.
 *
 * json-c's own UTF-8 check lets overlong forms, surrogates and numbers above U+10FFFF pass, and its printer checks
 * nothing; hence utf8_sequence() below, used in both directions.
 */
#include "policy/json.h"

#include "policy/json_text.h"
#include "policy/utf8.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Offset of the first byte that is not UTF-8, or `len`. */
static size_t utf8_valid_len(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t n = utf8_sequence(text + at, len - at);

		if (n == 0)
			break;
		at += n;
	}
	return at;
}

static void json_tokener_freep(json_tokener **tokener)
{
	if (*tokener != NULL)
		json_tokener_free(*tokener);
}

static size_t count_members(struct json_object *json)
{
	size_t n = 0;

	if (json_object_is_type(json, json_type_array))
		for (size_t i = 0; i < json_object_array_length(json); i++)
			n += count_members(json_object_array_get_idx(json, i));
	if (json_object_is_type(json, json_type_object)) {
		json_object_object_foreach(json, key, value)
		{
			n += 1 + count_members(value);
			(void)key;
		}
	}
	return n;
}

/* strtod(3) makes infinity of 1e999, which no JSON can say. */
static bool all_finite(struct json_object *json)
{
	if (json_object_is_type(json, json_type_double))
		return isfinite(json_object_get_double(json));
	if (json_object_is_type(json, json_type_array))
		for (size_t i = 0; i < json_object_array_length(json); i++)
			if (!all_finite(json_object_array_get_idx(json, i)))
				return false;
	if (json_object_is_type(json, json_type_object)) {
		json_object_object_foreach(json, key, value)
		{
			(void)key;
			if (!all_finite(value))
				return false;
		}
	}
	return true;
}

/* Of a key that is given twice json-c keeps the last, so the text then has more members than what was read from it. */
static int check_text(const char *text, size_t len, struct json_object *json, const char *origin, struct sbx_err *err)
{
	const char *what;
	size_t members = 0, at = json_text_check(text, len, &what, &members);

	if (at < len)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%s: %s at byte %zu", origin, what, at);
	if (members != count_members(json))
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%s: an object has a key twice", origin);
	if (!all_finite(json))
		return sbx_fail(err, SBX_STAGE_USAGE, ERANGE, "%s: a number is too large", origin);
	return 0;
}

int json_parse(const char *text, size_t len, const char *origin, struct json_object **ret, struct sbx_err *err)
{
	__attribute__((cleanup(json_tokener_freep))) json_tokener *tokener = NULL;
	struct json_object *json;
	enum json_tokener_error error;
	size_t end;

	if (len > JSON_BYTES_MAX)
		return sbx_fail(err, SBX_STAGE_USAGE, EFBIG, "%s: %zu bytes of JSON, more than %zu", origin, len,
		                JSON_BYTES_MAX);
	if (json_text_values(text, len) > JSON_VALUES_MAX)
		return sbx_fail(err, SBX_STAGE_USAGE, EFBIG, "%s: more than %d values", origin, JSON_VALUES_MAX);
	end = utf8_valid_len(text, len);
	if (end < len)
		return sbx_fail(err, SBX_STAGE_USAGE, EILSEQ, "%s: byte %zu is not UTF-8", origin, end);

	tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
	if (tokener == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "%s: out of memory", origin);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	json = json_tokener_parse_ex(tokener, text, (int)len);
	error = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	/* A bare number has its end only with the text's; the NUL says that nothing more will come. */
	if (error == json_tokener_continue && end == len) {
		json = json_tokener_parse_ex(tokener, "", 1);
		error = json_tokener_get_error(tokener);
	}
	if (error == json_tokener_success && end == len) {
		int rc = check_text(text, len, json, origin, err);
		if (rc < 0)
			json_object_put(json);
		else
			*ret = json;
		return rc;
	}
	json_object_put(json);
	if (error == json_tokener_success || error == json_tokener_continue)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%s: %s at byte %zu", origin,
		                end < len ? "unexpected character" : "unexpected end", end);
	return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%s: %s at byte %zu", origin, json_tokener_error_desc(error),
	                end);
}

void json_free(struct json_object *json)
{
	json_object_put(json);
}

enum json_kind json_kind_of(const struct json_object *json)
{
	static const enum json_kind kinds[] = {
	        [json_type_null] = JSON_NULL,     [json_type_boolean] = JSON_BOOL,  [json_type_double] = JSON_DOUBLE,
	        [json_type_int] = JSON_INT,       [json_type_object] = JSON_OBJECT, [json_type_array] = JSON_ARRAY,
	        [json_type_string] = JSON_STRING,
	};

	return kinds[json_object_get_type(json)];
}

const char *json_kind_name(enum json_kind kind)
{
	static const char *const names[JSON_KIND_MAX] = {
	        [JSON_NULL] = "null",        [JSON_BOOL] = "true or false", [JSON_INT] = "an integer",
	        [JSON_DOUBLE] = "a number",  [JSON_STRING] = "a string",    [JSON_ARRAY] = "an array",
	        [JSON_OBJECT] = "an object",
	};

	return kind >= 0 && kind < JSON_KIND_MAX ? names[kind] : "unknown";
}

bool json_find(const struct json_object *object, const char *key, struct json_object **ret_value)
{
	struct json_object *value;

	if (json_kind_of(object) != JSON_OBJECT || !json_object_object_get_ex(object, key, &value))
		return false;
	*ret_value = value;
	return true;
}

int json_each(struct json_object *object,
              int (*fn)(const char *key, struct json_object *value, void *data, struct sbx_err *err), void *data,
              struct sbx_err *err)
{
	json_object_object_foreach(object, key, value)
	{
		TRY(fn(key, value, data, err));
	}
	return 0;
}

size_t json_length(const struct json_object *array)
{
	return json_kind_of(array) == JSON_ARRAY ? json_object_array_length(array) : 0;
}

struct json_object *json_at(const struct json_object *array, size_t index)
{
	return index < json_length(array) ? json_object_array_get_idx(array, index) : NULL;
}

const char *json_string_of(struct json_object *json)
{
	const char *text;

	if (json_kind_of(json) != JSON_STRING)
		return NULL;
	text = json_object_get_string(json);
	return strlen(text) == (size_t)json_object_get_string_len(json) ? text : NULL;
}

const char *json_bytes_of(struct json_object *json, size_t *ret_len)
{
	if (json_kind_of(json) != JSON_STRING)
		return NULL;
	*ret_len = (size_t)json_object_get_string_len(json);
	return json_object_get_string(json);
}

bool json_u64_of(const struct json_object *json, uint64_t *ret_value)
{
	/* json-c would read a negative number as 0 without a word. */
	if (json_kind_of(json) != JSON_INT || json_object_get_int64(json) < 0)
		return false;
	*ret_value = json_object_get_uint64(json);
	return true;
}

bool json_i64_of(const struct json_object *json, int64_t *ret_value)
{
	int64_t value;

	if (json_kind_of(json) != JSON_INT)
		return false;
	value = json_object_get_int64(json);
	/* Above INT64_MAX json-c clamps without a word. */
	if (value == INT64_MAX && json_object_get_uint64(json) != INT64_MAX)
		return false;
	*ret_value = value;
	return true;
}

bool json_bool_of(const struct json_object *json, bool *ret_value)
{
	if (json_kind_of(json) != JSON_BOOL)
		return false;
	*ret_value = json_object_get_boolean(json);
	return true;
}

bool json_double_of(const struct json_object *json, double *ret_value)
{
	enum json_kind kind = json_kind_of(json);

	if (kind != JSON_INT && kind != JSON_DOUBLE)
		return false;
	*ret_value = json_object_get_double(json);
	return true;
}

static struct json_object *checked(struct json_object *json)
{
	if (json == NULL)
		abort();
	return json;
}

/*
 * `text` with U+FFFD in place of each byte that is not UTF-8, in a new string when there is one, else `text`.
 */
static const char *utf8_repair(const char *text, char **ret_owned)
{
	size_t len = strlen(text);
	char *copy, *to;

	if (utf8_valid_len(text, len) == len)
		return text;
	copy = to = malloc(3 * len + 1);
	if (copy == NULL)
		abort();
	while (len > 0) {
		size_t n = utf8_sequence(text, len);

		memcpy(to, n > 0 ? text : "\xef\xbf\xbd", n > 0 ? n : 3);
		to += n > 0 ? n : 3;
		n += n == 0;
		text += n;
		len -= n;
	}
	*to = '\0';
	*ret_owned = copy;
	return copy;
}

struct json_object *json_new_object(void)
{
	return checked(json_object_new_object());
}

struct json_object *json_new_array(void)
{
	return checked(json_object_new_array());
}

struct json_object *json_new_string(const char *value)
{
	char *owned = NULL;
	struct json_object *json = checked(json_object_new_string(utf8_repair(value, &owned)));

	free(owned);
	return json;
}

struct json_object *json_new_u64(uint64_t value)
{
	return checked(json_object_new_uint64(value));
}

struct json_object *json_new_i64(int64_t value)
{
	return checked(json_object_new_int64(value));
}

struct json_object *json_new_double(double value)
{
	return checked(json_object_new_double(value));
}

struct json_object *json_new_bool(bool value)
{
	return checked(json_object_new_boolean(value));
}

struct json_object *json_share(struct json_object *json)
{
	return json_object_get(json);
}

void json_add(struct json_object *object, const char *key, struct json_object *value)
{
	char *owned = NULL;

	if (json_object_object_add(object, utf8_repair(key, &owned), value) != 0)
		abort();
	free(owned);
}

void json_add_string(struct json_object *object, const char *key, const char *value)
{
	json_add(object, key, value != NULL ? json_new_string(value) : NULL);
}

void json_add_u64(struct json_object *object, const char *key, uint64_t value)
{
	json_add(object, key, json_new_u64(value));
}

void json_add_i64(struct json_object *object, const char *key, int64_t value)
{
	json_add(object, key, json_new_i64(value));
}

void json_add_bool(struct json_object *object, const char *key, bool value)
{
	json_add(object, key, json_new_bool(value));
}

void json_append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value) != 0)
		abort();
}

const char *json_text(struct json_object *json, bool pretty)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text;

	flags |= pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN;
	text = json_object_to_json_string_ext(json, flags);
	if (text == NULL)
		abort();
	return text;
}
