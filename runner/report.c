/*
 * The report of one run, as a line for a person or as one JSON object of schema sbx.run/1. Called once per run, after
 * the verdict is known; where the text goes is the business of runner/report_sink.c. The field order is part of the
 * schema's readability and stays as it is here: a reader sees the judgement first, its proof next, the circumstances
 * last.
 */
#include "runner/report.h"

#include "policy/json.h"
#include "policy/seccomp.h"
#include "policy/size.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define CALL_NAME_SIZE 64
#define SIGNAL_NAME_SIZE 24

/* "SIGSEGV", "SIGRTMIN+1"; NULL for a number that has no name. */
static const char *signal_name(int signal, char buf[SIGNAL_NAME_SIZE])
{
	const char *abbreviation = sigabbrev_np(signal);

	if (abbreviation != NULL)
		snprintf(buf, SIGNAL_NAME_SIZE, "SIG%s", abbreviation);
	else if (signal >= SIGRTMIN && signal <= SIGRTMAX)
		snprintf(buf, SIGNAL_NAME_SIZE, "SIGRTMIN+%d", signal - SIGRTMIN);
	else
		return NULL;
	return buf;
}

static const char *denied_name(const struct run_result *result, char buf[CALL_NAME_SIZE])
{
	if (!result->denied.seen || result->denied.arch == 0)
		return NULL;
	seccomp_call_name(result->denied.arch, result->denied.nr, buf, CALL_NAME_SIZE);
	return buf;
}

static bool is_enforced(const struct limit_fact *fact)
{
	return fact->mechanism != NULL && strcmp(fact->mechanism, "none") != 0;
}

/* ---- JSON ---- */

static void add_count(struct json_object *object, const char *key, uint64_t value)
{
	if (value == RESULT_UNKNOWN)
		json_add(object, key, NULL);
	else
		json_add_u64(object, key, value);
}

static void add_ending(struct json_object *object, const struct run_result *result)
{
	bool exited = result->status_known && WIFEXITED(result->wait_status);
	bool signalled = result->status_known && WIFSIGNALED(result->wait_status);
	char name[SIGNAL_NAME_SIZE];

	add_count(object, "exit_code", exited ? (uint64_t)WEXITSTATUS(result->wait_status) : RESULT_UNKNOWN);
	add_count(object, "signal", signalled ? (uint64_t)WTERMSIG(result->wait_status) : RESULT_UNKNOWN);
	json_add_string(object, "signal_name", signalled ? signal_name(WTERMSIG(result->wait_status), name) : NULL);
	json_add_string(object, "killed_by", killed_by_name(result->killed_by));
}

static void add_counts(struct json_object *object, const struct run_result *result)
{
	struct json_object *memory = json_new_object();
	char name[CALL_NAME_SIZE];

	add_count(object, "cpu_us", result->cpu_us);
	add_count(object, "user_us", result->user_us);
	add_count(object, "system_us", result->system_us);
	add_count(object, "wall_us", result->wall_us);
	add_count(object, "memory_peak_bytes", result->memory_peak_bytes);
	add_count(memory, "anonymous", result->memory_anon_bytes);
	add_count(memory, "file", result->memory_file_bytes);
	add_count(memory, "shared", result->memory_shared_bytes);
	add_count(memory, "kernel", result->memory_kernel_bytes);
	json_add(object, "memory", memory);
	add_count(object, "oom_kills", result->oom_kills);
	add_count(object, "pids_peak", result->pids_peak);
	add_count(object, "stdout_bytes", result->stdout_bytes);
	add_count(object, "stderr_bytes", result->stderr_bytes);
	json_add_string(object, "denied_syscall", denied_name(result, name));
}

/* A number in the limit's unit; the profile's name and the list of cores, which are no quantities, as text. */
static void add_limit_value(struct json_object *object, const struct report *report, enum box_limit limit)
{
	const struct box_plan *plan = report->plan;

	if (limit == BOX_LIMIT_SECCOMP)
		json_add_string(object, "value", plan->filter_name);
	else if (limit == BOX_LIMIT_PIN)
		json_add_string(object, "value", plan->cpus == NULL && plan->cpus_of_slot ? "auto" : plan->cpus);
	else
		add_count(object, "value", report->limits[limit].value);
}

