/* Small texts of HTTP: values of headers, and text made fit for JSON. Pure. Called by all of the service, and by the
 * fuzzer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 9110: a token, as methods and names of headers are. */
bool http_is_token(const char *text);
/* Whether it can be the value of a header: no control character but the tab, so above all no CR and no LF. */
bool http_is_value(const char *text);

/*
 * The key in "Bearer KEY", the value of an Authorization header, or NULL where it is none: another scheme, or
 * characters that RFC 6750 does not know in a key. Points into `value`, whose end is the key's.
 */
const char *http_bearer_parse(const char *value);

/* Whether a Content-Type, NULL for none, names this type, whatever its parameters. `type` is in lower case. */
bool http_is_type(const char *value, const char *type);

/* The decimal number of a Content-Length; digits alone. False for what is none, or has no place in 64 bits. */
bool http_parse_length(const char *value, uint64_t *ret_length);

#define HTTP_TIME_BYTES 32
/* "2026-11-30T08:45:17.123Z" (RFC 3339), of milliseconds since 1970. */
void http_time(uint64_t ms, char ret[static HTTP_TIME_BYTES]);

/* Length of the character at `text`; 0 where it is no UTF-8, or a control character that JSON lets through. */
size_t http_character(const char *text, size_t len);

/*
 * A copy, malloc'ed, of at most `max` bytes: each byte of what is no such character became U+FFFD, and a longer text
 * ends in "...". In JSON, a terminal can be shown it. NULL where there is no memory.
 */
char *http_clean(const char *text, size_t max);
