/* A package's own output validators: what they are made of, and what they are told. */
#include "runner/problem_checker.h"

#include "policy/json.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)
#define ARGUMENTS_MAX 100000 /* of all groups together */

/* ---- sources ---- */

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

static int add_sources(const struct problem_program *program, struct job_checker *checker, struct sbx_err *err)
{
	for (size_t i = 0; i < program->n_files; i++) {
		struct job_file *file;
		if (job_add_checker_file(checker, &file) < 0)
			return FAIL(err, ENOMEM, "out of memory");
		*file = program->files[i];
	}
	return 0;
}

static int add_checkers(const struct problem_package *package, struct job *job, struct sbx_err *err)
{
	for (size_t i = 0; i < package->n_validators; i++) {
		struct problem_program *program = &package->validators[i];
		struct job_checker *checker = &job->checkers[job->n_checkers++];
		checker->name = package->n_validators > 1 ? program->name : NULL;
		TRY(find_scripts(program, checker, err));
		if (checker->scripts == NULL)
			TRY(find_language(program, checker, err));
		TRY(add_sources(program, checker, err));
	}
	return 0;
}

/* ---- arguments ---- */

struct flags {
	const struct problem_package *package;
	struct job_memory *memory;
	const char ***of; /* each group's */
	size_t *parents, n_words;
};

static void add_words(const struct json_object *list, const char **flags, size_t *at)
{
	for (size_t i = 0; i < json_length(list); i++)
		flags[(*at)++] = json_string_of(json_at(list, i));
}

/* A group without arguments of its own has its parent's, and the same array. */
static int make_flags(struct flags *flags, size_t index, struct sbx_err *err)
{
	const struct problem_group *groups = flags->package->groups, *group = &groups[index];
	const struct json_object *first = flags->package->problem.validator_args;
	size_t n = json_length(first) + json_length(group->validator_args), at = 0;
	const char **words;

	if (index > 0 && group->validator_args == groups[flags->parents[index]].validator_args) {
		flags->of[index] = flags->of[flags->parents[index]];
		return 0;
	}
	flags->n_words += n;
	if (flags->n_words > ARGUMENTS_MAX)
		return FAIL(err, E2BIG, "%.200s: more than %d arguments of validators", flags->package->dir.path,
		            ARGUMENTS_MAX);
	words = calloc(n + 1, sizeof(*words));
	TRY(job_memory_own(flags->memory, words, err));
	add_words(first, words, &at);
	add_words(group->validator_args, words, &at);
	flags->of[index] = words;
	return 0;
}

static int make_all_flags(struct flags *flags, struct job *job, struct sbx_err *err)
{
	const struct problem_package *package = flags->package;

	for (size_t i = 0, parent = 0; i < package->n_groups; i++) {
		const struct problem_group *group = &package->groups[i];
		while (i > 0 && parent + package->groups[parent].n_groups <= i)
			parent = flags->parents[parent];
		flags->parents[i] = parent;
		parent = i;
		TRY(make_flags(flags, i, err));
		/* those further down come later */
		for (size_t k = 0; k < group->n_tests; k++)
			job->tests[group->first_test + k].checker_flags = flags->of[i];
	}
	return 0;
}

static int add_flags(const struct problem_package *package, struct job *job, struct job_memory *memory,
                     struct sbx_err *err)
{
	struct flags flags = {.package = package,
	                      .memory = memory,
	                      .of = calloc(package->n_groups, sizeof(*flags.of)),
	                      .parents = calloc(package->n_groups, sizeof(*flags.parents))};
	int rc = flags.of != NULL && flags.parents != NULL ? make_all_flags(&flags, job, err)
	                                                   : FAIL(err, ENOMEM, "out of memory");

	free(flags.of);
	free(flags.parents);
	return rc;
}

int problem_load_checker(const struct problem_package *package, struct job *job, struct job_memory *memory,
                         struct sbx_err *err)
{
	const struct problem_limits *limits = &package->problem.limits;

	if (package->n_validators == 0)
		return 0;
	TRY(check_programs(package, err));
	TRY(add_checkers(package, job, err));
	TRY(add_flags(package, job, memory, err));
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
