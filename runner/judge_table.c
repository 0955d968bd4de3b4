/* A job's result for a person. */
#include "runner/judge_table.h"

#include "policy/size.h"
#include "runner/judge_interact.h"
#include "runner/plain.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOW_NS 50000000ULL
#define BAR_WIDTH 30
#define NAME_WIDTH_MAX 40

/* ---- while it runs ---- */

void judge_table_progress(struct judge_report *report, enum judge_event event)
{
	const struct judge *judge = report->judge;
	size_t n = judge->job->n_tests, filled = judge->n_done * BAR_WIDTH / n;
	struct pollfd terminal = {.fd = STDERR_FILENO, .events = POLLOUT};
	uint64_t now_ns = clock_ns();

	/* a terminal that was stopped takes nothing, and must not stop the clock */
	if (poll(&terminal, 1, 0) <= 0 || (terminal.revents & POLLOUT) == 0)
		return;
	if (event == JUDGE_FINISHED) {
		fputs("\r\033[K", stderr);
		return;
	}
	if (now_ns - report->shown_ns < SHOW_NS && event != JUDGE_COMPILING)
		return;
	report->shown_ns = now_ns;
	fputs("\r\033[K", stderr);
	if (report->submission != NULL) {
		plain_print_cut(stderr, report->submission, 0, NAME_WIDTH_MAX);
		fputs("  ", stderr);
	}
	if (event == JUDGE_COMPILING) {
		fputs("compiling", stderr);
		return;
	}
	fprintf(stderr, "[%.*s%.*s] %zu/%zu", (int)filled, "##############################", (int)(BAR_WIDTH - filled),
	        "..............................", judge->n_done, n);
	for (int k = 0; k < JUDGEMENT_MAX; k++)
		if (report->n_by[k] > 0)
			fprintf(stderr, "  %s %zu", judgement_name((enum judgement)k), report->n_by[k]);
}

/* ---- notes ---- */

static void print_text(FILE *out, const char *text)
{
	plain_print(out, text, strlen(text), "");
}

static void print_quoted(FILE *out, const struct compare_excerpt *excerpt)
{
	fputc('"', out);
	plain_print(out, excerpt->bytes, excerpt->len, "");
	fputs(excerpt->cut ? "...\"" : "\"", out);
}

static void print_difference(FILE *out, const struct compare_difference *difference)
{
	const struct compare_excerpt *got = &difference->got, *wanted = &difference->wanted;

	fprintf(out, "line %" PRIu64 ", column %" PRIu64 ": ", difference->line, difference->column);
	if (difference->kind == COMPARE_MISSING)
		fputs("the output ends, wanted ", out);
	else if (difference->kind == COMPARE_EXTRA)
		fputs("nothing more wanted, got ", out);
	else if (difference->kind == COMPARE_SPACE)
		fputs("other white space: wanted ", out);
	else
		fputs("wanted ", out);
	if (difference->kind != COMPARE_EXTRA)
		print_quoted(out, wanted);
	if (difference->kind != COMPARE_EXTRA && difference->kind != COMPARE_MISSING)
		fputs(", got ", out);
	if (difference->kind != COMPARE_MISSING)
		print_quoted(out, got);
}

