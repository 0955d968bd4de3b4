/* The submissions of a package, judged. What is said about them is in verify_report.c. */
#include "runner/verify.h"

#include "runner/cmd.h"
#include "runner/toolchain.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)

void verify_finish(struct verify *verify)
{
	for (size_t i = 0; i < verify->n; i++)
		free(verify->results[i].note);
	free(verify->results);
	free(verify->has_message);
	*verify = (struct verify){0};
}

static int is_in(const struct problem_submission *submission, const struct language *language, bool *ret,
                 struct sbx_err *err)
{
	const struct problem_program *program = &submission->program;
	const char **names = calloc(program->n_files + 1, sizeof(*names));
	const struct language *own = NULL;
	struct sbx_err unknown;

	if (names == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < program->n_files; i++)
		names[i] = program->files[i].name;
	if (submission->language != NULL)
		*ret = strcmp(submission->language, language->name) == 0;
	else
		*ret = language_detect(language_builtin, names, program->n_files, &own, &unknown) == 0 &&
		       own == language;
	free(names);
	return 0;
}

int verify_choose(struct problem_package *package, const char *name, struct sbx_err *err)
{
	const struct language *language = language_builtin_find(name);
	size_t n = 0;

	if (language == NULL)
		return FAIL(err, EINVAL, "no language is called \"%.64s\"; sbx languages lists them", name);
	for (size_t i = 0; i < package->n_submissions; i++) {
		bool is_chosen;
		TRY(is_in(&package->submissions[i], language, &is_chosen, err));
		if (is_chosen)
			package->submissions[n++] = package->submissions[i];
	}
	package->n_submissions = n;
	return n > 0 ? 0 : FAIL(err, ENOENT, "%.200s: nothing in submissions is in %s", package->dir.path, name);
}

/* Whether there is a test, or a group with a score, that the rule is about. */
static bool is_on_anything(const struct verify *verify, const struct problem_rule *rule)
{
	const struct problem_package *package = verify->package;
	bool found = false;

	for (size_t i = 0; i < verify->job->n_tests && !found; i++)
		found = problem_rule_is_on(rule, verify->job->tests[i].name);
	if (!found || !rule->has_score)
		return found;
	for (size_t i = 0; i < package->n_groups; i++)
		if (problem_rule_is_on_score(rule, package->groups[i].name))
			return true;
	return false;
}

