/* The names of a program's files, which are to lie in one folder, and in folders below it. Pure. */
#pragma once

#include "policy/language.h"

/*
 * Names as language_file_name() made them; a NULL is one that is not known, and passed over. Fails with SBX_STAGE_USAGE
 * for one that is too long for a file system, that another one has, or that has to be a folder for another one; then
 * *ret_at is its index, of two the later one's.
 */
int source_names_check(const struct language_file *files, size_t n, size_t *ret_at, struct sbx_err *err);
