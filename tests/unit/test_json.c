/* policy/json.c: what is read, what is refused, and that what is written can be read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/json.h"
#include "policy/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) (literal), sizeof(literal) - 1

static struct json_object *parsed(const char *text)
{
	struct json_object *json = NULL;
	struct sbx_err err = {0};

	if (json_parse(text, strlen(text), "test", &json, &err) < 0)
		fail_msg("%s", err.msg);
	return json;
}

static void refused(const char *text, size_t len, int errnum, const char *message)
{
	struct json_object *untouched = json_new_array(), *json = untouched;
	struct sbx_err err = {0};

	if (json_parse(text, len, "test", &json, &err) != -errnum)
		fail_msg("not refused as it should be: %s", text);
	assert_ptr_equal(json, untouched);
	assert_int_equal(err.stage, SBX_STAGE_USAGE);
	assert_int_equal(err.errnum, errnum);
	if (strncmp(err.msg, "test: ", 6) != 0 || strstr(err.msg, message) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.msg, message);
	json_free(untouched);
}

static void test_parse_accepts(void **state)
{
	static const char *const texts[] = {"{}",   " [] \n", "12",    "12 ",  "-1",          "1.5",
	                                    "true", "null",   "\"x\"", "\t{}", "\"\\u00e9\"", "\"\xf4\x8f\xbf\xbf\""};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		json_free(parsed(texts[i]));
}

static void test_parse_refuses(void **state)
{
	(void)state;
	refused(TEXT(""), EINVAL, "unexpected end");
	refused(TEXT("  "), EINVAL, "unexpected end");
	refused(TEXT("[1"), EINVAL, "unexpected end");
	refused(TEXT("\"a"), EINVAL, "unexpected end");
	refused(TEXT("nul"), EINVAL, "unexpected end");
	refused(TEXT("{\"a\":1}x"), EINVAL, "byte 7");
	refused(TEXT("{} {}"), EINVAL, "byte 3");
	refused(TEXT("{}\0"), EINVAL, "byte 2");
	refused(TEXT("[1]\0[2]"), EINVAL, "byte 3");
	refused(TEXT("[1,]"), EINVAL, "byte 3");
	refused(TEXT("{\"a\":1,}"), EINVAL, "byte 7");
	refused(TEXT("{\"a\" 1}"), EINVAL, "byte 5");
	refused(TEXT("TRUE"), EINVAL, "byte 0");
	refused(TEXT("/* x */ 1"), EINVAL, "byte 0");
	refused(TEXT("01"), EINVAL, "byte 2");
	/* what json-c would take */
	refused(TEXT("['a']"), EINVAL, "byte 1");
	refused(TEXT("{'a': 1}"), EINVAL, "single quotes at byte 1");
	refused(TEXT("[\"a\tb\"]"), EINVAL, "control character in a string at byte 3");
	refused(TEXT("[NaN]"), EINVAL, "byte 1");
	refused(TEXT("[-Infinity]"), EINVAL, "byte");
	refused(TEXT("[1, 18446744073709551616]"), EINVAL, "more than 64 bits at byte 4");
	refused(TEXT("[-9223372036854775809]"), EINVAL, "more than 64 bits at byte 1");
	refused(TEXT("[-04]"), EINVAL, "number that is none at byte 1");
	refused(TEXT("{\"a\\u0000b\" : 1}"), EINVAL, "NUL in a key at byte 1");
	refused(TEXT("[1, {\"a\": [-1e999]}]"), ERANGE, "a number is too large");
	refused(TEXT("{\"a\": 1, \"a\": 2}"), EINVAL, "key twice");
	refused(TEXT("[{\"b\": {\"a\": 1, \"\\u0061\": {}}}]"), EINVAL, "key twice");
	json_free(parsed("{\"a:\\\"'NaN\": [{\"a\": -1e300}, {\"a\": 123456789012345678901234567890.0}]}"));
}

