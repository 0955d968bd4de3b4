/* A job's events, in a file, and the streams that read it. Called by the core; pull and close by the HTTP workers. */
#include "runner/serve/feed.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* An id has one length, since it says where the event ends of which it is a part. */
#define ID_FORMAT "id: %08x-%016" PRIx64 "\n"
#define ID_LEN (4 + 8 + 1 + 16 + 1)

struct reader {
	struct feed *feed;
	struct http_request *request;
	uint64_t at;
	uint64_t state_seen, state_at; /* the latest state that it got, and where in the file it was then */
	char *text;                    /* of a state, while it is sent */
	size_t text_at, text_len;
	atomic_bool comment_due;
	struct reader *next;
};

struct feed {
	int fd;
	unsigned attempt;
	uint64_t bytes_max;
	bool cut; /* something was left out: an event behind a gap would seem to follow the one before it */
	atomic_uint owners;
	_Atomic uint64_t len; /* what is in the file whole; grows after it was written */
	atomic_bool ended;
	pthread_mutex_t lock; /* of what follows */
	struct reader *readers;
	char *state; /* as it is sent; NULL: none yet */
	size_t state_len;
	uint64_t state_number; /* of that one, from 1 */
};

static struct feed *feed_new(int fd, unsigned attempt)
{
	struct feed *feed = calloc(1, sizeof(*feed));

	if (feed == NULL) {
		close(fd);
		return NULL;
	}
	feed->fd = fd;
	feed->attempt = attempt;
	atomic_init(&feed->owners, 1);
	pthread_mutex_init(&feed->lock, NULL);
	return feed;
}

static void file_name(char name[STORE_ID_MAX + 12], const char *id, unsigned attempt)
{
	snprintf(name, STORE_ID_MAX + 12, "%.*s.%u", STORE_ID_MAX, id, attempt);
}

struct feed *feed_create(int dir_fd, const char *id, unsigned attempt, uint64_t bytes_max, struct sbx_err *err)
{
	char name[STORE_ID_MAX + 12];
	struct feed *feed;
	int fd;

	file_name(name, id, attempt);
	fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		sbx_fail(err, SBX_STAGE_STORE, errno, "cannot make the file of events of job %s", id);
		return NULL;
	}
	feed = feed_new(fd, attempt);
	if (feed == NULL)
		sbx_fail(err, SBX_STAGE_STORE, ENOMEM, "no memory for the events of job %s", id);
	else
		feed->bytes_max = bytes_max;
	return feed;
}

struct feed *feed_open(int dir_fd, const char *id, unsigned attempt)
{
	char name[STORE_ID_MAX + 12];
	struct feed *feed;
	off_t len;
	int fd;

	file_name(name, id, attempt);
	fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) /* it never began, and has nothing to tell but its state */
		fd = memfd_create("events", MFD_CLOEXEC);
	if (fd < 0)
		return NULL;
	feed = feed_new(fd, attempt);
	if (feed == NULL)
		return NULL;
	len = lseek(fd, 0, SEEK_END);
	atomic_store(&feed->len, len > 0 ? (uint64_t)len : 0);
	atomic_store(&feed->ended, true);
	return feed;
}

void feed_drop(struct feed *feed)
{
	if (feed == NULL || atomic_fetch_sub(&feed->owners, 1) != 1)
		return;
	close(feed->fd);
	free(feed->state);
	pthread_mutex_destroy(&feed->lock);
	free(feed);
}

static void wake_all(struct feed *feed, bool comment)
{
	pthread_mutex_lock(&feed->lock);
	for (struct reader *reader = feed->readers; reader != NULL; reader = reader->next) {
		if (comment)
			atomic_store(&reader->comment_due, true);
		http_stream_wake(reader->request);
	}
	pthread_mutex_unlock(&feed->lock);
}

bool feed_is_read(struct feed *feed)
{
	bool is_read;

	pthread_mutex_lock(&feed->lock);
	is_read = feed->readers != NULL;
	pthread_mutex_unlock(&feed->lock);
	return is_read;
}

void feed_state(struct feed *feed, const char *data, size_t len)
{
	char *text = NULL;
	int n = asprintf(&text, "event: state\ndata: %.*s\n\n", (int)len, data);

	if (n < 0)
		return;
	pthread_mutex_lock(&feed->lock);
	if (feed->state == NULL || strcmp(feed->state, text) != 0) {
		free(feed->state);
		feed->state = text;
		feed->state_len = (size_t)n;
		feed->state_number++;
		text = NULL;
	}
	pthread_mutex_unlock(&feed->lock);
	if (text == NULL)
		wake_all(feed, false);
	free(text);
}

void feed_event(struct feed *feed, const char *name, const char *data, size_t len)
{
	uint64_t at = atomic_load(&feed->len);
	size_t head_len = (size_t)snprintf(NULL, 0, "event: %s\ndata: ", name), all = ID_LEN + head_len + len + 2;
	char *text;

	if (feed->cut || at + all > feed->bytes_max) {
		feed->cut = true;
		return;
	}
	text = malloc(all + 1);
	if (text == NULL)
		return;
	snprintf(text, all + 1, ID_FORMAT "event: %s\ndata: ", feed->attempt, at + all, name);
	memcpy(text + ID_LEN + head_len, data, len);
	memcpy(text + all - 2, "\n\n", 3);
	/* in one place, not appended: what a failed write left is written over */
	if (pwrite(feed->fd, text, all, (off_t)at) == (ssize_t)all) {
		atomic_store(&feed->len, at + all);
		wake_all(feed, false);
	}
	free(text);
}

