/* Entries of the compile cache. What lies in a folder that a compiler left was written by a hostile source. */
#include "runner/cache_entry.h"

#include "runner/judge.h"
#include "sandbox/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct header {
	char magic[8];
	uint64_t len;
	unsigned char digest[DIGEST_BYTES];
};

static const char magic[8] = "sbxcc 2";

enum record_kind {
	RECORD_TEXT = 1,
	RECORD_FILE,
	RECORD_FOLDER,
	RECORD_UP,
	RECORD_END,
};

struct record {
	uint8_t kind;
	uint8_t flag; /* TEXT: there was more of it; FILE: it can be executed */
	uint16_t name_len;
	uint32_t unused;
	uint64_t len; /* of what follows the name */
};

/* The records on their way from or to the file. */
struct stream {
	struct digest_fast digest;
	uint64_t total;
	size_t at, len;
	int fd;
	char buf[64 << 10];
};

static void stream_free(struct stream **stream)
{
	free(*stream);
}
#define STREAM_CLEANUP __attribute__((cleanup(stream_free)))

static struct stream *stream_create(int fd, const unsigned char key[DIGEST_BYTES])
{
	struct stream *stream = aligned_alloc(_Alignof(struct stream), sizeof(*stream));

	if (stream == NULL)
		return NULL;
	*stream = (struct stream){.fd = fd};
	digest_fast_init(&stream->digest);
	digest_fast_put(&stream->digest, magic, sizeof(magic));
	digest_fast_put(&stream->digest, key, DIGEST_BYTES);
	return stream;
}

