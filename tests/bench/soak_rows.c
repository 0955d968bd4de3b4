/* The table of what must stay flat. Called by soak.c and soak_host.c. */
#include "tests/bench/soak.h"

struct row *rows_add(struct rows *rows, const char *name, const char *unit, double tolerance, double percent)
{
	struct row *row = &rows->rows[rows->n];

	if (rows->n == ROWS_MAX)
		return NULL;
	*row = (struct row){.unit = unit, .tolerance = tolerance, .percent = percent};
	snprintf(row->name, sizeof(row->name), "%s", name);
	rows->n++;
	return row;
}

static bool is_flat(const struct row *row, double first, double last)
{
	double room = row->tolerance + row->percent / 100 * first;

	/* what could not be counted is not known to be flat */
	if (first < 0 || last < 0)
		return false;
	if (row->rule == MUST_BE_ZERO)
		return first == 0 && last == 0;
	return row->rule == MAY_NOT_FALL ? last >= first - room : last <= first + room;
}

unsigned rows_show(const struct rows *rows, const struct sample samples[3], const unsigned thousands[3])
{
	unsigned n = 0;

	printf("\n%-44s %12s %12s %12s %10s  %s\n", "", "first", "middle", "last", "growth", "allowed");
	printf("%-44s %12u %12u %12u\n", "after the thousand", thousands[0], thousands[1], thousands[2]);
	for (unsigned i = 0; i < rows->n; i++) {
		const struct row *row = &rows->rows[i];
		double first = samples[0].values[i], last = samples[2].values[i];
		bool flat = is_flat(row, first, last);
		int digits = row->percent > 0 && i < OWN_ROW_MAX ? 1 : 0;
		char name[80];

		snprintf(name, sizeof(name), "%s%s%s", row->name, row->unit[0] == '\0' ? "" : ", ", row->unit);
		printf("%-44s %12.*f %12.*f %12.*f %+10.*f  %c%.0f + %.0f %%  %s\n", name, digits, first, digits,
		       samples[1].values[i], digits, last, digits, last - first, row->rule == MAY_NOT_FALL ? '-' : '+',
		       row->tolerance, row->percent, flat ? "flat" : "NOT FLAT");
		n += !flat;
	}
	return n;
}
