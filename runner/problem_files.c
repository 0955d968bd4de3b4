/* Validators, included files and submissions: found, not read, but for what submissions say of themselves. */
#include "runner/problem_files.h"

#include "policy/json.h"
#include "policy/problem_constants.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)
#define SOURCE_BYTES_MAX ((size_t)64 << 20)

/* ---- programs ---- */

/* The array is not the memory's before collecting is over. */
static int add_file(struct job_memory *memory, struct problem_program *program, const struct problem_dir *dir,
                    const char *prefix, const char *name, struct sbx_err *err)
{
	size_t n = program->n_files;
	struct job_file *files = program->files;

	if (n >= JOB_FILES_MAX)
		return FAIL(err, E2BIG, "%.200s: more than %d files", dir->path, JOB_FILES_MAX);
	if ((n & (n - 1)) == 0)
		files = reallocarray(files, n == 0 ? 1 : 2 * n, sizeof(*files));
	if (files == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	program->files = files;
	files[n] = (struct job_file){0};
	TRY(job_memory_join(memory, prefix, name, &files[n].name, err));
	TRY(job_memory_join(memory, dir->path, name, &files[n].data.path, err));
	program->n_files++;
	return 0;
}

static int add_folder(struct job_memory *memory, struct problem_program *program, const struct problem_dir *dir,
                      const char *prefix, unsigned depth, struct sbx_err *err)
{
	PROBLEM_LIST_CLEANUP struct problem_list list = {0};

	if (depth > PROBLEM_DEPTH_MAX)
		return FAIL(err, E2BIG, "%.200s: more than %d folders within each other", dir->path, PROBLEM_DEPTH_MAX);
	TRY(problem_dir_list(dir, &list, err));
	for (int i = 0; i < list.n; i++) {
		PROBLEM_DIR_CLEANUP struct problem_dir inner = {.fd = -1};
		const char *name = list.entries[i]->d_name, *longer;
		int is_dir = problem_dir_is_dir(dir, name, err);
		TRY(is_dir);
		if (is_dir == 0) {
			TRY(add_file(memory, program, dir, prefix, name, err));
			continue;
		}
		TRY(job_memory_join(memory, prefix, name, &longer, err));
		TRY(problem_dir_open(memory, dir, name, &inner, err));
		TRY(add_folder(memory, program, &inner, longer, depth + 1, err));
	}
	return 0;
}

/* The folder `dir`, or where it is given the file `file` in it. */
static int load_program(struct job_memory *memory, const struct problem_dir *dir, const char *file,
                        struct problem_program *program, struct sbx_err *err)
{
	const char *slash = strrchr(dir->path, '/');
	int rc;

	*program = (struct problem_program){0};
	rc = file != NULL ? add_file(memory, program, dir, "", file, err)
	                  : add_folder(memory, program, dir, "", 0, err);
	if (program->files != NULL && job_memory_own(memory, program->files, err) < 0)
		return -ENOMEM;
	TRY(rc);
	program->name = file != NULL ? program->files[0].name : slash != NULL ? slash + 1 : dir->path;
	return 0;
}

int problem_load_programs(struct job_memory *memory, const struct problem_dir *dir, bool is_one,
                          struct problem_program **ret, size_t *ret_n, struct sbx_err *err)
{
	PROBLEM_LIST_CLEANUP struct problem_list list = {0};
	struct problem_program *programs;
	int is_dir = 0;

	TRY(problem_dir_list(dir, &list, err));
	programs = calloc((size_t)list.n + 1, sizeof(*programs));
	TRY(job_memory_own(memory, programs, err));
	if (list.n == 1)
		TRY(is_dir = problem_dir_is_dir(dir, list.entries[0]->d_name, err));
	*ret = programs;
	*ret_n = 0;
	if (is_one && list.n > 0 && is_dir == 0) {
		*ret_n = 1;
		return load_program(memory, dir, NULL, programs, err);
	}
	for (int i = 0; i < list.n; i++) {
		PROBLEM_DIR_CLEANUP struct problem_dir inner = {.fd = -1};
		const char *name = list.entries[i]->d_name;
		TRY(is_dir = problem_dir_is_dir(dir, name, err));
		if (is_dir == 1)
			TRY(problem_dir_open(memory, dir, name, &inner, err));
		TRY(load_program(memory, is_dir == 1 ? &inner : dir, is_dir == 1 ? NULL : name, &programs[i], err));
		++*ret_n;
	}
	return 0;
}

/* ---- constants ---- */

int problem_replace(const struct problem *problem, struct job_memory *memory, const char *path, size_t max,
                    char **bytes, size_t *len, struct sbx_err *err)
{
	char *text;
	int rc = problem_constants_replace(problem->constants, *bytes, *len, max, &text, len);

	if (rc < 0)
		return FAIL(err, -rc, "%.200s: with its constants larger than %zu MiB", path, max >> 20);
	if (rc == 0)
		return 0;
	*bytes = text;
	return job_memory_own(memory, text, err);
}

int problem_replace_file(const struct problem *problem, struct job_memory *memory, struct job_file *file,
                         struct sbx_err *err)
{
	const char *path = file->data.path;
	FD_CLEANUP int fd = problem->constants == NULL ? -1 : path_open(path, O_RDONLY | O_NONBLOCK, 0);
	char *text;
	size_t len;

	if (problem->constants == NULL)
		return 0;
	if (fd < 0)
		return FAIL(err, -fd, "%.200s: cannot be opened: %s", path, strerror(-fd));
	TRY(job_memory_read(memory, fd, SOURCE_BYTES_MAX, path, &text, &len, err));
	TRY(problem_replace(problem, memory, path, SOURCE_BYTES_MAX, &text, &len, err));
	file->data.bytes = text;
	file->data.len = len;
	return 0;
}

/* ---- the sources to judge ---- */

static int add_include(struct job *job, const struct job_file *include, struct sbx_err *err)
{
	struct job_file *file;

	for (size_t i = 0; i < job->n_files; i++) {
		if (strcmp(job->files[i].name, include->name) != 0)
			continue;
		job->files[i] = *include;
		return 0;
	}
	if (job_add_file(job, &file) < 0)
		return FAIL(err, E2BIG, "more than %d sources, the package's among them", JOB_FILES_MAX);
	*file = *include;
	return 0;
}

static int check_language(const struct problem_package *package, const struct language *language, struct sbx_err *err)
{
	const struct json_object *allowed = package->problem.languages;

	for (size_t i = 0; i < json_length(allowed); i++)
		if (strcmp(json_string_of(json_at(allowed, i)), language->name) == 0)
			return 0;
	return allowed == NULL ? 0
	                       : FAIL(err, EINVAL, "%.200s/problem.yaml: submissions in %s are not allowed",
	                              package->dir.path, language->name);
}

static int check_size(const struct problem_package *package, const struct job *job, struct sbx_err *err)
{
	uint64_t bytes = 0, bytes_max = package->problem.limits.code_bytes_max;

	for (size_t i = 0; i < job->n_files; i++) {
		const char *path = job->files[i].data.path;
		FD_CLEANUP int fd = path_open(path, O_RDONLY | O_NONBLOCK, 0);
		struct stat st;
		if (fd < 0)
			return FAIL(err, -fd, "source: cannot open %.200s: %s%s", path, strerror(-fd),
			            PATH_LOOP_NOTE(-fd));
		if (fstat(fd, &st) < 0)
			return FAIL(err, errno, "source: cannot look at %.200s: %s", path, strerror(errno));
		bytes += (uint64_t)st.st_size;
	}
	return bytes <= bytes_max ? 0
	                          : FAIL(err, EFBIG, "the sources are larger than the package's limit, %" PRIu64 " KiB",
	                                 bytes_max >> 10);
}

static int add_includes(const struct problem_package *package, struct job *job, struct job_memory *memory,
                        const struct language *language, struct sbx_err *err)
{
	/* what a language has for itself comes second, over what is for all */
	const char *const folders[] = {package->problem.format == PROBLEM_LEGACY ? NULL : "default", language->name};
	PROBLEM_DIR_CLEANUP struct problem_dir dir = {.fd = -1};
	int rc = problem_dir_open(memory, &package->dir, "include", &dir, err);

	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < 2; i++) {
		PROBLEM_DIR_CLEANUP struct problem_dir inner = {.fd = -1};
		struct problem_program program;
		if (folders[i] == NULL)
			continue;
		rc = problem_dir_open(memory, &dir, folders[i], &inner, err);
		TRY(rc);
		if (rc == 0)
			continue;
		TRY(load_program(memory, &inner, NULL, &program, err));
		for (size_t k = 0; k < program.n_files; k++) {
			TRY(problem_replace_file(&package->problem, memory, &program.files[k], err));
			TRY(add_include(job, &program.files[k], err));
		}
	}
	return 0;
}

