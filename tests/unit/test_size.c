/* Sizes, durations, counts, rates and core lists: what is understood, what is refused, and how they print. */
#include "policy/size.h"

#include "policy/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct row {
	const char *text;
	int result;
	uint64_t value;
};

#define UNTOUCHED UINT64_C(0x5a5a5a5a5a5a5a5a)

static void check(int (*parse)(const char *, uint64_t *), const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = UNTOUCHED;
		int result = parse(rows[i].text, &value);

		if (result != rows[i].result || value != (result < 0 ? UNTOUCHED : rows[i].value))
			fail_msg("\"%s\": %d, %ju", rows[i].text, result, (uintmax_t)value);
	}
}

#define CHECK(parse, rows) check(parse, rows, sizeof(rows) / sizeof((rows)[0]))

/* What no kind of number may let pass. */
static const struct row refused_by_all[] = {
        {"", -EINVAL, 0},
        {" ", -EINVAL, 0},
        {"0", -EINVAL, 0},
        {"00", -EINVAL, 0},
        {"0.0", -EINVAL, 0},
        {"-1", -EINVAL, 0},
        {"-0", -EINVAL, 0},
        {"+1", -EINVAL, 0},
        {" 1", -EINVAL, 0},
        {"1 ", -EINVAL, 0},
        {"1\n", -EINVAL, 0},
        {"1e3", -EINVAL, 0},
        {"0x10", -EINVAL, 0},
        {"nan", -EINVAL, 0},
        {"NaN", -EINVAL, 0},
        {"inf", -EINVAL, 0},
        {"infinity", -EINVAL, 0},
        {"Unlimited", -EINVAL, 0},
        {"unlimited ", -EINVAL, 0},
        {"none", -EINVAL, 0},
        {"1,5", -EINVAL, 0},
        {"1.", -EINVAL, 0},
        {".5", -EINVAL, 0},
        {".", -EINVAL, 0},
        {"1.5.0", -EINVAL, 0},
        {"1'000", -EINVAL, 0},
        {"\xd9\xa1", -EINVAL, 0}, /* an Arabic digit */
        {"1h", -EINVAL, 0},
        {"99999999999999999999999x", -EINVAL, 0},
        {"18446744073709551616", -ERANGE, 0},
        {"99999999999999999999999", -ERANGE, 0},
        {"unlimited", 0, SPEC_UNLIMITED},
};

static void all_are_strict(void **state)
{
	(void)state;
	CHECK(size_parse, refused_by_all);
	CHECK(duration_parse, refused_by_all);
	CHECK(count_parse, refused_by_all);
	CHECK(rate_parse, refused_by_all);
}

static void sizes(void **state)
{
	static const struct row rows[] = {
	        {"1", 0, 1},
	        {"007", 0, 7},
	        {"17B", 0, 17},
	        {"17b", 0, 17},
	        {"1K", 0, 1024},
	        {"1k", 0, 1024},
	        {"256M", 0, 256 << 20},
	        {"1G", 0, 1 << 30},
	        {"2t", 0, UINT64_C(2) << 40},
	        {"1.5G", 0, UINT64_C(3) << 29},
	        {"0.5K", 0, 512},
	        {"0.0009765625K", 0, 1},
	        {"1.9999K", 0, 2047},
	        /* 1/2^40: exact only if all forty digits count */
	        {"0.0000000000009094947017729282379150390625T", 0, 1},
	        {"0.0000000000009094947017729282379150390624T", -EDOM, 0},
	        {"0.000000000001818989403545856475830078125T", 0, 2},
	        {"0.99999999999999999999999999999999999999999T", 0, (UINT64_C(1) << 40) - 1},
	        {"0.0001K", -EDOM, 0},
	        {"1.5", -EINVAL, 0},
	        {"1.5B", -EINVAL, 0},
	        {"1KB", -EINVAL, 0},
	        {"1KiB", -EINVAL, 0},
	        {"1 K", -EINVAL, 0},
	        {"1P", -EINVAL, 0},
	        {"K", -EINVAL, 0},
	        {"0K", -EINVAL, 0},
	        {"0.0G", -EINVAL, 0},
	        {"1s", -EINVAL, 0},
	        {"12x", -EINVAL, 0},
	        {"8388607T", 0, UINT64_C(8388607) << 40},
	        {"8388608T", -ERANGE, 0},
	        {"16777216T", -ERANGE, 0},
	        {"9223372036854775807", 0, INT64_MAX},
	        {"9223372036854775808", -ERANGE, 0},
	        {"18446744073709551614", -ERANGE, 0}, /* SPEC_UNSET */
	        {"18446744073709551615", -ERANGE, 0}, /* SPEC_UNLIMITED */
	        {"16777215.99999999999999999T", -ERANGE, 0},
	};

	(void)state;
	CHECK(size_parse, rows);
}

