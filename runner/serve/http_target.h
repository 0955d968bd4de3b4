/*
 * What stands between the method and the version of a request: the path and the parameters, taken apart strictly and
 * decoded once. Pure. Called by http.c for each request, and by the fuzzer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define HTTP_TARGET_MAX 4096 /* bytes, as they come */
#define HTTP_PAIRS_MAX 16

struct http_pair {
	const char *name, *value;
};

struct http_target {
	char *text; /* all that follows points into it */
	const char *path;
	size_t n_pairs;
	struct http_pair pairs[HTTP_PAIRS_MAX];
};

/*
 * Returns 0, or with a static line for the client in *ret_fault: -ENAMETOOLONG, -EINVAL, -ENOMEM.
 *
 * The path starts with a slash, each %XX is decoded once, and what comes out is UTF-8 without control characters.
 * Refused are a slash or a NUL that was encoded, segments "." and ".." in any spelling, and a '#'. Of the parameters,
 * "a=1&b", none may be empty or come twice; a '+' is a space there, and what has no '=' has the value "".
 * http_target_finish() takes what this gave, and a zeroed value.
 */
int http_target_parse(const char *raw, struct http_target *ret_target, const char **ret_fault);
void http_target_finish(struct http_target *target);

/* NULL where it was not given. */
const char *http_target_parameter(const struct http_target *target, const char *name);
/* The first parameter whose name is not among `known`, which are separated by single spaces, or NULL for none. */
const char *http_target_unknown(const struct http_target *target, const char *known);
