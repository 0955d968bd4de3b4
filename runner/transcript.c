/* Transcripts of interactive tests. */
#include "runner/transcript.h"

#include "runner/plain.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void transcript_init(struct transcript *transcript)
{
	transcript->fd = -1;
	transcript->len = 0;
}

void transcript_finish(struct transcript *transcript)
{
	fd_close(&transcript->fd);
	transcript_init(transcript);
}

int transcript_begin(struct transcript *transcript, const char *test, uint64_t now_ns)
{
	if (transcript->fd < 0)
		transcript->fd = memfd_create("transcript", MFD_CLOEXEC);
	if (transcript->fd < 0 || ftruncate(transcript->fd, 0) < 0)
		return -errno;
	transcript->test = test;
	transcript->start_ns = now_ns;
	transcript->size = 0;
	transcript->len = 0;
	transcript->errnum = 0;
	transcript->full = false;
	return 0;
}

static void print_line(const struct transcript *transcript, bool ended, FILE *out)
{
	uint64_t us = (transcript->line_ns - transcript->start_ns) / 1000;
	const char *at = transcript->line, *end = at + transcript->len;

	fputc('[', out);
	plain_print(out, transcript->test, strlen(transcript->test), "");
	fprintf(out, "] [%" PRIu64 ".%03" PRIu64 "] %c ", us / 1000, us % 1000, transcript->from_program ? '>' : '<');
	while (at < end) {
		const char *backslash = memchr(at, '\\', (size_t)(end - at));
		plain_print(out, at, (size_t)((backslash != NULL ? backslash : end) - at), "");
		if (backslash != NULL)
			fputs("\\\\", out);
		at = backslash != NULL ? backslash + 1 : end;
	}
	fputs(ended ? "\n" : "\\\n", out);
}

static void write_text(struct transcript *transcript, const char *text, size_t len)
{
	ssize_t n = pwrite(transcript->fd, text, len, transcript->size);

	if (n == (ssize_t)len)
		transcript->size += (off_t)len;
	else if (transcript->errnum == 0)
		transcript->errnum = n < 0 ? errno : ENOSPC;
}

static void print_left_out(const struct transcript *transcript, FILE *out)
{
	fputc('[', out);
	plain_print(out, transcript->test, strlen(transcript->test), "");
	fputs("] the rest is left out\n", out);
}

static void write_line(struct transcript *transcript, bool ended)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	transcript->full = transcript->size >= TRANSCRIPT_TEST_BYTES_MAX;
	if (out != NULL && transcript->full)
		print_left_out(transcript, out);
	else if (out != NULL)
		print_line(transcript, ended, out);
	if (out == NULL || fclose(out) != 0)
		transcript->errnum = ENOMEM;
	else
		write_text(transcript, text, size);
	free(text);
	transcript->len = 0;
}

void transcript_put(struct transcript *transcript, bool from_program, const char *bytes, size_t len, uint64_t now_ns)
{
	if (transcript->fd < 0)
		return;
	if (transcript->len > 0 && transcript->from_program != from_program)
		write_line(transcript, false);
	transcript->from_program = from_program;
	for (size_t i = 0; i < len && !transcript->full; i++) {
		if (transcript->len == 0)
			transcript->line_ns = now_ns;
		if (bytes[i] == '\n') {
			write_line(transcript, true);
			continue;
		}
		transcript->line[transcript->len++] = bytes[i];
		if (transcript->len == sizeof(transcript->line))
			write_line(transcript, false);
	}
}

int transcript_end(struct transcript *transcript, struct report_sink *sink, struct sbx_err *err)
{
	char buf[16 << 10];

	if (transcript->len > 0 && !transcript->full)
		write_line(transcript, false);
	if (transcript->errnum != 0)
		return sbx_fail(err, SBX_STAGE_REPORT, transcript->errnum, "cannot keep the transcript of a test");
	for (off_t at = 0; at < transcript->size;) {
		ssize_t n = pread(transcript->fd, buf, sizeof(buf), at);
		if (n <= 0)
			return sbx_fail(err, SBX_STAGE_REPORT, n < 0 ? errno : EIO, "cannot read a transcript back");
		TRY(report_sink_write(sink, buf, (size_t)n, err));
		at += n;
	}
	return 0;
}
