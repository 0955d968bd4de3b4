/* Paths and methods against the table of routes. */
#include "runner/serve/http_route.h"

#include "runner/serve/http.h"

#include <stdio.h>
#include <string.h>

bool http_pattern_matches(const char *pattern, const char *path, char variable[static HTTP_VARIABLE_MAX + 1])
{
	variable[0] = '\0';
	while (*pattern != '\0') {
		if (*pattern == '{') {
			size_t len = strcspn(path, "/");

			if (len == 0 || len > HTTP_VARIABLE_MAX)
				return false;
			memcpy(variable, path, len);
			variable[len] = '\0';
			path += len;
			pattern += strcspn(pattern, "}") + 1;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

static void allow(char list[static HTTP_ALLOW_MAX], const char *method)
{
	size_t len = strlen(list);

	snprintf(list + len, HTTP_ALLOW_MAX - len, "%s%s", len > 0 ? ", " : "", method);
}

enum http_found http_route_find(const struct http_route *routes, size_t n, const char *method, const char *path,
                                struct http_match *ret_match)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	bool any = false, cors = false;

	*ret_match = (struct http_match){.route = NULL};
	for (size_t i = 0; i < n; i++) {
		if (!http_pattern_matches(routes[i].pattern, path, ret_match->variable))
			continue;
		if (strcmp(routes[i].method, wanted) == 0) {
			ret_match->route = &routes[i];
			return HTTP_FOUND;
		}
		any = true;
		cors |= (routes[i].flags & HTTP_CORS) != 0;
		allow(ret_match->allow, routes[i].method);
		if (strcmp(routes[i].method, "GET") == 0)
			allow(ret_match->allow, "HEAD");
	}
	if (!any)
		return HTTP_FOUND_NO_PATH;
	if (cors)
		allow(ret_match->allow, "OPTIONS");
	return cors && strcmp(method, "OPTIONS") == 0 ? HTTP_FOUND_PREFLIGHT : HTTP_FOUND_NO_METHOD;
}
