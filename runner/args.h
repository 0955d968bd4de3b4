/*
 * The loop around getopt_long(3) that all commands with many options share: each has a table with a row for each
 * option, and the function that reads its value (runner/args_value.h).
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>

struct args_value;

struct args_row {
	const char *name;
	char letter; /* '\0': none */
	bool takes_value;
	bool repeats;
	int (*take)(const struct args_value *at, const char *value);
	size_t field; /* offset in what `base` points to, for those that serve many options */
};

#define ARGS_ROWS_MAX 64

/* For a row of such a table: takes a value once, or each time that it is given; takes none. */
#define ARGS_VALUE true, false
#define ARGS_VALUES true, true
#define ARGS_FLAG false, false

struct args_table {
	const char *command; /* "sbx run" */
	const struct args_row *rows;
	size_t n;
};

/*
 * Options up to `--` or the first argument that is none, whose index comes back in *ret_first; a true *help ends them
 * too. Fails with SBX_STAGE_USAGE and a message that names the option. Uses getopt's globals: one thread at a time.
 */
int args_parse(const struct args_table *table, struct args_value *place, int argc, char *const *argv, const bool *help,
               int *ret_first);