int problem_admit(const struct problem_package *package, struct job *job, struct job_memory *memory,
                  const struct language *language, struct sbx_err *err)
{
	TRY(check_language(package, language, err));
	TRY(check_size(package, job, err));
	return add_includes(package, job, memory, language, err);
}

/* ---- submissions ---- */

/* The first of its files that says something decides. */
static int read_expected(const struct problem_program *program, unsigned *ret_set, struct sbx_err *err)
{
	for (size_t i = 0; i < program->n_files; i++) {
		const char *path = program->files[i].data.path;
		struct job_memory scratch = {0};
		char *text, what[120];
		size_t len;
		unsigned set = PROBLEM_EXPECT_ANY;
		FD_CLEANUP int fd = path_open(path, O_RDONLY | O_NONBLOCK, 0);
		int rc = fd < 0 ? FAIL(err, -fd, "%.200s: cannot be opened: %s", path, strerror(-fd))
		                : job_memory_read(&scratch, fd, SOURCE_BYTES_MAX, path, &text, &len, err);
		if (rc == 0 && problem_expect_source(text, len, &set, what, sizeof(what)) < 0)
			rc = FAIL(err, EINVAL, "%.200s: %s", path, what);
		job_memory_finish(&scratch);
		TRY(rc);
		if (set != PROBLEM_EXPECT_ANY) {
			*ret_set = set;
			return 0;
		}
	}
	return 0;
}

