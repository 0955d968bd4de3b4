/* Paths and parameters of requests: what is understood, what is refused, and which route they go to. */
#include "runner/serve/http_target.h"

#include "runner/serve/http.h"
#include "runner/serve/http_route.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* As "path", or "path name=value name=value". */
static void check(const char *raw, const char *wanted)
{
	struct http_target target;
	const char *fault = NULL;
	char got[512];
	int rc = http_target_parse(raw, &target, &fault);

	if (wanted == NULL) {
		if (rc != -EINVAL || fault == NULL)
			fail_msg("\"%s\" gives %d", raw, rc);
		return;
	}
	if (rc != 0)
		fail_msg("\"%s\" gives %d: %s", raw, rc, fault);
	snprintf(got, sizeof(got), "%s", target.path);
	for (size_t i = 0; i < target.n_pairs; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), " %s=%s", target.pairs[i].name,
		         target.pairs[i].value);
	assert_string_equal(got, wanted);
	http_target_finish(&target);
	assert_null(target.text);
}

static void test_paths(void **state)
{
	(void)state;
	check("/", "/");
	check("/v1/jobs/a-b_c~1.2", "/v1/jobs/a-b_c~1.2");
	check("/a//b/", "/a//b/");
	check("/%41%c3%bC+", "/A\xc3\xbc+");
	check("/%252e%252f", "/%2e%2f");
	check("/...", "/...");
	check("/a..b/.c", "/a..b/.c");
	for (const char *const *raw =
	             (const char *const[]){"",        "a",       "*",         "http://a/b", "/..",        "/.",
	                                   "/a/../b", "/%2e",    "/.%2E",     "/a/%2e%2e",  "/a%2fb",     "/a%2Fb",
	                                   "/%00",    "/%0a",    "/\n",       "/\x7f",      "/%7f",       "/\xff",
	                                   "/%ff",    "/%c2%9b", "/\xc2\x80", "/%c0%80",    "/%ed%a0%80", "/%",
	                                   "/%4",     "/%4g",    "/%g4",      "/a#b",       "/?a#b%",     NULL};
	     *raw != NULL; raw++)
		check(*raw, NULL);
}

static void test_parameters(void **state)
{
	(void)state;
	check("/?a", "/ a=");
	check("/?a=", "/ a=");
	check("/?a=1&b=2", "/ a=1 b=2");
	check("/?a=b=c", "/ a=b=c");
	check("/?%61=%26%3d%2f%2b+x", "/ a=&=/+ x");
	check("/?a=?&b=/../", "/ a=? b=/../");
	check("/?a%3d1", "/ a=1=");
	for (const char *const *raw =
	             (const char *const[]){"/?", "/?&", "/?a&", "/?&a", "/?=", "/?=1", "/?a=1&a=2", "/?a&%61",
	                                   "/?a=%00", "/?%00", "/?a=%0a", "/?a=\xff", "/?a=%", "/?a=%1", "/?%=1", NULL};
	     *raw != NULL; raw++)
		check(*raw, NULL);
	check("/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p", "/ a= b= c= d= e= f= g= h= i= j= k= l= m= n= o= p=");
	check("/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q", NULL);
}

static void test_length(void **state)
{
	char raw[HTTP_TARGET_MAX + 2];
	struct http_target target;
	const char *fault;

	(void)state;
	memset(raw, '/', sizeof(raw));
	raw[HTTP_TARGET_MAX] = '\0';
	assert_int_equal(http_target_parse(raw, &target, &fault), 0);
	http_target_finish(&target);
	raw[HTTP_TARGET_MAX] = '/';
	raw[HTTP_TARGET_MAX + 1] = '\0';
	assert_int_equal(http_target_parse(raw, &target, &fault), -ENAMETOOLONG);
}

static void test_looking_up(void **state)
{
	struct http_target target;
	const char *fault;

	(void)state;
	assert_int_equal(http_target_parse("/?wait=3&after", &target, &fault), 0);
	assert_string_equal(http_target_parameter(&target, "wait"), "3");
	assert_string_equal(http_target_parameter(&target, "after"), "");
	assert_null(http_target_parameter(&target, "wai"));
	assert_null(http_target_unknown(&target, "wait after"));
	assert_null(http_target_unknown(&target, "x after y wait"));
	assert_string_equal(http_target_unknown(&target, "wait afterwards"), "after");
	assert_string_equal(http_target_unknown(&target, "after"), "wait");
	assert_string_equal(http_target_unknown(&target, ""), "wait");
	http_target_finish(&target);
}

