/* policy/yaml.c: what a document becomes, what is refused and where, and that nothing grows beyond its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/json.h"
#include "policy/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) (literal), sizeof(literal) - 1
#define LEN(table) (sizeof(table) / sizeof((table)[0]))

static struct yaml_doc loaded(const char *text)
{
	struct yaml_doc doc = {0};
	struct sbx_err err = {0};

	if (yaml_load(&doc, text, strlen(text), "test", &err) < 0)
		fail_msg("%s\n%s", err.msg, text);
	return doc;
}

static void refused(const char *text, size_t len, int errnum, const char *message)
{
	struct yaml_doc doc = {.n_marks = 7};
	struct sbx_err err = {0};

	if (yaml_load(&doc, text, len, "test", &err) != -errnum)
		fail_msg("not refused as it should be (\"%s\"): %.200s", err.msg, text);
	assert_int_equal(doc.n_marks, 7);
	assert_int_equal(err.stage, SBX_STAGE_USAGE);
	assert_int_equal(err.errnum, errnum);
	if (strncmp(err.msg, "test:", 5) != 0 || strstr(err.msg, message) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.msg, message);
}

static void test_documents(void **state)
{
	static const struct {
		const char *yaml, *json;
	} rows[] = {
	        {"", "null"},
	        {"# nothing\n", "null"},
	        {"---\n", "null"},
	        {"---\n...\n", "null"},
	        {"%YAML 1.2\n---\na\n", "\"a\""},
	        {"\xef\xbb\xbf"
	         "a: 1\n",
	         "{\"a\":1}"},
	        {"a: 1\r\nb: 2\r\n", "{\"a\":1,\"b\":2}"},
	        {"z: [1, two, {three: 3}]\na:\n- x\n-\n- y: {}\n",
	         "{\"z\":[1,\"two\",{\"three\":3}],\"a\":[\"x\",null,{\"y\":{}}]}"},
	        {"'quoted': \"tab\\t\\u00e9\\x41\"", "{\"quoted\":\"tab\\t\xc3\xa9"
	                                             "A\"}"},
	        {"a: |\n  one\n  two\nb: >-\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\"}"},
	        {"1: x\ntrue: y\n~: z\n", "{\"1\":\"x\",\"true\":\"y\",\"~\":\"z\"}"},
	        {"{a, b: }", "{\"a\":null,\"b\":null}"},
	        {"? a\n: 1\n!!str b: 2\n", "{\"a\":1,\"b\":2}"},
	        {"a: &x [1, {k: &y v}]\nb: *x\nc: *y\n",
	         "{\"a\":[1,{\"k\":\"v\"}],\"b\":[1,{\"k\":\"v\"}],\"c\":\"v\"}"},
	        {"- &n\n- *n\n", "[null,null]"},
	        {"<<: {a: 1}\n", "{\"<<\":{\"a\":1}}"},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct yaml_doc doc = loaded(rows[i].yaml);

		assert_string_equal(doc.root != NULL ? json_text(doc.root, false) : "null", rows[i].json);
		yaml_finish(&doc);
		yaml_finish(&doc);
	}
}

static void test_scalars(void **state)
{
	static const struct {
		const char *yaml, *json;
	} rows[] = {
	        {"~", "null"},
	        {"null", "null"},
	        {"Null", "null"},
	        {"nULL", "\"nULL\""},
	        {"true", "true"},
	        {"FALSE", "false"},
	        {"tRUE", "\"tRUE\""},
	        {"yes", "\"yes\""},
	        {"no", "\"no\""},
	        {"on", "\"on\""},
	        {"y", "\"y\""},
	        {"0", "0"},
	        {"-0", "0"},
	        {"+12", "12"},
	        {"-7", "-7"},
	        {"010", "10"},
	        {"0o17", "15"},
	        {"0x1fF", "511"},
	        {"0o8", "\"0o8\""},
	        {"0x", "\"0x\""},
	        {"-0x1", "\"-0x1\""},
	        {"0b1", "\"0b1\""},
	        {"1_000", "\"1_000\""},
	        {"18446744073709551615", "18446744073709551615"},
	        {"0xffffffffffffffff", "18446744073709551615"},
	        {"-9223372036854775808", "-9223372036854775808"},
	        {"1.5", "1.5"},
	        {"1.", "1.0"},
	        {".5", "0.5"},
	        {"-.5e1", "-5.0"},
	        {"1e3", "1000.0"},
	        {"1E+2", "100.0"},
	        {".", "\".\""},
	        {"+", "\"+\""},
	        {"1e", "\"1e\""},
	        {"1.2.3", "\"1.2.3\""},
	        {"12:30", "\"12:30\""},
	        {"2026-01-01", "\"2026-01-01\""},
	        {"64M", "\"64M\""},
	        {"inf", "\"inf\""},
	        {"'12'", "\"12\""},
	        {"\"\"", "\"\""},
	        {"''", "\"\""},
	        {"!!str 12", "\"12\""},
	        {"!!str ", "\"\""},
	        {"!!int '12'", "12"},
	        {"!!float 12", "12.0"},
	        {"!!bool \"true\"", "true"},
	        {"!!null ''", "null"},
	        {"!<tag:yaml.org,2002:str> 1", "\"1\""},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		char text[64];
		struct yaml_doc doc;

		snprintf(text, sizeof(text), "[%s]", rows[i].yaml);
		doc = loaded(text);
		snprintf(text, sizeof(text), "[%s]", rows[i].json);
		assert_string_equal(json_text(doc.root, false), text);
		yaml_finish(&doc);
	}
}

static void test_refuses(void **state)
{
	static const struct {
		const char *yaml;
		int errnum;
		const char *message;
	} rows[] = {
	        /* what is no YAML */
	        {"a: [1, 2\n", EINVAL, "test:2:1: did not find expected ',' or ']' (while parsing a flow sequence)"},
	        {"a: b: c\n", EINVAL, "test:1:5: mapping values are not allowed"},
	        {"a: 1\n b: 2\n", EINVAL, "test:2:3: mapping values"},
	        {"a:\n\t- 1\n", EINVAL, "test:2:1: found character that cannot start any token"},
	        {"a: \"b\n", EINVAL, "test:2:1: found unexpected end of stream"},
	        {"a: @b\n", EINVAL, "test:1:4: found character that cannot start any token"},
	        {"%YAML 2.0\n--- a\n", EINVAL, "test:1:1: found incompatible YAML document"},
	        {"a: !x!y b\n", EINVAL, "test:1:4: found undefined tag handle"},
	        /* keys */
	        {"a: 1\nb: 2\na: 3\n", EINVAL, "test:3:1: key \"a\" is given twice"},
	        {"{\"a\": 1, a: 2}\n", EINVAL, "test:1:10: key \"a\" is given twice"},
	        {"x:\n  - 1: a\n    '1': b\n", EINVAL, "test:3:5: key \"1\" is given twice"},
	        {"? [a]\n: 1\n", EINVAL, "test:1:3: a key that is no plain or quoted text"},
	        {"{a: 1}: 2\n", EINVAL, "test:1:1: a key that is no"},
	        {"a: &k v\n*k : 1\n", EINVAL, "test:2:1: a key that is no"},
	        {"&k a: 1\n", EINVAL, "test:1:1: a key with an anchor or a tag"},
	        {"!!int 1: 1\n", EINVAL, "test:1:1: a key with an anchor or a tag"},
	        {"? \n: 1\n", EINVAL, "test:1:2: an empty key"},
	        {"'': 1\n", EINVAL, "test:1:1: an empty key"},
	        {"\"a\\0b\": 1\n", EINVAL, "test:1:1: a NUL character"},
	        /* scalars */
	        {"a: \"b\\0\"\n", EINVAL, "test:1:4: a NUL character"},
	        {"a: 18446744073709551616\n", ERANGE,
	         "test:1:4: 18446744073709551616: an integer of more than 64 bits"},
	        {"- -9223372036854775809\n", ERANGE, "test:1:3: -9223372036854775809: an integer"},
	        {"[0x10000000000000000]\n", ERANGE, "test:1:2: 0x10000000000000000: an integer"},
	        {".inf\n", ERANGE, "test:1:1: .inf: not a finite number"},
	        {"- 1\n- -.INF\n", ERANGE, "test:2:3: -.INF: not a finite number"},
	        {"[.NaN]\n", ERANGE, "test:1:2: .NaN: not a finite number"},
	        {"1e999\n", ERANGE, "test:1:1: 1e999: not a finite number"},
	        /* tags */
	        {"!!int x\n", EINVAL, "test:1:1: x: not what its tag says"},
	        {"!!int 1.5\n", EINVAL, "not what its tag says"},
	        {"!!bool yes\n", EINVAL, "not what its tag says"},
	        {"!!null 0\n", EINVAL, "not what its tag says"},
	        {"!!float x\n", EINVAL, "not what its tag says"},
	        {"a: !!binary aGk=\n", EINVAL, "test:1:4: aGk=: a tag that is none of"},
	        {"a: !!timestamp 2026-01-01\n", EINVAL, "a tag that is none of"},
	        {"a: !local x\n", EINVAL, "a tag that is none of"},
	        {"a: ! x\n", EINVAL, "a tag that is none of"},
	        {"a: !!seq [1]\n", EINVAL, "test:1:4: a list with a tag"},
	        {"a: !!set {b}\n", EINVAL, "test:1:4: a map with a tag"},
	        {"!!python/object:os.system [x]\n", EINVAL, "a list with a tag"},
	        /* aliases */
	        {"a: *b\n", EINVAL, "test:1:4: no anchor &b comes before this alias"},
	        {"a: *b\nc: &b 1\n", EINVAL, "test:1:4: no anchor &b"},
	        {"a: &x [1, *x]\n", EINVAL, "test:1:11: alias *x is a part of what it stands for"},
	        {"- &x 1\n- &x 2\n", EINVAL, "test:2:3: anchor &x is given twice"},
	        /* documents */
	        {"a: 1\n---\nb: 1\n", EINVAL, "test:2:1: a second document"},
	        {"--- 1\n...\n---\n", EINVAL, "test:3:1: a second document"},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++)
		refused(rows[i].yaml, strlen(rows[i].yaml), rows[i].errnum, rows[i].message);
}

