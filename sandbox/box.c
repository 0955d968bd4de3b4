/*
 * The launcher's side of a box. Called by the supervisor, for many boxes in one process, so nothing here waits
 * but box_end(), for something that is already dying.
 */
#include "sandbox/box.h"

#include "sandbox/cores.h"
#include "sandbox/fd.h"
#include "sandbox/setup.h"
#include "sandbox/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* A helper of init makes the network namespace, while init builds the rest; the program its cgroup one, once it is in
 * its leaf. */
#define NAMESPACES (CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)

/* A dead init may wait for a process in uninterruptible sleep; then the run ends without it, as an error. */
#define END_WAIT_MS 1000

void box_init(struct box *box)
{
	*box = (struct box){.init_pidfd = -1, .sock = -1, .notify_fd = -1, .slot.lock_fd = -1};
	cg_leaf_init(&box->leaf);
}

static void trace_own(struct box *box, enum sbx_stage stage, uint64_t since_ns, const char *detail)
{
	struct box_trace trace = {.stage = stage, .us = (uint32_t)((clock_ns() - since_ns) / 1000)};

	if (box->trace == NULL)
		return;
	snprintf(trace.detail, sizeof(trace.detail), "%s", detail);
	box->trace(box->trace_arg, &trace);
}

/* The slot's core among those this process may use: slots beyond their number share. */
static int slot_cpus(const struct box *box, char *buf, size_t size, struct sbx_err *err)
{
	int cpu = cores_nth(slot_index(&box->slot));

	if (cpu < 0)
		return sbx_fail(err, SBX_STAGE_SLOT, -cpu, "cannot read the cores of this process");
	snprintf(buf, size, "%d", cpu);
	return 0;
}

static int write_map(const struct box *box, const char *file, unsigned program_in, unsigned init_in,
                     struct sbx_err *err)
{
	char path[64], text[128];
	unsigned out = slot_uid(&box->slot, box->host);
	int rc;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)box->init_pid, file);
	if (box->host->rootless)
		snprintf(text, sizeof(text), "%u %u 1\n", program_in,
		         strcmp(file, "gid_map") == 0 ? getegid() : geteuid());
	else
		snprintf(text, sizeof(text), "%u %u 1\n%u %u 1\n", program_in, out, init_in, out + 1);
	rc = fd_write_at(AT_FDCWD, path, text);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_IDS, -rc, "cannot write the box's %s", file);
	return 0;
}

static int map_ids(const struct box *box, struct sbx_err *err)
{
	char path[64];
	int rc;

	TRY(write_map(box, "uid_map", box->plan->uid, box->plan->init_uid, err));
	if (box->host->rootless) {
		/* the kernel lets an ordinary user map a group only where groups can no longer be dropped */
		snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)box->init_pid);
		rc = fd_write_at(AT_FDCWD, path, "deny");
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_IDS, -rc, "cannot deny setgroups in the box");
	}
	return write_map(box, "gid_map", box->plan->gid, box->plan->init_gid, err);
}

/* So that the program may reopen its own pipes as /dev/stdin and /dev/stdout, as it could outside. */
static int own_pipes(const struct box *box, const int stdio[3], struct sbx_err *err)
{
	uid_t out = slot_uid(&box->slot, box->host);

	for (int i = 0; i < 3 && !box->host->rootless; i++) {
		struct stat st;
		if (fstat(stdio[i], &st) < 0 || (S_ISFIFO(st.st_mode) && fchown(stdio[i], out, out) < 0))
			return sbx_fail(err, SBX_STAGE_STDIO, errno, "cannot hand the program its pipes");
	}
	return 0;
}

/*
 * Sharing the launcher's memory with init, instead of copying it, saves a fifth of a launch. Not with an ordinary
 * user's launcher: init ends as not dumpable, and the memory with it, whose /proc files then are root's. And not under
 * a limit that the last steps before exec could reach: the OOM killer kills all processes of a memory, this one too.
 * Up to exec the leaf is charged for the arguments, which the kernel bounds to 6 MiB, and for less than 1 MiB more. A
 * launcher that is protected from the OOM killer stays so, while init must not be: that too is one for all of a memory.
 */