static int load_rules(struct verify *verify, struct sbx_err *err)
{
	const struct problem_rules *rules = &verify->package->rules;
	const char *origin = rules->doc.origin;

	verify->has_message = calloc(rules->n + 1, sizeof(*verify->has_message));
	if (verify->has_message == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	if (verify->job->stop_on_first_failure)
		return FAIL(err, EINVAL, "%.200s is about all tests: --stop-on-first-failure leaves some out", origin);
	for (size_t i = 0; i < rules->n; i++)
		if (!is_on_anything(verify, &rules->rules[i]))
			return FAIL(err, EINVAL, "%.200s: \"%.100s\" is no %s", origin, rules->rules[i].tests,
			            rules->rules[i].has_score ? "group of tests" : "test, nor a group of them");
	return 0;
}

int verify_load(struct verify *verify, struct job_memory *memory, struct sbx_err *err)
{
	const struct problem_package *package = verify->package;
	const char *dir = package->dir.path;

	if (package->n_submissions == 0)
		return FAIL(err, ENOENT, "%.200s: nothing in submissions", dir);
	if (package->has_rules)
		TRY(load_rules(verify, err));
	verify->results = calloc(package->n_submissions, sizeof(*verify->results));
	if (verify->results == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	verify->n = package->n_submissions;
	for (size_t i = 0; i < verify->n; i++) {
		const struct problem_submission *submission = &package->submissions[i];
		struct verify_result *result = &verify->results[i];
		result->score = NAN;
		result->cpu_us = result->wall_us = result->memory_bytes = RESULT_UNKNOWN;
		TRY(job_memory_join(memory, submission->folder, submission->program.name, &result->name, err));
		if (submission->expected == PROBLEM_EXPECT_ANY)
			return FAIL(err, EINVAL,
			            "%.200s/submissions/%.200s: its folder means nothing in this format, and "
			            "it has no line @EXPECTED_RESULTS@: nothing says what to expect",
			            dir, result->name);
	}
	return 0;
}

/* ---- one submission ---- */

static void set_note(struct verify_result *result, const char *text)
{
	free(result->note);
	result->note = strdup(text);
}

static int load_sources(const struct verify *verify, const struct problem_submission *submission,
                        struct job_memory *memory, const struct language **ret_language, struct sbx_err *err)
{
	struct job *job = verify->job;

	job->n_files = 0;
	job->language = submission->language;
	for (size_t i = 0; i < submission->program.n_files; i++) {
		struct job_file *file;
		if (job_add_file(job, &file) < 0)
			return FAIL(err, E2BIG, "more than %d sources", JOB_FILES_MAX);
		*file = submission->program.files[i];
		TRY(problem_replace_file(&verify->package->problem, memory, file, err));
	}
	TRY(job_find_language(job, memory, ret_language, err));
	job->language = (*ret_language)->name;
	TRY(problem_admit(verify->package, job, memory, *ret_language, err));
	return job_load_sources(job, memory, &verify->judge->submission, err);
}

static void say_needs(struct verify_result *result)
{
	const struct language *language = result->language;
	const char *slash = strrchr(language->version[0], '/');
	char text[300], remedy[200];

	snprintf(text, sizeof(text), "needs %s (%s)", slash != NULL ? slash + 1 : language->version[0],
	         toolchain_remedy(language, remedy, sizeof(remedy)));
	set_note(result, text);
}

static void raise_to(uint64_t *most, uint64_t value)
{
	if (value != RESULT_UNKNOWN && (*most == RESULT_UNKNOWN || value > *most))
		*most = value;
}

/* What helps to see why it got this verdict. */
static void take_note(const struct verify *verify, struct verify_result *result)
{
	const struct judge *judge = verify->judge;
	const struct judge_report *report = verify->report;

	if (judge->judgement == JUDGEMENT_CE && judge->refused != NULL)
		set_note(result, judge->refused);
	else if (judge->judgement == JUDGEMENT_CE && report->compiler_text != NULL)
		set_note(result, report->compiler_text);
	else if (judge->decided < judge->job->n_tests && report->tests[judge->decided].note != NULL)
		set_note(result, report->tests[judge->decided].note);
	if (result->note != NULL)
		result->note[strcspn(result->note, "\n")] = '\0';
}

/* Whether the score is that of its folder. What the best one is only the package's range can tell. */
static bool score_agrees(const struct verify *verify, const struct problem_submission *submission)
{
	const struct problem_package *package = verify->package;
	const struct problem_group *whole = &package->groups[0];
	bool minimize = package->problem.minimize;
	double best = minimize ? whole->score_min : whole->score_max, score = verify->judge->score;
	bool is_best = fabs(score - best) <= 1e-9 * fabs(best);

	if (!package->problem.is_scoring || isinf(best) || isnan(score))
		return true;
	if (strcmp(submission->folder, "partially_accepted") == 0)
		return !is_best;
	return is_best || strcmp(submission->folder, "accepted") != 0;
}

/* Where it is known why not, that is the note. */
static bool agrees(const struct verify *verify, const struct problem_submission *submission,
                   struct verify_result *result)
{
	const struct judge *judge = verify->judge;
	char what[300];

	if (!problem_expect_agrees(submission->expected, judge->judgement) &&
	    (judge->judgement == JUDGEMENT_CE || judge->judgement == JUDGEMENT_IE || !verify->package->has_rules))
		return false;
	if (verify->package->has_rules && !problem_rules_check(&verify->package->rules, result->name, judge->problem,
	                                                       verify->has_message, what, sizeof(what))) {
		set_note(result, what);
		return false;
	}
	if (score_agrees(verify, submission))
		return true;
	set_note(result, strcmp(submission->folder, "accepted") == 0 ? "not the best score" : "the best score");
	return false;
}

static void take_result(struct verify *verify, const struct problem_submission *submission,
                        struct verify_result *result)
{
	const struct judge *judge = verify->judge;

	result->is_judged = true;
	result->judgement = judge->judgement;
	result->score = judge->score;
	take_note(verify, result);
	result->agrees = agrees(verify, submission, result);
	*(result->agrees ? &verify->n_agree : &verify->n_differ) += 1;
	if (judge->decided < judge->job->n_tests)
		result->decided_by = judge->job->tests[judge->decided].name;
	for (size_t i = 0; i < judge->job->n_tests; i++) {
		const struct judge_test *test = &judge->tests[i];
		raise_to(&result->cpu_us, test->cpu_us);
		raise_to(&result->wall_us, test->wall_us);
		raise_to(&result->memory_bytes, test->memory_bytes);
	}
}

/* As the report's; and looks for the messages that rules want. */
static void listen(void *arg, const struct judge *judge, enum judge_event event, const struct judge_run *run)
{
	const struct verify *verify = arg;
	const struct problem_rules *rules = &verify->package->rules;

	judge_report_listen(verify->report, judge, event, run);
	for (size_t i = 0; event == JUDGE_TEST_FINISHED && i < rules->n; i++) {
		const struct problem_rule *rule = &rules->rules[i];
		if (rule->message != NULL && problem_rule_is_on(rule, judge->job->tests[run->test].name) &&
		    strstr(run->message, rule->message) != NULL)
			verify->has_message[i] = true;
	}
}

/* Returns whether the next one can be judged. */
static bool verify_one(struct verify *verify, const struct problem_submission *submission, struct verify_result *result,
                       struct job_memory *memory)
{
	struct judge *judge = verify->judge;
	struct sbx_err err;

	if (load_sources(verify, submission, memory, &result->language, &err) < 0) {
		set_note(result, err.msg);
		return true;
	}
	if (!toolchain_is_there(result->language)) {
		say_needs(result);
		return true;
	}
	judge_report_next(verify->report, result->name);
	for (size_t i = 0; i < verify->package->rules.n; i++)
		verify->has_message[i] = false;
	judge_run_job(judge);
	if (judge->error.stage == SBX_STAGE_NONE) {
		take_result(verify, submission, result);
		return true;
	}
	set_note(result, judge->error.msg);
	/* none of its files is a source */
	return judge->error.stage == SBX_STAGE_USAGE;
}

void verify_run(struct verify *verify)
{
	bool go_on = true;

	verify->judge->listener = listen;
	verify->judge->arg = verify;
	for (size_t i = 0; i < verify->n && go_on; i++) {
		struct job_memory memory = {0};

		go_on = verify_one(verify, &verify->package->submissions[i], &verify->results[i], &memory);
		/* what the sources were read into; nothing may point there any more */
		verify->judge->submission = (struct job_sources){0};
		verify->job->n_files = 0;
		job_memory_finish(&memory);
	}
	if (go_on)
		verify->judge->error = (struct sbx_err){0};
}

int verify_exit_status(const struct verify *verify)
{
	bool failed = verify->judge->error.stage != SBX_STAGE_NONE;

	for (size_t i = 0; i < verify->n; i++)
		failed |= verify->results[i].is_judged && verify->results[i].judgement == JUDGEMENT_IE;
	return failed ? SBX_EXIT_SANDBOX : verify_agrees(verify) ? SBX_EXIT_OK : SBX_EXIT_VERDICT;
}

bool verify_agrees(const struct verify *verify)
{
	return verify->n_agree == verify->n;
}
