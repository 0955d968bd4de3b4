/*
 * Sizes, durations, counts and rates as a person writes them. Called by the front-ends for every limit, and by the
 * reports and plans for people. Nothing here rounds up, guesses or depends on the locale: strtod() and friends accept
 * "0x1p3", "inf", " 1" and a decimal comma, so the digits are read by hand, in integers.
 */
#include "policy/size.h"

#include "policy/spec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A number split at its point; the digits are not yet judged. */
struct decimal {
	const char *whole, *fraction; /* digits, not terminated */
	size_t n_whole, n_fraction;
	const char *rest; /* what follows: the unit */
};

struct unit {
	const char *suffix;
	uint64_t scale; /* in the base unit: bytes, microseconds, thousandths */
};

static const struct unit size_units[] = {
        {"", 1}, {"B", 1}, {"K", 1ULL << 10}, {"M", 1ULL << 20}, {"G", 1ULL << 30}, {"T", 1ULL << 40}, {NULL, 0},
};
static const struct unit duration_units[] = {
        {"", 1000000}, {"us", 1}, {"ms", 1000}, {"s", 1000000}, {"m", 60000000}, {NULL, 0},
};
static const struct unit period_units[] = {
        {"us", 1}, {"ms", 1000}, {"s", 1000000}, {"m", 60000000}, {"h", 3600000000ULL}, {"d", 86400000000ULL},
        {NULL, 0},
};
static const struct unit count_units[] = {{"", 1}, {NULL, 0}};
static const struct unit rate_units[] = {{"", 1000}, {NULL, 0}};

static size_t digits_at(const char *text)
{
	return strspn(text, "0123456789");
}

static int decimal_split(const char *text, struct decimal *ret)
{
	struct decimal number = {.whole = text, .n_whole = digits_at(text)};

	number.rest = text + number.n_whole;
	if (number.n_whole == 0)
		return -EINVAL;
	if (*number.rest == '.') {
		number.fraction = number.rest + 1;
		number.n_fraction = digits_at(number.fraction);
		if (number.n_fraction == 0)
			return -EINVAL;
		number.rest = number.fraction + number.n_fraction;
	}
	*ret = number;
	return 0;
}

static bool all_zero(const char *digits, size_t n)
{
	return strspn(digits, "0") >= n;
}

/*
 * The number times `scale`, rounded down. The fraction is taken from its last digit to its first: rounding down
 * after each division by ten gives exactly what one division at the end would, for any number of digits.
 */
static int decimal_scale(const struct decimal *number, uint64_t scale, uint64_t *ret)
{
	uint64_t value = 0, fraction = 0;

	for (size_t i = 0; i < number->n_whole; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(number->whole[i] - '0'), &value))
			return -ERANGE;
	for (size_t i = number->n_fraction; i-- > 0;)
		fraction = (scale * (uint64_t)(number->fraction[i] - '0') + fraction) / 10;
	if (__builtin_mul_overflow(value, scale, &value) || __builtin_add_overflow(value, fraction, &value))
		return -ERANGE;
	if (value == 0)
		return -EDOM;
	if (value > INT64_MAX) /* what readers of JSON can be trusted to take */
		return -ERANGE;
	*ret = value;
	return 0;
}

static const struct unit *unit_find(const struct unit *units, const char *suffix, bool any_case)
{
	for (; units->suffix != NULL; units++)
		if ((any_case ? strcasecmp(units->suffix, suffix) : strcmp(units->suffix, suffix)) == 0)
			return units;
	return NULL;
}

/* `places` is how many decimals may follow the point; a unit that cannot be split takes none. */
static int quantity_parse(const char *text, const struct unit *units, bool any_case, size_t places, uint64_t *ret)
{
	struct decimal number;
	const struct unit *unit;

	if (strcmp(text, "unlimited") == 0) {
		*ret = SPEC_UNLIMITED;
		return 0;
	}
	if (decimal_split(text, &number) < 0)
		return -EINVAL;
	unit = unit_find(units, number.rest, any_case);
	if (unit == NULL || number.n_fraction > (unit->scale == 1 ? 0 : places))
		return -EINVAL;
	if (all_zero(number.whole, number.n_whole) &&
	    (number.n_fraction == 0 || all_zero(number.fraction, number.n_fraction)))
		return -EINVAL;
	return decimal_scale(&number, unit->scale, ret);
}

int size_parse(const char *text, uint64_t *ret_bytes)
{
	return quantity_parse(text, size_units, true, SIZE_MAX, ret_bytes);
}

int duration_parse(const char *text, uint64_t *ret_us)
{
	/* case counts: `M` for a minute would be read as a size by half of its readers */
	return quantity_parse(text, duration_units, false, SIZE_MAX, ret_us);
}

int period_parse(const char *text, uint64_t *ret_us)
{
	return quantity_parse(text, period_units, false, SIZE_MAX, ret_us);
}

int count_parse(const char *text, uint64_t *ret_count)
{
	return quantity_parse(text, count_units, false, 0, ret_count);
}

int rate_parse(const char *text, uint64_t *ret_millis)
{
	return quantity_parse(text, rate_units, false, 3, ret_millis);
}

/* One core number at *text, which moves behind it. */
static int core_parse(const char **text, unsigned *ret)
{
	size_t n = digits_at(*text);
	unsigned core = 0;

	/* the kernel prints no leading zeros, and four digits are enough below 8192 */
	if (n == 0 || n > 4 || (n > 1 && **text == '0'))
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		core = core * 10 + (unsigned)((*text)[i] - '0');
	if (core >= 8192)
		return -EINVAL;
	*text += n;
	*ret = core;
	return 0;
}

int cpu_list_parse(const char *text, unsigned *ret_n_cores)
{
	unsigned n_cores = 0, next = 0; /* next: the lowest core that may come now */

	for (;;) {
		unsigned first, last;

		if (core_parse(&text, &first) < 0 || first < next)
			return -EINVAL;
		last = first;
		if (*text == '-') {
			text++;
			if (core_parse(&text, &last) < 0 || last <= first)
				return -EINVAL;
		}
		n_cores += last - first + 1;
		next = last + 1;
		if (*text == '\0')
			break;
		if (*text++ != ',')
			return -EINVAL;
	}
	*ret_n_cores = n_cores;
	return 0;
}

void size_format(uint64_t bytes, char *buf, unsigned long size)
{
	static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	unsigned step = 0;
	uint64_t whole, rest;

	if (bytes == SPEC_UNLIMITED) {
		snprintf(buf, size, "unlimited");
		return;
	}
	while (step < 4 && bytes >> (10 * (step + 1)) != 0)
		step++;
	whole = bytes >> (10 * step);
	rest = bytes - (whole << (10 * step));
	/* rounded down, so that a value below a limit never prints as the limit */
	if (rest == 0)
		snprintf(buf, size, "%" PRIu64 " %s", whole, names[step]);
	else
		snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " %s", whole, (rest * 10) >> (10 * step), names[step]);
}

void duration_format(uint64_t us, char *buf, unsigned long size)
{
	if (us == SPEC_UNLIMITED)
		snprintf(buf, size, "unlimited");
	else if (us < 1000)
		snprintf(buf, size, "%" PRIu64 " us", us);
	else if (us < 1000000)
		snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " ms", us / 1000, us % 1000 / 100);
	else
		snprintf(buf, size, "%" PRIu64 ".%03" PRIu64 " s", us / 1000000, us % 1000000 / 1000);
}
