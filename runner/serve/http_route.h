/* Which of the routes a request goes to. Pure. Called by http.c. The routes themselves are described in http.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define HTTP_VARIABLE_MAX 128 /* bytes; no route matches a longer segment */
#define HTTP_ALLOW_MAX 64

struct http_route;

enum http_found {
	HTTP_FOUND,
	HTTP_FOUND_NO_PATH,
	HTTP_FOUND_NO_METHOD, /* *allow says which there are */
	HTTP_FOUND_PREFLIGHT, /* OPTIONS, for a path with a route that has HTTP_CORS */
};

struct http_match {
	const struct http_route *route; /* NULL where none was found */
	char variable[HTTP_VARIABLE_MAX + 1];
	char allow[HTTP_ALLOW_MAX]; /* "GET, HEAD, POST" */
};

/* HEAD finds the route of GET. `path` is decoded. *ret_match is filled in every case. */
enum http_found http_route_find(const struct http_route *routes, size_t n, const char *method, const char *path,
                                struct http_match *ret_match);

/* Whether a path is of this pattern; what stands in the place of its "{...}", if it has one, goes to `variable`. */
bool http_pattern_matches(const char *pattern, const char *path, char variable[static HTTP_VARIABLE_MAX + 1]);