static void test_refuses_bytes(void **state)
{
	(void)state;
	refused(TEXT("a: \xff\n"), EILSEQ, "test:1:4: ");
	refused(TEXT("\xc3\xa9: 1\nb: \xc3\xa9\xc0\x80\n"), EILSEQ, "test:2:5: "); /* overlong NUL */
	refused(TEXT("- \xed\xa0\x80\n"), EILSEQ, "test:1:3: ");                   /* a surrogate */
	refused(TEXT("- \xe0\x9f\xbf\n"), EILSEQ, "test:1:3: ");                   /* overlong */
	refused(TEXT("- \xf4\x90\x80\x80\n"), EILSEQ, "test:1:3: ");               /* above U+10FFFF */
	refused(TEXT("- \xe2\x82"), EILSEQ, "test:1:3: ");                         /* cut short */
	refused(TEXT("- \x80\n"), EILSEQ, "test:1:3: ");
	refused(TEXT("a: 1\0b: 2\n"), EILSEQ, "test:1:5: ");
	refused(TEXT("a: 1\n# \x1b[31m\n"), EILSEQ, "test:2:3: ");
	refused(TEXT("\xff\xfe"
	             "a\0:\0 \0b\0"),
	        EILSEQ, "test:1:1: "); /* UTF-16 */
}

