/* What --verify found, as a table or in JSON. */
#include "runner/verify.h"

#include "policy/json.h"
#include "policy/size.h"
#include "runner/judge_table.h"
#include "runner/plain.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NAME_WIDTH_MAX 60

/* ---- JSON ---- */

static void add_count(struct json_object *object, const char *key, uint64_t count)
{
	json_add(object, key, count == RESULT_UNKNOWN ? NULL : json_new_u64(count));
}

static struct json_object *expected_json(unsigned set)
{
	struct json_object *array = json_new_array();

	for (int k = 0; k < JUDGEMENT_MAX; k++)
		if ((set & 1U << k) != 0)
			json_append(array, json_new_string(judgement_name((enum judgement)k)));
	return array;
}

static struct json_object *result_json(const struct verify *verify, size_t i)
{
	const struct verify_result *result = &verify->results[i];
	const struct problem_submission *submission = &verify->package->submissions[i];
	struct json_object *object = json_new_object();

	json_add_string(object, "name", result->name);
	json_add_string(object, "folder", submission->folder);
	json_add_string(object, "language", result->language == NULL ? NULL : result->language->name);
	json_add(object, "expected", expected_json(submission->expected));
	json_add_string(object, "verdict", result->is_judged ? judgement_name(result->judgement) : NULL);
	json_add_bool(object, "agrees", result->agrees);
	json_add(object, "score", isfinite(result->score) ? json_new_double(result->score) : NULL);
	json_add_string(object, "decided_by", result->decided_by);
	add_count(object, "cpu_us", result->cpu_us);
	add_count(object, "wall_us", result->wall_us);
	add_count(object, "memory_peak_bytes", result->memory_bytes);
	json_add_string(object, "note", result->note);
	return object;
}

static struct json_object *counts_json(const struct verify *verify)
{
	struct json_object *object = json_new_object();

	json_add_u64(object, "as_expected", verify->n_agree);
	json_add_u64(object, "not_as_expected", verify->n_differ);
	json_add_u64(object, "not_judged", verify->n - verify->n_agree - verify->n_differ);
	return object;
}

static int write_json(const struct verify *verify, struct report_sink *sink, struct sbx_err *err)
{
	__attribute__((cleanup(json_freep))) struct json_object *object = json_new_object();
	const struct judge *judge = verify->judge;
	struct json_object *submissions = json_new_array(), *left_aside = json_new_array();
	const char *text;

	json_add_string(object, "schema", "sbx.verify/1");
	json_add_string(object, "problem", verify->package->dir.path);
	json_add_bool(object, "agrees", verify_agrees(verify));
	json_add_bool(object, "interrupted", judge->interrupted);
	json_add_u64(object, "slots", judge->n_slots);
	json_add_u64(object, "ms", (clock_ns() - verify->report->start_ns) / 1000000);
	json_add(object, "error", judge_report_error(&judge->error));
	json_add(object, "checker_compile", judge_report_checker_compile(judge));
	json_add(object, "counts", counts_json(verify));
	for (size_t i = 0; i < verify->n; i++)
		json_append(submissions, result_json(verify, i));
	json_add(object, "submissions", submissions);
	for (size_t i = 0; i < verify->package->n_left_aside; i++)
		json_append(left_aside, json_new_string(verify->package->left_aside[i]));
	json_add(object, "left_aside", left_aside);
	text = json_text(object, false);
	TRY(report_sink_write(sink, text, strlen(text), err));
	return report_sink_write(sink, "\n", 1, err);
}

/* ---- the table ---- */

#define GREEN "\033[32m"
#define RED "\033[31m"
#define GREY "\033[90m"

static void print_colored(FILE *out, const char *text, const char *color)
{
	fprintf(out, "%s%s%s", color, text, color[0] != '\0' ? "\033[0m" : "");
}

static int print_set(FILE *out, unsigned set)
{
	int n = 0;

	for (int k = 0; k < JUDGEMENT_MAX; k++)
		if ((set & 1U << k) != 0)
			n += fprintf(out, "%s%s", n > 0 ? "/" : "", judgement_name((enum judgement)k));
	return n;
}

