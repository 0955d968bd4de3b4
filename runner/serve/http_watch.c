/* The thread that cuts slow connections, and reads on for those that were refused. */
#include "runner/serve/http_watch.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#define TICK_MS 100 /* a deadline is met so late at most */
#define EVENTS_MAX 64
#define READS_MAX 4 /* of one socket, before another one's turn */

struct lingering {
	struct lingering *next;
	uint64_t deadline_ns;
	size_t bytes_left;
	int fd;
};

struct http_watch {
	pthread_t thread;
	pthread_mutex_t lock;         /* of what follows, up to the next comment */
	struct http_watched *watched; /* a ring without a head; NULL for none */
	struct lingering *arrived;    /* not yet in the thread's epoll */
	unsigned n_lingering;
	bool stopping;
	/* never changed, or the thread's alone */
	int epoll_fd, wake_fd;
	unsigned lingering_max, linger_ms;
	size_t linger_bytes;
	struct lingering *lingering;
	char scratch[64 << 10]; /* what is thrown away */
};

static void wake(struct http_watch *watch)
{
	uint64_t one = 1;

	/* it can only fail because the thread has been woken already */
	(void)!write(watch->wake_fd, &one, sizeof(one));
}

/* The connection stays in the list until its owner has seen the end; its deadline is gone, so that it is cut once. */
static void cut_late_ones(struct http_watch *watch, uint64_t now)
{
	struct http_watched *first = watch->watched, *at = first;

	while (at != NULL) {
		if (at->deadline_ns <= now) {
			at->deadline_ns = HTTP_NO_DEADLINE;
			shutdown(at->fd, SHUT_RDWR);
		}
		at = at->next == first ? NULL : at->next;
	}
}

static void close_lingering(struct http_watch *watch, struct lingering *one)
{
	struct lingering **link = &watch->lingering;

	while (*link != one)
		link = &(*link)->next;
	*link = one->next;
	/* closing alone does not end it: the socket it is a duplicate of may still be open */
	epoll_ctl(watch->epoll_fd, EPOLL_CTL_DEL, one->fd, NULL);
	close(one->fd);
	free(one);
	pthread_mutex_lock(&watch->lock);
	watch->n_lingering--;
	pthread_mutex_unlock(&watch->lock);
}

static void close_late_ones(struct http_watch *watch, uint64_t now)
{
	struct lingering *next;

	for (struct lingering *one = watch->lingering; one != NULL; one = next) {
		next = one->next;
		if (one->deadline_ns <= now)
			close_lingering(watch, one);
	}
}

/* Level-triggered, so that what is left over is told again. */
static void read_on(struct http_watch *watch, struct lingering *one)
{
	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n = recv(one->fd, watch->scratch, sizeof(watch->scratch), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0 || (size_t)n > one->bytes_left) {
			close_lingering(watch, one);
			return;
		}
		one->bytes_left -= (size_t)n;
	}
}

/* Into the thread's own list, with its bounds. */
static void take_arrived(struct http_watch *watch, struct lingering *arrived, uint64_t now)
{
	struct lingering *next;

	for (struct lingering *one = arrived; one != NULL; one = next) {
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};

		next = one->next;
		one->next = watch->lingering;
		one->deadline_ns = now + (uint64_t)watch->linger_ms * 1000000;
		one->bytes_left = watch->linger_bytes;
		watch->lingering = one;
		if (epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, one->fd, &event) < 0)
			close_lingering(watch, one);
	}
}

/* False when it is time to go. *ret_idle: there is nothing to come back for unless woken. */
static bool look_after(struct http_watch *watch, bool *ret_idle)
{
	struct lingering *arrived;
	uint64_t now = clock_ns();
	bool stopping;

	pthread_mutex_lock(&watch->lock);
	cut_late_ones(watch, now);
	arrived = watch->arrived;
	watch->arrived = NULL;
	stopping = watch->stopping;
	*ret_idle = watch->watched == NULL && watch->n_lingering == 0;
	pthread_mutex_unlock(&watch->lock);
	take_arrived(watch, arrived, now);
	close_late_ones(watch, now);
	return !stopping;
}