static void print_ending(FILE *out, const struct judge_run *run)
{
	int status = run->run.result.wait_status;

	if (run->verdict == VERDICT_RE && !run->run.result.status_known)
		fputs("cannot be executed", out);
	else if (run->verdict == VERDICT_RE && WIFSIGNALED(status))
		fprintf(out, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (run->verdict == VERDICT_RE)
		fprintf(out, "exit status %d", WEXITSTATUS(status));
	else if (run->verdict == VERDICT_IE)
		print_text(out, run->run.result.error.msg);
	else if (run->interaction != NULL && run->interaction->wait != INTERACTION_WORKED)
		fputs(interaction_wait_text(run->interaction->wait), out);
	else if (run->reason != NULL)
		fputs(run->reason, out);
}

/* What the program itself did wrong, although there was a checker, too. */
static bool is_own_failure(const struct judge_run *run)
{
	return run->verdict != VERDICT_OK && run->judgement == judgement_of(run->verdict, false, COMPARE_MAX) &&
	       run->judgement != JUDGEMENT_IE;
}

/* Of the checker: its first line, or that it failed. */
static void print_message(FILE *out, const struct judge_run *run)
{
	if (run->judgement == JUDGEMENT_IE) {
		print_text(out, run->run.result.error.msg);
		fputs(run->message[0] != '\0' ? ": " : "", out);
	}
	plain_print(out, run->message, strcspn(run->message, "\n"), "");
}

char *judge_table_note(const struct judge_run *run)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (judgement_is_good(run->judgement))
		return NULL;
	out = open_memstream(&text, &size);
	if (out == NULL)
		return NULL;
	if (run->check != NULL && !is_own_failure(run))
		print_message(out, run);
	else if (run->judgement == JUDGEMENT_WA || run->judgement == JUDGEMENT_PE)
		print_difference(out, &run->difference);
	else
		print_ending(out, run);
	return fclose(out) == 0 ? text : NULL;
}

/* ---- the table ---- */

static const char *color_of(enum judgement judgement)
{
	return judgement_is_good(judgement) ? "\033[32m" : judgement == JUDGEMENT_SKIP ? "\033[90m" : "\033[31m";
}

static void print_verdict(FILE *out, enum judgement judgement, bool color)
{
	fprintf(out, "%s%-4s%s", color ? color_of(judgement) : "", judgement_name(judgement), color ? "\033[0m" : "");
}

static const char *time_text(uint64_t us, char *buf, size_t size)
{
	if (us == RESULT_UNKNOWN)
		return "";
	duration_format(us, buf, size);
	return buf;
}

static const char *size_text(uint64_t bytes, char *buf, size_t size)
{
	if (bytes == RESULT_UNKNOWN)
		return "";
	size_format(bytes, buf, size);
	return buf;
}

static void widen(int *most, const char *name)
{
	int width = plain_width(name, NAME_WIDTH_MAX);

	if (width > *most)
		*most = width;
}

static bool shows_groups(const struct judge *judge)
{
	return judge->problem != NULL && judge->problem->problem->is_scoring;
}

static int name_width(const struct judge *judge)
{
	int most = (int)strlen(shows_groups(judge) ? "group" : "test");

	for (size_t i = 0; i < judge->job->n_tests; i++)
		widen(&most, judge->job->tests[i].name);
	for (size_t i = 0; shows_groups(judge) && i < judge->problem->n_groups; i++)
		widen(&most, judge->problem->groups[i].name);
	return most;
}

static void print_test(FILE *out, const struct judge_report *report, size_t i, int width, bool color)
{
	const struct judge *judge = report->judge;
	const struct judge_test *test = &judge->tests[i];
	bool skipped = test->judgement == JUDGEMENT_SKIP;
	char cpu[32], wall[32], memory[32];

	plain_print_cut(out, judge->job->tests[i].name, width, NAME_WIDTH_MAX);
	fputs("  ", out);
	print_verdict(out, test->judgement, color);
	if (!skipped) {
		fprintf(out, "  %10s  %10s  %10s", time_text(test->cpu_us, cpu, sizeof(cpu)),
		        time_text(test->wall_us, wall, sizeof(wall)),
		        size_text(test->memory_bytes, memory, sizeof(memory)));
		if (report->tests[i].note != NULL)
			fprintf(out, "  %s", report->tests[i].note);
		if (test->n_runs > 1)
			fprintf(out, "  (run %u times)", test->n_runs);
	}
	fputc('\n', out);
}

