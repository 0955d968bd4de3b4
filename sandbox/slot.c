/*
 * Slots by flock'd files in the run directory. Taken by box_start() for `sbx run`, through the queue for jobs, tried by
 * the sweep for leftovers.
 */
#include "sandbox/slot.h"

#include "sandbox/fd.h"
#include "sandbox/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS_DIR "slots"
#define QUEUE "queue"
#define FIRST_JOB_SLOT (HOST_SLOTS - HOST_JOB_SLOTS)
/* How often the one process whose turn it is looks for a free slot. */
#define WAIT_US 500

static int open_lock(const struct box_host *host, const char *name)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), SLOTS_DIR "/%s", name);
	fd = openat(host->run_fd, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(host->run_fd, SLOTS_DIR, 0700) < 0 && errno != EEXIST)
			return -errno;
		fd = openat(host->run_fd, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	}
	return fd < 0 ? -errno : fd;
}

static int open_slot(const struct box_host *host, unsigned number)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", number);
	return open_lock(host, name);
}

int slot_try(struct slot *slot, const struct box_host *host, unsigned number)
{
	FD_CLEANUP int fd = open_slot(host, number);

	TRY(fd);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	slot->number = number;
	slot->lock_fd = fd_take(&fd);
	return 0;
}

int slot_take(struct slot *slot, const struct box_host *host, struct sbx_err *err)
{
	for (unsigned number = 0; number < FIRST_JOB_SLOT; number++) {
		int rc = slot_try(slot, host, number);
		if (rc == 0)
			return 0;
		if (rc != -EWOULDBLOCK)
			return sbx_fail(err, SBX_STAGE_SLOT, -rc, "cannot lock slot %u in the run directory", number);
	}
	return sbx_fail(err, SBX_STAGE_SLOT, EAGAIN, "all %u slots are taken", FIRST_JOB_SLOT);
}

uid_t slot_uid(const struct slot *slot, const struct box_host *host)
{
	return host->uid_base + 2 * slot->number;
}

unsigned slot_index(const struct slot *slot)
{
	return slot->number < FIRST_JOB_SLOT ? slot->number : slot->number - FIRST_JOB_SLOT;
}

void slot_release(struct slot *slot)
{
	fd_close(&slot->lock_fd);
}