/* `count` times `piece`, after `head`; to be freed. */
static char *repeated(const char *head, const char *piece, size_t count)
{
	size_t head_len = strlen(head), len = strlen(piece);
	char *text = malloc(head_len + count * len + 1);

	assert_non_null(text);
	memcpy(text, head, head_len + 1);
	for (size_t i = 0; i < count; i++)
		memcpy(text + head_len + i * len, piece, len + 1);
	return text;
}

static void check_bound(const char *head, const char *piece, size_t most, const char *message)
{
	char *fits = repeated(head, piece, most), *exceeds = repeated(head, piece, most + 1);
	struct yaml_doc doc = loaded(fits);

	yaml_finish(&doc);
	refused(exceeds, strlen(exceeds), E2BIG, message);
	free(fits);
	free(exceeds);
}

static void test_bounds(void **state)
{
	char anchors[4096] = "", *large = calloc(1, YAML_BYTES_MAX + 1);

	(void)state;
	/* the list, and each item */
	check_bound("", "- \n", YAML_NODES_MAX - 1, "test:100000:2: more than 100000 values");
	/* lists in lists: `- - - x` */
	check_bound("", "- ", YAML_DEPTH_MAX, "test:1:65: more than 32 lists and maps");
	check_bound("- &x 1\n", "- *x\n", YAML_ALIASES_MAX, "test:66:3: more than 64 aliases");
	for (int i = 0; i < YAML_ALIASES_MAX + 1; i++)
		sprintf(anchors + strlen(anchors), "- &a%d\n", i);
	refused(anchors, strlen(anchors), E2BIG, "test:65:3: more than 64 anchors");
	assert_non_null(large);
	memset(large, ' ', YAML_BYTES_MAX + 1);
	refused(large, YAML_BYTES_MAX + 1, EFBIG, "bytes of YAML");
	free(large);
}

