/*
 * The report of a run with any facts in it: JSON on one line, whatever an error quotes, and a text that a terminal can
 * be shown. The input is the facts, then the message of an error and the profile's name, each up to a NUL.
 */
#include "fuzz.h"

#include "runner/report.h"

static uint64_t fact(struct fuzz_input *input)
{
	uint8_t byte = fuzz_byte(input);

	return byte == 255 ? RESULT_UNKNOWN : byte >= 250 ? fuzz_u64(input) : byte;
}

static void take_result(struct fuzz_input *input, struct run_result *result)
{
	uint64_t *facts[] = {&result->cpu_us,
	                     &result->user_us,
	                     &result->system_us,
	                     &result->wall_us,
	                     &result->memory_peak_bytes,
	                     &result->memory_file_bytes,
	                     &result->memory_anon_bytes,
	                     &result->memory_shared_bytes,
	                     &result->memory_kernel_bytes,
	                     &result->oom_kills,
	                     &result->pids_peak,
	                     &result->pids_refused,
	                     &result->stdout_bytes,
	                     &result->stderr_bytes,
	                     &result->throttled_us,
	                     &result->pressure_us,
	                     &result->steal_us,
	                     &result->involuntary_switches,
	                     &result->setup_us,
	                     &result->teardown_us};
	uint8_t flags = fuzz_byte(input);

	run_result_init(result);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		*facts[i] = fact(input);
	result->started = flags & 1;
	result->status_known = flags & 2;
	result->swap_free = flags & 4;
	result->denied.seen = flags & 8;
	result->wait_status = fuzz_byte(input) | fuzz_byte(input) << 8;
	result->killed_by = (enum killed_by)(fuzz_byte(input) % KILLED_BY_MAX);
	result->denied.arch = (uint32_t)fuzz_u64(input);
	result->denied.nr = (int)fact(input);
	result->interrupt_signal = fuzz_byte(input) % 65;
	result->cgroup_version = fuzz_byte(input) % 3;
}

static void try_format(const struct report *report, enum report_format format)
{
	struct sbx_err err = {0};
	char *text = NULL;
	size_t len;

	FUZZ_ASSERT(report_format(report, format, &text, &err) == 0);
	len = strlen(text);
	FUZZ_ASSERT(len > 0 && text[len - 1] == '\n' && strchr(text, '\n') == text + len - 1);
	if (format == REPORT_JSON)
		FUZZ_ASSERT(fuzz_is_json(text, len));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	struct limit_fact limits[BOX_LIMIT_MAX];
	struct run_result result;
	struct box_plan plan = {0};
	struct report report = {.plan = &plan, .result = &result, .limits = limits};
	uint8_t stage;

	take_result(&input, &result);
	plan.cpu_us_max = fact(&input);
	plan.wall_us_max = fact(&input);
	plan.memory_bytes_max = fact(&input);
	plan.output_bytes_max = fact(&input);
	for (size_t i = 0; i < BOX_LIMIT_MAX; i++)
		limits[i] = (struct limit_fact){.mechanism = "rlimit", .value = fact(&input), .hit = LIMIT_HIT_UNTOLD};
	stage = fuzz_byte(&input) % SBX_STAGE_MAX;
	{
		FUZZ_CLEANUP char *message = fuzz_part(&input), *profile = fuzz_part(&input);
		if (stage != SBX_STAGE_NONE)
			sbx_fail(&result.error, (enum sbx_stage)stage, fuzz_byte(&input), "%s", message);
		plan.filter_name = profile;
		plan.cpus = fuzz_byte(&input) % 2 ? profile : NULL;
		report.verdict = verdict_of(&result, &plan, &report.reason);
		FUZZ_ASSERT(report.verdict < VERDICT_MAX && (report.verdict == VERDICT_OK) == (report.reason == NULL));
		try_format(&report, REPORT_JSON);
		try_format(&report, REPORT_TEXT);
	}
	return 0;
}
