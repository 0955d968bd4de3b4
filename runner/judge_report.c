/* Events and results of a job, in JSON. The table is in judge_table.c. */
#include "runner/judge_report.h"

#include "policy/json.h"
#include "runner/compile_cache.h"
#include "runner/judge_answer.h"
#include "runner/judge_html.h"
#include "runner/judge_interact.h"
#include "runner/judge_table.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const event_names[JUDGE_EVENT_MAX] = {
        [JUDGE_QUEUED] = "queued",         [JUDGE_COMPILING] = "compiling",
        [JUDGE_COMPILED] = "compiled",     [JUDGE_TEST_STARTED] = "test_started",
        [JUDGE_TEST_ASIDE] = "test_aside", [JUDGE_TEST_FINISHED] = "test_finished",
        [JUDGE_FINISHED] = "finished",
};

/* The first failure stands; the job goes on, and its end tells. */
static void fail(struct judge_report *report, int errnum, const char *what)
{
	if (report->error.stage == SBX_STAGE_NONE)
		sbx_fail(&report->error, SBX_STAGE_REPORT, errnum, "%s", what);
}

int judge_report_init(struct judge_report *report, const struct judge *judge, struct sbx_err *err)
{
	*report = (struct judge_report){.judge = judge, .spool_fd = -1, .start_ns = clock_ns()};
	outlet_init(&report->events, -1);
	report->tests = calloc(judge->job->n_tests + 1, sizeof(*report->tests));
	if (report->tests == NULL)
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "out of memory");
	/* not in the job's folder: what compilers and programs fill there must not cost the report */
	report->spool_fd = memfd_create("results", MFD_CLOEXEC);
	if (report->spool_fd < 0)
		return sbx_fail(err, SBX_STAGE_REPORT, errno, "cannot make a file in memory for the results");
	return 0;
}

static void forget_submission(struct judge_report *report)
{
	for (size_t i = 0; report->tests != NULL && i < report->judge->job->n_tests; i++) {
		free(report->tests[i].note);
		report->tests[i] = (struct judge_report_entry){0};
	}
	free(report->compiler_text);
	json_free(report->compile);
	report->compiler_text = NULL;
	report->compile = NULL;
	report->compiler_cut = false;
	report->compiler_reason = NULL;
}

void judge_report_next(struct judge_report *report, const char *submission)
{
	forget_submission(report);
	report->submission = submission;
	memset(report->n_by, 0, sizeof(report->n_by));
	if (ftruncate(report->spool_fd, 0) < 0)
		fail(report, errno, "cannot empty the file of results");
	report->spool_end = 0;
}

void judge_report_finish(struct judge_report *report)
{
	forget_submission(report);
	free(report->tests);
	fd_close(&report->spool_fd);
	outlet_finish(&report->events);
	*report = (struct judge_report){.judge = report->judge, .spool_fd = -1};
}

static void add_bytes(struct json_object *object, const char *key, const struct kept *kept)
{
	char *text = malloc(kept->len + 1);
	size_t n = 0;

	/* JSON has no bytes: what is no UTF-8 becomes U+FFFD, and a NUL, which would end the text, too */
	for (size_t i = 0; text != NULL && i < kept->len; i++)
		text[n++] = kept->bytes[i] == '\0' ? (char)0xff : kept->bytes[i];
	if (text != NULL)
		text[n] = '\0';
	json_add_string(object, key, text);
	free(text);
}

static void add_excerpt(struct json_object *object, const char *key, const struct compare_excerpt *excerpt)
{
	struct kept kept = {.bytes = (char *)(uintptr_t)excerpt->bytes, .len = excerpt->len};

	add_bytes(object, key, &kept);
}

static void add_score(struct json_object *object, const char *key, double score)
{
	json_add(object, key, isfinite(score) ? json_new_double(score) : NULL);
}

static struct json_object *difference_json(const struct judge_run *run)
{
	const struct compare_difference *difference = &run->difference;
	struct json_object *object;

