/* The programs of a job, from their sources: the submission and the problem's checkers. */
#include "runner/judge_compile.h"

#include "runner/judge_cache.h"
#include "runner/judge_run.h"
#include "runner/judge_slot.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- sources ---- */

static int store(struct judge *judge, const struct job_sources *program, enum workspace_folder folder,
                 struct sbx_err *err)
{
	for (size_t i = 0; i < program->n_files; i++) {
		const struct language_file *file = &program->files[i];
		int rc = workspace_add(&judge->ws, folder, file->name, file->text, file->len, file->is_executable);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_WORKSPACE, -rc, "cannot store the source %.200s", file->name);
	}
	return 0;
}

int judge_compile_store(struct judge *judge, struct sbx_err *err)
{
	TRY(store(judge, &judge->submission, WORKSPACE_BOX, err));
	for (unsigned i = 0; !judge->checkers_stored && i < judge->job->n_checkers; i++)
		TRY(store(judge, &judge->checkers[i], WORKSPACE_CHECKER + i, err));
	judge->checkers_stored = true;
	return 0;
}

/* ---- compiling ---- */

/* To what will run in the slot: a compiler writes beside the sources, a script may do what it likes with its copy. */
static int open_folder(struct judge *judge, enum judge_task task, enum workspace_folder folder, const struct slot *slot,
                       struct sbx_err *err)
{
	bool has_scripts =
	        task == JUDGE_COMPILE_CHECKER && judge->job->checkers[judge->runs[0].checker].scripts != NULL;
	int rc = has_scripts ? workspace_give(&judge->ws, folder, judge->host, slot)
	                     : workspace_unseal(&judge->ws, folder);

	return rc < 0 ? sbx_fail(err, SBX_STAGE_WORKSPACE, -rc, "cannot open the job's folder to the compiler") : 0;
}

/* Alone, before any test. What came of it is in judge->runs[0]; an IE is a failure of the judge's. */
static int compile(struct judge *judge, enum judge_task task, enum workspace_folder folder, struct sbx_err *err)
{
	struct judge_run *run = &judge->runs[0];
	struct slot slot;
	int rc = judge_cache_get(judge, run, task, folder, err);

	TRY(rc);
	if (rc == 1) {
		if (task == JUDGE_COMPILE)
			judge_tell(judge, JUDGE_COMPILED, run);
		return 0;
	}
	TRY(judge_slot_wait(judge, &slot, err));
	rc = open_folder(judge, task, folder, &slot, err);
	if (rc < 0) {
		slot_release(&slot);
		return rc;
	}
	if (task == JUDGE_COMPILE)
		judge_tell(judge, JUDGE_COMPILING, NULL);
	if (judge_run_start(judge, run, task, &slot)) {
		TRY(supervisor_wait(&judge->supervisor, err));
		judge_run_ended(judge, run);
	}
	if (task == JUDGE_COMPILE)
		judge_tell(judge, JUDGE_COMPILED, run);
	if (judge->supervisor.interrupt_signal != 0)
		return judge_interrupted(judge, err);
	if (run->verdict != VERDICT_IE)
		return 0;
	*err = run->run.result.error;
	return -EIO;
}

static int refuse(struct judge *judge, const char *why)
{
	judge->judgement = JUDGEMENT_CE;
	judge->refused = why;
	return 0;
}

/* A library, say, compiles as well as a program: 1 for one that can be run, else 0. A link only its own box follows. */
static int is_program(struct judge *judge, const struct job_sources *program, enum workspace_folder folder,
                      bool may_be_link, struct sbx_err *err)
{
	const struct language_values values = {program->files, program->n_files, 0};
	FD_CLEANUP int fd = workspace_folder(&judge->ws, folder);
	bool made = true;
	struct stat st;
	char **argv;

	TRY(language_argv(program->language, program->language->run.argv, &values, &argv, err));
	if (strncmp(argv[0], "./", 2) == 0)
		made = fd >= 0 && fstatat(fd, argv[0] + 2, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		       (S_ISLNK(st.st_mode) ? may_be_link : S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0);
	free(argv);
	return made;
}

int judge_compile_submission(struct judge *judge, struct sbx_err *err)
{
	bool compiles = judge->submission.language->compile.argv[0] != NULL;
	int rc;

	if (compiles) {
		TRY(compile(judge, JUDGE_COMPILE, WORKSPACE_BOX, err));
		if (judge->runs[0].verdict != VERDICT_OK)
			return refuse(judge, NULL);
	}
	rc = workspace_seal(&judge->ws, WORKSPACE_BOX, err);
	if (rc == -ELOOP && compiles)
		return refuse(judge, "the compiler left folders that are too deep");
	TRY(rc);
	if (!compiles)
		return 0;
	judge_cache_put(judge, &judge->runs[0], WORKSPACE_BOX);
	rc = is_program(judge, &judge->submission, WORKSPACE_BOX, false, err);
	TRY(rc);
	return rc == 1 ? 0 : refuse(judge, "the compiler made no program");
}

/* `why` is NULL where the report has the compiler's words. */
static int fail_checker(const struct job_checker *checker, const char *why, struct sbx_err *err)
{
	bool has_name = checker->name != NULL;

	return sbx_fail(err, SBX_STAGE_WORKSPACE, 0, "the checker%s%.100s does not compile%s%s", has_name ? " " : "",
	                has_name ? checker->name : "", why != NULL ? ": " : "", why != NULL ? why : "");
}

static int compile_checker(struct judge *judge, unsigned index, struct sbx_err *err)
{
	const struct job_checker *checker = &judge->job->checkers[index];
	const struct job_sources *program = &judge->checkers[index];
	enum workspace_folder folder = WORKSPACE_CHECKER + index;
	struct judge_run *run = &judge->runs[0];
	bool compiles = program->language->compile.argv[0] != NULL;
	const char *why = checker->scripts != NULL ? "its build left no file run that can be executed"
	                                           : "the compiler made no program";
	int rc;

	run->checker = index;
	if (compiles) {
		TRY(compile(judge, JUDGE_COMPILE_CHECKER, folder, err));
		if (run->verdict != VERDICT_OK) {
			judge->checker_refused = run;
			return fail_checker(checker, NULL, err);
		}
	}
	TRY(workspace_seal(&judge->ws, folder, err));
	rc = is_program(judge, program, folder, true, err);
	TRY(rc);
	if (rc == 0)
		return fail_checker(checker, why, err);
	if (compiles)
		judge_cache_put(judge, run, folder);
	return 0;
}

int judge_compile_checkers(struct judge *judge, struct sbx_err *err)
{
	for (unsigned i = 0; !judge->checkers_made && i < judge->job->n_checkers; i++)
		TRY(compile_checker(judge, i, err));
	judge->checkers_made = true;
	return 0;
}
