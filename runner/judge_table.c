/* A job's result for a person. */
#include "runner/judge_table.h"

#include "policy/size.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <inttypes.h>
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
	size_t n = judge->job->n_tests, filled = n == 0 ? 0 : judge->n_done * BAR_WIDTH / n;
	uint64_t now_ns = clock_ns();

	if (event == JUDGE_FINISHED) {
		fputs("\r\033[K", stderr);
		return;
	}
	if (now_ns - report->shown_ns < SHOW_NS && event != JUDGE_COMPILING)
		return;
	report->shown_ns = now_ns;
	if (event == JUDGE_COMPILING) {
		fputs("\r\033[Kcompiling", stderr);
		return;
	}
	fprintf(stderr, "\r\033[K[%.*s%.*s] %zu/%zu", (int)filled, "##############################",
	        (int)(BAR_WIDTH - filled), "..............................", judge->n_done, n);
	for (int k = 0; k < JUDGEMENT_MAX; k++)
		if (report->n_by[k] > 0)
			fprintf(stderr, "  %s %zu", judgement_name((enum judgement)k), report->n_by[k]);
}

/* ---- notes ---- */

/* A compiler quotes its source, and that may hold what a terminal obeys. */
static void print_plain(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t')
			fputc(*text, out);
		else
			fprintf(out, "\\x%02x", (unsigned char)*text);
}

/* What a stranger's program printed, so that it can stand on a terminal. */
static void print_quoted(FILE *out, const char *bytes, size_t len, bool cut)
{
	fputc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (c == '\n')
			fputs("\\n", out);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputs(cut ? "...\"" : "\"", out);
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
		print_quoted(out, wanted->bytes, wanted->len, wanted->cut);
	if (difference->kind != COMPARE_EXTRA && difference->kind != COMPARE_MISSING)
		fputs(", got ", out);
	if (difference->kind != COMPARE_MISSING)
		print_quoted(out, got->bytes, got->len, got->cut);
}

static void print_ending(FILE *out, const struct judge_run *run)
{
	int status = run->run.result.wait_status;

	if (run->verdict == VERDICT_RE && WIFSIGNALED(status))
		fprintf(out, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (run->verdict == VERDICT_RE)
		fprintf(out, "exit status %d", WEXITSTATUS(status));
	else if (run->verdict == VERDICT_IE)
		fputs(run->run.result.error.msg, out);
	else if (run->reason != NULL)
		fputs(run->reason, out);
}

/* Of the checker: its first line, or that it failed. */
static void print_message(FILE *out, const struct judge_run *run)
{
	if (run->judgement == JUDGEMENT_IE)
		fprintf(out, "%s%s", run->run.result.error.msg, run->message[0] != '\0' ? ": " : "");
	for (const char *c = run->message; *c != '\0' && *c != '\n'; c++)
		fputc((unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c, out);
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
	if (run->check != NULL)
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

static void print_test(FILE *out, const struct judge_report *report, size_t i, int width, bool color)
{
	const struct judge *judge = report->judge;
	const struct judge_test *test = &judge->tests[i];
	bool skipped = test->judgement == JUDGEMENT_SKIP;
	char cpu[32], wall[32], memory[32];

	fprintf(out, "%-*.*s  ", width, NAME_WIDTH_MAX, judge->job->tests[i].name);
	print_verdict(out, test->judgement, color);
	if (!skipped) {
		fprintf(out, "  %10s  %10s  %10s", time_text(test->cpu_us, cpu, sizeof(cpu)),
		        time_text(test->wall_us, wall, sizeof(wall)),
		        size_text(test->memory_bytes, memory, sizeof(memory)));
		if (report->tests[i].note != NULL)
			fprintf(out, "  %s", report->tests[i].note);
	}
	fputc('\n', out);
}

static int name_width(const struct job *job)
{
	size_t width = strlen("test");

	for (size_t i = 0; i < job->n_tests; i++)
		if (strlen(job->tests[i].name) > width)
			width = strlen(job->tests[i].name);
	return width > NAME_WIDTH_MAX ? NAME_WIDTH_MAX : (int)width;
}

static void print_summary(FILE *out, const struct judge_report *report, bool color)
{
	const struct judge *judge = report->judge;
	size_t n = judge->job->n_tests, good = 0;

	for (size_t i = 0; judge->tests != NULL && i < n; i++)
		good += judgement_is_good(judge->tests[i].judgement);
	fputs("sbx: ", out);
	print_verdict(out, judge->judgement, color);
	if (judge->error.stage != SBX_STAGE_NONE)
		fprintf(out, " (%s) %s", sbx_stage_name(judge->error.stage), judge->error.msg);
	else if (judge->judgement != JUDGEMENT_CE)
		fprintf(out, "  %zu of %zu tests passed", good, n);
	if (judge->decided < n)
		fprintf(out, ", first failure: %.*s", NAME_WIDTH_MAX, judge->job->tests[judge->decided].name);
	fprintf(out, "  %s\n", judge->submission.language->title);
}

static void print_all(FILE *out, const struct judge_report *report, bool color)
{
	const struct judge *judge = report->judge;
	bool refused = judge->judgement == JUDGEMENT_CE;

	if (report->compiler_text != NULL && report->compiler_text[0] != '\0' && refused) {
		print_plain(out, report->compiler_text);
		if (report->compiler_text[strlen(report->compiler_text) - 1] != '\n')
			fputc('\n', out);
	}
	if (!refused && judge->tests != NULL && judge->job->n_tests > 0) {
		int width = name_width(judge->job);
		fprintf(out, "%-*s  %-4s  %10s  %10s  %10s\n", width, "test", "", "cpu", "wall", "memory");
		for (size_t i = 0; i < judge->job->n_tests; i++)
			print_test(out, report, i, width, color);
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