	if (run->compared == COMPARE_SAME || run->compared == COMPARE_MAX)
		return NULL;
	object = json_new_object();
	json_add_string(object, "kind", compare_kind_name(difference->kind));
	json_add_u64(object, "line", difference->line);
	json_add_u64(object, "column", difference->column);
	json_add_u64(object, "answer_line", difference->answer_line);
	add_excerpt(object, "got", &difference->got);
	json_add_bool(object, "got_cut", difference->got.cut);
	add_excerpt(object, "wanted", &difference->wanted);
	json_add_bool(object, "wanted_cut", difference->wanted.cut);
	return object;
}

static struct json_object *run_json(const struct judge_run *run)
{
	const struct report report = {.plan = &run->plan.box,
	                              .result = &run->run.result,
	                              .limits = run->run.result.cgroup_version != 0 ? run->limits : NULL,
	                              .verdict = run->verdict,
	                              .reason = run->reason};

	return report_json(&report);
}

static struct json_object *checker_json(const struct judge *judge, const struct judge_run *check)
{
	struct json_object *object;

	if (check == NULL)
		return NULL;
	object = json_new_object();
	json_add_string(object, "name", judge->job->checkers[check->checker].name);
	add_bytes(object, "message",
	          &(struct kept){.bytes = (char *)(uintptr_t)check->message, .len = strlen(check->message)});
	json_add(object, "run", run_json(check));
	return object;
}

/* All that were run, where there is more than one. */
static struct json_object *checkers_json(const struct judge *judge, const struct judge_run *run)
{
	struct json_object *array = json_new_array();

	for (unsigned i = 0; i < run->n_checked; i++)
		json_append(array, checker_json(judge, judge_check(judge, run->place, i)));
	return array;
}

static struct json_object *interaction_json(const struct judge_run *run)
{
	const struct judge_interaction *interaction = run->interaction;
	struct json_object *object;

	if (interaction == NULL || !interaction->both_ran)
		return NULL;
	object = json_new_object();
	json_add_string(object, "ended_first", interaction->checker_first ? "validator" : "submission");
	json_add_string(object, "waited", interaction_wait_text(interaction->wait));
	json_add_u64(object, "to_submission_bytes", interaction->to_program_bytes);
	json_add_u64(object, "to_validator_bytes", interaction->to_checker_bytes);
	return object;
}

/* Where the checker of an interactive problem decided, the program may still have ended for another reason. */
static const char *reason_of(const struct judge_run *run)
{
	bool by_checker = run->judgement == JUDGEMENT_AC || run->judgement == JUDGEMENT_WA;

	return run->interaction != NULL && by_checker ? NULL : run->reason;
}

static struct json_object *test_json(const struct judge *judge, const struct judge_run *run)
{
	struct json_object *object = json_new_object();

	json_add_string(object, "name", judge->job->tests[run->test].name);
	json_add_string(object, "verdict", judgement_name(run->judgement));
	json_add_string(object, "reason", reason_of(run));
	add_score(object, "score", run->score);
	add_score(object, "score_multiplier", run->multiplier);
	json_add(object, "difference", difference_json(run));
	add_bytes(object, "stdout", &run->out);
	json_add_bool(object, "stdout_cut", run->out.cut);
	if (judge->job->merge_stderr)
		json_add(object, "stderr", NULL);
	else
		add_bytes(object, "stderr", &run->err);
	json_add_bool(object, "stderr_cut", run->err.cut);
	json_add(object, "run", run_json(run));
	json_add(object, "checker", checker_json(judge, run->check));
	if (judge->job->n_checkers > 1)
		json_add(object, "checkers", checkers_json(judge, run));
	if (judge->job->passes_max > 1)
		json_add_u64(object, "passes", run->pass);
	if (judge->job->interactive)
		json_add(object, "interaction", interaction_json(run));
	return object;
}

static struct json_object *compile_json(const struct judge_run *run)
{
	struct json_object *object = json_new_object();

	json_add_bool(object, "ok", run->verdict == VERDICT_OK);
	json_add_string(object, "reason", run->reason);
	add_bytes(object, "output", &run->out);
	json_add_bool(object, "output_cut", run->out.cut);
	json_add_bool(object, "cached", run->cached);
	json_add(object, "run", run->cached ? NULL : run_json(run));
	return object;
}