/* But for the whole, whose grade is the job's. */
static void print_groups(FILE *out, const struct judge *judge, int width, bool color)
{
	const struct problem_results *problem = judge->problem;

	fprintf(out, "%-*s  %-4s  %10s\n", width, "group", "", "score");
	for (size_t i = 1; i < problem->n_groups; i++) {
		plain_print_cut(out, problem->groups[i].name, width, NAME_WIDTH_MAX);
		fputs("  ", out);
		print_verdict(out, problem->grades[i].judgement, color);
		fprintf(out, "  %10.6g\n", problem->grades[i].score);
	}
}

/* By the problem's rules it may be a later one. */
static bool is_first_failure(const struct judge *judge, size_t test)
{
	for (size_t i = 0; judge->tests != NULL && i < test; i++)
		if (!judgement_is_good(judge->tests[i].judgement) && judge->tests[i].judgement != JUDGEMENT_SKIP)
			return false;
	return true;
}

static void print_summary(FILE *out, const struct judge_report *report, bool color)
{
	const struct judge *judge = report->judge;
	size_t n = judge->job->n_tests, good = 0;

	for (size_t i = 0; judge->tests != NULL && i < n; i++)
		good += judgement_is_good(judge->tests[i].judgement);
	fputs("sbx: ", out);
	print_verdict(out, judge->judgement, color);
	if (judge->error.stage != SBX_STAGE_NONE) {
		fprintf(out, " (%s) ", sbx_stage_name(judge->error.stage));
		print_text(out, judge->error.msg);
	} else if (judge->judgement == JUDGEMENT_CE) {
		fprintf(out, "  %s",
		        judge->refused != NULL            ? judge->refused
		        : report->compiler_reason != NULL ? report->compiler_reason
		                                          : "");
	} else if (!judge->job->is_run) {
		fprintf(out, "  %zu of %zu tests passed", good, n);
	}
	if (!isnan(judge->score))
		fprintf(out, ", score %.6g", judge->score);
	if (judge->decided < n && !judge->job->is_run) {
		fputs(is_first_failure(judge, judge->decided) ? ", first failure: " : ", decided by: ", out);
		plain_print_cut(out, judge->job->tests[judge->decided].name, 0, NAME_WIDTH_MAX);
	}
	fprintf(out, "  %s%s\n", judge->submission.language->title, report->compiler_cached ? ", cached" : "");
}

/* Line for line. */
static void print_compiler(FILE *out, const char *text, size_t len, bool cut)
{
	if (len == 0)
		return;
	plain_print(out, text, len, "\n\t");
	fputs(cut ? "...\n" : text[len - 1] == '\n' ? "" : "\n", out);
}

void judge_table_checker(FILE *out, const struct judge *judge)
{
	const struct judge_run *run = judge->checker_refused;

	if (run != NULL)
		print_compiler(out, run->out.bytes, run->out.len, run->out.cut);
}

static void print_all(FILE *out, const struct judge_report *report, bool color)
{
	const struct judge *judge = report->judge;
	bool refused = judge->judgement == JUDGEMENT_CE;

	if (report->compiler_text != NULL && refused)
		print_compiler(out, report->compiler_text, strlen(report->compiler_text), report->compiler_cut);
	if (!refused && judge->tests != NULL) {
		int width = name_width(judge);
		fprintf(out, "%-*s  %-4s  %10s  %10s  %10s\n", width, "test", "", "cpu", "wall", "memory");
		for (size_t i = 0; i < judge->job->n_tests; i++)
			print_test(out, report, i, width, color);
		if (shows_groups(judge))
			print_groups(out, judge, width, color);
	}
	judge_table_checker(out, judge);
	if (judge_report_cache_error(judge) != NULL) {
		fputs("sbx: ", out);
		print_text(out, judge_report_cache_error(judge));
		fputc('\n', out);
	}
	print_summary(out, report, color);
}

int judge_table_write(const struct judge_report *report, struct report_sink *sink, bool color, struct sbx_err *err)
{
	FREE_CLEANUP char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "out of memory");
	print_all(out, report, color);
	if (fclose(out) != 0)
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "out of memory");
	return report_sink_write(sink, text, size, err);
}