static void test_parse_bounds(void **state)
{
	static char deep[2 * JSON_DEPTH_MAX + 2];
	char *large = calloc(1, JSON_BYTES_MAX + 1);

	(void)state;
	memset(deep, '[', JSON_DEPTH_MAX + 1);
	memset(deep + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	refused(deep, sizeof(deep), EINVAL, "too deep");
	/* what YAML may hold can be written as JSON and read again */
	memset(deep, '[', YAML_DEPTH_MAX);
	deep[YAML_DEPTH_MAX] = '1';
	memset(deep + YAML_DEPTH_MAX + 1, ']', YAML_DEPTH_MAX);
	deep[2 * YAML_DEPTH_MAX + 1] = '\0';
	json_free(parsed(deep));
	assert_non_null(large);
	memset(large, ' ', JSON_BYTES_MAX + 1);
	refused(large, JSON_BYTES_MAX + 1, EFBIG, "bytes");
	free(large);
}

static void test_parse_utf8(void **state)
{
	(void)state;
	refused(TEXT("[\"\xff\"]"), EILSEQ, "byte 2 is not UTF-8");
	refused(TEXT("[\"\xc0\x80\"]"), EILSEQ, "byte 2");         /* overlong NUL */
	refused(TEXT("[\"\xc1\xbf\"]"), EILSEQ, "byte 2");         /* overlong */
	refused(TEXT("[\"\xe0\x9f\xbf\"]"), EILSEQ, "byte 2");     /* overlong */
	refused(TEXT("[\"\xed\xa0\x80\"]"), EILSEQ, "byte 2");     /* a surrogate */
	refused(TEXT("[\"\xf0\x8f\xbf\xbf\"]"), EILSEQ, "byte 2"); /* overlong */
	refused(TEXT("[\"\xf4\x90\x80\x80\"]"), EILSEQ, "byte 2"); /* above U+10FFFF */
	refused(TEXT("[\"\xf5\x80\x80\x80\"]"), EILSEQ, "byte 2");
	refused(TEXT("[\"\x80\"]"), EILSEQ, "byte 2");     /* a continuation alone */
	refused(TEXT("[\"\xe2\x82\"]"), EILSEQ, "byte 2"); /* cut short */
	refused(TEXT("[\"\xe2\x82"), EILSEQ, "byte 2");    /* cut short by the end */
	refused(TEXT("{\"\xff\": 1}"), EILSEQ, "byte 2");  /* in a key */
}

static void test_kinds(void **state)
{
	static const char *const texts[JSON_KIND_MAX] = {
	        [JSON_NULL] = "null",   [JSON_BOOL] = "false", [JSON_INT] = "0",     [JSON_DOUBLE] = "1.0",
	        [JSON_STRING] = "\"\"", [JSON_ARRAY] = "[]",   [JSON_OBJECT] = "{}",
	};

	(void)state;
	for (enum json_kind kind = 0; kind < JSON_KIND_MAX; kind++) {
		struct json_object *json = parsed(texts[kind]);

		assert_int_equal(json_kind_of(json), kind);
		assert_string_not_equal(json_kind_name(kind), "unknown");
		json_free(json);
	}
	assert_string_equal(json_kind_name(JSON_KIND_MAX), "unknown");
}

static void test_integers(void **state)
{
	static const struct {
		const char *text;
		bool is_u64, is_i64;
		uint64_t u64;
		int64_t i64;
	} rows[] = {
	        {"0", true, true, 0, 0},
	        {"42", true, true, 42, 42},
	        {"-1", false, true, 0, -1},
	        {"9223372036854775807", true, true, INT64_MAX, INT64_MAX},
	        {"9223372036854775808", true, false, UINT64_C(1) << 63, 0},
	        {"18446744073709551615", true, false, UINT64_MAX, 0},
	        {"-9223372036854775808", false, true, 0, INT64_MIN},
	        {"1.0", false, false, 0, 0},
	        {"1e3", false, false, 0, 0},
	        {"\"1\"", false, false, 0, 0},
	        {"true", false, false, 0, 0},
	        {"null", false, false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *json = parsed(rows[i].text);
		uint64_t u64 = 0;
		int64_t i64 = 0;

		assert_int_equal(json_u64_of(json, &u64), rows[i].is_u64);
		assert_int_equal(json_i64_of(json, &i64), rows[i].is_i64);
		assert_true(u64 == rows[i].u64 && i64 == rows[i].i64);
		json_free(json);
	}
}

static void test_strings_and_bools(void **state)
{
	struct json_object *json = parsed("[\"a\", \"a\\u0000b\", 1, true, \"\"]");
	bool flag = false;

	(void)state;
	assert_int_equal(json_length(json), 5);
	assert_string_equal(json_string_of(json_at(json, 0)), "a");
	assert_null(json_string_of(json_at(json, 1)));
	assert_null(json_string_of(json_at(json, 2)));
	assert_string_equal(json_string_of(json_at(json, 4)), "");
	assert_null(json_at(json, 5));
	assert_false(json_bool_of(json_at(json, 2), &flag));
	assert_true(json_bool_of(json_at(json, 3), &flag));
	assert_true(flag);
	assert_int_equal(json_length(json_at(json, 0)), 0);
	json_free(json);
}

static void test_doubles(void **state)
{
	struct json_object *json = parsed("[1.5, -2, 18446744073709551615, \"1\", null, true]");
	double value = 0;

	(void)state;
	assert_true(json_double_of(json_at(json, 0), &value) && value == 1.5);
	assert_true(json_double_of(json_at(json, 1), &value) && value == -2);
	assert_true(json_double_of(json_at(json, 2), &value) && value == 18446744073709551616.0);
	for (size_t i = 3; i < 6; i++)
		assert_false(json_double_of(json_at(json, i), &value));
	json_free(json);
}

static int gather(const char *key, struct json_object *value, void *data, struct sbx_err *err)
{
	(void)value;
	strcat(data, key);
	return strcmp(key, "stop") == 0 ? sbx_fail(err, SBX_STAGE_PLAN, ENOENT, "stopped") : 0;
}

static void test_objects(void **state)
{
	struct json_object *json = parsed("{\"z\": 1, \"a\": null, \"stop\": 2, \"after\": 3}"), *value;
	struct sbx_err err = {0};
	char keys[64] = "";

	(void)state;
	assert_true(json_find(json, "a", &value));
	assert_null(value);
	value = json;
	assert_false(json_find(json, "none", &value));
	assert_false(json_find(NULL, "none", &value));
	assert_ptr_equal(value, json);
	assert_int_equal(json_each(json, gather, keys, &err), -ENOENT);
	assert_string_equal(keys, "zastop");
	json_free(json);
}

static void test_build(void **state)
{
	struct json_object *json = json_new_object(), *list = json_new_array();

	(void)state;
	json_append(list, json_new_string("/a/b"));
	json_append(list, NULL);
	json_add(json, "z", list);
	json_add_string(json, "s", "quote\" back\\ line\n tab\t bell\a \xc3\xa9");
	json_add_string(json, "none", NULL);
	json_add_u64(json, "u", UINT64_MAX);
	json_add_i64(json, "i", INT64_MIN);
	json_add_bool(json, "b", true);
	assert_string_equal(json_text(json, false),
	                    "{\"z\":[\"/a/b\",null],\"s\":\"quote\\\" back\\\\ line\\n tab\\t bell\\u0007 \xc3\xa9\","
	                    "\"none\":null,\"u\":18446744073709551615,\"i\":-9223372036854775808,\"b\":true}");
	assert_non_null(strstr(json_text(json, true), "{\n  \"z\": [\n    \"/a/b\",\n"));
	json_free(json);
	json_free(NULL);
}

static void test_build_scalars_and_shared(void **state)
{
	struct json_object *json = json_new_array(), *shared = json_new_array();

	(void)state;
	json_append(shared, json_new_double(0.5));
	json_append(shared, json_new_bool(false));
	json_append(json, json_share(shared));
	json_append(json, shared);
	json_append(json, json_new_u64(UINT64_MAX));
	json_append(json, json_new_i64(-1));
	assert_string_equal(json_text(json, false), "[[0.5,false],[0.5,false],18446744073709551615,-1]");
	json_free(json);
}

static void test_build_repairs_utf8(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
	        {"plain", "plain"},
	        {"\xff", "\xef\xbf\xbd"},
	        {"a\xc0\x80z", "a\xef\xbf\xbd\xef\xbf\xbdz"},
	        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
	        {"\xe2\x82\xac\xe2", "\xe2\x82\xac\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *json = json_new_object(), *again;

		json_add_string(json, rows[i].in, rows[i].in);
		again = parsed(json_text(json, false));
		json_free(json);
		assert_true(json_find(again, rows[i].out, &json));
		assert_string_equal(json_string_of(json), rows[i].out);
		json_free(again);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_parse_accepts),
	        cmocka_unit_test(test_parse_refuses),
	        cmocka_unit_test(test_parse_bounds),
	        cmocka_unit_test(test_parse_utf8),
	        cmocka_unit_test(test_kinds),
	        cmocka_unit_test(test_integers),
	        cmocka_unit_test(test_strings_and_bools),
	        cmocka_unit_test(test_doubles),
	        cmocka_unit_test(test_objects),
	        cmocka_unit_test(test_build),
	        cmocka_unit_test(test_build_scalars_and_shared),
	        cmocka_unit_test(test_build_repairs_utf8),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