/* ---- the file of test results ---- */

static struct json_object *skipped_json(const struct judge *judge, size_t test)
{
	struct json_object *object = json_new_object();

	json_add_string(object, "name", judge->job->tests[test].name);
	json_add_string(object, "verdict", judgement_name(JUDGEMENT_SKIP));
	return object;
}

static void spool(struct judge_report *report, size_t test, const char *text)
{
	size_t len = strlen(text);

	if (pwrite(report->spool_fd, text, len, report->spool_end) != (ssize_t)len) {
		fail(report, ENOSPC, "cannot keep the result of a test");
		return;
	}
	report->tests[test].at = report->spool_end;
	report->tests[test].len = len;
	report->spool_end += (off_t)len;
}

static int unspool(const struct judge_report *report, size_t test, struct report_sink *sink, struct sbx_err *err)
{
	const struct judge_report_entry *entry = &report->tests[test];
	char buf[16 << 10];

	for (size_t done = 0; done < entry->len;) {
		size_t want = entry->len - done < sizeof(buf) ? entry->len - done : sizeof(buf);
		ssize_t n = pread(report->spool_fd, buf, want, entry->at + (off_t)done);
		if (n <= 0)
			return sbx_fail(err, SBX_STAGE_REPORT, n < 0 ? errno : EIO, "cannot read a result back");
		TRY(report_sink_write(sink, buf, (size_t)n, err));
		done += (size_t)n;
	}
	return 0;
}

int judge_report_test(const struct judge_report *report, size_t test, struct json_object **ret, struct sbx_err *err)
{
	const struct judge *judge = report->judge;
	const struct judge_report_entry *entry = &report->tests[test];
	FREE_CLEANUP char *text = NULL;

	if (entry->len == 0 || judge->tests[test].judgement == JUDGEMENT_SKIP) {
		*ret = skipped_json(judge, test);
		return 0;
	}
	text = malloc(entry->len);
	if (text == NULL)
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "out of memory");
	if (pread(report->spool_fd, text, entry->len, entry->at) != (ssize_t)entry->len)
		return sbx_fail(err, SBX_STAGE_REPORT, EIO, "cannot read a result back");
	return json_parse(text, entry->len, "a result", ret, err);
}

/* ---- more than one run of a test ---- */

static struct json_object *facts_json(const struct judge_run *run)
{
	struct json_object *object = json_new_object(), *all = run_json(run), *value;
	static const char *const keys[] = {"cpu_us", "wall_us", "memory_peak_bytes", "noise"};

	json_add_string(object, "verdict", judgement_name(run->judgement));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_find(all, keys[i], &value))
			json_add(object, keys[i], json_share(value));
	json_free(all);
	return object;
}

/*
 * What counts of a test so far, with the facts of all its runs. They are kept with it in the file, where the next one
 * finds them.
 */
static struct json_object *tested_json(struct judge_report *report, const struct judge_run *run)
{
	const struct judge_test *test = &report->judge->tests[run->test];
	struct json_object *now = test_json(report->judge, run), *before = NULL, *runs = NULL, *counted = NULL;
	bool counts = run->counts;
	struct sbx_err err;

	if (test->n_runs > 1 && judge_report_test(report, run->test, &before, &err) < 0) {
		fail(report, err.errnum, err.msg);
		counts = true;
	}
	if (json_find(before, "runs", &runs))
		json_share(runs);
	else if (test->aside)
		runs = json_new_array();
	if (runs != NULL)
		json_append(runs, facts_json(run));
	if (counts && runs != NULL)
		counted = json_new_u64(json_length(runs) - 1);
	else if (!counts && json_find(before, "counted", &counted))
		json_share(counted);
	if (!counts) {
		json_free(now);
		now = json_share(before);
	}
	json_add_u64(now, "reruns", test->n_runs - 1);
	json_add(now, "runs", runs);
	json_add(now, "counted", counted);
	json_free(before);
	return now;
}

