/* Entries of the compile cache: what comes back, and that nothing comes back from a damaged or a forged one. */
#include "policy/digest.h"
#include "runner/cache_entry.h"
#include "runner/compile_cache.h"
#include "runner/judge.h"
#include "sandbox/fd.h"
#include "tests/unit/cache_format.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/files.h"

static const unsigned char key[DIGEST_BYTES] = {1, 2, 3};

struct fixture {
	char dir[64];
	int dir_fd, from_fd, to_fd; /* dir/from: what a compiler left; dir/to: empty */
};

static int open_empty(const struct fixture *fixture, const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fixture->dir, name);
	remove_folder(path);
	assert_int_equal(mkdir(path, 0700), 0);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void empty(const struct fixture *fixture, const char *name, int *fd)
{
	close(*fd);
	*fd = open_empty(fixture, name);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	strcpy(fixture->dir, "/tmp/sbx-test-XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	fixture->dir_fd = open(fixture->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fixture->from_fd = open_empty(fixture, "from");
	fixture->to_fd = open_empty(fixture, "to");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->dir_fd);
	close(fixture->from_fd);
	close(fixture->to_fd);
	remove_folder(fixture->dir);
	free(fixture);
	return 0;
}

static void make_file(int dir_fd, const char *name, mode_t mode, const char *bytes, size_t len)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

static void is_file(int dir_fd, const char *name, bool exec, const char *bytes, size_t len)
{
	char *got = malloc(len + 1);
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, len);
	assert_int_equal((st.st_mode & 0111) != 0, exec);
	assert_int_equal(read(fd, got, len + 1), len);
	assert_memory_equal(got, bytes, len);
	close(fd);
	free(got);
}

static struct kept text_of(const char *text)
{
	return (struct kept){.bytes = (char *)(uintptr_t)text, .len = strlen(text)};
}

/* An entry of what is in from/. */
static int write_entry(const struct fixture *fixture, const char *text, int expected)
{
	int fd = memfd_create("entry", MFD_CLOEXEC);
	const struct kept kept = text_of(text);

	assert_int_equal(cache_entry_write(fd, key, fixture->from_fd, &kept), expected);
	return fd;
}

static int read_entry(const struct fixture *fixture, int fd, const unsigned char *of, struct kept *text)
{
	lseek(fd, 0, SEEK_SET);
	return cache_entry_read(fd, of, fixture->to_fd, text);
}