static void test_patterns(void **state)
{
	static const struct {
		const char *pattern, *path, *variable; /* NULL: it does not match */
	} rows[] = {
	        {"/", "/", ""},
	        {"/a", "/a", ""},
	        {"/a", "/a/", NULL},
	        {"/a", "/ab", NULL},
	        {"/ab", "/a", NULL},
	        {"/a/{id}", "/a/x", "x"},
	        {"/a/{id}", "/a/", NULL},
	        {"/a/{id}", "/a", NULL},
	        {"/a/{id}", "/a/x/y", NULL},
	        {"/a/{id}/b", "/a/x/b", "x"},
	        {"/a/{id}/b", "/a//b", NULL},
	        {"/a/{id}/b", "/a/x", NULL},
	        {"/a/{id}/b", "/a/x/bc", NULL},
	        {"/a/{id}", "/a/{id}", "{id}"},
	        {"/{id}", "//", NULL},
	};
	char path[HTTP_VARIABLE_MAX + 3], variable[HTTP_VARIABLE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool matches = http_pattern_matches(rows[i].pattern, rows[i].path, variable);

		if (matches != (rows[i].variable != NULL) || (matches && strcmp(variable, rows[i].variable) != 0))
			fail_msg("%s and %s", rows[i].pattern, rows[i].path);
	}
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[HTTP_VARIABLE_MAX + 1] = '\0';
	assert_true(http_pattern_matches("/{id}", path, variable));
	assert_int_equal(strlen(variable), HTTP_VARIABLE_MAX);
	path[HTTP_VARIABLE_MAX + 1] = 'x';
	path[HTTP_VARIABLE_MAX + 2] = '\0';
	assert_false(http_pattern_matches("/{id}", path, variable));
}

static void test_routes(void **state)
{
	static const struct http_route routes[] = {
	        {.method = "GET", .pattern = "/a"},
	        {.method = "POST", .pattern = "/a"},
	        {.method = "GET", .pattern = "/b/{id}", .flags = HTTP_CORS},
	        {.method = "DELETE", .pattern = "/b/{id}"},
	        {.method = "PUT", .pattern = "/c"},
	};
	static const struct {
		const char *method, *path;
		enum http_found found;
		int route;
		const char *allow;
	} rows[] = {
	        {"GET", "/a", HTTP_FOUND, 0, NULL},
	        {"HEAD", "/a", HTTP_FOUND, 0, NULL},
	        {"POST", "/a", HTTP_FOUND, 1, NULL},
	        {"DELETE", "/b/1", HTTP_FOUND, 3, NULL},
	        {"PUT", "/a", HTTP_FOUND_NO_METHOD, -1, "GET, HEAD, POST"},
	        {"OPTIONS", "/a", HTTP_FOUND_NO_METHOD, -1, "GET, HEAD, POST"},
	        {"OPTIONS", "/b/1", HTTP_FOUND_PREFLIGHT, -1, "GET, HEAD, DELETE, OPTIONS"},
	        {"POST", "/b/1", HTTP_FOUND_NO_METHOD, -1, "GET, HEAD, DELETE, OPTIONS"},
	        {"HEAD", "/c", HTTP_FOUND_NO_METHOD, -1, "PUT"},
	        {"get", "/a", HTTP_FOUND_NO_METHOD, -1, "GET, HEAD, POST"},
	        {"GET", "/b", HTTP_FOUND_NO_PATH, -1, NULL},
	        {"OPTIONS", "/d", HTTP_FOUND_NO_PATH, -1, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_match match;
		enum http_found found = http_route_find(routes, 5, rows[i].method, rows[i].path, &match);

		assert_int_equal(found, rows[i].found);
		assert_ptr_equal(match.route, rows[i].route < 0 ? NULL : &routes[rows[i].route]);
		if (rows[i].allow != NULL)
			assert_string_equal(match.allow, rows[i].allow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_paths),      cmocka_unit_test(test_parameters), cmocka_unit_test(test_length),
	        cmocka_unit_test(test_looking_up), cmocka_unit_test(test_patterns),   cmocka_unit_test(test_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
