/* Scalars of YAML 1.2's core schema (chapter 10.3), without a regular expression. */
#include "policy/yaml_scalar.h"

#include "policy/json.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TAG_PREFIX "tag:yaml.org,2002:"
#define DECIMAL "0123456789"

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

static bool as_null(const char *text, struct json_object **ret)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};

	if (!is_one_of(text, nulls))
		return false;
	*ret = NULL;
	return true;
}

static bool as_bool(const char *text, struct json_object **ret)
{
	static const char *const yes[] = {"true", "True", "TRUE", NULL}, *const no[] = {"false", "False", "FALSE",
	                                                                                NULL};

	if (!is_one_of(text, yes) && !is_one_of(text, no))
		return false;
	*ret = json_new_bool(is_one_of(text, yes));
	return true;
}

static const char *after_sign(const char *text)
{
	return text + (*text == '-' || *text == '+');
}

/* [-+]?[0-9]+, 0o[0-7]+, 0x[0-9a-fA-F]+ */
static bool is_int(const char *text, int *ret_base, const char **ret_digits)
{
	const char *digits = after_sign(text);
	int base = strncmp(text, "0o", 2) == 0 ? 8 : strncmp(text, "0x", 2) == 0 ? 16 : 10;

	if (base != 10)
		digits = text + 2;
	*ret_base = base;
	*ret_digits = digits;
	return *digits != '\0' && digits[strspn(digits, base == 8    ? "01234567"
	                                                : base == 16 ? DECIMAL "abcdefABCDEF"
	                                                             : DECIMAL)] == '\0';
}

/* `text` is_int(). */
static int make_int(const char *text, int base, const char *digits, struct json_object **ret, const char **ret_what)
{
	uint64_t value;

	errno = 0;
	value = strtoull(digits, NULL, base);
	if (errno == ERANGE || (*text == '-' && value > (uint64_t)INT64_MAX + 1)) {
		*ret_what = "an integer of more than 64 bits";
		return -ERANGE;
	}
	*ret = *text == '-' ? json_new_i64((int64_t)(0 - value)) : json_new_u64(value);
	return 0;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_float(const char *text)
{
	const char *at = after_sign(text);
	size_t whole = strspn(at, DECIMAL), fraction = 0;

	at += whole;
	if (*at == '.') {
		fraction = strspn(++at, DECIMAL);
		at += fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (*at != 'e' && *at != 'E')
		return *at == '\0';
	at = after_sign(at + 1);
	return *at != '\0' && at[strspn(at, DECIMAL)] == '\0';
}

static bool is_not_finite(const char *text)
{
	static const char *const nan[] = {".nan", ".NaN", ".NAN", NULL}, *const inf[] = {".inf", ".Inf", ".INF", NULL};

	return is_one_of(text, nan) || is_one_of(after_sign(text), inf);
}

static int make_float(const char *text, struct json_object **ret, const char **ret_what)
{
	double value = is_not_finite(text) ? (double)INFINITY : strtod(text, NULL);

	if (!isfinite(value)) {
		*ret_what = "not a finite number";
		return -ERANGE;
	}
	*ret = json_new_double(value);
	return 0;
}

static int resolve_plain(const char *text, struct json_object **ret, const char **ret_what)
{
	const char *digits;
	int base;

	if (as_null(text, ret) || as_bool(text, ret))
		return 0;
	if (is_int(text, &base, &digits))
		return make_int(text, base, digits, ret, ret_what);
	if (is_float(text) || is_not_finite(text))
		return make_float(text, ret, ret_what);
	*ret = json_new_string(text);
	return 0;
}

int yaml_scalar_resolve(const char *text, const char *tag, struct json_object **ret, const char **ret_what)
{
	const char *digits;
	int base;

	if (tag == NULL)
		return resolve_plain(text, ret, ret_what);
	*ret_what = "a tag that is none of !!str, !!int, !!float, !!bool, !!null";
	if (strncmp(tag, TAG_PREFIX, strlen(TAG_PREFIX)) != 0)
		return -EINVAL;
	tag += strlen(TAG_PREFIX);
	if (strcmp(tag, "str") == 0) {
		*ret = json_new_string(text);
		return 0;
	}
	if (strcmp(tag, "int") == 0 && is_int(text, &base, &digits))
		return make_int(text, base, digits, ret, ret_what);
	if (strcmp(tag, "float") == 0 && (is_float(text) || is_not_finite(text)))
		return make_float(text, ret, ret_what);
	if ((strcmp(tag, "bool") == 0 && as_bool(text, ret)) || (strcmp(tag, "null") == 0 && as_null(text, ret)))
		return 0;
	if (strcmp(tag, "int") == 0 || strcmp(tag, "float") == 0 || strcmp(tag, "bool") == 0 ||
	    strcmp(tag, "null") == 0)
		*ret_what = "not what its tag says";
	return -EINVAL;
}
