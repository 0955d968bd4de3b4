/* The verdict of an interactive test: a row for each cell of the table, and who waited for whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/interaction.h"

#define LONG (2 * INTERACTION_SILENCE_US)

static const struct row {
	const char *what;
	struct interaction facts;
	enum judgement judgement;
	enum interaction_by by;
} rows[] = {
        {"both well", {VERDICT_OK, .validator = JUDGEMENT_AC}, JUDGEMENT_AC, INTERACTION_BY_VALIDATOR},
        {"left early, wrong", {VERDICT_OK, .validator = JUDGEMENT_WA}, JUDGEMENT_WA, INTERACTION_BY_VALIDATOR},
        {"the validator first, right",
         {VERDICT_OK, .validator_first = true, .validator = JUDGEMENT_AC},
         JUDGEMENT_AC,
         INTERACTION_BY_VALIDATOR},
        {"the validator first, wrong",
         {VERDICT_OK, .validator_first = true, .validator = JUDGEMENT_WA},
         JUDGEMENT_WA,
         INTERACTION_BY_VALIDATOR},
        {"wrong, then a crash",
         {VERDICT_RE, .validator_first = true, .validator = JUDGEMENT_WA},
         JUDGEMENT_WA,
         INTERACTION_BY_VALIDATOR},
        {"wrong, then a loop",
         {VERDICT_TLE, .validator_first = true, .validator = JUDGEMENT_WA},
         JUDGEMENT_WA,
         INTERACTION_BY_VALIDATOR},
        {"wrong, then SIGPIPE",
         {VERDICT_RE, true, .validator_first = true, .validator = JUDGEMENT_WA},
         JUDGEMENT_WA,
         INTERACTION_BY_VALIDATOR},
        {"right, then SIGPIPE",
         {VERDICT_RE, true, .validator_first = true, .validator = JUDGEMENT_AC},
         JUDGEMENT_AC,
         INTERACTION_BY_VALIDATOR},
        {"right, then a crash",
         {VERDICT_RE, .validator_first = true, .validator = JUDGEMENT_AC},
         JUDGEMENT_RE,
         INTERACTION_BY_SUBMISSION},
        {"right, then a loop",
         {VERDICT_TLE, .validator_first = true, .validator = JUDGEMENT_AC},
         JUDGEMENT_TLE,
         INTERACTION_BY_SUBMISSION},
        {"a crash, then right", {VERDICT_RE, .validator = JUDGEMENT_AC}, JUDGEMENT_RE, INTERACTION_BY_SUBMISSION},
        {"a crash, then wrong", {VERDICT_RE, .validator = JUDGEMENT_WA}, JUDGEMENT_RE, INTERACTION_BY_SUBMISSION},
        {"a SIGPIPE of its own",
         {VERDICT_RE, true, .validator = JUDGEMENT_AC},
         JUDGEMENT_RE,
         INTERACTION_BY_SUBMISSION},
        {"a crash, then the validator's",
         {VERDICT_RE, .validator = JUDGEMENT_IE},
         JUDGEMENT_RE,
         INTERACTION_BY_SUBMISSION},
        {"too slow first", {VERDICT_TLE, .validator = JUDGEMENT_WA}, JUDGEMENT_TLE, INTERACTION_BY_SUBMISSION},
        {"too much memory first", {VERDICT_MLE, .validator = JUDGEMENT_WA}, JUDGEMENT_MLE, INTERACTION_BY_SUBMISSION},
        {"too much output first", {VERDICT_OLE, .validator = JUDGEMENT_WA}, JUDGEMENT_OLE, INTERACTION_BY_SUBMISSION},
        {"a forbidden call first", {VERDICT_SV, .validator = JUDGEMENT_WA}, JUDGEMENT_SV, INTERACTION_BY_SUBMISSION},
        {"the validator's crash, then its own",
         {VERDICT_RE, .validator_first = true, .validator = JUDGEMENT_IE},
         JUDGEMENT_IE,
         INTERACTION_BY_VALIDATOR},
        {"the validator's crash, then a loop",
         {VERDICT_TLE, .validator_first = true, .validator = JUDGEMENT_IE},
         JUDGEMENT_IE,
         INTERACTION_BY_VALIDATOR},
        {"the validator's crash after a good end",
         {VERDICT_OK, .validator = JUDGEMENT_IE},
         JUDGEMENT_IE,
         INTERACTION_BY_VALIDATOR},
        {"the sandbox", {VERDICT_IE, .validator = JUDGEMENT_AC}, JUDGEMENT_IE, INTERACTION_BY_SUBMISSION},
        {"the sandbox, afterwards",
         {VERDICT_IE, .validator_first = true, .validator = JUDGEMENT_WA},
         JUDGEMENT_IE,
         INTERACTION_BY_SUBMISSION},
        {"both read",
         {VERDICT_TLE, .validator = JUDGEMENT_WA, .wait = INTERACTION_BOTH_READ},
         JUDGEMENT_TLE,
         INTERACTION_BY_IDLING},
        {"both write",
         {VERDICT_TLE, .validator = JUDGEMENT_IE, .wait = INTERACTION_BOTH_WRITE},
         JUDGEMENT_TLE,
         INTERACTION_BY_IDLING},
        {"the submission slept",
         {VERDICT_TLE, .validator = JUDGEMENT_AC, .wait = INTERACTION_SUBMISSION_IDLES},
         JUDGEMENT_TLE,
         INTERACTION_BY_IDLING},
        {"the validator slept",
         {VERDICT_TLE, .validator = JUDGEMENT_AC, .wait = INTERACTION_VALIDATOR_IDLES},
         JUDGEMENT_IE,
         INTERACTION_BY_VALIDATOR},
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum interaction_by by = INTERACTION_BY_IDLING;
		enum judgement judgement = interaction_judge(&rows[i].facts, &by);
		if (judgement != rows[i].judgement || by != rows[i].by)
			fail_msg("%s: %s by %d", rows[i].what, judgement_name(judgement), by);
	}
}

/* What a submission is blamed for it has done, and an IE is not its fault. */
static void test_all(void **state)
{
	const enum judgement words[] = {JUDGEMENT_AC, JUDGEMENT_WA, JUDGEMENT_IE};

	(void)state;
	for (int verdict = 0; verdict < VERDICT_MAX; verdict++)
		for (unsigned bits = 0; bits < 4; bits++)
			for (size_t w = 0; w < 3; w++)
				for (int wait = 0; wait < INTERACTION_WAIT_MAX; wait++) {
					struct interaction facts = {verdict, bits & 1, bits & 2, words[w], wait};
					enum interaction_by by;
					enum judgement got = interaction_judge(&facts, &by);
					if (got == JUDGEMENT_AC)
						assert_int_equal(words[w], JUDGEMENT_AC);
					if (got == JUDGEMENT_WA)
						assert_int_equal(words[w], JUDGEMENT_WA);
					if (by == INTERACTION_BY_SUBMISSION)
						assert_int_equal(got, judgement_of(verdict, false, COMPARE_MAX));
					if (by == INTERACTION_BY_IDLING)
						assert_int_equal(got, JUDGEMENT_TLE);
				}
}