static void durations(void **state)
{
	static const struct row rows[] = {
	        {"1", 0, 1000000},
	        {"1.5", 0, 1500000},
	        {"0.25s", 0, 250000},
	        {"10s", 0, 10000000},
	        {"500ms", 0, 500000},
	        {"1.5ms", 0, 1500},
	        {"7us", 0, 7},
	        {"2m", 0, 120000000},
	        {"0.5m", 0, 30000000},
	        {"0.000001", 0, 1},
	        {"0.0000019", 0, 1},
	        {"0.0000009", -EDOM, 0},
	        {"1.5us", -EINVAL, 0},
	        {"1M", -EINVAL, 0},
	        {"1S", -EINVAL, 0},
	        {"1ns", -EINVAL, 0},
	        {"1sec", -EINVAL, 0},
	        {"1 s", -EINVAL, 0},
	        {"0s", -EINVAL, 0},
	        {"0us", -EINVAL, 0},
	        {"9223372036854", 0, UINT64_C(9223372036854000000)},
	        {"9223372036855", -ERANGE, 0},
	        {"9223372036854.775807", 0, INT64_MAX},
	        {"9223372036854.775808", -ERANGE, 0},
	};

	(void)state;
	CHECK(duration_parse, rows);
}

static void periods(void **state)
{
	static const struct row rows[] = {
	        {"1us", 0, 1},
	        {"200ms", 0, 200000},
	        {"30s", 0, 30000000},
	        {"1m", 0, 60000000},
	        {"1.5h", 0, UINT64_C(5400000000)},
	        {"7d", 0, UINT64_C(604800000000)},
	        {"unlimited", 0, SPEC_UNLIMITED},
	        {"1", -EINVAL, 0},
	        {"0d", -EINVAL, 0},
	        {"1D", -EINVAL, 0},
	        {"1w", -EINVAL, 0},
	        {"1h30m", -EINVAL, 0},
	        {"-1h", -EINVAL, 0},
	        {"200000000d", -ERANGE, 0},
	};

	(void)state;
	CHECK(period_parse, rows);
}

static void counts_and_rates(void **state)
{
	static const struct row counts[] = {
	        {"1", 0, 1},
	        {"64", 0, 64},
	        {"64K", -EINVAL, 0},
	        {"1.0", -EINVAL, 0},
	        {"0.5", -EINVAL, 0},
	        {"9223372036854775807", 0, INT64_MAX},
	        {"9223372036854775808", -ERANGE, 0},
	};
	static const struct row rates[] = {
	        {"1", 0, 1000},
	        {"1.5", 0, 1500},
	        {"0.001", 0, 1},
	        {"0.25", 0, 250},
	        {"2.000", 0, 2000},
	        {"0.0001", -EINVAL, 0},
	        {"1.0000", -EINVAL, 0},
	        {"0.000", -EINVAL, 0},
	        {"1c", -EINVAL, 0},
	        {"9223372036854775.807", 0, INT64_MAX},
	        {"9223372036854775.808", -ERANGE, 0},
	};

	(void)state;
	CHECK(count_parse, counts);
	CHECK(rate_parse, rates);
}

