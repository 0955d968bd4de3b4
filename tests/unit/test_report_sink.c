/* Where reports go: files whole or not at all, descriptors of the caller, and every way that a place can be bad. */
#include "runner/report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Each test works in an empty folder of its own, its working directory. */
static int write_whole(struct report_sink *sink, const char *text, struct sbx_err *err)
{
	TRY(report_sink_write(sink, text, strlen(text), err));
	return report_sink_publish(sink, err);
}

static char folder[64];

static int enter_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/test_report_sink.XXXXXX");
	return mkdtemp(folder) == NULL || chdir(folder) < 0 ? -1 : 0;
}

static int remove_entries(DIR *dir)
{
	int n = 0;

	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			if (unlinkat(dirfd(dir), entry->d_name, 0) < 0)
				unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
			n++;
		}
	return n;
}

static int leave_folder(void **state)
{
	DIR *dir = opendir(folder);

	(void)state;
	remove_entries(dir);
	closedir(dir);
	return chdir("/") < 0 || rmdir(folder) < 0 ? -1 : 0;
}

static int n_entries(void)
{
	DIR *dir = opendir(folder);
	int n = -2;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static int n_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void file_is(const char *path, const char *expected)
{
	char text[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	assert_string_equal(text, expected);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* `where` must be refused with this errno, and leave everything as it was. */
static void refused(const char *where, int errnum)
{
	struct report_sink sink, untouched;
	struct sbx_err err = {0};
	int entries = n_entries(), descriptors = n_descriptors();
	int result;

	memset(&sink, 0x5a, sizeof(sink));
	untouched = sink;
	result = report_sink_open(&sink, "--report", where, &err);
	if (result != -errnum)
		fail_msg("%s: %d, \"%s\"", where, result, err.msg);
	assert_int_equal(err.stage, SBX_STAGE_REPORT);
	assert_int_equal(err.errnum, errnum);
	assert_memory_equal(err.msg, "--report: ", 10);
	assert_memory_equal(&sink, &untouched, sizeof(sink));
	assert_int_equal(n_entries(), entries);
	assert_int_equal(n_descriptors(), descriptors);
}

static struct report_sink opened(const char *where)
{
	struct report_sink sink;
	struct sbx_err err = {0};

	if (report_sink_open(&sink, "--report", where, &err) != 0)
		fail_msg("%s: %s", where, err.msg);
	return sink;
}

static void written(struct report_sink *sink, const char *text)
{
	struct sbx_err err = {0};

	if (write_whole(sink, text, &err) != 0)
		fail_msg("%s", err.msg);
	report_sink_finish(sink);
}

static void new_file(void **state)
{
	int descriptors = n_descriptors();
	struct report_sink sink = opened("report.json");
	struct stat st;

	(void)state;
	assert_int_equal(access("report.json", F_OK), -1);
	assert_int_equal(fcntl(sink.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(sink.dir_fd, F_GETFD), FD_CLOEXEC);
	written(&sink, "{}\n");
	file_is("report.json", "{}\n");
	assert_int_equal(stat("report.json", &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~0022, 0644);
	assert_int_equal(n_entries(), 1);
	assert_int_equal(n_descriptors(), descriptors);
}

static void old_file_stays_until_the_end(void **state)
{
	struct report_sink sink;
	int reader;
	char text[8] = "";

	(void)state;
	write_file("r", "old");
	reader = open("r", O_RDONLY | O_CLOEXEC);
	sink = opened("./r");
	file_is("r", "old");
	written(&sink, "new");
	file_is("r", "new");
	assert_int_equal(read(reader, text, sizeof(text) - 1), 3);
	assert_string_equal(text, "old");
	close(reader);
	assert_int_equal(n_entries(), 1);
}

static void nothing_written_leaves_nothing(void **state)
{
	int descriptors = n_descriptors();
	struct report_sink sink, zeroed = {0};

	(void)state;
	write_file("r", "old");
	sink = opened("r");
	assert_int_equal(n_entries(), 1);
	report_sink_finish(&sink);
	report_sink_finish(&sink);
	report_sink_finish(&zeroed);
	assert_int_equal(fcntl(STDIN_FILENO, F_GETFD) < 0, 0);
	file_is("r", "old");
	assert_int_equal(n_entries(), 1);
	assert_int_equal(n_descriptors(), descriptors);
}

static void other_folders(void **state)
{
	char path[128];
	struct report_sink sink;

	(void)state;
	assert_int_equal(mkdir("sub", 0755), 0);
	snprintf(path, sizeof(path), "%s/sub/r", folder);
	sink = opened(path);
	/* the folder is held, whatever becomes of the path or the working directory */
	assert_int_equal(rename("sub", "moved"), 0);
	assert_int_equal(chdir("/"), 0);
	written(&sink, "x");
	assert_int_equal(chdir(folder), 0);
	file_is("moved/r", "x");
	assert_int_equal(unlink("moved/r"), 0);
}

static void bad_names(void **state)
{
	char name[300], path[5000];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[256] = '\0';
	refused(name, ENAMETOOLONG);
	memset(path, 'x', sizeof(path));
	strcpy(path + sizeof(path) - 3, "/r");
	refused(path, ENAMETOOLONG);
	refused("", EISDIR);
	refused(".", EISDIR);
	refused("..", EISDIR);
	refused("/", EISDIR);
	refused("sub/", EISDIR);
	refused("missing/r", ENOENT);
	refused("a\nb/r", ENOENT);
	write_file("file", "x");
	refused("file/r", ENOTDIR);
	name[255] = '\0';
	written(&(struct report_sink[]){opened(name)}[0], "x");
	assert_int_equal(access(name, F_OK), 0);
}

static void things_that_are_no_files(void **state)
{
	(void)state;
	write_file("target", "mine");
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(mkdir("dir", 0755), 0);
	refused("link", ELOOP);
	refused("dangling", ELOOP);
	refused("fifo", EINVAL);
	refused("dir", EISDIR);
	refused("/dev/null", EINVAL);
	refused("/dev/full", EINVAL);
	file_is("target", "mine");
}

/* Taken by a folder while the program ran. */
static void the_place_is_taken_meanwhile(void **state)
{
	struct report_sink sink = opened("r");
	struct sbx_err err = {0};
	int descriptors = n_descriptors();

	(void)state;
	assert_int_equal(mkdir("r", 0755), 0);
	assert_int_equal(write_whole(&sink, "x", &err), -EISDIR);
	assert_int_equal(err.stage, SBX_STAGE_REPORT);
	assert_int_equal(n_entries(), 1);
	assert_int_equal(n_descriptors(), descriptors - 2);
	report_sink_finish(&sink);
}

/* In a child: the limit cannot be taken back. A disk that is full looks the same to the code. */
static void a_file_that_cannot_grow(void **state)
{
	pid_t child;
	int status;

	(void)state;
	write_file("r", "old");
	child = fork();
	if (child == 0) {
		struct report_sink sink;
		struct sbx_err err = {0};
		const struct rlimit limit = {4, 4};

		signal(SIGXFSZ, SIG_IGN);
		_exit(report_sink_open(&sink, "--report", "r", &err) == 0 && setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
		                      write_whole(&sink, "more than four", &err) == -EFBIG && err.errnum == EFBIG &&
		                      err.stage == SBX_STAGE_REPORT
		              ? 0
		              : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	file_is("r", "old");
	assert_int_equal(n_entries(), 1);
}

static void to_where(char *buf, size_t size, int fd)
{
	snprintf(buf, size, "fd:%d", fd);
}

static void descriptors_of_the_caller(void **state)
{
	int ends[2];
	char where[16], text[8] = "";
	struct report_sink sink;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	to_where(where, sizeof(where), ends[1]);
	sink = opened(where);
	assert_int_equal(fcntl(ends[1], F_GETFD), FD_CLOEXEC);
	written(&sink, "line\n");
	assert_int_equal(read(ends[0], text, sizeof(text)), 5);
	assert_string_equal(text, "line\n");
	/* it is the caller's, and stays open */
	assert_true(fcntl(ends[1], F_GETFD) >= 0);
	to_where(where, sizeof(where), ends[0]);
	refused(where, EBADF);
	close(ends[0]);
	close(ends[1]);
	refused(where, EBADF);
}

static void bad_descriptors(void **state)
{
	static const char *const bad[] = {"fd:",           "fd:x",   "fd:-1",
	                                  "fd: 1",         "fd:1 ",  "fd:+1",
	                                  "fd:0x1",        "fd:1\n", "fd:99999999999999999999",
	                                  "fd:4294967297", "fd:1.0"};
	int path_only = open(".", O_PATH | O_CLOEXEC);
	char where[16];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i], EINVAL);
	refused("fd:999999999", EBADF);
	to_where(where, sizeof(where), path_only);
	refused(where, EBADF);
	close(path_only);
}

static void standard_streams(void **state)
{
	struct report_sink sink = opened("-");
	int saved = dup(STDERR_FILENO);

	(void)state;
	assert_int_equal(sink.fd, STDOUT_FILENO);
	report_sink_finish(&sink);
	assert_int_equal(fcntl(STDOUT_FILENO, F_GETFD), 0);
	sink = opened(NULL);
	assert_int_equal(sink.fd, STDERR_FILENO);
	report_sink_finish(&sink);
	sink = opened("fd:1");
	assert_int_equal(sink.fd, STDOUT_FILENO);
	report_sink_finish(&sink);
	assert_int_equal(fcntl(STDOUT_FILENO, F_GETFD), 0);
	close(STDERR_FILENO);
	refused(NULL, EBADF);
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
}

static void a_reader_that_went_away(void **state)
{
	struct report_sink sink;
	struct sbx_err err = {0};
	char where[16];
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	to_where(where, sizeof(where), ends[1]);
	sink = opened(where);
	close(ends[0]);
	assert_int_equal(write_whole(&sink, "x", &err), -EPIPE);
	assert_int_equal(err.stage, SBX_STAGE_REPORT);
	close(ends[1]);
	signal(SIGPIPE, SIG_DFL);
}

static void a_full_disk(void **state)
{
	int fd = open("/dev/full", O_WRONLY);
	struct report_sink sink;
	struct sbx_err err = {0};
	char where[16];

	(void)state;
	assert_true(fd >= 0);
	to_where(where, sizeof(where), fd);
	sink = opened(where);
	assert_int_equal(write_whole(&sink, "x", &err), -ENOSPC);
	assert_int_equal(err.errnum, ENOSPC);
	close(fd);
}

/* A pipe that takes a page at a time and is non-blocking: many partial writes, and waiting between them. */
static void partial_writes(void **state)
{
	const size_t len = 300000;
	char *text = malloc(len + 1);
	int ends[2], status;
	char where[16];
	struct report_sink sink;
	pid_t reader;

	(void)state;
	memset(text, 'x', len);
	text[len] = '\0';
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	assert_true(fcntl(ends[1], F_SETPIPE_SZ, 4096) >= 4096);
	reader = fork();
	if (reader == 0) {
		size_t total = 0;
		char buf[5000];

		close(ends[1]);
		fcntl(ends[0], F_SETFL, 0);
		for (ssize_t n = 1; n > 0; total += (size_t)n)
			n = read(ends[0], buf, sizeof(buf));
		_exit(total == len ? 0 : 1);
	}
	close(ends[0]);
	to_where(where, sizeof(where), ends[1]);
	sink = opened(where);
	written(&sink, text);
	close(ends[1]);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	assert_int_equal(status, 0);
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(new_file),
	        TEST(old_file_stays_until_the_end),
	        TEST(nothing_written_leaves_nothing),
	        TEST(other_folders),
	        TEST(bad_names),
	        TEST(things_that_are_no_files),
	        TEST(the_place_is_taken_meanwhile),
	        TEST(a_file_that_cannot_grow),
	        TEST(descriptors_of_the_caller),
	        TEST(bad_descriptors),
	        TEST(standard_streams),
	        TEST(a_reader_that_went_away),
	        TEST(a_full_disk),
	        TEST(partial_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
