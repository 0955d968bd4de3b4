/*
 * Sizes, durations, counts and rates as a person writes them, exactly or not at all.
 * Called by every front-end; touches nothing but its arguments.
 */
#pragma once

#include <stdint.h>

/*
 * All of them: 0 on success; -EINVAL for text that is empty, signed, not a number, zero, or has anything
 * after the number and its unit; -ERANGE for a value above INT64_MAX in its base unit; -EDOM for a fraction below one
 * byte or microsecond.
 * `unlimited` gives SPEC_UNLIMITED. Sizes and durations may have decimal fractions ("1.5G", "0.25", a digit on both
 * sides of the point), but for bytes and microseconds themselves; they are computed in integers, however long, and
 * rounded down. No locale, no exponent, no hex, no inner space.
 * *ret is untouched on failure.
 */

/* Bytes: a bare number, or B, K, M, G, T (powers of 1024), upper or lower case. */
int size_parse(const char *text, uint64_t *ret_bytes);
/* Microseconds: us, ms, s, m; a bare number is seconds. */
int duration_parse(const char *text, uint64_t *ret_us);
/* Microseconds of what lasts longer than a run: us, ms, s, m, h, d, one of which has to be there. */
int period_parse(const char *text, uint64_t *ret_us);
/* A whole positive number. */
int count_parse(const char *text, uint64_t *ret_count);
/* Cores with up to three decimals, in thousandths: "1.5" gives 1500. */
int rate_parse(const char *text, uint64_t *ret_millis);
/*
 * A cpuset list ("0-3,8"): strictly ascending, no overlap, cores below 8192. -EINVAL otherwise.
 * *ret_n_cores is how many cores it names.
 */
int cpu_list_parse(const char *text, unsigned *ret_n_cores);

/*
 * "64 MiB", "1.5 KiB", "17 B", "unlimited": for people. Rounded down; without a decimal only where it is exact, so
 * that "64 MiB" and "64.0 MiB" differ. Writes at most `size` bytes, always terminated.
 */
void size_format(uint64_t bytes, char *buf, unsigned long size);
/* "1.000 s", "12.3 ms", "45 us", "unlimited"; rounded down. */
void duration_format(uint64_t us, char *buf, unsigned long size);
