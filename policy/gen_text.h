/* What the generators, which run when sbx is built, have in common: files in, C out. */
#pragma once

#include "sandbox/err.h"

#include <stddef.h>

/* The file's text, malloc'ed, without a NUL; one byte more than `max` of a file that has more. */
int gen_read_file(const char *path, size_t max, char **ret_text, size_t *ret_len, struct sbx_err *err);

/* To the standard output, as a C string literal, a piece for each line. */
void gen_literal(const char *text, size_t len);
