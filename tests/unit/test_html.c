/* Text in a page of HTML: nothing of it is ever markup. */
#include "runner/html.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define REPLACED "\xef\xbf\xbd"
#define ROW(text, lines, wanted)                                                                                       \
	{                                                                                                              \
		text, sizeof(text) - 1, lines, wanted                                                                  \
	}

static char *printed(const char *bytes, size_t len, bool lines)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	html_print(out, bytes, len, lines);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool lines;
		const char *wanted;
	} rows[] = {
	        ROW("", true, ""),
	        ROW("plain 1 \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", true,
	            "plain 1 \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"),
	        ROW("</pre><script>alert('x')</script>", true,
	            "&lt;/pre&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
	        ROW("\" onload=\"x", false, "&quot; onload=&quot;x"),
	        ROW("&lt;&#60;", false, "&amp;lt;&amp;#60;"),
	        ROW("a\nb\tc", true, "a\nb\tc"),
	        ROW("a\nb\tc", false, "a&#x240a;b\tc"),
	        ROW("\0\r\033[2J\x7f", true, "&#x2400;&#x240d;&#x241b;[2J&#x2421;"),
	        /* cut, overlong, surrogate, beyond the last, a byte alone */
	        ROW("\xe2\x82", true, REPLACED REPLACED),
	        ROW("\xc0\xbc", true, REPLACED REPLACED),
	        ROW("\xe0\x80\xbc", true, REPLACED REPLACED REPLACED),
	        ROW("\xed\xa0\x80", true, REPLACED REPLACED REPLACED),
	        ROW("\xf4\x90\x80\x80", true, REPLACED REPLACED REPLACED REPLACED),
	        ROW("\xff<\xfe", true, REPLACED "&lt;" REPLACED),
	        /* C1, right to left override, line separator, zero width, byte order mark, no characters, tags */
	        ROW("\xc2\x9b", true, REPLACED),
	        ROW("\xe2\x80\xae", true, REPLACED),
	        ROW("\xe2\x80\xa8", true, REPLACED),
	        ROW("\xe2\x80\x8b", true, REPLACED),
	        ROW("\xef\xbb\xbf", true, REPLACED),
	        ROW("\xef\xbf\xbf\xf4\x8f\xbf\xbe", true, REPLACED REPLACED),
	        ROW("\xf3\xa0\x80\x81", true, REPLACED),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = printed(rows[i].bytes, rows[i].len, rows[i].lines);
		assert_string_equal(text, rows[i].wanted);
		free(text);
	}
}

/* Each byte and each pair of bytes. */
static void test_no_markup(void **state)
{
	(void)state;
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		char bytes[] = {(char)(pair >> 8), (char)pair};
		char *text = printed(bytes, 2, true);
		assert_null(strpbrk(text, "<>\"'\r\033"));
		assert_true(text[0] != '\0');
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_no_markup)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