/* ---- events ---- */

static void tell_event(struct judge_report *report, enum judge_event event, const struct judge_run *run,
                       struct json_object *details)
{
	struct json_object *object = json_new_object();
	const char *text;

	json_add_string(object, "event", event_names[event]);
	json_add_u64(object, "ms", (clock_ns() - report->start_ns) / 1000000);
	if (report->submission != NULL)
		json_add_string(object, "submission", report->submission);
	if (run != NULL && run->task == JUDGE_TEST) {
		json_add_u64(object, "index", run->test);
		json_add_string(object, "test", report->judge->job->tests[run->test].name);
	}
	if (event == JUDGE_FINISHED) {
		json_add_string(object, "verdict", judgement_name(report->judge->judgement));
		add_score(object, "score", report->judge->score);
	}
	if (details != NULL)
		json_add(object, "result", json_share(details));
	text = json_text(object, false);
	outlet_put(&report->events, text, strlen(text));
	outlet_put(&report->events, "\n", 1);
	json_free(object);
}

static struct json_object *keep_test(struct judge_report *report, const struct judge_run *run)
{
	struct judge_report_entry *entry = &report->tests[run->test];
	struct json_object *details = tested_json(report, run);

	spool(report, run->test, json_text(details, false));
	if (run->counts) {
		free(entry->note);
		entry->note = judge_table_note(run);
	}
	return details;
}

void judge_report_listen(void *arg, const struct judge *judge, enum judge_event event, const struct judge_run *run)
{
	struct judge_report *report = arg;
	struct json_object *details = NULL;

	if (event == JUDGE_COMPILED) {
		report->compile = compile_json(run);
		report->compiler_text = strndup(run->out.bytes, run->out.len);
		report->compiler_cut = run->out.cut;
		report->compiler_cached = run->cached;
		report->compiler_reason = run->verdict == VERDICT_RE ? NULL : run->reason;
		details = json_share(report->compile);
	}
	if (event == JUDGE_TEST_ASIDE || event == JUDGE_TEST_FINISHED)
		details = keep_test(report, run);
	if (event == JUDGE_TEST_FINISHED)
		report->n_by[judge->tests[run->test].judgement]++;
	if (report->events.fd >= 0)
		tell_event(report, event, run, details);
	if (report->progress)
		judge_table_progress(report, event);
	json_free(details);
}

/* ---- the result ---- */

const char *judge_report_cache_error(const struct judge *judge)
{
	return judge->cache != NULL && judge->cache->error.stage != SBX_STAGE_NONE ? judge->cache->error.msg : NULL;
}

struct json_object *judge_report_checker_compile(const struct judge *judge)
{
	return judge->checker_refused != NULL ? compile_json(judge->checker_refused) : NULL;
}

struct json_object *judge_report_error(const struct sbx_err *error)
{
	struct json_object *object;

	if (error->stage == SBX_STAGE_NONE)
		return NULL;
	object = json_new_object();
	json_add_string(object, "stage", sbx_stage_name(error->stage));
	json_add_string(object, "errno_name", error->errnum > 0 ? strerrorname_np(error->errnum) : NULL);
	json_add_string(object, "message", error->msg);
	return object;
}

static struct json_object *counts_json(const struct judge *judge)
{
	struct json_object *object = json_new_object();

	for (int k = 0; k < JUDGEMENT_MAX; k++) {
		uint64_t n = 0;
		for (size_t i = 0; i < judge->job->n_tests; i++)
			n += judge->tests != NULL && judge->tests[i].judgement == (enum judgement)k;
		if (n > 0)
			json_add_u64(object, judgement_name((enum judgement)k), n);
	}
	return object;
}

/* All but the groups and the tests, which are too many to be held at once. */
static struct json_object *head_json(const struct judge_report *report)
{
	const struct judge *judge = report->judge;
	struct json_object *object = json_new_object();
	bool decided = judge->decided < judge->job->n_tests;

