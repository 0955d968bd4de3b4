/* One `sbx judge` that the starter runs for a job: what goes in, and what comes out. */
#include "runner/serve/child.h"

#include "policy/json.h"
#include "runner/serve/handover.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define LINE_MAX ((size_t)8 << 20) /* of an event: it has two outputs, of a MiB at most, in JSON */
#define EVENT_NAME_MAX 32
#define ERROR_MAX 4000
#define REPORT_MAX JSON_BYTES_MAX /* one that nobody could store would be tried for ever, and all else with it */

void child_init(struct child *child)
{
	*child = (struct child){.report_fd = -1, .error_fd = -1, .events_fd = -1};
}

static int send_body(struct serve *serve, const struct job_entry *job, int fd, struct sbx_err *err)
{
	int rc;

	if (!job->is_run)
		return store_send_body(&serve->store, job->id, fd, err);
	rc = fd_write_all(fd, job->body, job->body_len);
	return rc < 0 ? sbx_fail(err, SBX_STAGE_STARTER, -rc, "no memory for the text of job %s", job->id) : 0;
}

int child_start(struct serve *serve, struct child *child, struct job_entry *job, struct sbx_err *err)
{
	FD_CLEANUP int input = memfd_create("job", MFD_CLOEXEC);
	FD_CLEANUP int report = memfd_create("report", MFD_CLOEXEC);
	FD_CLEANUP int error = memfd_create("error", MFD_CLOEXEC);
	int events[2] = {-1, -1}, rc;

	if (input >= 0)
		TRY(send_body(serve, job, input, err));
	if (input < 0 || report < 0 || error < 0 || lseek(input, 0, SEEK_SET) < 0 || pipe2(events, O_CLOEXEC) < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, errno, "no descriptors for job %s", job->id);
	/* ours only: the other end is another description */
	fcntl(events[0], F_SETFL, O_NONBLOCK);
	rc = starter_start(serve->starter_fd, job->is_run ? HANDOVER_RUN : HANDOVER_JUDGE,
	                   (uint32_t)(child - serve->children),
	                   (const int[STARTER_FDS]){input, report, error, events[1]});
	close(events[1]);
	if (rc < 0) {
		close(events[0]);
		return sbx_fail(err, SBX_STAGE_STARTER, -rc, "job %s cannot be started", job->id);
	}
	*child = (struct child){
	        .job = job, .report_fd = fd_take(&report), .error_fd = fd_take(&error), .events_fd = events[0]};
	job->child = child;
	return 0;
}

/* The events that tell what the service counts; the others are passed on unread. */
static void note_times(struct job_times *times, const char *name, const char *line, size_t len)
{
	struct json_object *event __attribute__((cleanup(json_freep))) = NULL, *value;
	struct sbx_err err;
	uint64_t ms;

	if (strncmp(name, "test_", 5) == 0 || json_parse(line, len, "event", &event, &err) < 0 ||
	    !json_find(event, "ms", &value) || !json_u64_of(value, &ms))
		return;
	if (strcmp(name, "compiling") == 0) {
		times->compiling_ms = ms;
	} else if (strcmp(name, "compiled") == 0) {
		times->compiled_ms = ms;
		times->compiled = true;
	} else if (strcmp(name, "finished") == 0 && json_find(event, "verdict", &value)) {
		const char *verdict = json_string_of(value);
		times->finished_ms = ms;
		for (int i = 0; verdict != NULL && i < JUDGEMENT_MAX; i++)
			if (strcmp(verdict, judgement_name((enum judgement)i)) == 0) {
				times->judgement = (enum judgement)i;
				times->finished = true;
			}
	}
}

/*
 * The judge writes an event's name first (runner/judge_report.c). So its events of tests, which have the outputs, need
 * not be parsed for it: that took half of the core's time.
 */
static bool name_of(const struct child *child, char ret[EVENT_NAME_MAX])
{
	static const char before[] = "{\"event\":\"";
	const size_t at = sizeof(before) - 1;
	size_t len = 0;

	if (child->line_len < at || memcmp(child->line, before, at) != 0)
		return false;
	while (at + len < child->line_len && len < EVENT_NAME_MAX - 1 &&
	       (child->line[at + len] == '_' || (child->line[at + len] >= 'a' && child->line[at + len] <= 'z'))) {
		ret[len] = child->line[at + len];
		len++;
	}
	ret[len] = '\0';
	return len > 0 && at + len < child->line_len && child->line[at + len] == '"';
}

static void take_line(struct child *child)
{
	char name[EVENT_NAME_MAX];

	if (child->line_lost || !name_of(child, name))
		return;
	note_times(&child->times, name, child->line, child->line_len);
	if (child->job->feed != NULL)
		feed_event(child->job->feed, name, child->line, child->line_len);
}

static void take_bytes(struct child *child, const char *bytes, size_t len)
{
	while (len > 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t n = end != NULL ? (size_t)(end - bytes) : len;

		if (child->line_len + n > child->line_size && !child->line_lost) {
			size_t size = 2 * (child->line_len + n) + 4096;
			char *line = size > 2 * LINE_MAX ? NULL : realloc(child->line, size);

			child->line_lost = line == NULL;
			if (line != NULL) {
				child->line = line;
				child->line_size = size;
			}
		}
		if (!child->line_lost) {
			memcpy(child->line + child->line_len, bytes, n);
			child->line_len += n;
		}
		if (end == NULL)
			return;
		take_line(child);
		child->line_len = 0;
		child->line_lost = false;
		bytes += n + 1;
		len -= n + 1;
	}
}

