/* Values of headers, answers, problem documents, lines of the log, addresses. */
#include "runner/serve/http_text.h"

#include "runner/serve/http_log.h"
#include "runner/serve/http_reply.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_bearer(void **state)
{
	(void)state;
	assert_string_equal(http_bearer_parse("Bearer abc"), "abc");
	assert_string_equal(http_bearer_parse("bEARER   a-b._~+/9=="), "a-b._~+/9==");
	for (const char *const *value =
	             (const char *const[]){"", "Bearer", "Bearer ", "Bearer =", "Bearerabc", "Bearer\tabc", "Basic abc",
	                                   "Bearer a b", "Bearer a=b", "Bearer a ", "Bearer a,b", "Bearer \xc3\xbc",
	                                   "Bearer a\n", " Bearer a", NULL};
	     *value != NULL; value++)
		if (http_bearer_parse(*value) != NULL)
			fail_msg("\"%s\"", *value);
	assert_null(http_bearer_parse(NULL));
}

static void test_headers(void **state)
{
	uint64_t length = 7;

	(void)state;
	assert_true(http_is_token("Content-Length"));
	assert_false(http_is_token(""));
	assert_false(http_is_token("A B"));
	assert_false(http_is_token("A:"));
	assert_false(http_is_token("\xc3\xbc"));
	assert_true(http_is_value(""));
	assert_true(http_is_value("a\tb \xff"));
	for (const char *const *value = (const char *const[]){"a\r", "a\nb", "\x01", "\x7f", NULL}; *value != NULL;
	     value++)
		assert_false(http_is_value(*value));
	assert_true(http_is_type("Application/JSON", "application/json"));
	assert_true(http_is_type("application/json ;charset=x", "application/json"));
	assert_false(http_is_type("application/jsonl", "application/json"));
	assert_false(http_is_type("application", "application/json"));
	assert_false(http_is_type(NULL, "application/json"));
	for (const char *const *value = (const char *const[]){"", "+1", "-1", " 1", "1 ", "1,1", "0x1", "1.0",
	                                                      "18446744073709551616", "99999999999999999999", NULL};
	     *value != NULL; value++)
		assert_false(http_parse_length(*value, &length));
	assert_int_equal(length, 7);
	assert_true(http_parse_length("18446744073709551615", &length));
	assert_true(length == UINT64_MAX);
	assert_true(http_parse_length("007", &length));
	assert_int_equal(length, 7);
}

static void check_clean(const char *text, size_t max, const char *wanted)
{
	char *clean = http_clean(text, max);

	assert_string_equal(clean, wanted);
	free(clean);
}

static void test_clean(void **state)
{
	(void)state;
	check_clean("", 0, "");
	check_clean("abc", 3, "abc");
	check_clean("abcd", 3, "abc...");
	check_clean("\xc3\xbc", 2, "\xc3\xbc");
	check_clean("\xc3\xbc", 1, "...");
	check_clean("a\xff\xc3", 9, "a\xef\xbf\xbd\xef\xbf\xbd");
	check_clean("\x7f\n\xc2\x9b!", 9, "\xef\xbf\xbd\n\xef\xbf\xbd\xef\xbf\xbd!");
	check_clean("\xff\xff\xff", 2, "\xef\xbf\xbd\xef\xbf\xbd...");
}

static void test_problem(void **state)
{
	struct http_reply reply;
	char *wire;
	size_t len;

	(void)state;
	http_reply_problem(&reply, 400, "a\"b\xff", "no \"%s\" here\r\n", "x");
	assert_int_equal(reply.status, 400);
	assert_string_equal(reply.type, "application/problem+json");
	assert_string_equal(reply.body, "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
	                                "\"detail\":\"no \\\"x\\\" here\\r\\n\",\"field\":\"a\\\"b\xef\xbf\xbd\"}");
	assert_int_equal(reply.body_len, strlen(reply.body));
	assert_true(http_reply_header(&reply, "Retry-After", "3"));
	wire = http_reply_wire(&reply, &len);
	assert_int_equal(len, strlen(wire));
	assert_memory_equal(wire, "HTTP/1.1 400 Bad Request\r\n", 26);
	assert_non_null(strstr(wire, "\r\nRetry-After: 3\r\n"));
	assert_string_equal(strstr(wire, "\r\n\r\n") + 4, reply.body);
	free(wire);
	http_reply_finish(&reply);
	assert_null(reply.body);
	http_reply_problem(&reply, 799, NULL, "%0600d", 0);
	assert_non_null(strstr(reply.body, "\"title\":\"Error\",\"status\":799"));
	assert_null(strstr(reply.body, "field"));
	http_reply_finish(&reply);
}

