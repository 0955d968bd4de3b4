/* What json-c reads without a word and the standard (RFC 8259) does not know. Used by policy/json.c alone. */
#pragma once

#include <stddef.h>

/* At most this many values, keys not counted, are in the text: a bound on what it costs to parse. */
size_t json_text_values(const char *text, size_t len);

/*
 * Looks through JSON text that json-c has accepted. Returns the offset of the first thing that it should not have, with
 * *ret_what saying what; or `len`, with *ret_members set to how many members all objects of the text have together.
 */
size_t json_text_check(const char *text, size_t len, const char **ret_what, size_t *ret_members);
