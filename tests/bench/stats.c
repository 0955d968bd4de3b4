/* Samples and their percentiles. Used by all measurements. */
#include "tests/bench/bench.h"

#include <stdlib.h>

void samples_add(struct samples *samples, int64_t value)
{
	if (samples->n == samples->room) {
		size_t room = samples->room == 0 ? 64 : 2 * samples->room;
		int64_t *values = realloc(samples->values, room * sizeof(values[0]));
		if (values == NULL)
			abort();
		samples->values = values;
		samples->room = room;
	}
	samples->values[samples->n++] = value;
	samples->sorted = false;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t samples_percentile(struct samples *samples, unsigned percent)
{
	size_t rank;

	if (samples->n == 0)
		return 0;
	if (!samples->sorted)
		qsort(samples->values, samples->n, sizeof(samples->values[0]), compare);
	samples->sorted = true;
	rank = (samples->n * percent + 99) / 100;
	return samples->values[rank == 0 ? 0 : rank - 1];
}

void samples_finish(struct samples *samples)
{
	free(samples->values);
	*samples = (struct samples){0};
}