static void test_reply_headers(void **state)
{
	static const char *const names[] = {"A", "B", "C", "D", "E", "F"};
	struct http_reply reply;
	char longest[HTTP_VALUE_MAX + 1];

	(void)state;
	assert_int_equal(sizeof(names) / sizeof(names[0]), HTTP_HEADERS_MAX);
	http_reply_static(&reply, 200, "text/plain", "x", 1);
	memset(longest, 'x', sizeof(longest));
	longest[HTTP_VALUE_MAX] = '\0';
	assert_false(http_reply_header(&reply, "X", longest));
	assert_false(http_reply_header(&reply, "X", "a\r\nSet-Cookie: b"));
	assert_false(http_reply_header(&reply, "X", "a\n"));
	assert_int_equal(reply.n_headers, 0);
	longest[HTTP_VALUE_MAX - 1] = '\0';
	for (size_t i = 0; i < HTTP_HEADERS_MAX; i++)
		assert_true(http_reply_header(&reply, names[i], longest));
	assert_false(http_reply_header(&reply, "X", "a"));
	assert_true(http_reply_header(&reply, names[0], "a"));
	assert_int_equal(reply.n_headers, HTTP_HEADERS_MAX);
	assert_string_equal(reply.headers[0].value, "a");
	http_reply_finish(&reply);
	http_reply_problem(&reply, 503, NULL, "not now");
	assert_true(http_reply_header(&reply, "Retry-After", "10"));
	assert_int_equal(reply.n_headers, 1);
	assert_string_equal(reply.headers[0].value, "10");
	http_reply_finish(&reply);
}

static void count_close(void *data)
{
	++*(int *)data;
}

static void test_streams_are_closed(void **state)
{
	struct http_reply reply;
	int closed = 0;
	struct http_stream stream = {.close = count_close, .data = &closed};

	(void)state;
	http_reply_stream(&reply, "text/event-stream", &stream);
	http_reply_finish(&reply);
	http_reply_finish(&reply);
	assert_int_equal(closed, 1);
}

static void test_log(void **state)
{
	struct http_log entry = {.time_ms = 1796028317045,
	                         .method = "GET",
	                         .path = "/a\"\n\xff",
	                         .peer = "::1",
	                         .status = 200,
	                         .bytes = 18,
	                         .duration_us = 5};
	char path[600], *line;

	(void)state;
	line = http_log_line(&entry);
	assert_string_equal(
	        line, "{\"time\":\"2026-11-30T08:45:17.045Z\",\"method\":\"GET\","
	              "\"path\":\"/a\\\"\\n\xef\xbf\xbd\",\"status\":200,\"bytes\":18,\"us\":5,\"peer\":\"::1\"}");
	free(line);
	memset(path, 'p', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	entry.path = path;
	entry.status = 0;
	line = http_log_line(&entry);
	assert_non_null(strstr(line, "ppp...\",\"status\":null,"));
	assert_true(strlen(line) < 700);
	free(line);
}

static void test_time(void **state)
{
	char text[HTTP_TIME_BYTES];

	(void)state;
	http_time(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	http_time(UINT64_C(1764494117123), text);
	assert_string_equal(text, "2025-11-30T09:15:17.123Z");
	http_time(UINT64_MAX, text);
	assert_string_equal(text, "584556019-04-03T14:25:51.615Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_time),
	        cmocka_unit_test(test_bearer),
	        cmocka_unit_test(test_headers),
	        cmocka_unit_test(test_clean),
	        cmocka_unit_test(test_problem),
	        cmocka_unit_test(test_reply_headers),
	        cmocka_unit_test(test_streams_are_closed),
	        cmocka_unit_test(test_log),

	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