static ssize_t read_some(int fd, void *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* ---- writing ---- */

static int flush(struct stream *to)
{
	size_t len = to->len;

	to->len = 0;
	digest_fast_put(&to->digest, to->buf, len);
	return fd_write_all(to->fd, to->buf, len);
}

static int put(struct stream *to, const void *bytes, size_t len)
{
	const char *from = bytes;

	if (len > CACHE_ENTRY_BYTES_MAX - to->total)
		return -EFBIG;
	to->total += len;
	while (len > 0) {
		size_t n = sizeof(to->buf) - to->len < len ? sizeof(to->buf) - to->len : len;
		memcpy(to->buf + to->len, from, n);
		to->len += n;
		from += n;
		len -= n;
		if (to->len == sizeof(to->buf))
			TRY(flush(to));
	}
	return 0;
}

static int put_record(struct stream *to, enum record_kind kind, bool flag, const char *name, uint64_t len)
{
	const struct record record = {
	        .kind = (uint8_t)kind, .flag = flag, .name_len = (uint16_t)strlen(name), .len = len};

	TRY(put(to, &record, sizeof(record)));
	return put(to, name, record.name_len);
}

static int put_file(struct stream *to, int fd, const char *name, const struct stat *st)
{
	uint64_t left = (uint64_t)st->st_size;
	char buf[16 << 10];

	/* before it is read: a file of holes can be larger than any disk */
	if (left > CACHE_ENTRY_BYTES_MAX - to->total)
		return -EFBIG;
	TRY(put_record(to, RECORD_FILE, (st->st_mode & 0111) != 0, name, left));
	while (left > 0) {
		ssize_t n = read_some(fd, buf, left < sizeof(buf) ? (size_t)left : sizeof(buf));
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		TRY(put(to, buf, (size_t)n));
		left -= (uint64_t)n;
	}
	return 0;
}

static int put_folder(struct stream *to, int dir_fd, unsigned depth);

static int put_one(struct stream *to, int dir_fd, const char *name, unsigned depth)
{
	FD_CLEANUP int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return errno == ELOOP ? -EMLINK : -errno;
	if (S_ISREG(st.st_mode))
		return put_file(to, fd, name, &st);
	if (!S_ISDIR(st.st_mode))
		return -EMLINK;
	if (depth == WORKSPACE_DEPTH_MAX)
		return -ELOOP;
	TRY(put_record(to, RECORD_FOLDER, false, name, 0));
	TRY(put_folder(to, fd_take(&fd), depth + 1));
	return put_record(to, RECORD_UP, false, "", 0);
}

/* Takes `dir_fd` over. */
static int put_folder(struct stream *to, int dir_fd, unsigned depth)
{
	DIR *dir = dir_fd < 0 ? NULL : fdopendir(dir_fd);
	int rc = 0;

	if (dir == NULL) {
		rc = -errno;
		fd_close(&dir_fd);
		return rc;
	}
	while (rc == 0) {
		struct dirent *entry;
		errno = 0;
		entry = readdir(dir);
		if (entry == NULL) {
			rc = -errno;
			break;
		}
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = put_one(to, dirfd(dir), entry->d_name, depth);
	}
	closedir(dir);
	return rc;
}

int cache_entry_write(int fd, const unsigned char key[DIGEST_BYTES], int folder_fd, const struct kept *text)
{
	STREAM_CLEANUP struct stream *to = stream_create(fd, key);
	struct header header = {0};

	if (to == NULL)
		return -ENOMEM;
	TRY(fd_write_all(fd, (const char *)&header, sizeof(header)));
	TRY(put_record(to, RECORD_TEXT, text->cut, "", text->len));
	TRY(put(to, text->bytes, text->len));
	TRY(put_folder(to, openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0));
	TRY(put_record(to, RECORD_END, false, "", 0));
	TRY(flush(to));
	memcpy(header.magic, magic, sizeof(magic));
	header.len = to->total;
	digest_fast_end(&to->digest, header.digest);
	/* a file without it is no entry: what was broken off before this line is known by that */
	return pwrite(fd, &header, sizeof(header), 0) == (ssize_t)sizeof(header) ? 0 : -EIO;
}

/* ---- reading ---- */

/* Whether all of it is there, and is what was written under this key. */
static int prove(struct stream *from)
{
	unsigned char digest[DIGEST_BYTES];
	struct header header;
	struct stat st;

	if (fstat(from->fd, &st) < 0)
		return -errno;
	if (read_some(from->fd, &header, sizeof(header)) != (ssize_t)sizeof(header) ||
	    memcmp(header.magic, magic, sizeof(magic)) != 0 || header.len > CACHE_ENTRY_BYTES_MAX ||
	    (uint64_t)st.st_size != sizeof(header) + header.len)
		return -EBADMSG;
	for (uint64_t left = header.len; left > 0;) {
		ssize_t n = read_some(from->fd, from->buf, sizeof(from->buf));
		if (n < 0)
			return (int)n;
		if (n == 0 || (uint64_t)n > left)
			return -EBADMSG;
		digest_fast_put(&from->digest, from->buf, (size_t)n);
		left -= (uint64_t)n;
	}
	digest_fast_end(&from->digest, digest);
	if (memcmp(digest, header.digest, sizeof(digest)) != 0)
		return -EBADMSG;
	return lseek(from->fd, sizeof(header), SEEK_SET) < 0 ? -errno : 0;
}

/* At least one byte of what is left, at most `max`, in the buffer. */
static ssize_t get_some(struct stream *from, uint64_t max, const char **ret)
{
	size_t n;

	if (from->at == from->len) {
		ssize_t got = read_some(from->fd, from->buf, sizeof(from->buf));
		if (got <= 0)
			return got < 0 ? got : -EBADMSG;
		from->at = 0;
		from->len = (size_t)got;
	}
	n = from->len - from->at < max ? from->len - from->at : (size_t)max;
	*ret = from->buf + from->at;
	from->at += n;
	return (ssize_t)n;
}

static int get(struct stream *from, void *ret, size_t len)
{
	char *to = ret;

	while (len > 0) {
		const char *bytes;
		ssize_t n = get_some(from, len, &bytes);
		if (n < 0)
			return (int)n;
		memcpy(to, bytes, (size_t)n);
		to += n;
		len -= (size_t)n;
	}
	return 0;
}

static int get_text(struct stream *from, struct kept *text)
{
	struct record record;

	TRY(get(from, &record, sizeof(record)));
	if (record.kind != RECORD_TEXT || record.name_len != 0 || record.len > CACHE_ENTRY_BYTES_MAX)
		return -EBADMSG;
	text->len = 0;
	text->cut = record.flag != 0 || record.len > text->max;
	for (uint64_t left = record.len; left > 0;) {
		const char *bytes;
		ssize_t n = get_some(from, left, &bytes);
		size_t room = text->max - text->len;
		if (n < 0)
			return (int)n;
		memcpy(text->bytes + text->len, bytes, (size_t)n < room ? (size_t)n : room);
		text->len += (size_t)n < room ? (size_t)n : room;
		left -= (uint64_t)n;
	}
	return 0;
}

static int get_name(struct stream *from, const struct record *record, char name[NAME_MAX + 1])
{
	if (record->name_len == 0 || record->name_len > NAME_MAX)
		return -EBADMSG;
	TRY(get(from, name, record->name_len));
	name[record->name_len] = '\0';
	/* the proof says who wrote it, not what it is */
	if (strlen(name) != record->name_len || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return -EBADMSG;
	return 0;
}

static int get_file(struct stream *from, const struct record *record, int dir_fd, const char *name)
{
	FD_CLEANUP int fd =
	        openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, record->flag ? 0500 : 0400);

	if (fd < 0)
		return -errno;
	for (uint64_t left = record->len; left > 0;) {
		const char *bytes;
		ssize_t n = get_some(from, left, &bytes);
		if (n < 0)
			return (int)n;
		TRY(fd_write_all(fd, bytes, (size_t)n));
		left -= (uint64_t)n;
	}
	return 0;
}

/* The records of one folder, up to the one that ends it. */
static int get_folder(struct stream *from, int dir_fd, unsigned depth)
{
	char name[NAME_MAX + 1];
	struct record record;

	for (;;) {
		TRY(get(from, &record, sizeof(record)));
		if (record.kind == (depth == 0 ? RECORD_END : RECORD_UP))
			return 0;
		if (record.kind != RECORD_FILE && record.kind != RECORD_FOLDER)
			return -EBADMSG;
		TRY(get_name(from, &record, name));
		if (record.kind == RECORD_FILE) {
			TRY(get_file(from, &record, dir_fd, name));
		} else {
			FD_CLEANUP int fd = -1;
			if (depth == WORKSPACE_DEPTH_MAX)
				return -EBADMSG;
			if (mkdirat(dir_fd, name, 0700) < 0)
				return -errno;
			fd = openat(dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			TRY(fd < 0 ? -errno : get_folder(from, fd, depth + 1));
		}
	}
}

int cache_entry_read(int fd, const unsigned char key[DIGEST_BYTES], int folder_fd, struct kept *text)
{
	STREAM_CLEANUP struct stream *from = stream_create(fd, key);

	if (from == NULL)
		return -ENOMEM;
	TRY(prove(from));
	TRY(get_text(from, text));
	return get_folder(from, folder_fd, 0);
}