static bool is_documentation(const struct problem_program *program)
{
	const char *name = program->name;
	const struct language *language;
	struct sbx_err unknown;

	return program->n_files == 1 && program->files[0].name == name && language_is_documentation(name) &&
	       language_detect(language_builtin, &name, 1, &language, &unknown) < 0;
}

static int leave_aside(struct problem_package *package, const char *folder, const char *name, struct job_memory *memory,
                       struct sbx_err *err)
{
	size_t n = package->n_left_aside;
	const char **names = reallocarray(package->left_aside, n + 1, sizeof(*names));

	if (names == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	package->left_aside = names;
	TRY(job_memory_join(memory, folder, name, &names[n], err));
	package->n_left_aside++;
	return 0;
}

static int add_submissions(struct problem_package *package, const struct problem_dir *dir, const char *folder,
                           struct job_memory *memory, struct sbx_err *err)
{
	struct problem_program *programs;
	struct problem_submission *submissions;
	size_t n;

	TRY(problem_load_programs(memory, dir, false, &programs, &n, err));
	submissions = reallocarray(package->submissions, package->n_submissions + n + 1, sizeof(*submissions));
	if (submissions == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	package->submissions = submissions;
	for (size_t i = 0; i < n; i++) {
		struct problem_submission *submission;
		if (is_documentation(&programs[i])) {
			TRY(leave_aside(package, folder, programs[i].name, memory, err));
			continue;
		}
		submission = &submissions[package->n_submissions++];
		*submission = (struct problem_submission){folder, programs[i], PROBLEM_EXPECT_ANY, NULL};
		if (package->has_rules)
			continue;
		(void)problem_expect_folder(package->problem.format, folder, &submission->expected);
		TRY(read_expected(&submission->program, &submission->expected, err));
	}
	return 0;
}

static int load_rules(struct problem_package *package, const struct problem_dir *dir, struct job_memory *memory,
                      struct sbx_err *err)
{
	struct problem_text text;
	int rc = problem_dir_read(memory, dir, "submissions.yaml", YAML_BYTES_MAX, &text, err);