static void megabyte_of_digits(void **state)
{
	const size_t len = 1 << 20;
	char *text = malloc(len + 1);
	uint64_t value = UNTOUCHED;

	(void)state;
	memset(text, '9', len);
	text[len] = '\0';
	assert_int_equal(size_parse(text, &value), -ERANGE);
	assert_int_equal(duration_parse(text, &value), -ERANGE);
	assert_int_equal(count_parse(text, &value), -ERANGE);
	text[1] = '.';
	assert_int_equal(duration_parse(text, &value), 0);
	assert_int_equal(value, 9999999);
	text[len - 1] = 'x';
	value = UNTOUCHED;
	assert_int_equal(duration_parse(text, &value), -EINVAL);
	assert_int_equal(value, UNTOUCHED);
	free(text);
}

static void core_lists(void **state)
{
	static const struct {
		const char *text;
		int result;
		unsigned n;
	} rows[] = {
	        {"0", 0, 1},
	        {"0-3", 0, 4},
	        {"0-3,8", 0, 5},
	        {"1,2,3", 0, 3},
	        {"0-1,2", 0, 3},
	        {"8191", 0, 1},
	        {"0-8191", 0, 8192},
	        {"8192", -EINVAL, 0},
	        {"", -EINVAL, 0},
	        {",", -EINVAL, 0},
	        {"1,", -EINVAL, 0},
	        {",1", -EINVAL, 0},
	        {"1,,2", -EINVAL, 0},
	        {"2,1", -EINVAL, 0},
	        {"1,1", -EINVAL, 0},
	        {"3-1", -EINVAL, 0},
	        {"3-3", -EINVAL, 0},
	        {"0-3,3", -EINVAL, 0},
	        {"0-", -EINVAL, 0},
	        {"-1", -EINVAL, 0},
	        {"0-1-2", -EINVAL, 0},
	        {" 0", -EINVAL, 0},
	        {"0 ", -EINVAL, 0},
	        {"0\n", -EINVAL, 0},
	        {"a", -EINVAL, 0},
	        {"0x1", -EINVAL, 0},
	        {"01", -EINVAL, 0},
	        {"00000", -EINVAL, 0},
	        {"4294967296", -EINVAL, 0},
	        {"0-3:1/2", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned n = 4242;
		int result = cpu_list_parse(rows[i].text, &n);

		if (result != rows[i].result || n != (result < 0 ? 4242 : rows[i].n))
			fail_msg("\"%s\": %d, %u", rows[i].text, result, n);
	}
}

static void formats(void **state)
{
	static const struct {
		void (*format)(uint64_t, char *, unsigned long);
		uint64_t value;
		const char *text;
	} rows[] = {
	        {size_format, 0, "0 B"},
	        {size_format, 17, "17 B"},
	        {size_format, 1023, "1023 B"},
	        {size_format, 1024, "1 KiB"},
	        {size_format, 1536, "1.5 KiB"},
	        {size_format, 64 << 20, "64 MiB"},
	        {size_format, (64 << 20) - 1, "63.9 MiB"},
	        {size_format, (64 << 20) + 1, "64.0 MiB"},
	        {size_format, (1 << 20) - 1, "1023.9 KiB"},
	        {size_format, UINT64_C(3) << 40, "3 TiB"},
	        {size_format, UINT64_MAX - 2, "16777215.9 TiB"},
	        {size_format, SPEC_UNLIMITED, "unlimited"},
	        {duration_format, 0, "0 us"},
	        {duration_format, 45, "45 us"},
	        {duration_format, 999, "999 us"},
	        {duration_format, 1000, "1.0 ms"},
	        {duration_format, 12399, "12.3 ms"},
	        {duration_format, 999999, "999.9 ms"},
	        {duration_format, 1000000, "1.000 s"},
	        {duration_format, 1000999, "1.000 s"},
	        {duration_format, 61 * 1000000, "61.000 s"},
	        {duration_format, SPEC_UNLIMITED, "unlimited"},
	};
	char buf[32], small[4] = "xxx";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rows[i].format(rows[i].value, buf, sizeof(buf));
		assert_string_equal(buf, rows[i].text);
	}
	size_format(SPEC_UNLIMITED, small, sizeof(small));
	assert_string_equal(small, "unl");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(all_are_strict),     cmocka_unit_test(sizes),      cmocka_unit_test(durations),
	        cmocka_unit_test(counts_and_rates),   cmocka_unit_test(core_lists), cmocka_unit_test(formats),
	        cmocka_unit_test(megabyte_of_digits), cmocka_unit_test(periods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