/* Depth and number count what aliases stand for, not what was written. */
static void test_bounds_see_through_aliases(void **state)
{
	static const char laughs[] = "a: &a [x, x, x, x, x, x, x, x, x]\n"
	                             "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
	                             "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
	                             "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
	                             "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
	                             "f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n";
	char deep[4096] = "- &a0 [[[[[[[[]]]]]]]]\n"; /* 8 high, and each next one higher by 8 */
	struct yaml_doc doc;

	(void)state;
	refused(TEXT(laughs), E2BIG, "test:6:8: more than 100000 values");
	for (int i = 1; i < 4; i++)
		sprintf(deep + strlen(deep), "- &a%d [[[[[[[[*a%d]]]]]]]]\n", i, i - 1);
	refused(deep, strlen(deep), E2BIG, "test:4:15: more than 32 lists and maps");
	doc = loaded("- &a [[x]]\n- &b [[[*a], x], *a]\n- [[*b]]\n");
	assert_string_equal(json_text(json_at(doc.root, 2), false), "[[[[[[[\"x\"]]],\"x\"],[[\"x\"]]]]]");
	yaml_finish(&doc);
}

/* `message` without its position, which must be this one; `err` is emptied for the next. */
static void failed(int rc, struct sbx_err *err, const char *wanted)
{
	assert_int_equal(rc, -EINVAL);
	assert_int_equal(err->stage, SBX_STAGE_USAGE);
	assert_string_equal(err->msg, wanted);
	*err = (struct sbx_err){0};
}

static void test_positions(void **state)
{
	struct yaml_doc doc = loaded("# a comment\n"
	                             "first: 1\n"
	                             "list:\n"
	                             "  - a\n"
	                             "  - {\xc3\xa9: 1, deep: ~}\n"
	                             "shared: &s [x,\n"
	                             "  y]\n"
	                             "again: *s\n");
	struct json_object *list = NULL, *shared = NULL, *map;
	struct sbx_err err = {0};

	(void)state;
	assert_true(json_find(doc.root, "list", &list) && json_find(doc.root, "again", &shared));
	map = json_at(list, 1);
	failed(yaml_fail_key(&doc, doc.root, "first", &err, "no %s", "good"), &err, "test:2:1: no good");
	failed(yaml_fail_key(&doc, doc.root, "again", &err, "x"), &err, "test:8:1: x");
	failed(yaml_fail_key(&doc, doc.root, "missing", &err, "x"), &err, "test:2:1: x");
	failed(yaml_fail_key(&doc, map, "deep", &err, "x"), &err, "test:5:12: x");
	failed(yaml_fail_key(&doc, map, NULL, &err, "x"), &err, "test:5:5: x");
	failed(yaml_fail_key(&doc, list, "deep", &err, "x"), &err, "test:4:3: x");
	failed(yaml_fail_item(&doc, list, 0, &err, "x"), &err, "test:4:5: x");
	failed(yaml_fail_item(&doc, list, 1, &err, "x"), &err, "test:5:5: x");
	failed(yaml_fail_item(&doc, shared, 1, &err, "x"), &err, "test:7:3: x");
	failed(yaml_fail_key(&doc, NULL, NULL, &err, "x"), &err, "test:2:1: x");
	yaml_finish(&doc);
	doc = loaded("");
	failed(yaml_fail_key(&doc, doc.root, "key", &err, "x"), &err, "test:1:1: x");
	yaml_finish(&doc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_documents), cmocka_unit_test(test_scalars),
	        cmocka_unit_test(test_refuses),   cmocka_unit_test(test_refuses_bytes),
	        cmocka_unit_test(test_bounds),    cmocka_unit_test(test_bounds_see_through_aliases),
	        cmocka_unit_test(test_positions),
	};

	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
