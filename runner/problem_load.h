/*
 * A problem package on the host: what it says becomes a job, but for the sources to judge. Called by `sbx judge`. All
 * of it fails with SBX_STAGE_USAGE and the path of the file at fault.
 */
#pragma once

#include "policy/job.h"
#include "policy/language.h"
#include "policy/problem.h"
#include "policy/problem_group.h"
#include "policy/problem_results.h"
#include "policy/problem_rules.h"
#include "runner/job_memory.h"
#include "runner/problem_dir.h"
#include "sandbox/err.h"

/* A validator, or a submission: a file by itself, or all that are in a folder, and in those within it. */
struct problem_program {
	const char *name;
	struct job_file *files; /* with names that start from its folder */
	size_t n_files;
};

struct problem_submission {
	const char *folder; /* "accepted" */
	struct problem_program program;
	unsigned expected;    /* a set as in policy/problem.h */
	const char *language; /* a name of sbx languages; NULL: by its files */
};

/* Zero it; problem_package_finish() takes it in any state. Names and files lie in the job's memory. */
struct problem_package {
	struct problem_dir dir;
	struct problem problem;
	struct problem_group *groups; /* the numbers of their tests are the job's */
	size_t n_groups;
	struct problem_group *singles; /* tests with settings of their own, each as its first_test */
	size_t n_singles;
	struct problem_program *validators; /* of the output; more than one in legacy only, where all have to accept */
	size_t n_validators;
	struct problem_submission *submissions; /* by problem_load_submissions() */
	size_t n_submissions;
	const char **left_aside; /* among them, but documentation: "accepted/README.md" */
	size_t n_left_aside;
	bool has_rules; /* 2023-07: a submissions.yaml, which says more than `expected` does */
	struct problem_rules rules;
};

/*
 * Opens the package in `dir`, and reads all that judging needs into *ret, and into an initialised job: tests, sample
 * before secret; where unset, the limits; how answers are compared. What the job points to lasts as long as both.
 * Refused is what would change the meaning of a test and cannot be told in a job: files of single tests.
 */
int problem_load(struct problem_package *ret, struct job *job, struct job_memory *memory, const char *dir,
                 struct sbx_err *err);

/* Fails, naming file and reason, where judging the package takes what `sbx judge` cannot do yet, or a time limit. */
int problem_check_supported(const struct problem_package *package, const struct job *job, struct sbx_err *err);

/*
 * Where the results of the package's tests are put, which are the job's. The package and the job have to outlive it;
 * the caller finishes it, whatever came of this.
 */
int problem_make_results(const struct problem_package *package, const struct job *job, struct problem_results *ret,
                         struct sbx_err *err);

/*
 * Whether the package takes the job's sources, all of them files with names: their language and size. Then its
 * include/ files for that language are added, in the place of sources of the same name.
 */
int problem_admit(const struct problem_package *package, struct job *job, struct job_memory *memory,
                  const struct language *language, struct sbx_err *err);

/* Of a file of the package's programs: where the package has constants, they are replaced, and the file read for that.
 */
int problem_replace_file(const struct problem *problem, struct job_memory *memory, struct job_file *file,
                         struct sbx_err *err);

/*
 * Finds the submissions, and what is expected of each: by submissions.yaml, where there is one; else by its line
 * @EXPECTED_RESULTS@, else by its folder. A file that is only documentation is none.
 */
int problem_load_submissions(struct problem_package *package, struct job_memory *memory, struct sbx_err *err);

void problem_package_finish(struct problem_package *package);
