/* Reading what a job names. */
#include "runner/job_load.h"

#include "policy/source_names.h"
#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME_LEN 64 /* of a file of --job-files: SHA-256 in hexadecimal digits */
#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)

static int cannot_open(const char *what, const char *path, int errnum, struct sbx_err *err)
{
	return FAIL(err, errnum, "%s: cannot open %.200s: %s%s", what, path, strerror(errnum), PATH_LOOP_NOTE(errnum));
}

static int too_large(struct sbx_err *err)
{
	return FAIL(err, EFBIG, "the sources are larger than %zu MiB together", JOB_SOURCES_BYTES_MAX >> 20);
}

/* 0 or -errno. A FIFO would end otherwise each time that it is read, and a folder not at all. */
static int check_data(int fd, int64_t uid)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EMEDIUMTYPE;
	return uid >= 0 && st.st_uid != (uid_t)uid ? -EPERM : 0;
}

int job_open_data(const struct job *job, const char *path)
{
	FD_CLEANUP int fd = path_open(path, O_RDONLY | O_NONBLOCK, 0);

	TRY(fd);
	TRY(check_data(fd, job->data_uid));
	return fd_take(&fd);
}

static const char *what_is_wrong(int errnum)
{
	return errnum == EMEDIUMTYPE ? "not a regular file" : strerror(errnum);
}

static int need_data(const struct job *job, const struct job_data *data, struct sbx_err *err)
{
	FD_CLEANUP int fd = data->path == NULL ? -1 : job_open_data(job, data->path);

	if (data->path != NULL && fd < 0)
		return FAIL(err, -fd, "--tests: cannot open %.200s: %s%s", data->path, what_is_wrong(-fd),
		            PATH_LOOP_NOTE(-fd));
	return 0;
}

/* ---- a folder of tests ---- */

static bool has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name), n = strlen(ending);

	return len > n && strcmp(name + len - n, ending) == 0;
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && has_ending(entry->d_name, ".in");
}

static int add_test(struct job *job, struct job_memory *memory, const char *dir, int dir_fd, const char *file,
                    struct sbx_err *err)
{
	static const char *const endings[] = {".ans", ".out"};
	struct job_test *test;
	char *name = strndup(file, strlen(file) - strlen(".in"));
	int rc;