static bool may_share(const struct box *box)
{
	return !box->host->rootless && box->plan->memory_bytes_max >= 16U << 20 && !box->setup->oom_protected;
}

static int clone_init(struct box *box, struct sbx_err *err)
{
	struct setup *setup = box->setup;
	bool shares_network = setup_shares_network(setup);
	int pair[2], pidfd = -1;
	struct clone_args args = {
	        .flags = NAMESPACES | CLONE_PIDFD | (may_share(box) ? CLONE_VM : 0),
	        .exit_signal = SIGCHLD,
	        .pidfd = (uint64_t)(uintptr_t)&pidfd,
	        .stack = setup_stack(setup, SETUP_STACK_INIT),
	        .stack_size = SETUP_STACK_BYTES,
	};
	long pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return sbx_fail(err, SBX_STAGE_NAMESPACES, errno, "cannot make the socket to the box's init");
	setup->sock = pair[1];
	/* init is born there, since to a namespace of the launcher's it has no way */
	if (shares_network && setns(box->host->network_fd, CLONE_NEWNET) < 0) {
		int errnum = errno;
		close(pair[0]);
		close(pair[1]);
		return sbx_fail(err, SBX_STAGE_NETWORK, errnum, "cannot enter the boxes' network namespace");
	}
	pid = sys_clone3(&args, setup_init, setup);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
	} else {
		box->init_pid = (pid_t)pid;
		box->init_pidfd = pidfd;
		box->sock = pair[0];
	}
	if (shares_network && setns(box->host->home_network_fd, CLONE_NEWNET) < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, errno, "cannot come back from the boxes' network namespace");
	if (pid < 0)
		return sbx_fail(err, SBX_STAGE_NAMESPACES, (int)-pid, "cannot make the box's namespaces%s",
		                pid == -EPERM
		                        ? ": user namespaces are forbidden here; sbx check tells by what and what to do"
		                : pid == -ENOSPC ? ": their number is used up; sysctl user.max_user_namespaces=65536"
		                                 : "");
	return 0;
}