static void print_note(FILE *out, const char *note)
{
	if (note != NULL)
		plain_print(out, note, strlen(note), "");
}

static void print_score(FILE *out, double score)
{
	if (!isnan(score))
		fprintf(out, "  score %.6g", score);
}

static void print_result(FILE *out, const struct verify_result *result, unsigned expected, int width, bool color)
{
	const char *language = result->language != NULL ? result->language->name : "";
	char cpu[32] = "";
	int n;

	if (result->cpu_us != RESULT_UNKNOWN)
		duration_format(result->cpu_us, cpu, sizeof(cpu));
	plain_print_cut(out, result->name, width, NAME_WIDTH_MAX);
	fprintf(out, "  %-10s  ", language);
	n = print_set(out, expected);
	fprintf(out, "%*s  %-7s  %10s  ", n < 14 ? 14 - n : 0, "",
	        result->is_judged ? judgement_name(result->judgement) : "-", cpu);
	if (!result->is_judged) {
		print_colored(out, "skipped: ", color ? GREY : "");
		print_note(out, result->note != NULL ? result->note : "the judge stopped before it");
	} else if (result->agrees) {
		print_colored(out, "ok", color ? GREEN : "");
		print_score(out, result->score);
	} else {
		print_colored(out, "NOT AS EXPECTED", color ? RED : "");
		print_score(out, result->score);
		fprintf(out, "%s", result->decided_by != NULL || result->note != NULL ? "  " : "");
		print_note(out, result->decided_by);
		fprintf(out, "%s", result->decided_by != NULL && result->note != NULL ? ": " : "");
		print_note(out, result->note);
	}
	fputc('\n', out);
}

static void print_summary(FILE *out, const struct verify *verify, bool color)
{
	const struct sbx_err *error = &verify->judge->error;
	size_t n_skipped = verify->n - verify->n_agree - verify->n_differ;
	bool agrees = verify_agrees(verify);

	fputs("sbx: ", out);
	if (error->stage != SBX_STAGE_NONE) {
		fprintf(out, "IE (%s) ", sbx_stage_name(error->stage));
		print_note(out, error->msg);
		fputs(": ", out);
	}
	print_colored(out, agrees ? "verified" : "NOT verified", !color ? "" : agrees ? GREEN : RED);
	fprintf(out, "  %zu of %zu submissions as expected, %zu not, %zu skipped\n", verify->n_agree, verify->n,
	        verify->n_differ, n_skipped);
}

static int write_table(const struct verify *verify, struct report_sink *sink, bool color, struct sbx_err *err)
{
	FREE_CLEANUP char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int width = (int)strlen("submission");

	if (out == NULL)
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "out of memory");
	for (size_t i = 0; i < verify->n; i++) {
		int own = plain_width(verify->results[i].name, NAME_WIDTH_MAX);
		width = own > width ? own : width;
	}
	fprintf(out, "%-*s  %-10s  %-14s  %-7s  %10s\n", width, "submission", "language", "expected", "verdict",
	        "most cpu");
	for (size_t i = 0; i < verify->n; i++)
		print_result(out, &verify->results[i], verify->package->submissions[i].expected, width, color);
	for (size_t i = 0; i < verify->package->n_left_aside; i++) {
		plain_print_cut(out, verify->package->left_aside[i], width, NAME_WIDTH_MAX);
		print_colored(out, "  left aside: documentation\n", color ? GREY : "");
	}
	judge_table_checker(out, verify->judge);
	print_summary(out, verify, color);
	if (fclose(out) != 0)
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "out of memory");
	return report_sink_write(sink, text, size, err);
}

int verify_write(const struct verify *verify, struct report_sink *sink, enum report_format format, bool color,
                 struct sbx_err *err)
{
	if (verify->report->error.stage != SBX_STAGE_NONE) {
		*err = verify->report->error;
		return -EIO;
	}
	TRY(format == REPORT_JSON ? write_json(verify, sink, err) : write_table(verify, sink, color, err));
	return report_sink_publish(sink, err);
}
