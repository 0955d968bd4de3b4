/* A job's result for a person: a bar while it runs, then a table. Called by judge_report.c. */
#pragma once

#include "runner/judge_report.h"

/* What the table says beside a test that failed: malloc'ed, or NULL. */
char *judge_table_note(const struct judge_run *run);
/* What the compiler said of a checker that it does not take; nothing where there is none. */
void judge_table_checker(FILE *out, const struct judge *judge);
void judge_table_progress(struct judge_report *report, enum judge_event event);
int judge_table_write(const struct judge_report *report, struct report_sink *sink, bool color, struct sbx_err *err);