/* Tells init to go on, with the descriptors that let a process into the leaf. */
static int say_go(const struct box *box, struct sbx_err *err)
{
	union {
		char buf[CMSG_SPACE(CG_MAX * sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct setup_go go = {{false}};
	struct iovec iov = {.iov_base = &go, .iov_len = sizeof(go)};
	struct msghdr hdr = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.buf};
	struct cmsghdr *cmsg = &control.align;
	int fds[CG_MAX];
	size_t n = 0;

	for (int c = 0; c < CG_MAX; c++) {
		int fd = box->host->cgroup_version == 1 ? box->leaf.tasks_fd[c]
		         : c == CG_MEMORY               ? box->leaf.dir_fd[c]
		                                        : -1;
		go.has_fd[c] = fd >= 0;
		if (fd >= 0)
			fds[n++] = fd;
	}
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, n * sizeof(int));
	hdr.msg_controllen = CMSG_SPACE(n * sizeof(int));
	if (sendmsg(box->sock, &hdr, MSG_NOSIGNAL) != (ssize_t)sizeof(go))
		return sbx_fail(err, SBX_STAGE_IDS, errno, "the box's init died before it was told to go on");
	return 0;
}

static int map_setup(struct box *box, const int stdio[3], struct sbx_err *err)
{
	struct setup *setup = setup_take();
	char score[16];
	int rc;

	if (setup == NULL)
		return sbx_fail(err, SBX_STAGE_NAMESPACES, errno, "cannot map memory for the box's init");
	box->setup = setup;
	setup->plan = box->plan;
	setup->host = box->host;
	memcpy(setup->stdio, stdio, sizeof(setup->stdio));
	setup->slot_fd = box->slot.lock_fd;
	setup->root_fd = setup->listener_fd = -1;
	setup->tracing = box->trace != NULL;
	rc = fd_read_at(AT_FDCWD, "/proc/self/oom_score_adj", score, sizeof(score));
	if (rc <= 0)
		return sbx_fail(
		        err, SBX_STAGE_NAMESPACES, rc < 0 ? -rc : EIO,
		        "cannot read /proc/self/oom_score_adj, by which the OOM killer is kept from the launcher");
	setup->oom_protected = score[0] == '-';
	return 0;
}

/* First of all: once init builds the box, a limit that is too low would show as some other failure. */
static int check_rlimits(const struct box_plan *plan, struct sbx_err *err)
{
	for (size_t i = 0; i < BOX_RLIMITS_MAX; i++) {
		const struct box_rlimit *wanted = &plan->rlimits[i];
		char value[24] = "unlimited";
		struct rlimit old;
		if (getrlimit((__rlimit_resource_t)wanted->resource, &old) < 0)
			return sbx_fail(err, SBX_STAGE_RLIMITS, errno, "cannot read the limit of %s", wanted->name);
		if (wanted->kind == BOX_RLIMIT_AT_MOST || old.rlim_max >= wanted->value)
			continue;
		if (wanted->value != BOX_UNLIMITED)
			snprintf(value, sizeof(value), "%llu", (unsigned long long)wanted->value);
		return sbx_fail(err, SBX_STAGE_RLIMITS, EPERM,
		                "%s asks for %s, but the hard limit this sbx was started with is %llu; ask for less, "
		                "or start sbx with a higher one (prlimit(1), limits.conf(5))",
		                wanted->name, value, (unsigned long long)old.rlim_max);
	}
	return 0;
}

/* The leaf is made while init already does what needs neither leaf nor ids. */
static int start_in_order(struct box *box, const int stdio[3], struct sbx_err *err)
{
	char core[16], detail[32];
	const char *cpus = box->plan->cpus;
	uint64_t t = clock_ns();

	TRY(check_rlimits(box->plan, err));
	if (box->slot.lock_fd < 0)
		TRY(slot_take(&box->slot, box->host, err));
	TRY(own_pipes(box, stdio, err));
	if (box->plan->cpus_of_slot) {
		TRY(slot_cpus(box, core, sizeof(core), err));
		cpus = core;
	}
	snprintf(detail, sizeof(detail), "slot %u", box->slot.number);
	trace_own(box, SBX_STAGE_SLOT, t, detail);
	t = clock_ns();
	TRY(map_setup(box, stdio, err));
	TRY(setup_resolve_sources(box->setup, err));
	TRY(clone_init(box, err));
	trace_own(box, SBX_STAGE_NAMESPACES, t, "user pid mount ipc uts");
	t = clock_ns();
	TRY(cg_leaf_create(&box->leaf, box->host, box->slot.number, box->plan, cpus, err));
	trace_own(box, SBX_STAGE_CGROUP, t, box->leaf.name);
	t = clock_ns();
	TRY(map_ids(box, err));
	TRY(say_go(box, err));
	trace_own(box, SBX_STAGE_IDS, t, "uid and gid maps");
	return 0;
}

/* An init that failed before the launcher was through with it has said why, which says more than that it is gone. */
static void prefer_inits_word(struct box *box, struct sbx_err *err)
{
	struct pollfd waiting = {.fd = box->sock, .events = POLLIN};
	struct run_result said = {0};

	/* traces may stand before it */
	while (box->sock >= 0 && poll(&waiting, 1, 0) > 0) {
		enum box_event event = box_read_event(box, &said);
		if (event == BOX_EVENT_FAILED)
			*err = said.error;
		if (event != BOX_EVENT_TRACE)
			return;
	}
}

int box_start(struct box *box, const struct box_host *host, const struct box_plan *plan, const int stdio[3],
              struct sbx_err *err)
{
	int rc;

	box->host = host;
	box->plan = plan;
	box->start_ns = clock_ns();
	if (plan->n_mounts > SETUP_MOUNTS_MAX)
		return sbx_fail(err, SBX_STAGE_PLAN, E2BIG, "more than %d mounts", SETUP_MOUNTS_MAX);
	rc = start_in_order(box, stdio, err);
	if (rc < 0) {
		struct run_result nothing = {0};
		struct sbx_err ignored;
		prefer_inits_word(box, err);
		box_end(box, &nothing, &ignored);
	}
	return rc;
}

/* Receives one packet and at most one descriptor. Returns its length, 0 at the end, -errno. */
static ssize_t receive(int sock, struct setup_msg *msg, int *ret_fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {.iov_base = msg, .iov_len = sizeof(*msg)};
	struct msghdr hdr = {
	        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.buf, .msg_controllen = sizeof(control.buf)};
	ssize_t n = recvmsg(sock, &hdr, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *cmsg = n > 0 ? CMSG_FIRSTHDR(&hdr) : NULL;

	if (cmsg != NULL && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS &&
	    cmsg->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(ret_fd, CMSG_DATA(cmsg), sizeof(int));
	return n < 0 ? -errno : n;
}

/* A box of which it is not known how far it has come, or whose denied calls nobody would see, cannot be supervised. */
static enum box_event lose_word(struct box *box, int errnum, const char *what, struct run_result *result)
{
	if (result->error.stage == SBX_STAGE_NONE)
		sbx_fail(&result->error, SBX_STAGE_SUPERVISE, errnum, "cannot receive %s", what);
	box_kill(box);
	return BOX_EVENT_FAILED;
}

enum box_event box_read_event(struct box *box, struct run_result *result)
{
	struct setup_msg msg;
	int fd = -1;
	ssize_t n = receive(box->sock, &msg, &fd);

	if (n == -EAGAIN || n == -EINTR)
		return BOX_EVENT_NONE;
	if (n < 0 && n != -ECONNRESET) /* that is init's end, with something of ours unread */
		return lose_word(box, (int)-n, "what the box's init says", result);
	if (n != (ssize_t)sizeof(msg)) {
		fd_close(&fd);
		return BOX_EVENT_CLOSED;
	}
	switch (msg.type) {
	case SETUP_MSG_TRACE:
		if (box->trace != NULL)
			box->trace(box->trace_arg, &msg.trace);
		return BOX_EVENT_TRACE;
	case SETUP_MSG_FAILED:
		result->error = msg.err;
		return BOX_EVENT_FAILED;
	case SETUP_MSG_EXEC:
		if (box->plan->filter != NULL && fd < 0)
			return lose_word(box, EMFILE, "the filter's listener", result);
		box->exec_ns = msg.exec.exec_ns;
		box->cpu_base_us = msg.exec.cpu_base_ns / 1000;
		box->notify_fd = fd;
		result->started = true;
		result->setup_us = (box->exec_ns - box->start_ns) / 1000;
		trace_own(box, SBX_STAGE_EXEC, box->exec_ns, box->plan->argv[0]);
		return BOX_EVENT_EXEC;
	case SETUP_MSG_EXIT:
		result->status_known = true;
		result->wait_status = msg.exit.wait_status;
		result->involuntary_switches = msg.exit.involuntary_switches;
		if (msg.exit.denied && !result->denied.seen)
			result->denied = (struct denied_call){.seen = true};
		if (msg.exit.alone)
			box->end_ns = msg.exit.end_ns;
		return BOX_EVENT_EXIT;
	}
	return BOX_EVENT_CLOSED;
}

void box_read_denied(struct box *box, struct run_result *result)
{
	struct pollfd waiting = {.fd = box->notify_fd, .events = POLLIN};
	struct seccomp_notif notif = {0}; /* the kernel insists on zeroes */

	result->denied = (struct denied_call){.seen = true};
	/* without a caller that waits the ioctl would block, on 6.1 even after the last process of the filter is gone
	 */
	if (poll(&waiting, 1, 0) > 0 && (waiting.revents & POLLIN) &&
	    ioctl(box->notify_fd, SECCOMP_IOCTL_NOTIF_RECV, &notif) == 0)
		result->denied = (struct denied_call){.seen = true, .arch = notif.data.arch, .nr = notif.data.nr};
}

int box_cpu_us(const struct box *box, uint64_t *ret_us)
{
	uint64_t us;

	TRY(cg_leaf_cpu_us(&box->leaf, &us));
	*ret_us = us > box->cpu_base_us ? us - box->cpu_base_us : 0;
	return 0;
}

int box_oom_kills(const struct box *box, uint64_t *ret_kills)
{
	return cg_leaf_oom_kills(&box->leaf, ret_kills);
}

void box_kill(struct box *box)
{
	/* init first: its death makes the kernel kill the whole pid namespace, a dead main thread's living ones too */
	if (box->init_pidfd >= 0)
		pidfd_send_signal(box->init_pidfd, SIGKILL, NULL, 0);
	cg_leaf_kill(&box->leaf);
}

static int reap(struct box *box, siginfo_t *ret, struct sbx_err *err)
{
	struct pollfd dead = {.fd = box->init_pidfd, .events = POLLIN};
	int n;

	n = poll(&dead, 1, 0);
	if (n == 0) {
		box_kill(box);
		n = poll(&dead, 1, END_WAIT_MS);
	}
	if (n <= 0)
		return sbx_fail(err, SBX_STAGE_TEARDOWN, n < 0 ? errno : ETIMEDOUT,
		                "the box does not die; a process of it is stuck in the kernel");
	if (waitid(P_PIDFD, (id_t)box->init_pidfd, ret, WEXITED) < 0)
		return sbx_fail(err, SBX_STAGE_TEARDOWN, errno, "cannot reap the box's init");
	fd_close(&box->init_pidfd);
	return 0;
}

static void subtract_base(const struct box *box, struct run_result *result)
{
	uint64_t base = box->cpu_base_us;

	if (result->cpu_us == RESULT_UNKNOWN)
		return;
	result->cpu_us -= base < result->cpu_us ? base : result->cpu_us;
	/* the time before exec was the kernel's, but for a few microseconds */
	if (result->system_us != RESULT_UNKNOWN) {
		result->system_us -= base < result->system_us ? base : result->system_us;
		result->user_us =
		        result->cpu_us - (result->system_us < result->cpu_us ? result->system_us : result->cpu_us);
	}
}

/*
 * A limit too small even for the last steps before exec is the program's own, not a failure of the sandbox. The OOM
 * killer takes init then too, since until exec the two share their memory, and counts it where init is.
 */
static void judge_early_death(const struct box *box, struct run_result *result)
{
	if (box->exec_ns != 0 || !cg_leaf_oom_seen(&box->leaf))
		return;
	result->killed_by = KILLED_BY_MEMORY;
	result->error = (struct sbx_err){0};
}

/* Nobody that we know of ended the run, and yet init has not said how the program did. */
static void tell_lost_init(const siginfo_t *info, struct run_result *result)
{
	if (result->status_known || result->killed_by != KILLED_BY_NONE || result->error.stage != SBX_STAGE_NONE)
		return;
	sbx_fail(&result->error, SBX_STAGE_SUPERVISE, 0, "the box's init ended by %s %d before the program did",
	         info->si_code == CLD_EXITED ? "itself, with status" : "signal", info->si_status);
}

int box_end(struct box *box, struct run_result *result, struct sbx_err *err)
{
	struct sbx_err later;
	siginfo_t info = {0};
	int rc = 0;

	result->cgroup_version = box->host->cgroup_version;
	if (box->init_pidfd >= 0) {
		rc = reap(box, &info, err);
		if (box->end_ns == 0)
			box->end_ns = clock_ns();
		if (rc == 0)
			tell_lost_init(&info, result);
		judge_early_death(box, result);
	}
	if (rc == 0 && box->exec_ns != 0) {
		result->wall_us = (box->end_ns - box->exec_ns) / 1000;
		rc = cg_leaf_read(&box->leaf, result, err);
		subtract_base(box, result);
	}
	if (cg_leaf_destroy(&box->leaf, &later) < 0 && rc == 0) {
		*err = later;
		rc = later.errnum > 0 ? -later.errnum : -EIO;
	}
	fd_close(&box->notify_fd);
	fd_close(&box->sock);
	if (box->init_pidfd < 0 && box->setup != NULL) /* else something still runs in it */
		setup_give_back(box->setup);
	box->setup = NULL;
	if (box->init_pidfd >= 0) /* init's own hold on it ended with init's descriptors, before the rest of its box */
		slot_leave_to(&box->slot, box->init_pidfd);
	fd_close(&box->init_pidfd);
	slot_release(&box->slot);
	if (box->exec_ns != 0)
		result->teardown_us = (clock_ns() - box->end_ns) / 1000;
	return rc;
}