void child_read_events(struct child *child)
{
	static char buf[1 << 16]; /* the core's alone */

	for (;;) {
		ssize_t n = child->events_fd < 0 ? 0 : read(child->events_fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			fd_close(&child->events_fd);
			return;
		}
		take_bytes(child, buf, (size_t)n);
	}
}

void child_stop(struct serve *serve, struct child *child)
{
	bool again = child->kill_ns != 0;

	starter_stop(serve->starter_fd, (uint32_t)(child - serve->children), again);
	child->kill_ns = clock_ns() + CHILD_KILL_NS;
}

/* A file in memory, as a text from malloc(); NULL for an empty one, or without memory. */
static char *text_of(int fd, size_t max, size_t *ret_len)
{
	off_t size = lseek(fd, 0, SEEK_END);
	size_t len = size < 0 ? 0 : (size_t)size < max ? (size_t)size : max, got = 0;
	char *text = len == 0 ? NULL : malloc(len + 1);

	while (text != NULL && got < len) {
		ssize_t n = pread(fd, text + got, len - got, (off_t)got);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	while (text != NULL && got > 0 && text[got - 1] == '\n')
		got--;
	if (text != NULL)
		text[got] = '\0';
	*ret_len = got;
	return text;
}

int child_exit_status(const struct child *child)
{
	return WIFEXITED(child->status) ? WEXITSTATUS(child->status) : -1;
}

/* 0 and 1 are verdicts; so is 3, where there is a report, which tells what failed. */
void child_result(const struct child *child, struct store_result *ret, char **ret_report, char **ret_error)
{
	const struct job_entry *job = child->job;
	int exited = child_exit_status(child);
	bool too_long = lseek(child->report_fd, 0, SEEK_END) > (off_t)REPORT_MAX;
	size_t len = 0, error_len;
	char *error = NULL;

	*ret_report = too_long ? NULL : text_of(child->report_fd, REPORT_MAX, &len);
	if (too_long) {
		if (asprintf(&error, "the report is longer than %zu bytes: keep_output makes it shorter", REPORT_MAX) <
		    0)
			error = NULL;
	} else if (exited < 0) {
		if (asprintf(&error, "the judge was ended by signal %d", WTERMSIG(child->status)) < 0)
			error = NULL;
	} else if (exited == 2 || len == 0) {
		error = text_of(child->error_fd, ERROR_MAX, &error_len);
		if (error == NULL && asprintf(&error, "the judge ended with exit status %d and no report", exited) < 0)
			error = NULL;
	}
	*ret_error = error;
	*ret = (struct store_result){.attempt = job->attempt,
	                             .state = job->cancelled  ? STORE_CANCELLED
	                                      : error != NULL ? STORE_FAILED
	                                                      : STORE_DONE,
	                             .exit_status = exited,
	                             .report = error == NULL && !job->cancelled ? *ret_report : NULL,
	                             .report_len = error == NULL && !job->cancelled ? len : 0,
	                             .error = job->cancelled ? NULL : error};
}

void child_finish(struct child *child)
{
	fd_close(&child->report_fd);
	fd_close(&child->error_fd);
	fd_close(&child->events_fd);
	free(child->line);
	child_init(child);
}

int child_ask_languages(struct serve *serve, struct child *child, struct sbx_err *err)
{
	FD_CLEANUP int input = memfd_create("nothing", MFD_CLOEXEC);
	FD_CLEANUP int report = memfd_create("languages", MFD_CLOEXEC);
	FD_CLEANUP int error = memfd_create("error", MFD_CLOEXEC);
	int events[2] = {-1, -1},
	    rc = input < 0 || report < 0 || error < 0 || pipe2(events, O_CLOEXEC) < 0 ? -errno : 0;

	if (rc == 0)
		rc = starter_start(serve->starter_fd, HANDOVER_LANGUAGES, (uint32_t)(child - serve->children),
		                   (const int[STARTER_FDS]){input, report, error, events[1]});
	/* it has no events */
	fd_close(&events[0]);
	fd_close(&events[1]);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, -rc, "cannot ask for the languages");
	child->report_fd = fd_take(&report);
	return 0;
}

/* As it was at the start, when all were looked for; what is not found here is not known to be missing. */
static uint64_t missing_languages(const char *text, size_t len)
{
	struct json_object *list __attribute__((cleanup(json_freep))) = NULL, *value;
	uint64_t missing = 0;
	struct sbx_err err;

	if (json_parse(text, len, "languages", &list, &err) < 0)
		return 0;
	for (size_t i = 0; i < json_length(list); i++) {
		const struct language *language = NULL;
		bool is_installed;

		if (json_find(json_at(list, i), "name", &value) && json_string_of(value) != NULL)
			language = language_builtin_find(json_string_of(value));
		if (json_find(json_at(list, i), "installed", &value) && json_bool_of(value, &is_installed) &&
		    !is_installed)
			missing |= serve_language_bit(language);
	}
	return missing;
}

void child_keep_languages(struct serve *serve, struct child *child)
{
	size_t len;
	char *text = child->report_fd >= 0 ? text_of(child->report_fd, SIZE_MAX - 1, &len) : NULL;

	child_finish(child);
	if (text == NULL) {
		serve_log("error", NULL, "sbx languages said nothing");
		return;
	}
	atomic_store(&serve->missing, missing_languages(text, len));
	atomic_store(&serve->languages, text);
}