	json_add_string(object, "schema", "sbx.judge/1");
	json_add_string(object, "verdict", judgement_name(judge->judgement));
	add_score(object, "score", judge->score);
	json_add_string(object, "decided_by", decided ? judge->job->tests[judge->decided].name : NULL);
	json_add_bool(object, "interrupted", judge->interrupted);
	json_add_string(object, "language", judge->submission.language->name);
	json_add_u64(object, "slots", judge->n_slots);
	json_add_u64(object, "ms", (clock_ns() - report->start_ns) / 1000000);
	json_add(object, "error", judge_report_error(&judge->error));
	json_add_string(object, "refused", judge->refused);
	json_add(object, "compile", json_share(report->compile));
	json_add(object, "checker_compile", judge_report_checker_compile(judge));
	json_add_string(object, "cache_error", judge_report_cache_error(judge));
	json_add(object, "counts", counts_json(judge));
	return object;
}

static int write_object(struct report_sink *sink, struct json_object *object, struct sbx_err *err)
{
	const char *text = json_text(object, false);
	int rc = report_sink_write(sink, text, strlen(text), err);

	json_free(object);
	return rc;
}

/* But for the whole, whose grade is the job's. */
static int write_groups(const struct judge *judge, struct report_sink *sink, struct sbx_err *err)
{
	const struct problem_results *problem = judge->problem;

	if (problem == NULL)
		return report_sink_write(sink, "null", 4, err);
	TRY(report_sink_write(sink, "[", 1, err));
	for (size_t i = 1; i < problem->n_groups; i++) {
		struct json_object *object = json_new_object();
		json_add_string(object, "name", problem->groups[i].name);
		json_add_string(object, "verdict", judgement_name(problem->grades[i].judgement));
		add_score(object, "score", problem->problem->is_scoring ? problem->grades[i].score : NAN);
		if (i > 1)
			TRY(report_sink_write(sink, ",", 1, err));
		TRY(write_object(sink, object, err));
	}
	return report_sink_write(sink, "]", 1, err);
}

static int write_tests(struct judge_report *report, struct report_sink *sink, struct sbx_err *err)
{
	const struct judge *judge = report->judge;

	for (size_t i = 0; i < judge->job->n_tests; i++) {
		if (i > 0)
			TRY(report_sink_write(sink, ",", 1, err));
		if (report->tests[i].len > 0 && judge->tests[i].judgement != JUDGEMENT_SKIP) {
			TRY(unspool(report, i, sink, err));
		} else {
			TRY(write_object(sink, skipped_json(judge, i), err));
		}
	}
	return 0;
}

static int write_json(struct judge_report *report, struct report_sink *sink, struct sbx_err *err)
{
	__attribute__((cleanup(json_freep))) struct json_object *head = head_json(report);
	const char *text = json_text(head, false);

	/* its closing brace comes after the tests */
	TRY(report_sink_write(sink, text, strlen(text) - 1, err));
	TRY(report_sink_write(sink, ",\"groups\":", strlen(",\"groups\":"), err));
	TRY(write_groups(report->judge, sink, err));
	TRY(report_sink_write(sink, ",\"tests\":[", strlen(",\"tests\":["), err));
	TRY(write_tests(report, sink, err));
	return report_sink_write(sink, "]}\n", 3, err);
}

int judge_report_write(struct judge_report *report, struct report_sink *sink, enum report_format format, bool color,
                       struct sbx_err *err)
{
	if (report->error.stage != SBX_STAGE_NONE) {
		*err = report->error;
		return -EIO;
	}
	if (format == REPORT_JSON && report->judge->job->is_run)
		TRY(judge_answer_write(report, sink, err));
	else if (format == REPORT_JSON)
		TRY(write_json(report, sink, err));
	else
		TRY(judge_table_write(report, sink, color, err));
	return report_sink_publish(sink, err);
}

int judge_report_html(struct judge_report *report, struct report_sink *sink, struct sbx_err *err)
{
	__attribute__((cleanup(json_freep))) struct json_object *head = head_json(report);

	TRY(judge_html_write(report, head, sink, err));
	return report_sink_publish(sink, err);
}
