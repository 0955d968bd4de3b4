/* policy/source_names.c: which files can lie beside each other. */
#include "policy/source_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
#define NAME_255 LONG LONG "0123456789012345678901234567890123456789012345678901234"

static void check(const char *const *names, size_t wrong, const char *said)
{
	struct language_file files[8] = {{NULL}};
	size_t n = 0, at = 99;
	struct sbx_err err = {0};

	for (; n < 8 && names[n] != NULL; n++)
		files[n].name = strcmp(names[n], "?") == 0 ? NULL : names[n];
	if (said == NULL) {
		if (source_names_check(files, n, &at, &err) < 0)
			fail_msg("%s: %s", names[0], err.msg);
		return;
	}
	assert_true(source_names_check(files, n, &at, &err) < 0);
	assert_int_equal(err.stage, SBX_STAGE_USAGE);
	assert_non_null(strstr(err.msg, said));
	assert_int_equal(at, wrong);
}

static void test_names(void **state)
{
	static const struct {
		const char *names[8], *said;
		size_t wrong;
	} rows[] = {
	        {{"a.c"}, NULL, 0},
	        {{"a.c", "b.c", "d/a.c", "d/b.c", "d.c"}, NULL, 0},
	        {{"a", "b", "a"}, "the source a cannot be stored: another one has its name", 2},
	        {{"c", "a", "b", "b", "a"}, "another one has its name", 3},
	        {{"a", "a/b"}, "another one has its name", 1},
	        {{"a/b/c", "x", "a"}, "another one has its name", 2},
	        /* what sorts between a name and what is below it */
	        {{"a", "a!", "a.b", "a\001", "a/b"}, "another one has its name", 4},
	        {{"a!", "a/b", "a.b", "a\001", "ab"}, NULL, 0},
	        {{"d/a", "d", "d/a"}, "another one has its name", 1},
	        {{NAME_255, NAME_255 "/" NAME_255 ".c"}, "its name is too long", 1},
	        {{"a", NAME_255 "/" NAME_255}, NULL, 0},
	        {{"a", "x" NAME_255}, "its name is too long", 1},
	        {{"a", "x" NAME_255 "/b"}, "its name is too long", 1},
	        /* which are not known */
	        {{"?", "a", "?"}, NULL, 0},
	        {{"?", "a", "?", "a"}, "another one has its name", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].names, rows[i].wrong, rows[i].said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