	TRY(job_memory_own(memory, name, err));
	rc = job_add_test(job, &test);
	if (rc < 0)
		return FAIL(err, -rc, "--tests: more than %d tests", JOB_TESTS_MAX);
	test->name = name;
	TRY(job_memory_join(memory, dir, file, &test->input.path, err));
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]) && test->answer.path == NULL; i++) {
		FREE_CLEANUP char *answer = NULL;
		if (asprintf(&answer, "%s%s", name, endings[i]) < 0)
			return FAIL(err, ENOMEM, "out of memory");
		if (faccessat(dir_fd, answer, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			TRY(job_memory_join(memory, dir, answer, &test->answer.path, err));
	}
	TRY(need_data(job, &test->input, err));
	return need_data(job, &test->answer, err);
}

int job_load_tests(struct job *job, struct job_memory *memory, const char *dir, struct sbx_err *err)
{
	FD_CLEANUP int fd = path_open(dir, O_RDONLY | O_DIRECTORY, 0);
	struct dirent **names = NULL;
	int n, rc = 0;

	if (fd < 0)
		return cannot_open("--tests", dir, -fd, err);
	n = scandirat(fd, ".", &names, is_input, versionsort);
	if (n < 0)
		return FAIL(err, errno, "--tests: cannot list %.200s: %s", dir, strerror(errno));
	if (n == 0)
		rc = FAIL(err, ENOENT, "--tests: no file in %.200s is called NAME.in", dir);
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = add_test(job, memory, dir, fd, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	return rc;
}

/* ---- a JSON job ---- */

/* Where what a job calls a path leads to. */
struct places {
	struct job_memory *memory;
	const char *origin; /* of the job, for messages */
	const char *dir;    /* where paths start, and of the files of --job-files */
	int files_fd;       /* of --job-files; -1: paths are paths */
	uid_t files_uid;
	size_t source_bytes; /* read so far */
};

const char *job_key_text(const struct job_key *key, char buf[JOB_FIELD_BYTES])
{
	if (key->list == NULL)
		return key->name;
	snprintf(buf, JOB_FIELD_BYTES, "%s[%zu].%s", key->list, key->index, key->name);
	return buf;
}

static int wrong(const struct places *places, const struct job_key *key, int errnum, const char *what,
                 struct sbx_err *err)
{
	char place[JOB_FIELD_BYTES];

	return FAIL(err, errnum, "%.100s: %s: %s", places->origin, job_key_text(key, place), what);
}

static int cannot_find(const struct places *places, const struct job_key *key, const char *path, int errnum,
                       struct sbx_err *err)
{
	char place[JOB_FIELD_BYTES];

	return FAIL(err, errnum, "%.100s: %s: cannot open %.200s: %s%s", places->origin, job_key_text(key, place), path,
	            what_is_wrong(errnum), PATH_LOOP_NOTE(errnum));
}

static bool is_digest(const char *name)
{
	return strspn(name, "0123456789abcdef") == FILE_NAME_LEN && name[FILE_NAME_LEN] == '\0';
}

/*
 * A file of --job-files. Whoever fills that folder may be less than we are, so it has to be his own, too: a hard link
 * may lead to a file that he cannot read.
 */
static int open_named(const struct places *places, const struct job_key *key, const char *name, int *ret_fd,
                      struct sbx_err *err)
{
	FD_CLEANUP int fd = -1;
	struct stat st;

	if (!is_digest(name))
		return wrong(places, key, EINVAL,
		             "not the name of a file in --job-files, which is 64 lower-case hexadecimal digits", err);
	fd = openat(places->files_fd, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ELOOP)
		return wrong(places, key, ELOOP, "a symbolic link lies there in --job-files, and no file", err);
	if (fd < 0)
		return wrong(places, key, errno, "no file of this name in --job-files can be opened", err);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return wrong(places, key, EINVAL, "what has this name in --job-files is not a regular file", err);
	if (st.st_uid != places->files_uid)
		return wrong(places, key, EPERM, "this file in --job-files belongs to another user than the folder",
		             err);
	*ret_fd = fd_take(&fd);
	return 0;
}

/*
 * Test data: read when its test is run, by a path, since a job has more of them than a process may hold open. Should
 * the file be replaced meanwhile: job_open_data() looks once more at what it opens. What is mounted for a checker is
 * read there with an id that is nobody's, as only files are that everybody may read, and no link of its owner's is
 * followed.
 */
static int find_data(struct places *places, const struct job *job, struct job_data *data, const struct job_key *key,
                     struct sbx_err *err)
{
	FD_CLEANUP int fd = -1;
	const char *path = data->path;

	if (path == NULL)
		return 0;
	if (places->files_fd >= 0)
		TRY(open_named(places, key, path, &fd, err));
	if (path[0] != '/')
		TRY(job_memory_join(places->memory, places->dir, path, &data->path, err));
	if (places->files_fd >= 0)
		return 0;
	fd = job_open_data(job, data->path);
	return fd < 0 ? cannot_find(places, key, path, -fd, err) : 0;
}

/* A source of --job-files is read at once, and has no path from then on: its digest is no name to call it by. */
static int find_source(struct places *places, const struct job *job, struct job_data *data, const struct job_key *key,
                       struct sbx_err *err)
{
	FD_CLEANUP int fd = -1;
	char *text;

	if (places->files_fd < 0 || data->path == NULL)
		return find_data(places, job, data, key, err);
	TRY(open_named(places, key, data->path, &fd, err));
	TRY(job_memory_read(places->memory, fd, JOB_SOURCES_BYTES_MAX, data->path, &text, &data->len, err));
	places->source_bytes += data->len;
	if (places->source_bytes > JOB_SOURCES_BYTES_MAX)
		return too_large(err);
	data->bytes = text;
	data->path = NULL;
	return 0;
}

static int number_test(struct job_memory *memory, struct job_test *test, size_t index, struct sbx_err *err)
{
	char *name = NULL;

	if (asprintf(&name, "%zu", index + 1) < 0)
		name = NULL;
	TRY(job_memory_own(memory, name, err));
	test->name = name;
	return 0;
}

struct named_test {
	const char *name;
	size_t index;
	bool is_number; /* the job gives it no name */
};

static int by_name(const void *a, const void *b)
{
	const struct named_test *of_a = a, *of_b = b;
	int order = strcmp(of_a->name, of_b->name);

	return order != 0 ? order : (of_a->index > of_b->index) - (of_a->index < of_b->index);
}

/* Reports and events tell tests apart by their names alone. NULL where they do; else the second of two that have one.
 */
static const struct named_test *find_twin(struct named_test *named, size_t n)
{
	const struct named_test *twin = NULL;

	qsort(named, n, sizeof(*named), by_name);
	for (size_t i = 1; i < n; i++)
		if (strcmp(named[i - 1].name, named[i].name) == 0 && (twin == NULL || named[i].index < twin->index))
			twin = &named[i];
	return twin;
}

/* *ret_twin: as find_twin(), in the memory's own. */
static int name_tests(struct job *job, struct job_memory *memory, const struct named_test **ret_twin,
                      struct sbx_err *err)
{
	struct named_test *named = calloc(job->n_tests, sizeof(*named));

	TRY(job_memory_own(memory, named, err));
	for (size_t i = 0; i < job->n_tests; i++) {
		named[i].index = i;
		named[i].is_number = job->tests[i].name == NULL;
		if (named[i].is_number)
			TRY(number_test(memory, &job->tests[i], i, err));
		named[i].name = job->tests[i].name;
	}
	*ret_twin = find_twin(named, job->n_tests);
	return 0;
}

static int both_called(const char *origin, const struct named_test *twin, struct sbx_err *err)
{
	return FAIL(err, EINVAL, "%.100s%stests[%zu]%s and tests[%zu]%s: both tests are called \"%.80s\"%s", origin,
	            origin[0] != '\0' ? ": " : "", twin[-1].index, twin[-1].is_number ? "" : ".name", twin->index,
	            twin->is_number ? "" : ".name", twin->name,
	            twin[-1].is_number || twin->is_number ? " (one without a name is called by its number)" : "");
}

static int open_files(struct places *places, const char *files, struct sbx_err *err)
{
	struct stat st;
	int fd = path_open(files, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return cannot_open("--job-files", files, -fd, err);
	places->files_fd = fd;
	if (fstat(fd, &st) < 0)
		return FAIL(err, errno, "--job-files: cannot look at %.200s", files);
	places->files_uid = st.st_uid;
	places->dir = files;
	return 0;
}

static int find_sources(struct places *places, const struct job *job, struct job_file *files, size_t n,
                        const char *list, struct sbx_err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct job_key key = {list, i, "path"};
		TRY(find_source(places, job, &files[i].data, &key, err));
	}
	return 0;
}

static int find_all(struct places *places, struct job *job, struct sbx_err *err)
{
	const struct named_test *twin;

	TRY(find_sources(places, job, job->files, job->n_files, "files", err));
	TRY(find_sources(places, job, job->checkers[0].files, job->checkers[0].n_files, "checker.files", err));
	TRY(name_tests(job, places->memory, &twin, err));
	if (twin != NULL)
		return both_called(places->origin, twin, err);
	for (size_t i = 0; i < job->n_tests; i++) {
		const struct job_key input = {job->is_run ? NULL : "tests", i, "stdin_path"},
		                     answer = {"tests", i, "answer_path"};
		TRY(find_data(places, job, &job->tests[i].input, &input, err));
		TRY(find_data(places, job, &job->tests[i].answer, &answer, err));
	}
	return 0;
}

int job_load_json(struct job *job, struct job_memory *memory, const char *path, const char *files, struct sbx_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *slash = strrchr(path, '/');
	char *text, *dir = slash == NULL ? strdup("") : strndup(path, (size_t)(slash - path));
	struct places places = {
	        .memory = memory, .origin = is_stdin ? "standard input" : path, .dir = dir, .files_fd = -1};
	size_t len;
	int rc;

	TRY(job_memory_own(memory, dir, err));
	if (is_stdin)
		TRY(job_memory_read(memory, STDIN_FILENO, JSON_BYTES_MAX, places.origin, &text, &len, err));
	else
		TRY(job_memory_read_file(memory, job->is_run ? "--run" : "--job", path, JSON_BYTES_MAX, &text, &len,
		                         err));
	TRY(job_parse(job, text, len, places.origin, err));
	rc = files == NULL ? 0 : open_files(&places, files, err);
	if (rc == 0 && files != NULL)
		job->data_uid = places.files_uid;
	if (rc == 0)
		rc = find_all(&places, job, err);
	fd_close(&places.files_fd);
	return rc;
}

/* ---- sources ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int find_language(const char *name, struct job_file *files, size_t n, struct job_memory *memory,
                         const struct language **ret, struct sbx_err *err)
{
	const char **names = calloc(n + 1, sizeof(*names));

	TRY(job_memory_own(memory, names, err));
	for (size_t i = 0; i < n; i++)
		if (files[i].name == NULL && files[i].data.path != NULL)
			files[i].name = base_name(files[i].data.path);
	if (name != NULL) {
		*ret = language_builtin_find(name);
		return *ret != NULL
		               ? 0
		               : FAIL(err, ENOENT, "no language is called \"%.64s\"; sbx languages lists them", name);
	}
	for (size_t i = 0; i < n; i++) {
		names[i] = files[i].name;
		if (names[i] == NULL)
			return FAIL(err, EINVAL, "a source without a name needs its language");
	}
	return language_detect(language_builtin, names, n, ret, err);
}

static int load_source(struct job_file *file, struct job_memory *memory, const struct language *language,
                       struct language_file *source, struct sbx_err *err)
{
	bool is_known = file->data.bytes != NULL || file->data.path != NULL;
	char *text = NULL, *name;

	if (file->data.path != NULL && file->data.bytes == NULL) {
		TRY(job_memory_read_file(memory, "source", file->data.path, JOB_SOURCES_BYTES_MAX, &text,
		                         &file->data.len, err));
		file->data.bytes = text;
	}
	*source = (struct language_file){file->name, file->data.bytes, file->data.len, file->is_executable};
	TRY(language_file_name(language, source, &name, err));
	TRY(job_memory_own(memory, name, err));
	source->name = is_known || !language_names_by_text(language, file->name) ? name : NULL;
	return 0;
}

/* In ret->language. Files of which neither text nor path is known, of job_check() alone, may have no name after it. */
static int load(struct job_file *files, size_t n, struct job_memory *memory, struct job_sources *ret,
                struct sbx_err *err)
{
	size_t bytes = 0;

	ret->files = calloc(n + 1, sizeof(*ret->files));
	ret->n_files = ret->wrong = n;
	TRY(job_memory_own(memory, ret->files, err));
	for (size_t i = 0; i < n; i++) {
		ret->wrong = i;
		TRY(load_source(&files[i], memory, ret->language, &ret->files[i], err));
		bytes += ret->files[i].len;
		ret->wrong = n;
		if (bytes > JOB_SOURCES_BYTES_MAX)
			return too_large(err);
	}
	return source_names_check(ret->files, n, &ret->wrong, err);
}

int job_find_language(struct job *job, struct job_memory *memory, const struct language **ret, struct sbx_err *err)
{
	if (job->argv == NULL)
		return find_language(job->language, job->files, job->n_files, memory, ret, err);
	*ret = language_none();
	return 0;
}

int job_load_sources(struct job *job, struct job_memory *memory, struct job_sources *ret, struct sbx_err *err)
{
	*ret = (struct job_sources){0};
	TRY(job_find_language(job, memory, &ret->language, err));
	return load(job->files, job->n_files, memory, ret, err);
}

int job_load_checkers(struct job *job, struct job_memory *memory, struct job_sources ret[JOB_CHECKERS_MAX],
                      struct sbx_err *err)
{
	for (size_t i = 0; i < job->n_checkers; i++) {
		struct job_checker *checker = &job->checkers[i];
		ret[i] = (struct job_sources){.language = checker->scripts};
		if (checker->scripts == NULL)
			TRY(find_language(checker->language, checker->files, checker->n_files, memory, &ret[i].language,
			                  err));
		TRY(load(checker->files, checker->n_files, memory, &ret[i], err));
	}
	return 0;
}

/* ---- a job of which no file is looked at ---- */

static void forget_paths(struct job_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		files[i].data.path = NULL;
}

/* Whether its language has a command for it. */
static int check_command(const struct job_sources *sources, struct sbx_err *err)
{
	const struct language_values values = {.files = sources->files, .n_files = sources->n_files};
	char **argv = NULL;
	int rc;

	for (size_t i = 0; i < sources->n_files; i++)
		if (sources->files[i].name == NULL)
			sources->files[i].name = sources->language->source;
	rc = language_argv(sources->language, sources->language->run.argv, &values, &argv, err);
	free(argv);
	return rc;
}

/* Of the program at `prefix`, after a failure; `language` is what the job says of it. */
static void name_field(const struct job_sources *sources, const char *prefix, const char *language,
                       char ret_field[JOB_FIELD_BYTES])
{
	if (sources->language == NULL && language != NULL)
		snprintf(ret_field, JOB_FIELD_BYTES, "%slanguage", prefix);
	else if (sources->wrong < sources->n_files)
		snprintf(ret_field, JOB_FIELD_BYTES, "%sfiles[%zu].name", prefix, sources->wrong);
	else
		snprintf(ret_field, JOB_FIELD_BYTES, "%sfiles", prefix);
}

static int check_programs(struct job *job, struct job_memory *memory, struct job_languages *ret,
                          char ret_field[JOB_FIELD_BYTES], struct sbx_err *err)
{
	struct job_sources sources = {0}, checkers[JOB_CHECKERS_MAX] = {{0}};
	int rc;

	forget_paths(job->files, job->n_files);
	forget_paths(job->checkers[0].files, job->checkers[0].n_files);
	rc = job_load_sources(job, memory, &sources, err);
	if (rc == 0 && job->argv == NULL)
		rc = check_command(&sources, err);
	if (rc < 0) {
		name_field(&sources, "", job->language, ret_field);
		return rc;
	}
	rc = job_load_checkers(job, memory, checkers, err);
	if (rc == 0 && job->n_checkers > 0)
		rc = check_command(&checkers[0], err);
	if (rc < 0)
		name_field(&checkers[0], "checker.", job->checkers[0].language, ret_field);
	else
		*ret = (struct job_languages){job->argv == NULL ? sources.language : NULL, checkers[0].language};
	return rc;
}

int job_check(struct job *job, struct job_memory *memory, struct job_languages *ret, char ret_field[JOB_FIELD_BYTES],
              struct sbx_err *err)
{
	struct job_languages languages;
	const struct named_test *twin;

	TRY(check_programs(job, memory, &languages, ret_field, err));
	snprintf(ret_field, JOB_FIELD_BYTES, "tests");
	TRY(name_tests(job, memory, &twin, err));
	if (twin == NULL) {
		*ret = languages;
		return 0;
	}
	snprintf(ret_field, JOB_FIELD_BYTES, "tests[%zu]%s", twin->index, twin->is_number ? "" : ".name");
	return both_called("", twin, err);
}