static void test_all_comes_back(void **state)
{
	struct fixture *fixture = *state;
	static char large[200000];
	char buf[8];
	struct kept text = {.bytes = buf, .max = sizeof(buf)};
	struct stat st;
	int fd;

	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (char)(i * 7);
	make_file(fixture->from_fd, "main", 0555, large, sizeof(large));
	make_file(fixture->from_fd, " #\n-o x\xff", 0444, "", 0);
	assert_int_equal(mkdirat(fixture->from_fd, "a", 0700), 0);
	assert_int_equal(mkdirat(fixture->from_fd, "a/b", 0700), 0);
	assert_int_equal(mkdirat(fixture->from_fd, "empty", 0700), 0);
	make_file(fixture->from_fd, "a/b/C.class", 0444, "class", 5);
	make_file(fixture->from_fd, "a/D.class", 0444, "d", 1);
	fd = write_entry(fixture, "warn", 0);
	assert_int_equal(read_entry(fixture, fd, key, &text), 0);
	is_file(fixture->to_fd, "main", true, large, sizeof(large));
	is_file(fixture->to_fd, " #\n-o x\xff", false, "", 0);
	is_file(fixture->to_fd, "a/b/C.class", false, "class", 5);
	is_file(fixture->to_fd, "a/D.class", false, "d", 1);
	assert_int_equal(fstatat(fixture->to_fd, "empty", &st, 0), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(text.len, 4);
	assert_memory_equal(buf, "warn", 4);
	assert_false(text.cut);
	/* never over what is there */
	assert_int_equal(read_entry(fixture, fd, key, &text), -EEXIST);
	close(fd);
}

static void test_a_long_text_is_cut(void **state)
{
	struct fixture *fixture = *state;
	char buf[8];
	struct kept text = {.bytes = buf, .max = sizeof(buf)};
	int fd = write_entry(fixture, "123456789", 0);

	assert_int_equal(read_entry(fixture, fd, key, &text), 0);
	assert_int_equal(text.len, 8);
	assert_true(text.cut);
	close(fd);
}

static void test_every_damage_is_seen(void **state)
{
	struct fixture *fixture = *state;
	static const unsigned char other[DIGEST_BYTES] = {1, 2, 4};
	char buf[8];
	struct kept text = {.bytes = buf, .max = sizeof(buf)};
	struct stat st;
	int fd;

	make_file(fixture->from_fd, "main", 0555, "program", 7);
	fd = write_entry(fixture, "", 0);
	assert_int_equal(fstat(fd, &st), 0);
	for (off_t at = 0; at < st.st_size; at++) {
		unsigned char byte, wrong;
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		wrong = byte ^ 0x40;
		assert_int_equal(pwrite(fd, &wrong, 1, at), 1);
		assert_int_equal(read_entry(fixture, fd, key, &text), -EBADMSG);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	assert_int_equal(read_entry(fixture, fd, other, &text), -EBADMSG);
	assert_int_equal(ftruncate(fd, st.st_size + 1), 0);
	assert_int_equal(read_entry(fixture, fd, key, &text), -EBADMSG);
	for (off_t size = st.st_size - 1; size >= 0; size--) {
		assert_int_equal(ftruncate(fd, size), 0);
		assert_int_equal(read_entry(fixture, fd, key, &text), -EBADMSG);
	}
	/* nothing was written before all was proven */
	assert_int_equal(faccessat(fixture->to_fd, "main", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	close(fd);
}

/* ---- entries that are whole, but not what we would write ---- */

enum { TEXT = 1, FILE_, FOLDER, UP, END };

struct forged {
	char bytes[8192];
	size_t len;
};

static void add(struct forged *forged, uint8_t kind, const char *name, size_t name_len, uint64_t len)
{
	const struct record record = {.kind = kind, .name_len = (uint16_t)name_len, .len = len};

	memcpy(forged->bytes + forged->len, &record, sizeof(record));
	forged->len += sizeof(record);
	memcpy(forged->bytes + forged->len, name, name_len);
	forged->len += name_len;
}

static int read_forged(const struct fixture *fixture, const struct forged *forged)
{
	struct header header = header_for(key, forged->bytes, forged->len);
	char buf[8];
	struct kept text = {.bytes = buf, .max = sizeof(buf)};
	int fd = memfd_create("entry", MFD_CLOEXEC), rc;

	assert_int_equal(write(fd, &header, sizeof(header)), sizeof(header));
	assert_int_equal(write(fd, forged->bytes, forged->len), (ssize_t)forged->len);
	rc = read_entry(fixture, fd, key, &text);
	close(fd);
	return rc;
}

static void test_no_name_leads_out(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *name;
		size_t len;
	} names[] = {{"..", 2}, {".", 1}, {"", 0}, {"../x", 4}, {"/tmp/x", 6}, {"a/b", 3}, {"a\0b", 3}};
	struct forged forged;
	char name[300];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (uint8_t kind = FILE_; kind <= FOLDER; kind++) {
			forged.len = 0;
			add(&forged, TEXT, "", 0, 0);
			add(&forged, kind, names[i].name, names[i].len, 0);
			assert_int_equal(read_forged(fixture, &forged), -EBADMSG);
		}
	memset(name, 'x', sizeof(name));
	forged.len = 0;
	add(&forged, TEXT, "", 0, 0);
	add(&forged, FILE_, name, sizeof(name), 0);
	assert_int_equal(read_forged(fixture, &forged), -EBADMSG);
}

static void test_records_out_of_order(void **state)
{
	struct fixture *fixture = *state;
	struct forged forged = {.len = 0};

	assert_int_equal(read_forged(fixture, &forged), -EBADMSG);
	add(&forged, TEXT, "", 0, 0);
	assert_int_equal(read_forged(fixture, &forged), -EBADMSG);
	add(&forged, END, "", 0, 0);
	assert_int_equal(read_forged(fixture, &forged), 0);
	/* up from the folder that is filled; an end inside a folder; a file that is shorter than it says */
	for (uint8_t last = UP; last <= END; last++) {
		forged.len = 0;
		add(&forged, TEXT, "", 0, 0);
		if (last == END)
			add(&forged, FOLDER, "a", 1, 0);
		add(&forged, last, "", 0, 0);
		assert_int_equal(read_forged(fixture, &forged), -EBADMSG);
	}
	forged.len = 0;
	add(&forged, TEXT, "", 0, 0);
	add(&forged, FILE_, "f", 1, UINT64_MAX);
	assert_int_equal(read_forged(fixture, &forged), -EBADMSG);
	/* deeper than any that is kept */
	empty(fixture, "to", &fixture->to_fd);
	forged.len = 0;
	add(&forged, TEXT, "", 0, 0);
	for (int i = 0; i <= WORKSPACE_DEPTH_MAX; i++)
		add(&forged, FOLDER, "d", 1, 0);
	assert_int_equal(read_forged(fixture, &forged), -EBADMSG);
}

static void test_what_is_not_kept(void **state)
{
	struct fixture *fixture = *state;
	int fd;

	assert_int_equal(symlinkat("/etc/passwd", fixture->from_fd, "link"), 0);
	close(write_entry(fixture, "", -EMLINK));
	empty(fixture, "from", &fixture->from_fd);
	assert_int_equal(mkfifoat(fixture->from_fd, "fifo", 0600), 0);
	close(write_entry(fixture, "", -EMLINK));
	empty(fixture, "from", &fixture->from_fd);
	/* a file of holes is no smaller for it, and is not read to find that out */
	make_file(fixture->from_fd, "holes", 0600, "", 0);
	fd = openat(fixture->from_fd, "holes", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
	close(fd);
	close(write_entry(fixture, "", -EFBIG));
}

/* ---- the folder ---- */

static void test_get_and_put(void **state)
{
	struct fixture *fixture = *state;
	struct compile_cache cache;
	const struct kept nothing = text_of("");
	char buf[8];
	struct kept text = {.bytes = buf, .max = sizeof(buf)};
	struct sbx_err err;

	assert_int_equal(compile_cache_open(&cache, fixture->dir, 8192, &err), 0);
	make_file(fixture->from_fd, "main", 0555, "one", 3);
	memset(cache.key, 1, sizeof(cache.key));
	assert_false(compile_cache_get(&cache, fixture->to_fd, &text));
	compile_cache_put(&cache, fixture->from_fd, &nothing);
	assert_int_equal(cache.error.stage, SBX_STAGE_NONE);
	assert_true(compile_cache_get(&cache, fixture->to_fd, &text));
	is_file(fixture->to_fd, "main", true, "one", 3);
	/* two of 4 KiB fit; a third one removes the first */
	for (int i = 2; i <= 3; i++) {
		memset(cache.key, i, sizeof(cache.key));
		compile_cache_put(&cache, fixture->from_fd, &nothing);
		usleep(20000);
	}
	for (int i = 3; i >= 1; i--) {
		memset(cache.key, i, sizeof(cache.key));
		empty(fixture, "to", &fixture->to_fd);
		assert_int_equal(compile_cache_get(&cache, fixture->to_fd, &text), i != 1);
	}
	assert_int_equal(cache.error.stage, SBX_STAGE_NONE);
	compile_cache_finish(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_all_comes_back, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_a_long_text_is_cut, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_every_damage_is_seen, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_no_name_leads_out, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_records_out_of_order, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_what_is_not_kept, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_get_and_put, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