static void add_limits(struct json_object *object, const struct report *report)
{
	struct json_object *limits = NULL;

	if (report->plan != NULL && report->limits != NULL)
		limits = json_new_object();
	for (int i = 0; limits != NULL && i < BOX_LIMIT_MAX; i++) {
		struct json_object *limit = json_new_object();

		add_limit_value(limit, report, i);
		json_add_string(limit, "mechanism",
		                is_enforced(&report->limits[i]) ? report->limits[i].mechanism : "none");
		if (report->limits[i].hit == LIMIT_HIT_UNTOLD)
			json_add(limit, "hit", NULL);
		else
			json_add_bool(limit, "hit", report->limits[i].hit == LIMIT_HIT);
		json_add(limits, box_limit_name(i), limit);
	}
	json_add(object, "limits", limits);
}

static void add_circumstances(struct json_object *object, const struct run_result *result)
{
	struct json_object *noise = json_new_object(), *host = json_new_object();
	struct utsname names;

	add_count(noise, "throttled_us", result->throttled_us);
	add_count(noise, "cpu_pressure_us", result->pressure_us);
	add_count(noise, "steal_us", result->steal_us);
	add_count(noise, "involuntary_switches", result->involuntary_switches);
	json_add(object, "noise", noise);
	json_add_string(host, "kernel", uname(&names) == 0 ? names.release : NULL);
	add_count(host, "cgroup_version", result->cgroup_version == 0 ? RESULT_UNKNOWN : result->cgroup_version);
	json_add(object, "host", host);
	add_count(object, "setup_us", result->setup_us);
	add_count(object, "teardown_us", result->teardown_us);
}

static void add_error(struct json_object *object, const struct run_result *result)
{
	const struct sbx_err *failure = &result->error;
	struct json_object *error;
	struct sbx_err interrupt;

	if (failure->stage == SBX_STAGE_NONE && result->killed_by == KILLED_BY_INTERRUPT) {
		char signal[SIGNAL_NAME_SIZE];
		const char *name = signal_name(result->interrupt_signal, signal);
		sbx_fail(&interrupt, SBX_STAGE_SUPERVISE, 0, "interrupted by %s", name != NULL ? name : "a signal");
		failure = &interrupt;
	}
	if (failure->stage == SBX_STAGE_NONE) {
		json_add(object, "error", NULL);
		return;
	}
	error = json_new_object();
	json_add_string(error, "stage", sbx_stage_name(failure->stage));
	add_count(error, "errno", failure->errnum > 0 ? (uint64_t)failure->errnum : RESULT_UNKNOWN);
	json_add_string(error, "errno_name", failure->errnum > 0 ? strerrorname_np(failure->errnum) : NULL);
	json_add_string(error, "message", failure->msg);
	json_add(object, "error", error);
}

struct json_object *report_json(const struct report *report)
{
	struct json_object *object = json_new_object();

	json_add_string(object, "schema", "sbx.run/1");
	json_add_string(object, "verdict", verdict_name(report->verdict));
	json_add_string(object, "reason", report->reason);
	add_ending(object, report->result);
	add_counts(object, report->result);
	add_limits(object, report);
	add_circumstances(object, report->result);
	add_error(object, report->result);
	return object;
}

static void write_json(FILE *out, const struct report *report)
{
	struct json_object *object = report_json(report);

	fprintf(out, "%s\n", json_text(object, false));
	json_free(object);
}

/* ---- one line for a person ---- */

/* What stands in parentheses behind the verdict: the one fact that decided. */
static void write_cause(FILE *out, const struct report *report)
{
	const struct run_result *result = report->result;
	char call[CALL_NAME_SIZE], signal[SIGNAL_NAME_SIZE], limit[32];
	int number = WTERMSIG(result->wait_status);

	switch (report->verdict) {
	case VERDICT_TLE:
		fprintf(out, " (%s)", report->reason);
		break;
	case VERDICT_OLE:
		size_format(report->plan->output_bytes_max, limit, sizeof(limit));
		fprintf(out, " (output over %s)", limit);
		break;
	case VERDICT_SV:
		fprintf(out, " (%s)", denied_name(result, call) != NULL ? call : "syscall");
		break;
	case VERDICT_RE:
		if (!WIFSIGNALED(result->wait_status))
			fprintf(out, " (exit %d)", WEXITSTATUS(result->wait_status));
		else if (signal_name(number, signal) != NULL)
			fprintf(out, " (signal %s)", signal);
		else
			fprintf(out, " (signal %d)", number);
		break;
	default:
		break;
	}
}

/*
 * "cpu 1.001 s of 1.000 s". The limit is named only where it was reached, and then with as many digits as it takes for
 * the numbers to show it: 1.000400 s against 1.000 s must not come out as equal.
 */