static void test_waits(void **state)
{
	static const struct {
		struct interaction_side submission, validator;
		enum interaction_wait wait;
	} cases[] = {
	        {{BOX_WAITS_INPUT, true, 0}, {BOX_WAITS_INPUT, true, 0}, INTERACTION_BOTH_READ},
	        {{BOX_WAITS_INPUT, false, LONG}, {BOX_WAITS_INPUT, true, LONG}, INTERACTION_WORKED},
	        {{BOX_WAITS_INPUT, true, LONG}, {BOX_WAITS_INPUT, false, LONG}, INTERACTION_WORKED},
	        {{BOX_WAITS_OUTPUT, false, 0}, {BOX_WAITS_OUTPUT, false, 0}, INTERACTION_BOTH_WRITE},
	        {{BOX_WAITS_INPUT, true, LONG}, {BOX_WAITS_ELSE, true, LONG}, INTERACTION_VALIDATOR_IDLES},
	        {{BOX_WAITS_OUTPUT, false, LONG}, {BOX_WAITS_ELSE, true, LONG}, INTERACTION_VALIDATOR_IDLES},
	        {{BOX_WAITS_INPUT, true, LONG}, {BOX_WAITS_ELSE, true, 0}, INTERACTION_WORKED},
	        {{BOX_WAITS_ELSE, true, LONG}, {BOX_WAITS_INPUT, true, LONG}, INTERACTION_SUBMISSION_IDLES},
	        {{BOX_WAITS_ELSE, true, LONG}, {BOX_WAITS_OUTPUT, false, LONG}, INTERACTION_SUBMISSION_IDLES},
	        {{BOX_WAITS_ELSE, true, 0}, {BOX_WAITS_INPUT, true, LONG}, INTERACTION_WORKED},
	        {{BOX_WAITS_ELSE, true, LONG}, {BOX_WAITS_ELSE, true, LONG}, INTERACTION_WORKED},
	        {{BOX_WAITS_NOT, true, LONG}, {BOX_WAITS_INPUT, true, LONG}, INTERACTION_WORKED},
	        {{BOX_WAITS_INPUT, true, LONG}, {BOX_WAITS_NOT, true, LONG}, INTERACTION_WORKED},
	        {{BOX_WAITS_INPUT, true, LONG}, {BOX_WAITS_UNKNOWN, true, LONG}, INTERACTION_WORKED},
	        {{BOX_WAITS_UNKNOWN, true, LONG}, {BOX_WAITS_INPUT, true, LONG}, INTERACTION_WORKED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum interaction_wait got = interaction_wait_of(&cases[i].submission, &cases[i].validator);
		if (got != cases[i].wait)
			fail_msg("case %zu: %d", i, got);
		assert_int_equal(interaction_wait_text(got) == NULL, got == INTERACTION_WORKED);
	}
}

/* As /proc/PID/syscall has them on x86-64. */
static void test_syscalls(void **state)
{
	static const struct {
		const char *text;
		enum box_wait wait;
	} cases[] = {
	        {"running\n", BOX_WAITS_NOT},
	        {"-1 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_NOT},
	        {"0 0x0 0x7f94a99d4000 0x20000 0x0 0xffffffff 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_INPUT},
	        {"0 0x3 0x7f94a99d4000 0x20000 0x0 0xffffffff 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_INPUT},
	        {"19 0x0 0x7f94a99d4000 0x2 0x0 0x0 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_INPUT},
	        {"1 0x1 0x7f94a99d4000 0x20000 0x0 0x0 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_OUTPUT},
	        {"1 0x3 0x7f94a99d4000 0x20000 0x0 0x0 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_OUTPUT},
	        {"7 0x7ffc 0x1 0xffffffff 0x0 0x0 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_INPUT},
	        {"7 0x0 0x0 0x64 0x0 0x0 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_ELSE},
	        {"23 0x0 0x0 0x0 0x0 0x7ffc 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_ELSE},
	        {"232 0x4 0x7ffc 0x10 0xffffffff 0x0 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_INPUT},
	        {"230 0x1 0x0 0x7ffc 0x0 0x0 0x0 0x7ffc69a9c8d8 0x7f94a9b4e2ad\n", BOX_WAITS_ELSE},
	        {"", BOX_WAITS_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (box_wait_of(cases[i].text) != cases[i].wait)
			fail_msg("case %zu: %d", i, box_wait_of(cases[i].text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_table),
	        cmocka_unit_test(test_all),
	        cmocka_unit_test(test_waits),
	        cmocka_unit_test(test_syscalls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
