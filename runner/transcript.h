/*
 * What the two programs of an interactive test said to each other, as lines for a person:
 *
 *   [secret/1] [12.345] > 50
 *   [secret/1] [12.601] < lower
 *
 * the test, milliseconds since its program was started, who spoke (> the program, < the checker), and the text, in
 * which a backslash and all that is not printable is escaped. A line that ends in a single backslash had no newline
 * yet when the other one spoke, or was too long for one line here. Nothing in a text can look like another line.
 *
 * While a test runs its lines are kept in a file in memory of a bounded size; then they go to where the transcript is
 * written, one test after the other as they end.
 */
#pragma once

#include "runner/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TRANSCRIPT_TEST_BYTES_MAX (256 << 10) /* of one test; the next line says that the rest is left out */
#define TRANSCRIPT_LINE_BYTES_MAX 1024        /* of a text, before it is escaped */

struct transcript {
	int fd; /* -1: not wanted */
	const char *test;
	uint64_t start_ns;
	off_t size;
	bool full;
	int errnum; /* the first failure */
	/* a line that has not ended, if len is not 0: */
	bool from_program;
	uint64_t line_ns;
	size_t len;
	char line[TRANSCRIPT_LINE_BYTES_MAX];
};

void transcript_init(struct transcript *transcript);
void transcript_finish(struct transcript *transcript);

/* For another test, whose name has to last; what was kept is forgotten. -errno. */
int transcript_begin(struct transcript *transcript, const char *test, uint64_t now_ns);
/* Not begun: nothing. A failure is told by transcript_end(). */
void transcript_put(struct transcript *transcript, bool from_program, const char *bytes, size_t len, uint64_t now_ns);
/* The test is over: writes its lines to `sink`. Fails with SBX_STAGE_REPORT. */
int transcript_end(struct transcript *transcript, struct report_sink *sink, struct sbx_err *err);
