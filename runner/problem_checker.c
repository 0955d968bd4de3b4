/* A package's own output validators: what they are made of. */
#include "runner/problem_checker.h"

#include "runner/problem_files.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)

/* The first file's path, without the name by which it is stored. */
static int folder_len(const struct problem_program *program)
{
	return (int)(strlen(program->files[0].data.path) - strlen(program->files[0].name) - 1);
}

static int check_programs(const struct problem_package *package, struct sbx_err *err)
{
	const char *path = package->dir.path;

	if (package->n_validators > JOB_CHECKERS_MAX)
		return FAIL(err, E2BIG, "%.200s/output_validators: more than %d validators", path, JOB_CHECKERS_MAX);
	/* nobody says whose score counts, and a program can talk to one of them only */
	if (package->n_validators > 1 && (package->problem.custom_score || package->problem.is_interactive))
		return FAIL(err, ENOTSUP,
		            "%.200s/output_validators: more than one validator is not supported in interactive "
		            "problems, nor where it gives the score",
		            path);
	for (size_t i = 0; i < package->n_validators; i++)
		if (package->validators[i].n_files == 0)
			return FAIL(err, ENOENT, "%.200s: the validator %.100s is an empty folder", path,
			            package->validators[i].name);
	return 0;
}

static const struct job_file *find_file(const struct problem_program *program, const char *name)
{
	for (size_t i = 0; i < program->n_files; i++)
		if (strcmp(program->files[i].name, name) == 0)
			return &program->files[i];
	return NULL;
}

/* The copy that scripts work on has the modes of what it is a copy of. */
static int find_modes(struct problem_program *program, struct sbx_err *err)
{
	for (size_t i = 0; i < program->n_files; i++) {
		struct job_file *file = &program->files[i];
		FD_CLEANUP int fd = path_open(file->data.path, O_RDONLY | O_NONBLOCK, 0);
		struct stat st;
		if (fd < 0 || fstat(fd, &st) < 0)
			return FAIL(err, fd < 0 ? -fd : errno, "%.200s: cannot be opened", file->data.path);
		file->is_executable = (st.st_mode & 0111) != 0;
	}
	return 0;
}

/* Scripts of its own say instead of a language how it is built and run. */
static int find_scripts(struct problem_program *program, struct job_checker *checker, struct sbx_err *err)
{
	const struct job_file *build = find_file(program, "build"), *run = find_file(program, "run");
	/* a build may still make or mend the other */
	const struct job_file *first = build != NULL ? build : run;

	if (first == NULL)
		return 0;
	TRY(find_modes(program, err));
	if (!first->is_executable)
		return FAIL(err, EACCES, "%.200s: not executable", first->data.path);
	checker->scripts = language_scripts(build != NULL);
	return 0;
}

static int find_language(const struct problem_program *program, struct job_checker *checker, struct sbx_err *err)
{
	const char **names = calloc(program->n_files, sizeof(*names));
	const struct language *language = NULL;
	struct sbx_err why;
	int rc;

	if (names == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < program->n_files; i++)
		names[i] = program->files[i].name;
	rc = language_detect(language_builtin, names, program->n_files, &language, &why);
	free(names);
	if (rc < 0)
		return FAIL(err, -rc, "%.*s: %s", folder_len(program), program->files[0].data.path, why.msg);
	checker->language = language->name;
	return 0;
}

static int add_sources(const struct problem *problem, const struct problem_program *program,
                       struct job_checker *checker, struct job_memory *memory, struct sbx_err *err)
{
	for (size_t i = 0; i < program->n_files; i++) {
		struct job_file *file;
		if (job_add_checker_file(checker, &file) < 0)
			return FAIL(err, ENOMEM, "out of memory");
		*file = program->files[i];
		TRY(problem_replace_file(problem, memory, file, err));
	}
	return 0;
}

static int add_checkers(const struct problem_package *package, struct job *job, struct job_memory *memory,
                        struct sbx_err *err)
{
	for (size_t i = 0; i < package->n_validators; i++) {
		struct problem_program *program = &package->validators[i];
		struct job_checker *checker = &job->checkers[job->n_checkers++];
		checker->name = package->n_validators > 1 ? program->name : NULL;
		TRY(find_scripts(program, checker, err));
		if (checker->scripts == NULL)
			TRY(find_language(program, checker, err));
		TRY(add_sources(&package->problem, program, checker, memory, err));
	}
	return 0;
}

int problem_load_checker(const struct problem_package *package, struct job *job, struct job_memory *memory,
                         struct sbx_err *err)
{
	const struct problem_limits *limits = &package->problem.limits;

	if (package->n_validators == 0)
		return 0;
	TRY(check_programs(package, err));
	TRY(add_checkers(package, job, memory, err));
	job->checker = CHECKER_KATTIS;
	job->interactive = package->problem.is_interactive;
	if (package->problem.is_multi_pass)
		job->passes_max = limits->passes_max;
	job->reads_scores = package->problem.is_scoring &&
	                    (package->problem.format != PROBLEM_LEGACY || package->problem.custom_score);
	job->checker_limits.cpu_us_max = limits->validation_us_max;
	job->checker_limits.memory_bytes_max = limits->validation_memory_bytes_max;
	job->checker_limits.output_bytes_max = limits->validation_output_bytes_max;
	return 0;
}
