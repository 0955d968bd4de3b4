/* Reading a problem package: problem.yaml, validators, and the tree of groups with its tests. */
#include "runner/problem_load.h"

#include "runner/problem_checker.h"
#include "runner/problem_files.h"
#include "runner/problem_words.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)
#define TIMELIMIT_BYTES_MAX 4096

struct loader {
	struct problem_package *package;
	struct job *job;
	struct job_memory *memory;
};

void problem_package_finish(struct problem_package *package)
{
	for (size_t i = 0; i < package->n_groups; i++)
		problem_group_finish(&package->groups[i]);
	for (size_t i = 0; i < package->n_singles; i++)
		problem_group_finish(&package->singles[i]);
	free(package->groups);
	free(package->singles);
	free(package->submissions);
	free(package->left_aside);
	problem_rules_finish(&package->rules);
	problem_finish(&package->problem);
	if (package->dir.path != NULL)
		problem_dir_close(&package->dir);
	*package = (struct problem_package){0};
}

/* ---- tests ---- */

static bool has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name), n = strlen(ending);

	return len > n && strcmp(name + len - n, ending) == 0;
}

/* The other file of a test. */
static int find_pair(const struct loader *loader, const struct problem_dir *dir, const char *file, const char *ending,
                     const char **ret, struct sbx_err *err)
{
	FREE_CLEANUP char *name = NULL;
	int stem = (int)(strrchr(file, '.') - file);

	if (asprintf(&name, "%.*s%s", stem, file, ending) < 0)
		name = NULL;
	if (name == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	if (faccessat(dir->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return FAIL(err, ENOENT, "%.200s/%.100s has no %s", dir->path, file, name);
	if (problem_dir_is_dir(dir, name, err) != 0)
		return FAIL(err, EINVAL, "%.200s/%.100s: not a regular file", dir->path, name);
	return job_memory_join(loader->memory, dir->path, name, ret, err);
}

static int add_single(const struct loader *loader, size_t group, const struct problem_text *text, struct sbx_err *err)
{
	struct problem_package *package = loader->package;
	size_t n = package->n_singles;
	struct problem_group *singles = package->singles;

	if ((n & (n - 1)) == 0)
		singles = reallocarray(singles, n == 0 ? 1 : 2 * n, sizeof(*singles));
	if (singles == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	package->singles = singles;
	problem_single_init(&singles[n], &package->groups[group], loader->job->n_tests - 1);
	package->n_singles++;
	return problem_single_parse(&singles[n], &package->problem, text->bytes, text->len, text->path, err);
}

/* The last test's own settings. */
static int read_single(const struct loader *loader, const struct problem_dir *dir, size_t group, const char *stem,
                       struct sbx_err *err)
{
	FREE_CLEANUP char *name = NULL;
	struct problem_text text;
	int rc;

	if (loader->package->problem.format == PROBLEM_LEGACY)
		return 0;
	if (asprintf(&name, "%s.yaml", stem) < 0)
		name = NULL;
	if (name == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	if (strcmp(name, "test_group.yaml") == 0)
		return FAIL(err, EINVAL, "%.200s/%s is for the group, and so no test can be called test_group",
		            dir->path, name);
	rc = problem_dir_read(loader->memory, dir, name, YAML_BYTES_MAX, &text, err);
	return rc <= 0 ? rc : add_single(loader, group, &text, err);
}

static int add_test(const struct loader *loader, const struct problem_dir *dir, size_t index, const char *file,
                    struct sbx_err *err)
{
	char *stem = strndup(file, strlen(file) - strlen(".in"));
	struct job_test *test;
	int rc;

	TRY(job_memory_own(loader->memory, stem, err));
	rc = job_add_test(loader->job, &test);
	if (rc < 0)
		return FAIL(err, -rc, "%.200s: more than %d tests", dir->path, JOB_TESTS_MAX);
	TRY(job_memory_join(loader->memory, loader->package->groups[index].name, stem, &test->name, err));
	TRY(job_memory_join(loader->memory, dir->path, file, &test->input.path, err));
	TRY(find_pair(loader, dir, file, ".ans", &test->answer.path, err));
	return read_single(loader, dir, index, stem, err);
}

/* A file in a group's folder; what is no part of a test is for people. */
static int load_file(const struct loader *loader, const struct problem_dir *dir, size_t index, const char *name,
                     struct sbx_err *err)
{
	bool is_legacy = loader->package->problem.format == PROBLEM_LEGACY;
	const char *input;

	if (strcmp(name, is_legacy ? "test_group.yaml" : "testdata.yaml") == 0)
		return FAIL(err, EINVAL, "%.200s/%s: a file of %s packages", dir->path, name,
		            is_legacy ? "2023-07" : "legacy");
	if (has_ending(name, ".in"))
		return add_test(loader, dir, index, name, err);
	if (has_ending(name, ".ans") ||
	    (!is_legacy && has_ending(name, ".yaml") && strcmp(name, "test_group.yaml") != 0))
		return find_pair(loader, dir, name, ".in", &input, err);
	if (!is_legacy && has_ending(name, ".args"))
		return FAIL(err, ENOTSUP, "%.200s/%.100s: arguments of a test go into its .yaml", dir->path, name);
	return 0;
}

/* ---- groups ---- */

static int add_group(const struct loader *loader, size_t parent, const char *name, struct sbx_err *err)
{
	struct problem_package *package = loader->package;
	size_t n = package->n_groups;
	struct problem_group *groups = package->groups;

	if (n > JOB_TESTS_MAX)
		return FAIL(err, E2BIG, "data/%.200s: more than %d groups", name, JOB_TESTS_MAX);
	if ((n & (n - 1)) == 0)
		groups = reallocarray(groups, n == 0 ? 1 : 2 * n, sizeof(*groups));
	if (groups == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	package->groups = groups;
	problem_group_init(&groups[n], &package->problem, n == 0 ? NULL : &groups[parent], name);
	groups[n].first_test = loader->job->n_tests;
	package->n_groups++;
	return 0;
}

static int read_settings(const struct loader *loader, const struct problem_dir *dir, size_t index, struct sbx_err *err)
{
	const struct problem *problem = &loader->package->problem;
	const char *name = problem->format == PROBLEM_LEGACY ? "testdata.yaml" : "test_group.yaml";
	struct problem_text text;
	int rc = problem_dir_read(loader->memory, dir, name, YAML_BYTES_MAX, &text, err);

	if (rc <= 0)
		return rc;
	TRY(problem_replace(&loader->package->problem, loader->memory, text.path, YAML_BYTES_MAX, &text.bytes,
	                    &text.len, err));
	return problem_group_parse(&loader->package->groups[index], problem, text.bytes, text.len, text.path, err);
}

static int load_group(const struct loader *loader, size_t parent, const struct problem_dir *dir, const char *name,
                      unsigned depth, struct sbx_err *err);

static int load_inner(const struct loader *loader, size_t parent, const struct problem_dir *dir, const char *name,
                      unsigned depth, struct sbx_err *err)
{
	PROBLEM_DIR_CLEANUP struct problem_dir inner = {.fd = -1};
	const char *group;
	int rc = problem_dir_open(loader->memory, dir, name, &inner, err);

	if (rc <= 0)
		return rc;
	if (has_ending(name, ".files"))
		return FAIL(err, ENOTSUP, "%.200s: files of a single test are not supported yet", inner.path);
	TRY(job_memory_join(loader->memory, loader->package->groups[parent].name, name, &group, err));
	return load_group(loader, parent, &inner, group, depth, err);
}

static int load_all(const struct loader *loader, size_t index, const struct problem_dir *dir, unsigned depth,
                    struct sbx_err *err)
{
	PROBLEM_LIST_CLEANUP struct problem_list list = {0};

	TRY(problem_dir_list(dir, &list, err));
	for (int i = 0; i < list.n; i++) {
		const char *entry = list.entries[i]->d_name;
		int is_dir = problem_dir_is_dir(dir, entry, err);
		TRY(is_dir);
		TRY(is_dir ? load_inner(loader, index, dir, entry, depth + 1, err)
		           : load_file(loader, dir, index, entry, err));
	}
	return 0;
}

/* `depth` 0 is the whole: of what is in it only two folders are for judging. */
static int load_group(const struct loader *loader, size_t parent, const struct problem_dir *dir, const char *name,
                      unsigned depth, struct sbx_err *err)
{
	struct problem_package *package = loader->package;
	size_t index = package->n_groups;

	if (depth > PROBLEM_DEPTH_MAX)
		return FAIL(err, E2BIG, "%.200s: more than %d folders within each other", dir->path, PROBLEM_DEPTH_MAX);
	TRY(add_group(loader, parent, name, err));
	TRY(read_settings(loader, dir, index, err));
	if (depth > 0) {
		TRY(load_all(loader, index, dir, depth, err));
	} else {
		TRY(load_inner(loader, index, dir, "sample", 1, err));
		TRY(load_inner(loader, index, dir, "secret", 1, err));
	}
	package->groups[index].n_tests = loader->job->n_tests - package->groups[index].first_test;
	package->groups[index].n_groups = package->n_groups - index;
	return 0;
}

static int load_data(const struct loader *loader, struct sbx_err *err)
{
	PROBLEM_DIR_CLEANUP struct problem_dir data = {.fd = -1};
	struct problem_package *package = loader->package;
	size_t n_secret = 0;
	int rc = problem_dir_open(loader->memory, &package->dir, "data", &data, err);

	TRY(rc);
	if (rc == 1)
		TRY(load_group(loader, 0, &data, "", 0, err));
	for (size_t i = 0; i < package->n_groups; i++)
		n_secret += strcmp(package->groups[i].name, "secret") == 0 ? package->groups[i].n_tests : 0;
	if (n_secret == 0)
		return FAIL(err, ENOENT, "%.200s: no test in data/secret", package->dir.path);
	/* those further down come later, and what they say wins */
	for (size_t i = 0; i < package->n_groups; i++)
		for (size_t k = 0; k < package->groups[i].n_tests; k++)
			loader->job->tests[package->groups[i].first_test + k].compare = &package->groups[i].compare;
	for (size_t i = 0; i < package->n_singles; i++)
		loader->job->tests[package->singles[i].first_test].compare = &package->singles[i].compare;
	return 0;
}

/* ---- the package ---- */

static int load_yaml(const struct loader *loader, struct sbx_err *err)
{
	struct problem_package *package = loader->package;
	struct problem *problem = &package->problem;
	struct problem_text text;
	int rc = problem_dir_read(loader->memory, &package->dir, "problem.yaml", YAML_BYTES_MAX, &text, err);

	TRY(rc);
	if (rc == 0)
		return FAIL(err, ENOENT, "%.200s: no problem.yaml in it", package->dir.path);
	TRY(problem_parse(text.bytes, text.len, text.path, problem, err));
	if (problem->format != PROBLEM_LEGACY)
		return 0;
	rc = problem_dir_read(loader->memory, &package->dir, ".timelimit", TIMELIMIT_BYTES_MAX, &text, err);
	if (rc <= 0)
		return rc;
	return problem_parse_timelimit(text.bytes, text.path, &problem->limits.time_us_max, err);
}

static int has_entries(const struct loader *loader, const char *name, struct sbx_err *err)
{
	PROBLEM_DIR_CLEANUP struct problem_dir dir = {.fd = -1};
	PROBLEM_LIST_CLEANUP struct problem_list list = {0};
	int rc = problem_dir_open(loader->memory, &loader->package->dir, name, &dir, err);

	if (rc <= 0)
		return rc;
	TRY(problem_dir_list(&dir, &list, err));
	return list.n > 0;
}

/* Nothing is compared in the default way because a validator's folder has the wrong name, or nobody mentions it. */
static int check_unused(const struct loader *loader, struct sbx_err *err)
{
	const struct problem *problem = &loader->package->problem;
	bool is_legacy = problem->format == PROBLEM_LEGACY;
	const char *path = loader->package->dir.path, *other = is_legacy ? "output_validator" : "output_validators";
	int rc = has_entries(loader, other, err);

	TRY(rc);
	if (rc == 1)
		return FAIL(err, EINVAL, "%.200s/%s: a folder of %s packages", path, other,
		            is_legacy ? "2023-07" : "legacy");
	if (!is_legacy || problem->custom_validator)
		return 0;
	rc = has_entries(loader, "output_validators", err);
	TRY(rc);
	return rc == 0 ? 0
	               : FAIL(err, EINVAL,
	                      "%.200s/output_validators: problem.yaml does not say that the validation is custom",
	                      path);
}

/* Before the groups, whose arguments are for them. */
static int load_validators(const struct loader *loader, struct sbx_err *err)
{
	struct problem_package *package = loader->package;
	bool is_legacy = package->problem.format == PROBLEM_LEGACY;
	const char *name = is_legacy ? "output_validators" : "output_validator";
	PROBLEM_DIR_CLEANUP struct problem_dir dir = {.fd = -1};
	int rc;

	TRY(check_unused(loader, err));
	if (is_legacy && !package->problem.custom_validator)
		return 0;
	rc = problem_dir_open(loader->memory, &package->dir, name, &dir, err);
	TRY(rc);
	if (rc == 1)
		TRY(problem_load_programs(loader->memory, &dir, !is_legacy, &package->validators,
		                          &package->n_validators, err));
	if (is_legacy && package->n_validators == 0)
		return FAIL(err, ENOENT, "%.200s/problem.yaml: the validation is custom, but there is nothing in %s",
		            package->dir.path, name);
	package->problem.custom_validator = package->n_validators > 0;
	return 0;
}

static void default_to(uint64_t *limit, uint64_t value)
{
	if (*limit == SPEC_UNSET)
		*limit = value;
}

static void fill_limits(struct job *job, const struct problem *problem)
{
	const struct problem_limits *limits = &problem->limits;

	default_to(&job->limits.cpu_us_max, limits->time_us_max);
	default_to(&job->limits.memory_bytes_max, limits->memory_bytes_max);
	default_to(&job->limits.output_bytes_max, limits->output_bytes_max);
	default_to(&job->compile_us_max, limits->compilation_us_max);
	default_to(&job->compile_memory_bytes_max, limits->compilation_memory_bytes_max);
	job->compare = problem->compare;
}

int problem_load(struct problem_package *ret, struct job *job, struct job_memory *memory, const char *dir,
                 struct sbx_err *err)
{
	const struct loader loader = {ret, job, memory};
	int fd = path_open(dir, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return FAIL(err, -fd, "--problem: cannot open %.200s: %s%s", dir, strerror(-fd), PATH_LOOP_NOTE(-fd));
	ret->dir = (struct problem_dir){fd, dir};
	TRY(load_yaml(&loader, err));
	TRY(load_validators(&loader, err));
	TRY(load_data(&loader, err));
	fill_limits(job, &ret->problem);
	TRY(problem_load_checker(ret, job, memory, err));
	return problem_load_words(ret, job, memory, err);
}

int problem_check_supported(const struct problem_package *package, const struct job *job, struct sbx_err *err)
{
	const struct problem *problem = &package->problem;
	bool static_validation = false, custom_grader = false;

	for (size_t i = 0; i < package->n_groups; i++) {
		static_validation |= package->groups[i].static_validation;
		custom_grader |= package->groups[i].custom_grader;
	}
	const struct {
		bool is_so;
		const char *file, *what;
	} not_yet[] = {
	        {problem->is_submit_answer, "problem.yaml", "submit-answer problems are"},
	        {problem->allow_file_writing, "problem.yaml", "submissions that write files are"},
	        {static_validation, "data", "static validation is"},
	        {custom_grader, "data", "custom graders are"},
	};

	for (size_t i = 0; i < sizeof(not_yet) / sizeof(not_yet[0]); i++)
		if (not_yet[i].is_so)
			return FAIL(err, ENOTSUP, "%.200s/%s: %s not supported yet", package->dir.path, not_yet[i].file,
			            not_yet[i].what);
	if ((problem->is_interactive || problem->is_multi_pass) && !problem->custom_validator)
		return FAIL(err, EINVAL,
		            "%.200s/problem.yaml: an interactive or multi-pass problem needs an output validator",
		            package->dir.path);
	if (job->passes_max > JOB_PASSES_MAX)
		return FAIL(err, E2BIG, "%.200s/problem.yaml: more than %d passes", package->dir.path, JOB_PASSES_MAX);
	if (job->limits.cpu_us_max == SPEC_UNSET)
		return FAIL(err, EINVAL,
		            "%.200s: no time limit, and none is worked out from its submissions: put %s, or give one "
		            "with -t",
		            package->dir.path,
		            problem->format == PROBLEM_LEGACY
		                    ? "seconds into a file .timelimit there"
		                    : "time_limit, in seconds, under limits in its problem.yaml");
	return 0;
}

int problem_make_results(const struct problem_package *package, const struct job *job, struct problem_results *ret,
                         struct sbx_err *err)
{
	struct sbx_err broken;
	int rc;

	TRY(problem_results_init(ret, &package->problem, package->groups, package->n_groups, job->n_tests, err));
	for (size_t i = 0; i < job->n_tests; i++)
		problem_results_name(ret, i, job->tests[i].name);
	rc = problem_results_begin(ret, &broken);
	return rc < 0 ? FAIL(err, -rc, "%.200s/%s", package->dir.path, broken.msg) : 0;
}
