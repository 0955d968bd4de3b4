/*
 * A job's result as a page of HTML that stands alone: no script, nothing fetched, for screen and paper. It is a view of
 * the object sbx.judge/1, which runner/judge_report.c makes and which calls this; written test by test, so memory does
 * not grow with their number.
 */
#pragma once

#include "runner/judge_report.h"

/* `head` is that object but for its tests. Fails with SBX_STAGE_REPORT. */
int judge_html_write(const struct judge_report *report, const struct json_object *head, struct report_sink *sink,
                     struct sbx_err *err);

/* ---- its parts: runner/judge_html_test.c ---- */

extern const char judge_html_style[];

/* The value at a path of keys, "run.limits.time"; NULL where there is none. */
struct json_object *judge_html_at(const struct json_object *json, const char *path);
/* RESULT_UNKNOWN for what is no number. */
uint64_t judge_html_count(const struct json_object *json, const char *path);
/* A string of the JSON, at most `max` bytes of it; with `lines` as it is, else on one line. Whether it was all. */
bool judge_html_text(FILE *out, const struct json_object *json, const char *path, size_t max, bool lines);

const char *judge_html_words(const char *verdict);       /* "WA" -> "Wrong answer" */
void judge_html_verdict(FILE *out, const char *verdict); /* its short name, coloured */
void judge_html_ms(FILE *out, uint64_t us);              /* "12.3", a dash for RESULT_UNKNOWN */
void judge_html_mib(FILE *out, uint64_t bytes);          /* the same */
void judge_html_row(FILE *out, const struct json_object *test, size_t index, bool has_details);
/* What is known of a test that failed. */
void judge_html_details(FILE *out, const struct json_object *test, size_t index);
