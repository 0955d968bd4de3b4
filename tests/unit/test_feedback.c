/* What a checker can leave in its folder: numbers, messages, traps; and that nothing of it stays. */
#include "runner/feedback.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct workspace ws;
	int folder;
	char path[WORKSPACE_PATH_BYTES];
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct sbx_err err = {0};

	strcpy(fixture->ws.path, "/tmp/sbx-test-XXXXXX");
	assert_non_null(mkdtemp(fixture->ws.path));
	fixture->ws.fd = open(fixture->ws.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(fixture->ws.fd, "data", 0700), 0);
	assert_int_equal(feedback_make(&fixture->ws, 7, fixture->path, sizeof(fixture->path), &err), 0);
	fixture->folder = feedback_open(&fixture->ws, 7);
	assert_true(fixture->folder >= 0);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	char data[WORKSPACE_PATH_BYTES];

	close(fixture->folder);
	feedback_remove(&fixture->ws, 7);
	workspace_path(&fixture->ws, WORKSPACE_DATA, "", data, sizeof(data));
	assert_int_equal(rmdir(data), 0); /* it is empty */
	assert_int_equal(rmdir(fixture->ws.path), 0);
	workspace_finish(&fixture->ws);
	free(fixture);
	return 0;
}

static void put(const struct fixture *fixture, const char *name, const char *text, size_t len)
{
	int fd = openat(fixture->folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static int number(const struct fixture *fixture, double *ret)
{
	*ret = -7;
	return feedback_number(fixture->folder, "score.txt", ret);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {{"1", 1}, {"0.5\n", 0.5}, {" \t-12.25 \r\n\n", -12.25}, {"1e3", 1000}, {"+.5E-1", 0.05}, {"1.", 1}};
	static const char *const bad[] = {"",    "\n", "inf", "nan", "-Infinity", "0x10", "1e999", "1 2",  "1\n2\n",
	                                  "1,5", "e5", "1e",  "--1", "five",      "1f",   "+",     "1.2.3"};
	struct fixture *fixture = *state;
	double value;

	assert_int_equal(number(fixture, &value), 0);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		put(fixture, "score.txt", good[i].text, strlen(good[i].text));
		assert_int_equal(number(fixture, &value), 1);
		assert_true(value == good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(fixture, "score.txt", bad[i], strlen(bad[i]));
		if (number(fixture, &value) != -EINVAL || value != -7)
			fail_msg("\"%s\" is taken", bad[i]);
	}
	put(fixture, "score.txt", "1\0", 2);
	assert_int_equal(number(fixture, &value), -EINVAL);
}

/* A number that goes on beyond what is read must not become a smaller one. */
static void test_long_numbers(void **state)
{
	struct fixture *fixture = *state;
	char text[1000];
	double value;

	memset(text, '1', sizeof(text));
	put(fixture, "score.txt", text, 300);
	assert_int_equal(number(fixture, &value), 1);
	put(fixture, "score.txt", text, sizeof(text));
	assert_int_equal(number(fixture, &value), -EINVAL);
	memset(text + 1, ' ', sizeof(text) - 1);
	put(fixture, "score.txt", text, sizeof(text));
	assert_int_equal(number(fixture, &value), -EINVAL);
}

static void test_traps(void **state)
{
	struct fixture *fixture = *state;
	char message[8] = "before";
	double value;

	put(fixture, "real", "1", 1);
	assert_int_equal(symlinkat("real", fixture->folder, "score.txt"), 0);
	assert_int_equal(number(fixture, &value), -EINVAL);
	assert_int_equal(symlinkat("real", fixture->folder, "judgemessage.txt"), 0);
	feedback_message(fixture->folder, message, sizeof(message));
	assert_string_equal(message, "");
	unlinkat(fixture->folder, "score.txt", 0);
	assert_int_equal(mkfifoat(fixture->folder, "score.txt", 0600), 0);
	assert_int_equal(number(fixture, &value), -EINVAL);
	unlinkat(fixture->folder, "score.txt", 0);
	assert_int_equal(mkdirat(fixture->folder, "score.txt", 0700), 0);
	assert_int_equal(number(fixture, &value), -EINVAL);
}

static void test_message(void **state)
{
	struct fixture *fixture = *state;
	char message[8] = "before";

	feedback_message(fixture->folder, message, sizeof(message));
	assert_string_equal(message, "");
	put(fixture, "judgemessage.txt", "longer than it", 14);
	feedback_message(fixture->folder, message, sizeof(message));
	assert_string_equal(message, "longer ");
}

/* Links are removed, and never what they lead to; tear_down() sees that nothing is left. */
static void test_remove(void **state)
{
	struct fixture *fixture = *state;
	char path[WORKSPACE_PATH_BYTES + 300], outside[] = "/tmp/sbx-test-XXXXXX";
	size_t len = strlen(fixture->path);

	assert_non_null(mkdtemp(outside));
	strcpy(path, fixture->path);
	for (int i = 0; i < 50; i++) {
		strcpy(path + len, "/d");
		len += 2;
		assert_int_equal(mkdir(path, 0700), 0);
	}
	strcpy(path + len, "/link");
	assert_int_equal(symlink(outside, path), 0);
	assert_int_equal(symlinkat(outside, fixture->folder, "link"), 0);
	assert_int_equal(mkfifoat(fixture->folder, "fifo", 0600), 0);
	for (int i = 0; i < 1000; i++) {
		char name[20];
		snprintf(name, sizeof(name), "f%d", i);
		put(fixture, name, "x", 1);
	}
	feedback_remove(&fixture->ws, 7);
	assert_int_equal(feedback_open(&fixture->ws, 7), -ENOENT);
	assert_int_equal(rmdir(outside), 0); /* it was left alone */
}

/* Too deep for a recursion: what is deepest stays, and nothing breaks. */
static void test_remove_too_deep(void **state)
{
	struct fixture *fixture = *state;
	int fd = dup(fixture->folder), depth = 3 * WORKSPACE_DEPTH_MAX;

	for (int i = 0; i < depth; i++) {
		int next;
		assert_int_equal(mkdirat(fd, "d", 0700), 0);
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(fd);
		fd = next;
	}
	close(fd);
	feedback_remove(&fixture->ws, 7);
	fd = feedback_open(&fixture->ws, 7);
	assert_true(fd >= 0);
	close(fd);
	for (; depth >= 0; depth--) {
		char path[WORKSPACE_PATH_BYTES + 6 * WORKSPACE_DEPTH_MAX + 2];
		strcpy(path, fixture->path);
		for (int i = 0; i < depth; i++)
			strcat(path, "/d");
		assert_int_equal(rmdir(path), 0);
	}
}

static void test_next_pass(void **state)
{
	struct fixture *fixture = *state;
	FD_CLEANUP int data = workspace_folder(&fixture->ws, WORKSPACE_DATA);
	char buf[8];
	int fd;

	assert_int_equal(feedback_next_pass(&fixture->ws, fixture->folder, "pass-0"), 0);
	for (int i = 0; i < 2; i++) {
		put(fixture, "nextpass.in", i == 0 ? "longer\n" : "2\n", i == 0 ? 7 : 2);
		assert_int_equal(feedback_next_pass(&fixture->ws, fixture->folder, "pass-0"), 1);
		assert_int_equal(faccessat(fixture->folder, "nextpass.in", F_OK, 0), -1);
		assert_int_equal(fd_read_at(data, "pass-0", buf, sizeof(buf)), i == 0 ? 7 : 2);
		assert_string_equal(buf, i == 0 ? "longer\n" : "2\n");
	}
	/* nothing is followed, waited for, or linked to */
	put(fixture, "secret", "s", 1);
	assert_int_equal(symlinkat("secret", fixture->folder, "nextpass.in"), 0);
	assert_int_equal(feedback_next_pass(&fixture->ws, fixture->folder, "pass-0"), -EINVAL);
	assert_int_equal(unlinkat(fixture->folder, "nextpass.in", 0), 0);
	assert_int_equal(mkfifoat(fixture->folder, "nextpass.in", 0666), 0);
	assert_int_equal(feedback_next_pass(&fixture->ws, fixture->folder, "pass-0"), -EINVAL);
	assert_int_equal(unlinkat(fixture->folder, "nextpass.in", 0), 0);
	assert_int_equal(mkdirat(fixture->folder, "nextpass.in", 0777), 0);
	assert_int_equal(feedback_next_pass(&fixture->ws, fixture->folder, "pass-0"), -EINVAL);
	assert_int_equal(unlinkat(fixture->folder, "nextpass.in", AT_REMOVEDIR), 0);
	put(fixture, "nextpass.in", "a", 1);
	fd = openat(fixture->folder, "nextpass.in", O_WRONLY | O_CLOEXEC);
	assert_int_equal(feedback_next_pass(&fixture->ws, fixture->folder, "pass-0"), 1);
	assert_int_equal(write(fd, "bb", 2), 2);
	close(fd);
	assert_int_equal(fd_read_at(data, "pass-0", buf, sizeof(buf)), 1);
	put(fixture, "nextpass.in", "", 0);
	fd = openat(fixture->folder, "nextpass.in", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, FEEDBACK_PASS_BYTES_MAX + 1), 0);
	close(fd);
	assert_int_equal(feedback_next_pass(&fixture->ws, fixture->folder, "pass-0"), -EFBIG);
	assert_int_equal(unlinkat(data, "pass-0", 0), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {TEST(test_numbers),  TEST(test_long_numbers), TEST(test_traps),
	                                   TEST(test_message),  TEST(test_remove),       TEST(test_remove_too_deep),
	                                   TEST(test_next_pass)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
