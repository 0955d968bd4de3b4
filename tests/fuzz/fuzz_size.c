/* Sizes, durations, counts, rates, lists of cores: against arithmetic in 128 bits, and what was printed read again. */
#include "fuzz.h"

#include "policy/size.h"
#include "policy/spec.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>

#define DIGITS_MAX 18 /* on either side of the point, for the arithmetic here */

__extension__ typedef unsigned __int128 wide;

struct kind {
	int (*parse)(const char *text, uint64_t *ret);
	bool any_case;
	size_t places; /* of decimals, where the unit can be split */
	struct {
		const char *suffix;
		uint64_t scale;
	} units[10];
};

static const struct kind kinds[] = {
        {size_parse,
         true,
         SIZE_MAX,
         {{"", 1}, {"b", 1}, {"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"t", UINT64_C(1) << 40}}},
        {duration_parse, false, SIZE_MAX, {{"", 1000000}, {"us", 1}, {"ms", 1000}, {"s", 1000000}, {"m", 60000000}}},
        {period_parse,
         false,
         SIZE_MAX,
         {{"us", 1},
          {"ms", 1000},
          {"s", 1000000},
          {"m", 60000000},
          {"h", UINT64_C(3600000000)},
          {"d", UINT64_C(86400000000)}}},
        {count_parse, false, 0, {{"", 1}}},
        {rate_parse, false, 3, {{"", 1000}}},
};

static uint64_t scale_of(const struct kind *kind, const char *suffix)
{
	for (size_t i = 0; kind->units[i].suffix != NULL; i++) {
		size_t k = 0;
		while (suffix[k] != '\0' &&
		       (kind->any_case ? tolower((unsigned char)suffix[k]) : suffix[k]) == kind->units[i].suffix[k])
			k++;
		if (suffix[k] == '\0' && kind->units[i].suffix[k] == '\0')
			return kind->units[i].scale;
	}
	return 0;
}

static wide number(const char *digits, size_t n)
{
	wide value = 0;

	for (size_t i = 0; i < n; i++)
		value = value * 10 + (wide)(digits[i] - '0');
	return value;
}

/* What is to come of it; 1 for numbers that are too long for this arithmetic. */
static int expected(const struct kind *kind, const char *text, wide *ret)
{
	size_t n_whole = strspn(text, "0123456789"), n_places = 0;
	const char *places = text + n_whole, *suffix = places;
	wide power = 1, whole, part;
	uint64_t scale;

	if (*places == '.') {
		places++;
		n_places = strspn(places, "0123456789");
		suffix = places + n_places;
	}
	scale = scale_of(kind, suffix);
	if (n_whole == 0 || (suffix != text + n_whole && n_places == 0) || scale == 0 ||
	    n_places > (scale == 1 ? 0 : kind->places))
		return -EINVAL;
	if (n_whole > DIGITS_MAX || n_places > DIGITS_MAX)
		return 1;
	for (size_t i = 0; i < n_places; i++)
		power *= 10;
	whole = number(text, n_whole);
	part = number(places, n_places);
	if (whole == 0 && part == 0)
		return -EINVAL;
	*ret = whole * scale + part * scale / power;
	return *ret == 0 ? -EDOM : *ret > INT64_MAX ? -ERANGE : 0;
}

static void try_kind(const struct kind *kind, const char *text)
{
	uint64_t value = 7, again = 0;
	wide wanted;
	int rc = kind->parse(text, &value), rc_wanted;
	char printed[32];

	if (strcmp(text, "unlimited") == 0) {
		FUZZ_ASSERT(rc == 0 && value == SPEC_UNLIMITED);
		return;
	}
	rc_wanted = expected(kind, text, &wanted);
	FUZZ_ASSERT(rc_wanted == 1 || rc == rc_wanted);
	FUZZ_ASSERT(rc_wanted != 0 || value == wanted);
	FUZZ_ASSERT(rc == 0 || rc == -EINVAL || rc == -ERANGE || rc == -EDOM);
	FUZZ_ASSERT(rc == 0 ? value > 0 && value <= INT64_MAX : value == 7);
	if (rc == 0 && (kind->parse == size_parse || kind->parse == count_parse)) {
		snprintf(printed, sizeof(printed), "%" PRIu64, value);
		FUZZ_ASSERT(kind->parse(printed, &again) == 0 && again == value);
	}
}

/* What people are shown is never more than what it is, and the units are those that are read. */
static void try_print(void (*format)(uint64_t value, char *buf, unsigned long size),
                      int (*parse)(const char *text, uint64_t *ret), uint64_t value)
{
	char buf[32], small[8], *space;
	uint64_t again;

	memset(buf, 'x', sizeof(buf));
	memset(small, 'x', sizeof(small));
	format(value, buf, sizeof(buf));
	format(value, small, sizeof(small) - 1);
	FUZZ_ASSERT(memchr(buf, '\0', sizeof(buf)) != NULL && strlen(small) < sizeof(small) - 1);
	FUZZ_ASSERT(small[sizeof(small) - 1] == 'x' && strncmp(buf, small, strlen(small)) == 0);
	if (value == 0 || value > INT64_MAX)
		return;
	space = strchr(buf, ' ');
	FUZZ_ASSERT(space != NULL);
	memmove(space, space + 1, strlen(space));
	if (format == size_format && strlen(space) == 3)
		space[1] = '\0';
	FUZZ_ASSERT(parse(buf, &again) == 0 && again <= value && value - again <= value / 9);
}

static void try_cores(const char *text)
{
	unsigned n = 0, counted = 0;

	if (cpu_list_parse(text, &n) < 0) {
		FUZZ_ASSERT(n == 0);
		return;
	}
	for (const char *at = text; *at != '\0';) {
		char *end;
		unsigned long first = strtoul(at, &end, 10), last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
		FUZZ_ASSERT(last >= first && last < 8192);
		counted += (unsigned)(last - first + 1);
		at = *end == ',' ? end + 1 : end;
	}
	FUZZ_ASSERT(n > 0 && n == counted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	FUZZ_CLEANUP char *text = fuzz_part(&input);
	uint64_t value = fuzz_u64(&input);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		try_kind(&kinds[i], text);
	try_cores(text);
	try_print(size_format, size_parse, value);
	try_print(duration_format, duration_parse, value);
	return 0;
}
