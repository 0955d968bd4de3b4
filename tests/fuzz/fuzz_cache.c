/*
 * Entries of the compile cache, of which the proof is right and the rest is not: nothing but the folder is written to,
 * and what was taken is written and read as the same again. The input are the records; each is as long as it says or
 * the entry is broken, so the fuzzer gets the lengths filled in: a kind, a flag, the lengths of name and bytes, both.
 */
#include "fuzz.h"

#include "runner/cache_entry.h"
#include "runner/judge.h"
#include "sandbox/fd.h"
#include "tests/unit/cache_format.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const unsigned char key[DIGEST_BYTES] = "key";

static int entry_of(struct fuzz_input *input)
{
	struct header header;
	char *records = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&records, &len);
	int fd = memfd_create("entry", MFD_CLOEXEC);

	FUZZ_ASSERT(out != NULL && fd >= 0);
	while (input->left > 0) {
		struct record record = {
		        .kind = fuzz_byte(input), .flag = fuzz_byte(input), .name_len = fuzz_byte(input)};
		size_t n;
		record.len = fuzz_byte(input);
		/* sometimes more than there is, or could be */
		if (record.len >= 0xfe)
			record.len = fuzz_u64(input);
		fwrite(&record, sizeof(record), 1, out);
		n = record.len < SIZE_MAX - record.name_len ? record.name_len + record.len : SIZE_MAX;
		n = n < input->left ? n : input->left;
		fwrite(input->at, 1, n, out);
		input->at += n;
		input->left -= n;
	}
	FUZZ_ASSERT(fclose(out) == 0);
	header = header_for(key, records, len);
	FUZZ_ASSERT(fd_write_all(fd, (const char *)&header, sizeof(header)) == 0);
	FUZZ_ASSERT(fd_write_all(fd, records, len) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	free(records);
	return fd;
}

static void empty(int dir_fd)
{
	DIR *dir = fdopendir(dup(dir_fd));
	const struct dirent *entry;

	FUZZ_ASSERT(dir != NULL);
	rewinddir(dir);
	while ((entry = readdir(dir)) != NULL) {
		FD_CLEANUP int fd = -1;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    unlinkat(dir_fd, entry->d_name, 0) == 0)
			continue;
		fd = openat(dir_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		FUZZ_ASSERT(fd >= 0);
		empty(fd);
		FUZZ_ASSERT(unlinkat(dir_fd, entry->d_name, AT_REMOVEDIR) == 0);
	}
	closedir(dir);
}

/* An empty folder of this name; beside it nothing else is to appear. */
static int folder(const char *name)
{
	int fd;

	if (mkdirat(fuzz_folder(), name, 0700) < 0)
		FUZZ_ASSERT(errno == EEXIST);
	fd = openat(fuzz_folder(), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FUZZ_ASSERT(fd >= 0);
	empty(fd);
	return fd;
}

static void check_outside(void)
{
	DIR *dir = fdopendir(openat(fuzz_folder(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;

	FUZZ_ASSERT(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		FUZZ_ASSERT(entry->d_name[0] == '.' || strcmp(entry->d_name, "read") == 0 ||
		            strcmp(entry->d_name, "again") == 0);
	closedir(dir);
}

/* Writes what is in a folder as an entry: its descriptor, and how long it is. */
static int written(int from, const struct kept *text, off_t *ret_len)
{
	int fd = memfd_create("again", MFD_CLOEXEC);

	FUZZ_ASSERT(fd >= 0 && cache_entry_write(fd, key, from, text) == 0);
	*ret_len = lseek(fd, 0, SEEK_END);
	FUZZ_ASSERT(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char other_key[DIGEST_BYTES] = "other";
	struct fuzz_input input = fuzz_input(data, size);
	FD_CLEANUP int to = folder("read"), again = folder("again"), fd = entry_of(&input), copy = -1, twice = -1;
	char bytes[64], bytes_again[64];
	struct kept text = {.bytes = bytes, .max = sizeof(bytes)},
	            text_again = {.bytes = bytes_again, .max = sizeof(bytes)};
	off_t len, len_again;
	int rc;

	FUZZ_ASSERT(cache_entry_read(fd, other_key, to, &text) == -EBADMSG && lseek(fd, 0, SEEK_SET) == 0);
	rc = cache_entry_read(fd, key, to, &text);
	check_outside();
	FUZZ_ASSERT(text.len <= text.max);
	if (rc < 0) {
		FUZZ_ASSERT(rc == -EBADMSG || rc == -EEXIST || rc == -EINVAL || rc == -EILSEQ || rc == -EFBIG ||
		            rc == -ENOSPC);
		return 0;
	}
	copy = written(to, &text, &len);
	FUZZ_ASSERT(cache_entry_read(copy, key, again, &text_again) == 0);
	FUZZ_ASSERT(text_again.len == text.len && text_again.cut == text.cut);
	FUZZ_ASSERT(memcmp(bytes, bytes_again, text.len) == 0);
	twice = written(again, &text_again, &len_again);
	FUZZ_ASSERT(len_again == len);
	check_outside();
	return 0;
}