void feed_end(struct feed *feed)
{
	if (feed == NULL)
		return;
	atomic_store(&feed->ended, true);
	wake_all(feed, false);
}

void feed_keep_alive(struct feed *feed)
{
	wake_all(feed, true);
}

/* Between two events: the latest state, where it was not sent yet, and at the end in any case behind the last event. */
static void take_state(struct reader *reader, bool is_last)
{
	struct feed *feed = reader->feed;

	pthread_mutex_lock(&feed->lock);
	if (feed->state_number != reader->state_seen ||
	    (is_last && feed->state != NULL && reader->at != reader->state_at)) {
		reader->text = strdup(feed->state);
		reader->text_len = reader->text != NULL ? feed->state_len : 0;
		reader->text_at = 0;
		reader->state_seen = feed->state_number;
		reader->state_at = reader->at;
	}
	pthread_mutex_unlock(&feed->lock);
}

static ssize_t send_state(struct reader *reader, char *buf, size_t size)
{
	size_t left = reader->text_len - reader->text_at, n = left < size ? left : size;

	memcpy(buf, reader->text + reader->text_at, n);
	reader->text_at += n;
	if (reader->text_at == reader->text_len) {
		free(reader->text);
		reader->text = NULL;
	}
	return (ssize_t)n;
}

static ssize_t stream_pull(void *data, char *buf, size_t size)
{
	static const char comment[] = ":\n\n";
	struct reader *reader = data;
	/* the end first: the length and the state that are read after it are the last */
	bool ended = atomic_load(&reader->feed->ended);
	uint64_t len = atomic_load(&reader->feed->len);
	ssize_t n;

	/* in the file one stands between two events only at its end, and before the first */
	if (reader->text == NULL && (reader->state_seen == 0 || reader->at == len))
		take_state(reader, ended && reader->at == len);
	if (reader->text != NULL)
		return send_state(reader, buf, size);
	if (reader->at < len) {
		n = pread(reader->feed->fd, buf, len - reader->at < size ? len - reader->at : size, (off_t)reader->at);
		if (n <= 0)
			return HTTP_STREAM_END;
		reader->at += (uint64_t)n;
		return n;
	}
	if (ended)
		return HTTP_STREAM_END;
	if (atomic_exchange(&reader->comment_due, false) && size >= sizeof(comment)) {
		memcpy(buf, comment, sizeof(comment) - 1);
		return sizeof(comment) - 1;
	}
	return HTTP_STREAM_IDLE;
}

static void stream_close(void *data)
{
	struct reader *reader = data, **link = &reader->feed->readers;

	pthread_mutex_lock(&reader->feed->lock);
	while (*link != reader)
		link = &(*link)->next;
	*link = reader->next;
	pthread_mutex_unlock(&reader->feed->lock);
	http_drop(reader->request);
	feed_drop(reader->feed);
	free(reader->text);
	free(reader);
}

/* Where the event with that id ends; 0 where it is none of this file's. */
static uint64_t place_of(const struct feed *feed, const char *id)
{
	uint64_t at;
	unsigned attempt;
	char mark[2];
	int end = 0;

	if (id == NULL || sscanf(id, "%8x-%16" SCNx64 "%n", &attempt, &at, &end) != 2 || id[end] != '\0' ||
	    attempt != feed->attempt || at < 2 || at > atomic_load(&feed->len) ||
	    pread(feed->fd, mark, sizeof(mark), (off_t)at - 2) != sizeof(mark) || memcmp(mark, "\n\n", 2) != 0)
		return 0;
	return at;
}

int feed_stream(struct feed *feed, struct http_request *request, const char *last_id, struct http_stream *ret)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return -ENOMEM;
	*reader = (struct reader){.feed = feed, .request = http_keep(request), .at = place_of(feed, last_id)};
	atomic_fetch_add(&feed->owners, 1);
	pthread_mutex_lock(&feed->lock);
	reader->next = feed->readers;
	feed->readers = reader;
	pthread_mutex_unlock(&feed->lock);
	*ret = (struct http_stream){.pull = stream_pull, .close = stream_close, .data = reader};
	return 0;
}

uint64_t feed_bytes(int dir_fd, const char *id, unsigned attempts)
{
	uint64_t bytes = 0;

	for (unsigned attempt = 1; attempt <= attempts + 1; attempt++) {
		char name[STORE_ID_MAX + 12];
		struct stat st;

		file_name(name, id, attempt);
		if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			bytes += (uint64_t)st.st_size;
	}
	return bytes;
}

void feed_remove(int dir_fd, const char *id, unsigned attempts)
{
	for (unsigned attempt = 1; attempt <= attempts + 1; attempt++) {
		char name[STORE_ID_MAX + 12];

		file_name(name, id, attempt);
		unlinkat(dir_fd, name, 0);
	}
}