static void close_all_but(unsigned low, unsigned high)
{
	if (low > 0)
		close_range(0, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
}

void slot_leave_to(struct slot *slot, int init_pidfd)
{
	struct pollfd dead = {.fd = init_pidfd, .events = POLLIN};
	pid_t child = slot->lock_fd < 0 ? -1 : fork();

	if (child == 0) {
		/* nobody's child here, so that nobody has to wait for it, and out of reach of a terminal's signals */
		if (setsid() < 0 || fork() != 0)
			_exit(0);
		if (slot->lock_fd < init_pidfd)
			close_all_but((unsigned)slot->lock_fd, (unsigned)init_pidfd);
		else
			close_all_but((unsigned)init_pidfd, (unsigned)slot->lock_fd);
		while (poll(&dead, 1, -1) < 0 && errno == EINTR)
			;
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
	slot_release(slot);
}

int slot_queue_init(struct slot_queue *queue, const struct box_host *host, unsigned n, struct sbx_err *err)
{
	*queue = (struct slot_queue){.host = host, .n = n, .waiter_pidfd = -1};
	queue->fd = open_lock(host, QUEUE);
	if (queue->fd < 0)
		return sbx_fail(err, SBX_STAGE_SLOT, -queue->fd, "cannot open the queue in the run directory");
	return 0;
}

static void close_locks(struct slot_queue *queue)
{
	for (unsigned i = 0; i < queue->n; i++)
		fd_close(&queue->lock_fd[i]);
}

/* All but the locks: what else it inherited would stay open as long as it waits, the locks of running boxes too. */
static void keep_locks_only(const struct slot_queue *queue)
{
	int last = queue->fd;

	for (unsigned i = 0; i < queue->n; i++)
		if (queue->lock_fd[i] > last)
			last = queue->lock_fd[i];
	for (int fd = 0; fd < last; fd++) {
		bool keep = fd == queue->fd;
		for (unsigned i = 0; i < queue->n; i++)
			keep = keep || fd == queue->lock_fd[i];
		if (!keep)
			close(fd);
	}
	close_range((unsigned)last + 1, ~0U, 0);
}

/* The waiting process. Its exit status says which lock it has; a parent that dies takes it along. */
_Noreturn static void wait_for_slot(const struct slot_queue *queue, pid_t parent)
{
	keep_locks_only(queue);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(HOST_JOB_SLOTS);
	while (flock(queue->fd, LOCK_EX) < 0)
		if (errno != EINTR)
			_exit(HOST_JOB_SLOTS);
	for (;;) {
		for (unsigned i = 0; i < queue->n; i++)
			if (flock(queue->lock_fd[i], LOCK_EX | LOCK_NB) == 0)
				_exit((int)i);
		usleep(WAIT_US);
	}
}

static int start_waiting(struct slot_queue *queue)
{
	pid_t self = getpid();
	int rc = 0;

	for (unsigned i = 0; i < queue->n; i++)
		queue->lock_fd[i] = -1;
	for (unsigned i = 0; i < queue->n && rc == 0; i++) {
		queue->lock_fd[i] = open_slot(queue->host, FIRST_JOB_SLOT + i);
		rc = queue->lock_fd[i] < 0 ? queue->lock_fd[i] : 0;
	}
	if (rc == 0 && (queue->waiter = fork()) == 0)
		wait_for_slot(queue, self);
	if (rc == 0 && queue->waiter < 0)
		rc = -errno;
	if (rc == 0 && (queue->waiter_pidfd = (int)sys(SYS_pidfd_open, queue->waiter, 0)) < 0) {
		rc = queue->waiter_pidfd;
		kill(queue->waiter, SIGKILL);
		waitpid(queue->waiter, NULL, 0);
	}
	if (rc < 0)
		close_locks(queue);
	return rc < 0 ? rc : 1;
}

/* Whether the waiter has ended; then the lock that it took is ours. */
static int end_waiting(struct slot_queue *queue, struct slot *ret)
{
	int status;
	pid_t pid = waitpid(queue->waiter, &status, WNOHANG);

	if (pid == 0)
		return 1;
	fd_close(&queue->waiter_pidfd);
	if (pid < 0 || !WIFEXITED(status) || (unsigned)WEXITSTATUS(status) >= queue->n) {
		close_locks(queue);
		return -ECHILD;
	}
	ret->number = FIRST_JOB_SLOT + (unsigned)WEXITSTATUS(status);
	ret->lock_fd = fd_take(&queue->lock_fd[WEXITSTATUS(status)]);
	close_locks(queue);
	return 0;
}

/* Without waiting. 1 when another process is before us, or no slot is free: in that case the queue stays ours. */
static int take_now(struct slot_queue *queue, struct slot *ret)
{
	if (flock(queue->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? 1 : -errno;
	for (unsigned i = 0; i < queue->n; i++) {
		int rc = slot_try(ret, queue->host, FIRST_JOB_SLOT + i);
		if (rc != -EWOULDBLOCK)
			return rc;
	}
	return 1;
}

int slot_queue_take(struct slot_queue *queue, struct slot *ret, struct sbx_err *err)
{
	bool waited = queue->waiter_pidfd >= 0;
	int rc = waited ? end_waiting(queue, ret) : take_now(queue, ret);

	if (rc == 1 && !waited)
		rc = start_waiting(queue);
	if (rc <= 0)
		flock(queue->fd, LOCK_UN);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_SLOT, -rc, "cannot wait for one of the %u slots of jobs", queue->n);
	return rc;
}

void slot_queue_cancel(struct slot_queue *queue)
{
	if (queue->waiter_pidfd < 0)
		return;
	kill(queue->waiter, SIGKILL);
	waitpid(queue->waiter, NULL, 0);
	fd_close(&queue->waiter_pidfd);
	close_locks(queue);
	flock(queue->fd, LOCK_UN);
}

void slot_queue_finish(struct slot_queue *queue)
{
	slot_queue_cancel(queue);
	fd_close(&queue->fd);
}
