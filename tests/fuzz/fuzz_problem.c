/* problem.yaml, .timelimit, and the constants in it put into a text. The file ends at the first NUL, then the text. */
#include "fuzz.h"

#include "policy/json.h"
#include "policy/problem.h"
#include "policy/problem_constants.h"
#include "policy/spec.h"

#include <errno.h>
#include <math.h>

#define MAX (64 << 10)

static void check_quantity(uint64_t value)
{
	FUZZ_ASSERT(value > 0 && (value <= INT64_MAX || value == SPEC_UNSET));
}

static void check_limits(const struct problem_limits *limits)
{
	check_quantity(limits->time_us_max);
	check_quantity(limits->time_resolution_us);
	check_quantity(limits->memory_bytes_max);
	check_quantity(limits->output_bytes_max);
	check_quantity(limits->code_bytes_max);
	check_quantity(limits->compilation_us_max);
	check_quantity(limits->compilation_memory_bytes_max);
	check_quantity(limits->validation_us_max);
	check_quantity(limits->validation_memory_bytes_max);
	check_quantity(limits->validation_output_bytes_max);
	check_quantity(limits->passes_max);
	FUZZ_ASSERT(isfinite(limits->ac_to_time_limit) && limits->ac_to_time_limit >= 1);
	FUZZ_ASSERT(isfinite(limits->time_limit_to_tle) && limits->time_limit_to_tle >= 1);
}

static void check_strings(struct json_object *list)
{
	FUZZ_ASSERT(list == NULL || json_kind_of(list) == JSON_ARRAY);
	for (size_t i = 0; i < json_length(list); i++)
		FUZZ_ASSERT(json_string_of(json_at(list, i)) != NULL);
}

static void check_problem(const struct problem *problem)
{
	check_limits(&problem->limits);
	check_strings(problem->validator_args);
	check_strings(problem->languages);
	for (size_t i = 0; i < json_length(problem->languages); i++)
		FUZZ_ASSERT(problem_knows_language(json_string_of(json_at(problem->languages, i))));
	FUZZ_ASSERT(isfinite(problem->compare.float_absolute) && isfinite(problem->compare.float_relative));
	FUZZ_ASSERT(problem->format != PROBLEM_2023_07 || problem->name != NULL);
}

static void try_constants(struct json_object *constants, const char *text, size_t len)
{
	char *replaced = NULL, *again = NULL;
	size_t replaced_len = 0, again_len = 0;
	int rc = problem_constants_replace(constants, text, len, MAX, &replaced, &replaced_len);

	FUZZ_ASSERT(rc == 0 || rc == 1 || rc == -EFBIG);
	FUZZ_ASSERT(constants != NULL || rc == 0);
	if (rc != 1) {
		FUZZ_ASSERT(replaced == NULL);
		return;
	}
	FUZZ_ASSERT(replaced_len <= MAX && replaced[replaced_len] == '\0');
	/* just as much room, and one byte less */
	FUZZ_ASSERT(problem_constants_replace(constants, text, len, replaced_len, &again, &again_len) == 1);
	FUZZ_ASSERT(again_len == replaced_len && memcmp(again, replaced, again_len) == 0);
	free(again);
	FUZZ_ASSERT(replaced_len == 0 ||
	            problem_constants_replace(constants, text, len, replaced_len - 1, &again, &again_len) == -EFBIG);
	free(replaced);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	FUZZ_CLEANUP char *yaml = fuzz_part(&input);
	size_t len = input.left;
	FUZZ_CLEANUP char *text = fuzz_bytes(input.at, len);
	struct problem problem = {0};
	struct sbx_err err = {0};
	uint64_t us = 0;

	if (problem_parse_timelimit(yaml, "fuzz", &us, &err) == 0)
		FUZZ_ASSERT(us > 0 && us <= INT64_MAX);
	else
		fuzz_assert_error(&err);
	err = (struct sbx_err){0};
	if (problem_parse(yaml, strlen(yaml), "problem.yaml", &problem, &err) < 0) {
		fuzz_assert_error(&err);
	} else {
		check_problem(&problem);
		try_constants(problem.constants, text, len);
		problem_finish(&problem);
	}
	return 0;
}