static void write_time(FILE *out, const char *what, uint64_t us, uint64_t limit_us, bool is_reason)
{
	bool with_limit = limit_us != BOX_UNLIMITED && (is_reason || us > limit_us);
	bool exact = with_limit && (limit_us % 1000 != 0 || (us != limit_us && us / 1000 == limit_us / 1000));

	if (us == RESULT_UNKNOWN) {
		fprintf(out, "  %s unknown", what);
		return;
	}
	fprintf(out, "  %s %" PRIu64, what, us / 1000000);
	if (exact)
		fprintf(out, ".%06" PRIu64 " s", us % 1000000);
	else
		fprintf(out, ".%03" PRIu64 " s", us % 1000000 / 1000);
	if (!with_limit)
		return;
	fprintf(out, " of %" PRIu64, limit_us / 1000000);
	if (limit_us % 1000 != 0)
		fprintf(out, ".%06" PRIu64 " s", limit_us % 1000000);
	else
		fprintf(out, ".%03" PRIu64 " s", limit_us % 1000000 / 1000);
}

static void write_memory(FILE *out, const struct report *report)
{
	const struct run_result *result = report->result;
	char text[32];

	if (result->memory_peak_bytes == RESULT_UNKNOWN) {
		fprintf(out, "  memory unknown");
	} else {
		size_format(result->memory_peak_bytes, text, sizeof(text));
		fprintf(out, "  memory %s", text);
	}
	if (report->verdict != VERDICT_MLE)
		return;
	size_format(report->plan->memory_bytes_max, text, sizeof(text));
	fprintf(out, " of %s", text);
	if (result->oom_kills != RESULT_UNKNOWN)
		fprintf(out, ", %" PRIu64 " OOM kill%s", result->oom_kills, result->oom_kills == 1 ? "" : "s");
}

/* Whether the caller may count on this limit: it asked for it, or has not asked for its absence. */
static bool is_expected(const struct report *report, enum box_limit limit)
{
	if (limit == BOX_LIMIT_PIN)
		return box_limit_is_set(report->plan, limit);
	return limit == BOX_LIMIT_SECCOMP || report->limits[limit].value != RESULT_UNKNOWN;
}

/* No silent weakening. The missing filter is named even when the caller wanted it so: it weakens all the rest. */
static void write_unenforced(FILE *out, const struct report *report)
{
	const char *lead = "  not enforced: ";

	for (int i = 0; i < BOX_LIMIT_MAX; i++) {
		if (is_enforced(&report->limits[i]) || !is_expected(report, i))
			continue;
		fprintf(out, "%s%s", lead, box_limit_name(i));
		lead = ", ";
	}
}

/* "IE (exec: No such file or directory) ./x: ..." */
static void write_failure(FILE *out, const struct run_result *result)
{
	const struct sbx_err *error = &result->error;
	char signal[SIGNAL_NAME_SIZE];

	if (error->stage != SBX_STAGE_NONE && error->errnum > 0)
		fprintf(out, " (%s: %s) %s", sbx_stage_name(error->stage), strerror(error->errnum), error->msg);
	else if (error->stage != SBX_STAGE_NONE)
		fprintf(out, " (%s) %s", sbx_stage_name(error->stage), error->msg);
	else if (result->killed_by != KILLED_BY_INTERRUPT)
		fprintf(out, " (the end of the program was not seen)");
	else if (signal_name(result->interrupt_signal, signal) != NULL)
		fprintf(out, " (interrupted by %s)", signal);
	else
		fprintf(out, " (interrupted)");
}

static void write_text(FILE *out, const struct report *report)
{
	const struct run_result *result = report->result;
	const char *reason = report->reason != NULL ? report->reason : "";

	fprintf(out, "sbx: %s", verdict_name(report->verdict));
	if (report->verdict == VERDICT_IE)
		write_failure(out, result);
	else
		write_cause(out, report);
	if (report->verdict == VERDICT_MLE || (result->started && result->error.stage == SBX_STAGE_NONE)) {
		write_time(out, "cpu", result->cpu_us, report->plan->cpu_us_max, strcmp(reason, "cpu") == 0);
		write_time(out, "wall", result->wall_us, report->plan->wall_us_max, strcmp(reason, "wall") == 0);
		write_memory(out, report);
		write_unenforced(out, report);
	}
	fputc('\n', out);
}

int report_format(const struct report *report, enum report_format format, char **ret_text, struct sbx_err *err)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool failed;

	if (out == NULL)
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "the report does not fit into memory");
	if (format == REPORT_JSON)
		write_json(out, report);
	else
		write_text(out, report);
	failed = ferror(out) != 0;
	if (fclose(out) != 0 || failed) {
		free(text);
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "the report does not fit into memory");
	}
	*ret_text = text;
	return 0;
}