	if (rc <= 0)
		return rc;
	if (package->problem.format == PROBLEM_LEGACY)
		return FAIL(err, EINVAL, "%.200s: a file of 2023-07 packages", text.path);
	package->has_rules = true;
	return problem_rules_parse(&package->rules, &package->problem, text.bytes, text.len, text.path, err);
}

/* `used` has a place for each rule. */
static int apply_rules(const struct problem_package *package, struct problem_submission *submission,
                       struct job_memory *memory, bool *used, struct sbx_err *err)
{
	const struct problem_rules *rules = &package->rules;
	const char *name;
	bool found = false;

	TRY(job_memory_join(memory, submission->folder, submission->program.name, &name, err));
	for (size_t i = 0; i < rules->n; i++)
		if (problem_rule_is_for(&rules->rules[i], name))
			used[i] = found = true;
	if (!found)
		return FAIL(err, EINVAL, "%.200s: nothing in it says what to expect of %.200s", rules->doc.origin,
		            name);
	submission->expected = problem_rules_expected(rules, name);
	if (submission->expected == PROBLEM_EXPECT_ANY)
		return FAIL(err, EINVAL, "%.200s: its rules leave no verdict that %.200s could get", rules->doc.origin,
		            name);
	submission->language = problem_rules_language(rules, name);
	if (submission->language != NULL && language_builtin_find(submission->language) == NULL)
		return FAIL(err, EINVAL, "%.200s: no language is called \"%.64s\"; sbx languages lists them",
		            rules->doc.origin, submission->language);
	return 0;
}

static int apply_all_rules(struct problem_package *package, struct job_memory *memory, struct sbx_err *err)
{
	const struct problem_rules *rules = &package->rules;
	bool *used = calloc(rules->n + 1, sizeof(*used));

	TRY(job_memory_own(memory, used, err));
	for (size_t i = 0; i < package->n_submissions; i++)
		TRY(apply_rules(package, &package->submissions[i], memory, used, err));
	/* it would say something of nobody */
	for (size_t i = 0; i < rules->n; i++)
		if (!used[i] && !rules->rules[i].is_known)
			return FAIL(err, EINVAL, "%.200s: \"%.100s\" is no submission", rules->doc.origin,
			            rules->rules[i].submissions);
	return 0;
}

int problem_load_submissions(struct problem_package *package, struct job_memory *memory, struct sbx_err *err)
{
	PROBLEM_DIR_CLEANUP struct problem_dir dir = {.fd = -1};
	PROBLEM_LIST_CLEANUP struct problem_list list = {0};
	int rc = problem_dir_open(memory, &package->dir, "submissions", &dir, err);

	if (rc <= 0)
		return rc;
	TRY(load_rules(package, &dir, memory, err));
	TRY(problem_dir_list(&dir, &list, err));
	for (int i = 0; i < list.n; i++) {
		PROBLEM_DIR_CLEANUP struct problem_dir inner = {.fd = -1};
		const char *name = list.entries[i]->d_name, *folder;
		int is_dir = problem_dir_is_dir(&dir, name, err);
		TRY(is_dir);
		if (is_dir == 0)
			continue;
		TRY(problem_dir_open(memory, &dir, name, &inner, err));
		TRY(job_memory_join(memory, "", name, &folder, err));
		TRY(add_submissions(package, &inner, folder, memory, err));
	}
	return package->has_rules ? apply_all_rules(package, memory, err) : 0;
}