static void *watch_thread(void *data)
{
	struct http_watch *watch = data;
	struct epoll_event events[EVENTS_MAX];
	bool idle;

	while (look_after(watch, &idle)) {
		int n = epoll_wait(watch->epoll_fd, events, EVENTS_MAX, idle ? -1 : TICK_MS);
		uint64_t count;

		/* a socket is in it once, so no entry can be about one that an entry before it closed */
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr != NULL)
				read_on(watch, events[i].data.ptr);
			else
				(void)!read(watch->wake_fd, &count, sizeof(count));
		}
	}
	close_late_ones(watch, UINT64_MAX);
	return NULL;
}

static void destroy(struct http_watch *watch)
{
	if (watch->epoll_fd >= 0)
		close(watch->epoll_fd);
	if (watch->wake_fd >= 0)
		close(watch->wake_fd);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

/* Signals are for the caller's threads. */
static int start_thread(struct http_watch *watch)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&watch->thread, NULL, watch_thread, watch);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

static int start(struct http_watch *watch)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};

	watch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	watch->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (watch->epoll_fd < 0 || watch->wake_fd < 0 ||
	    epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, watch->wake_fd, &event) < 0)
		return -errno;
	return start_thread(watch);
}

int http_watch_start(unsigned lingering_max, unsigned linger_ms, size_t linger_bytes, struct http_watch **ret_watch,
                     struct sbx_err *err)
{
	struct http_watch *watch = calloc(1, sizeof(*watch));
	int rc;

	if (watch == NULL)
		return sbx_fail(err, SBX_STAGE_HOST, ENOMEM, "out of memory");
	pthread_mutex_init(&watch->lock, NULL);
	watch->epoll_fd = watch->wake_fd = -1;
	watch->lingering_max = lingering_max;
	watch->linger_ms = linger_ms;
	watch->linger_bytes = linger_bytes;
	rc = start(watch);
	if (rc < 0) {
		destroy(watch);
		return sbx_fail(err, SBX_STAGE_HOST, -rc, "cannot watch connections: %s", strerror(-rc));
	}
	*ret_watch = watch;
	return 0;
}

void http_watch_stop(struct http_watch *watch)
{
	if (watch == NULL)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->stopping = true;
	pthread_mutex_unlock(&watch->lock);
	wake(watch);
	pthread_join(watch->thread, NULL);
	destroy(watch);
}

void http_watch_add(struct http_watch *watch, struct http_watched *watched, int fd, uint64_t deadline_ns)
{
	bool first;

	watched->fd = fd;
	watched->deadline_ns = deadline_ns;
	pthread_mutex_lock(&watch->lock);
	first = watch->watched == NULL;
	if (first) {
		watched->prev = watched->next = watched;
		watch->watched = watched;
	} else {
		watched->next = watch->watched;
		watched->prev = watch->watched->prev;
		watched->prev->next = watched->next->prev = watched;
	}
	pthread_mutex_unlock(&watch->lock);
	if (first)
		wake(watch);
}

void http_watch_until(struct http_watch *watch, struct http_watched *watched, uint64_t deadline_ns)
{
	pthread_mutex_lock(&watch->lock);
	watched->deadline_ns = deadline_ns;
	pthread_mutex_unlock(&watch->lock);
}

void http_watch_remove(struct http_watch *watch, struct http_watched *watched)
{
	pthread_mutex_lock(&watch->lock);
	watched->prev->next = watched->next;
	watched->next->prev = watched->prev;
	if (watch->watched == watched)
		watch->watched = watched->next == watched ? NULL : watched->next;
	pthread_mutex_unlock(&watch->lock);
}

void http_watch_linger(struct http_watch *watch, int fd)
{
	struct lingering *one;
	bool room;

	shutdown(fd, SHUT_WR);
	pthread_mutex_lock(&watch->lock);
	room = watch->n_lingering < watch->lingering_max;
	if (room)
		watch->n_lingering++;
	pthread_mutex_unlock(&watch->lock);
	if (!room)
		return;
	one = malloc(sizeof(*one));
	if (one != NULL)
		one->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (one != NULL && one->fd < 0) {
		free(one);
		one = NULL;
	}
	pthread_mutex_lock(&watch->lock);
	if (one == NULL) {
		watch->n_lingering--;
	} else {
		/* the thread's from here on, which may free it at once */
		one->next = watch->arrived;
		watch->arrived = one;
	}
	pthread_mutex_unlock(&watch->lock);
	wake(watch);
}
