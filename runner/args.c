/* The loop over a command line. What is not understood to the last character is refused. */
#include "runner/args.h"

#include "runner/args_value.h"

#include <getopt.h>
#include <string.h>

/* getopt_long() returns the letter of a short option; long ones return this plus their row. */
#define LONG_BASE 256

/* The table as getopt_long(3) wants it. */
struct getopt_form {
	struct option longs[ARGS_ROWS_MAX + 1];
	char letters[2 + 2 * ARGS_ROWS_MAX + 1];
};

static void getopt_form_init(struct getopt_form *form, const struct args_table *table)
{
	char *letter = form->letters;

	/* '+': stop at the first argument that is no option; ':' tells a missing value from an unknown option, and
	 * prints neither */
	*letter++ = '+';
	*letter++ = ':';
	for (size_t i = 0; i < table->n; i++) {
		const struct args_row *row = &table->rows[i];
		form->longs[i] = (struct option){
		        .name = row->name,
		        .has_arg = row->takes_value ? required_argument : no_argument,
		        .val = LONG_BASE + (int)i,
		};
		if (row->letter != '\0') {
			*letter++ = row->letter;
			if (row->takes_value)
				*letter++ = ':';
		}
	}
	*letter = '\0';
	form->longs[table->n] = (struct option){0};
}

/* The row of what getopt_long() returned or left in optopt; NULL for an option that is not in the table. */
static const struct args_row *row_find(const struct args_table *table, int code)
{
	if (code >= LONG_BASE)
		return &table->rows[code - LONG_BASE];
	for (size_t i = 0; i < table->n; i++)
		if (table->rows[i].letter != '\0' && table->rows[i].letter == code)
			return &table->rows[i];
	return NULL;
}

static int unknown_option(const struct args_table *table, const char *token, struct sbx_err *err)
{
	char quoted[ARGS_QUOTE_SIZE];

	return sbx_fail(err, SBX_STAGE_USAGE, 0, "unknown option \"%s\" (names are written in full; see %s --help)",
	                args_quote(token, quoted), table->command);
}

/* getopt_long() takes "--ti" for --time. An option of tomorrow would change what that means, so it is refused. */
static bool is_abbreviated(const char *token, const struct args_row *row)
{
	size_t len = strcspn(token, "=");

	return token[0] == '-' && token[1] == '-' &&
	       (len != strlen(row->name) + 2 || strncmp(token + 2, row->name, len - 2) != 0);
}

/* One option, found in the argument `token`; `code` is what getopt_long() said of it. */
static int take_option(const struct args_table *table, struct args_value *place, int code, const char *token,
                       uint64_t *seen)
{
	bool failed = code == '?' || code == ':';
	const struct args_row *row = row_find(table, failed ? optopt : code);
	uint64_t bit;

	if (row == NULL || is_abbreviated(token, row))
		return unknown_option(table, token, place->err);
	if (failed)
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0, "--%s: %s", row->name,
		                code == ':' ? "its value is missing" : "takes no value");
	place->option = row->name;
	place->field = (char *)place->base + row->field;
	bit = UINT64_C(1) << (row - table->rows);
	if ((*seen & bit) != 0 && !row->repeats)
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0, "--%s: given twice", row->name);
	*seen |= bit;
	if (row->takes_value && strnlen(optarg, ARGS_VALUE_BYTES_MAX + 1) > ARGS_VALUE_BYTES_MAX)
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0, "--%s: its value is longer than %d bytes", row->name,
		                ARGS_VALUE_BYTES_MAX);
	return row->take(place, row->takes_value ? optarg : NULL);
}

int args_parse(const struct args_table *table, struct args_value *place, int argc, char *const *argv, const bool *help,
               int *ret_first)
{
	struct getopt_form form;
	uint64_t seen = 0;

	getopt_form_init(&form, table);
	optind = 0; /* glibc: forget the last command line altogether */
	opterr = 0;
	while (!*help) {
		int at = optind > 0 ? optind : 1;
		int code = getopt_long(argc, argv, form.letters, form.longs, NULL);

		if (code == -1)
			break;
		TRY(take_option(table, place, code, argv[at], &seen));
	}
	*ret_first = optind;
	return 0;
}
