/*
 * The web page, in the binary: what it is made of, to be sent as it is. Made from runner/serve/page/ when sbx is built
 * (build/gen/page.c), read by the service's routes.
 */
#pragma once

#include <stddef.h>

struct page_bytes {
	const unsigned char *bytes;
	size_t len;
	const char *etag; /* by the SHA-256 of the plain content, in its quotes */
};

struct page_file {
	const char *path; /* of the request: "/", "/page/page.js" */
	const char *type; /* for Content-Type */
	struct page_bytes plain;
	struct page_bytes gzip; /* the same, for those who accept it; bytes NULL where it would be no smaller */
};

extern const struct page_file page_files[]; /* ended by one whose path is NULL */
extern const char page_policy[];            /* for Content-Security-Policy, with HTML */
