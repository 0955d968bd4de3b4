/* Both ends of the starter's socket, and its loop. Called by `sbx serve`. */
#include "runner/starter.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum request_kind {
	REQUEST_START,
	REQUEST_STOP,
	REQUEST_KILL,
};

struct request {
	uint32_t kind; /* enum request_kind */
	uint32_t number;
	uint32_t program; /* of REQUEST_START */
};

/* Room for what comes with a message, as cmsg(3) wants it aligned. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(STARTER_FDS * sizeof(int))];
};

/* ---- the service's end ---- */

static int send_request(int socket_fd, struct msghdr *message)
{
	ssize_t n;

	do
		n = sendmsg(socket_fd, message, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int starter_start(int socket_fd, uint32_t program, uint32_t number, const int fds[STARTER_FDS])
{
	struct request request = {.kind = REQUEST_START, .number = number, .program = program};
	struct iovec part = {&request, sizeof(request)};
	union control control = {.bytes = {0}};
	struct msghdr message = {
	        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(STARTER_FDS * sizeof(int));
	memcpy(CMSG_DATA(header), fds, STARTER_FDS * sizeof(int));
	return send_request(socket_fd, &message);
}

int starter_stop(int socket_fd, uint32_t number, bool kill)
{
	struct request request = {.kind = kill ? REQUEST_KILL : REQUEST_STOP, .number = number};
	struct iovec part = {&request, sizeof(request)};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	return send_request(socket_fd, &message);
}

int starter_next(int socket_fd, struct starter_event *ret)
{
	struct starter_event event;
	ssize_t n;

	do
		n = recv(socket_fd, &event, sizeof(event), MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : errno == ECONNRESET ? -EPIPE : -errno;
	if (n == 0)
		return -EPIPE;
	if (n != sizeof(event))
		return -EBADMSG;
	*ret = event;
	return 1;
}

/* ---- the starter ---- */

enum child_state {
	CHILD_NONE,
	CHILD_RUNS,
	CHILD_ENDED, /* which the service has yet to be told */
};

struct child {
	enum child_state state;
	pid_t pid;
	uint32_t number;
	int status;
	int errnum; /* of its exec; written by the child, which is why the table is shared memory */
};

struct starter {
	const struct starter_config *config;
	struct child *children; /* STARTER_CHILDREN_MAX */
	int exe_fd, signal_fd;
	sigset_t caller_mask;
	char env[4096];
	struct starter_event refusal; /* that the socket had no room for */
	bool has_refusal;
	bool held_up;   /* by a service that does not read: nothing is read from it either, so nothing piles up here */
	bool ending;    /* the service's end is closed */
	bool killed;    /* all that is left */
	bool told_once; /* to end, by a signal */
	uint64_t kill_ns;
	bool service_ended;
	int service_status;
};

static void signal_children(const struct starter *starter, int signal)
{
	for (size_t i = 0; i < STARTER_CHILDREN_MAX; i++)
		if (starter->children[i].state == CHILD_RUNS)
			kill(starter->children[i].pid, signal);
}

static void begin_to_end(struct starter *starter)
{
	if (starter->ending)
		return;
	starter->ending = true;
	starter->kill_ns = clock_ns() + starter->config->grace_ms * UINT64_C(1000000);
	signal_children(starter, SIGTERM);
}

static void kill_all(struct starter *starter)
{
	begin_to_end(starter);
	starter->killed = true;
	signal_children(starter, SIGKILL);
	if (!starter->service_ended)
		kill(starter->config->service, SIGKILL);
}

/* Whether the service has it now. */
static bool tell(struct starter *starter, const struct starter_event *event)
{
	ssize_t n;

	do
		n = send(starter->config->socket_fd, event, sizeof(*event), MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return true;
	starter->held_up = errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM;
	if (!starter->held_up)
		begin_to_end(starter);
	return false;
}

static void tell_all(struct starter *starter)
{
	starter->held_up = false;
	if (starter->has_refusal && !starter->ending)
		starter->has_refusal = !tell(starter, &starter->refusal);
	for (size_t i = 0; i < STARTER_CHILDREN_MAX && !starter->held_up; i++) {
		struct child *child = &starter->children[i];
		struct starter_event event = {.kind = child->errnum != 0 ? STARTER_REFUSED : STARTER_ENDED,
		                              .number = child->number,
		                              .value = child->errnum != 0 ? child->errnum : child->status};
		if (child->state == CHILD_ENDED && (starter->ending || tell(starter, &event)))
			child->state = CHILD_NONE;
	}
}

static void refuse(struct starter *starter, uint32_t number, int errnum)
{
	starter->refusal = (struct starter_event){.kind = STARTER_REFUSED, .number = number, .value = errnum};
	starter->has_refusal = true;
}

static void reap(struct starter *starter)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == starter->config->service) {
			starter->service_ended = true;
			starter->service_status = status;
			begin_to_end(starter);
		}
		for (size_t i = 0; i < STARTER_CHILDREN_MAX; i++) {
			struct child *child = &starter->children[i];
			if (child->state != CHILD_RUNS || child->pid != pid)
				continue;
			child->state = CHILD_ENDED;
			child->status = status;
		}
	}
}

/* ---- starting ---- */

/* Nothing of the starter is left in it but the descriptors that it was sent. 0 never comes back: the errno. */
static int become(const struct starter *starter, char *const *argv, const int fds[STARTER_FDS], pid_t parent)
{
	/* the kernel's struct sigaction; SIG_DFL is 0 */
	static const unsigned long dfl[4] = {0};
	char *env[] = {(char *)(uintptr_t)starter->env, NULL};
	sigset_t none;

	/* libc keeps 32 and 33 to itself, and its posix_spawn(), hence whoever starts us by make, leaves them ignored
	 */
	for (int number = 1; number < _NSIG; number++)
		syscall(SYS_rt_sigaction, number, dfl, NULL, sizeof(uint64_t)); /* SIGKILL and SIGSTOP refuse */
	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0 || setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return errno;
	/* one that had died before is not waited for by that */
	if (getppid() != parent)
		return ESRCH;
	/* none of these is below 4: hold_low() saw to that */
	for (int i = 0; i < STARTER_FDS; i++)
		if (dup2(fds[i], i) < 0)
			return errno;
	if (close_range(STARTER_FDS, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return errno;
	execveat(starter->exe_fd, "", argv, env, AT_EMPTY_PATH);
	return errno;
}

/*
 * A file that is open for writing was checked when it was opened, by the rights of the service, but there are some,
 * below /proc say, that check who writes; and that is not the service. So only what can do no harm is taken.
 */
static bool are_harmless(const int fds[STARTER_FDS])
{
	struct stat st;

	for (int i = 0; i < STARTER_FDS - 1; i++)
		if (fcntl(fds[i], F_GET_SEALS) < 0)
			return false;
	return fstat(fds[STARTER_FDS - 1], &st) == 0 && S_ISFIFO(st.st_mode);
}

static struct child *find(const struct starter *starter, uint32_t number)
{
	for (size_t i = 0; i < STARTER_CHILDREN_MAX; i++)
		if (starter->children[i].state != CHILD_NONE && starter->children[i].number == number)
			return &starter->children[i];
	return NULL;
}

static struct child *find_free(const struct starter *starter)
{
	for (size_t i = 0; i < STARTER_CHILDREN_MAX; i++)
		if (starter->children[i].state == CHILD_NONE)
			return &starter->children[i];
	return NULL;
}

/* 0, or the errno that it is refused with. */
static int start(struct starter *starter, const struct request *request, const int *fds, size_t n_fds)
{
	struct child *child = find_free(starter);
	pid_t parent = getpid(), pid;

	if (request->program >= starter->config->n_programs)
		return ENOENT;
	if (find(starter, request->number) != NULL)
		return EEXIST;
	if (child == NULL)
		return EAGAIN;
	if (n_fds != STARTER_FDS)
		return EBADF;
	if (!are_harmless(fds))
		return EPERM;
	child->errnum = 0;
	pid = fork();
	if (pid == 0) {
		child->errnum = become(starter, starter->config->programs[request->program], fds, parent);
		_exit(127);
	}
	if (pid < 0)
		return errno;
	child->pid = pid;
	child->number = request->number;
	child->state = CHILD_RUNS;
	return 0;
}

static void obey(struct starter *starter, const struct request *request, const int *fds, size_t n_fds)
{
	const struct child *child;
	int errnum;

	switch (request->kind) {
	case REQUEST_START:
		errnum = start(starter, request, fds, n_fds);
		if (errnum != 0)
			refuse(starter, request->number, errnum);
		break;
	case REQUEST_STOP:
	case REQUEST_KILL:
		child = find(starter, request->number);
		if (child != NULL && child->state == CHILD_RUNS)
			kill(child->pid, request->kind == REQUEST_KILL ? SIGKILL : SIGTERM);
		break;
	default:
		refuse(starter, request->number, EINVAL);
	}
}

/* All that came with a message, however much of it was wanted: at most what `control` has room for. */
static size_t take_descriptors(struct msghdr *message, int fds[STARTER_FDS])
{
	size_t n = 0;

	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
		size_t bytes = header->cmsg_len - CMSG_LEN(0);
		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		if (bytes > (STARTER_FDS - n) * sizeof(int))
			bytes = (STARTER_FDS - n) * sizeof(int);
		memcpy(fds + n, CMSG_DATA(header), bytes);
		n += bytes / sizeof(int);
	}
	return n;
}

static void receive(struct starter *starter)
{
	struct request request = {0};
	struct iovec part = {&request, sizeof(request)};
	union control control;
	struct msghdr message = {
	        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	int fds[STARTER_FDS];
	size_t n_fds;
	ssize_t n = recvmsg(starter->config->socket_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS || errno == ENOMEM))
		return;
	if (n <= 0) {
		begin_to_end(starter);
		return;
	}
	n_fds = take_descriptors(&message, fds);
	/* a message of another size has no number that could be relied on; of too many descriptors the rest was cut */
	if (n == sizeof(request) && (message.msg_flags & MSG_TRUNC) == 0)
		obey(starter, &request, fds, (message.msg_flags & MSG_CTRUNC) != 0 ? 0 : n_fds);
	for (size_t i = 0; i < n_fds; i++)
		close(fds[i]);
}

/* ---- the loop ---- */

static void take_signals(struct starter *starter)
{
	struct signalfd_siginfo info;

	while (read(starter->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue; /* reap() looks for itself */
		if (starter->told_once)
			kill_all(starter);
		else if (!starter->service_ended)
			kill(starter->config->service, SIGTERM);
		starter->told_once = true;
	}
}

static bool is_over(const struct starter *starter)
{
	for (size_t i = 0; i < STARTER_CHILDREN_MAX; i++)
		if (starter->children[i].state == CHILD_RUNS)
			return false;
	return starter->service_ended;
}

static int timeout_ms(const struct starter *starter)
{
	uint64_t now = clock_ns();

	if (!starter->ending || starter->killed)
		return -1;
	return now >= starter->kill_ns ? 0 : (int)((starter->kill_ns - now) / 1000000 + 1);
}

static void run(struct starter *starter)
{
	for (;;) {
		struct pollfd ready[2] = {{.fd = starter->signal_fd, .events = POLLIN}};

		reap(starter);
		tell_all(starter);
		if (is_over(starter))
			return;
		ready[1].fd = starter->ending ? -1 : starter->config->socket_fd;
		ready[1].events = starter->held_up ? POLLOUT : POLLIN;
		if (poll(ready, 2, timeout_ms(starter)) < 0)
			continue; /* EINTR, ENOMEM: nothing was looked at */
		take_signals(starter);
		/* what a service that is gone has asked for before is for nobody any more */
		if ((ready[1].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
			begin_to_end(starter);
		else if ((ready[1].revents & POLLIN) != 0)
			receive(starter);
		if (starter->ending && !starter->killed && clock_ns() >= starter->kill_ns)
			kill_all(starter);
	}
}

/* Descriptors that come through the socket, and those of our own, have to be out of the way of a program's. */
static int hold_low(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd < STARTER_FDS);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int cannot(const char *what, struct sbx_err *err)
{
	return sbx_fail(err, SBX_STAGE_STARTER, errno, "cannot %s", what);
}

static int open_all(struct starter *starter, struct sbx_err *err)
{
	sigset_t mask;
	void *table;

	if (snprintf(starter->env, sizeof(starter->env), "PATH=%s", starter->config->env_path) >=
	    (int)sizeof(starter->env))
		return sbx_fail(err, SBX_STAGE_STARTER, ENAMETOOLONG, "PATH is too long");
	if (hold_low() < 0)
		return cannot("open /dev/null", err);
	starter->exe_fd = fcntl(starter->config->exe_fd, F_DUPFD_CLOEXEC, STARTER_FDS);
	if (starter->exe_fd < 0)
		return cannot("keep the program open", err);
	table = mmap(NULL, STARTER_CHILDREN_MAX * sizeof(struct child), PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		return cannot("make the table of programs", err);
	starter->children = table;
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	starter->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (starter->signal_fd < 0)
		return cannot("watch for signals", err);
	sigprocmask(SIG_BLOCK, &mask, &starter->caller_mask);
	return 0;
}

int starter_loop(const struct starter_config *config, int *ret_status, struct sbx_err *err)
{
	struct starter starter = {.config = config, .exe_fd = -1, .signal_fd = -1};
	int rc = open_all(&starter, err);

	if (rc == 0) {
		run(&starter);
		sigprocmask(SIG_SETMASK, &starter.caller_mask, NULL);
		*ret_status = starter.service_status;
	}
	if (starter.children != NULL)
		munmap(starter.children, STARTER_CHILDREN_MAX * sizeof(struct child));
	fd_close(&starter.exe_fd);
	fd_close(&starter.signal_fd);
	return rc;
}
