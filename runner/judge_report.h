/*
 * What `sbx judge` says: events while they happen, one JSON object per line (--events), and the result, as a JSON
 * object of schema sbx.judge/1 or as a table. docs/sbx-judge.1 describes every field. What is known of each test is
 * put into a file in memory as soon as the test has ended, so that memory does not grow with the tests.
 */
#pragma once

#include "runner/judge.h"
#include "runner/outlet.h"
#include "runner/report.h"

#include <stdio.h>

struct judge_report_entry {
	off_t at;
	size_t len; /* of its JSON in the file; 0 while there is none */
	char *note; /* for the table; NULL */
};

struct judge_report {
	const struct judge *judge;
	const char *submission; /* which of many it is about; NULL where there is one */
	/* for people, of one submission: the package's own name, or NULL; where its tests come from ("-": standard
	 * input); how many of its files are the author's, which come before those of the package */
	const char *problem_name, *problem_path;
	size_t n_sources;
	struct outlet events;
	bool progress; /* on standard error, a terminal */
	int spool_fd;
	off_t spool_end;
	struct judge_report_entry *tests;
	struct json_object *compile; /* NULL where there was nothing to compile */
	char *compiler_text;         /* NULL */
	bool compiler_cut, compiler_cached;
	const char *compiler_reason; /* the limit that ended it; NULL */
	uint64_t start_ns, shown_ns;
	size_t n_by[JUDGEMENT_MAX];
	struct sbx_err error; /* the first of the report's own; stage SBX_STAGE_NONE */
};

/* The result of one test, the caller's; of one without any, its name and SKIP. */
int judge_report_test(const struct judge_report *report, size_t test, struct json_object **ret, struct sbx_err *err);

/* A listener of judge->listener, with the judge_report as its argument. */
void judge_report_listen(void *arg, const struct judge *judge, enum judge_event event, const struct judge_run *run);

/* Why what was compiled was not kept in the cache, which no verdict depends on; NULL. */
const char *judge_report_cache_error(const struct judge *judge);

int judge_report_init(struct judge_report *report, const struct judge *judge, struct sbx_err *err);
/* Forgets all of the last submission; what comes now is about the one of this name. */
void judge_report_next(struct judge_report *report, const char *submission);
/* An error of the judge's as it stands in a report, the caller's; NULL for none. */
struct json_object *judge_report_error(const struct sbx_err *error);
/* The compile of a checker that does not, as it stands in a report, the caller's; NULL for none. */
struct json_object *judge_report_checker_compile(const struct judge *judge);
/* Once the job is done. Fails with SBX_STAGE_REPORT. */
int judge_report_write(struct judge_report *report, struct report_sink *sink, enum report_format format, bool color,
                       struct sbx_err *err);
/* The same as a page of HTML. */
int judge_report_html(struct judge_report *report, struct report_sink *sink, struct sbx_err *err);
void judge_report_finish(struct judge_report *report);
