/*
 * Pid 1 of the box. It builds the box by the table below, lets the program go, then does nothing but reap. Once the
 * program runs it has no descriptor but its socket, the slot's lock and the filter's listener, no capability, and
 * nobody can trace it. It shares the launcher's memory (see setup.h).
 */
#include "sandbox/setup.h"

#include "sandbox/fd.h"
#include "sandbox/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void say(const struct setup *setup, const struct setup_msg *msg, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct iovec iov = {.iov_base = (void *)(uintptr_t)msg, .iov_len = sizeof(*msg)};
	struct msghdr hdr = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		struct cmsghdr *cmsg;
		hdr.msg_control = control.buf;
		hdr.msg_controllen = sizeof(control.buf);
		cmsg = CMSG_FIRSTHDR(&hdr);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	}
	/* a launcher that is gone cannot be told: its end of the socket is seen at the next step */
	if (sys(SYS_sendmsg, setup->sock, &hdr, MSG_NOSIGNAL) < 0)
		sys_exit(1);
}

/* Waits for the launcher to map the ids and to make the leaf, and takes what lets a process into it. */
static int wait_for_launcher(struct setup *setup, struct sbx_err *err)
{
	union {
		char buf[CMSG_SPACE(CG_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct setup_go go;
	struct iovec iov = {.iov_base = &go, .iov_len = sizeof(go)};
	struct msghdr hdr = {
	        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.buf, .msg_controllen = sizeof(control.buf)};
	struct cmsghdr *cmsg;
	size_t n = 0;

	if (sys(SYS_recvmsg, setup->sock, &hdr, MSG_CMSG_CLOEXEC) != (long)sizeof(go))
		return sbx_fail(err, SBX_STAGE_NAMESPACES, ESRCH, "the launcher is gone");
	cmsg = CMSG_FIRSTHDR(&hdr);
	for (int c = 0; c < CG_MAX; c++) {
		setup->leaf_fd[c] = -1;
		if (!go.has_fd[c])
			continue;
		if (cmsg == NULL || cmsg->cmsg_len < CMSG_LEN((n + 1) * sizeof(int)))
			return sbx_fail(err, SBX_STAGE_SPAWN, EMFILE, "the box's init did not receive the leaf");
		memcpy(&setup->leaf_fd[c], CMSG_DATA(cmsg) + n++ * sizeof(int), sizeof(int));
	}
	return 0;
}

/*
 * A launcher with many boxes has pipes and slots of others, which must not stay open as long as this box is built:
 * their readers would wait for an end, and the slots would seem taken.
 */
static int keep_own(struct setup *setup, struct sbx_err *err)
{
	const int own[] = {setup->sock, setup->slot_fd, setup->stdio[0], setup->stdio[1], setup->stdio[2]};
	long rc = setup_close_but(own, sizeof(own) / sizeof(own[0]));

	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_FDS, (int)-rc, "cannot close the launcher's descriptors");
	return 0;
}

/* What the caller's environment of signals may hold (blocked, ignored) must not reach the program. */
static int reset_signals(struct setup *setup, struct sbx_err *err)
{
	/* the kernel's struct sigaction: handler, flags, restorer and an empty mask; SIG_DFL is 0 */
	static const unsigned long dfl[4] = {0};
	static const uint64_t none = 0;
	long rc;

	(void)setup;
	for (int sig = 1; sig < _NSIG; sig++) {
		rc = sys(SYS_rt_sigaction, sig, dfl, NULL, sizeof(none));
		if (rc < 0 && sig != SIGKILL && sig != SIGSTOP) /* these cannot be changed anyway */
			return sbx_fail(err, SBX_STAGE_NAMESPACES, (int)-rc, "cannot reset signal %d", sig);
	}
	rc = sys(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_NAMESPACES, (int)-rc, "cannot unblock signals");
	sys(SYS_umask, 022);
	return 0;
}

/* More of the disks than a process that asked for nothing. A lower level comes first. */
static bool has_more_io(long prio)
{
	long class = IOPRIO_PRIO_CLASS(prio), level = IOPRIO_PRIO_DATA(prio) % IOPRIO_NR_LEVELS; /* above it: hints */

	return class == IOPRIO_CLASS_RT || (class == IOPRIO_CLASS_BE && level < IOPRIO_BE_NORM);
}

/*
 * What a caller may have more of than it means to give: real-time scheduling, more than its share of cores and disk, a
 * protected life. One that has less than others stays so.
 */
static int reset_priorities(struct setup *setup, struct sbx_err *err)
{
	static const struct sched_param none = {0};
	long policy = sys(SYS_sched_getscheduler, 0) & ~SCHED_RESET_ON_FORK, prio, rc = 0;
	FD_CLEANUP int fd = -1;

	/* what cannot be read is reset */
	if (policy != SCHED_OTHER && policy != SCHED_BATCH && policy != SCHED_IDLE)
		rc = sys(SYS_sched_setscheduler, 0, SCHED_OTHER, &none);
	prio = sys(SYS_getpriority, PRIO_PROCESS, 0);
	if (rc == 0 && (prio < 0 || prio > 20)) /* the raw call counts from 40 downwards */
		rc = sys(SYS_setpriority, PRIO_PROCESS, 0, 0);
	prio = sys(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);
	if (rc == 0 && (prio < 0 || has_more_io(prio)))
		rc = sys(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 0));
	if (rc == 0 && setup->oom_protected) {
		fd = (int)sys(SYS_openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
		rc = fd < 0 ? fd : sys(SYS_write, fd, "0", 1);
	}
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_NAMESPACES, (int)-rc, "cannot give up the caller's priorities");
	return 0;
}

/* First of all mounts, so that nothing done below reaches the host or comes from it. */
static int make_private(struct setup *setup, struct sbx_err *err)
{
	long rc = sys(SYS_mount, NULL, "/", NULL, MS_REC | MS_PRIVATE);

	(void)setup;
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_ROOT, (int)-rc, "cannot make the mounts private");
	return 0;
}

static int name_host(struct setup *setup, struct sbx_err *err)
{
	long rc = sys(SYS_sethostname, "sbx", 3);

	(void)setup;
	if (rc == 0)
		rc = sys(SYS_setdomainname, "", 0);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, (int)-rc, "cannot set the box's host name");
	return 0;
}

/*
 * The caller's session keyring is inherited, and who has it may use and change the keys in it. The filter stops all
 * calls about keys, but there may be none. Where there are no keys, or we may not ask for them, neither may the
 * program.
 */
static int leave_keys(struct setup *setup, struct sbx_err *err)
{
	long rc = sys(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);

	(void)setup;
	if (rc < 0 && rc != -ENOSYS && rc != -EPERM)
		return sbx_fail(err, SBX_STAGE_LOCKDOWN, (int)-rc, "cannot leave the caller's session keyring");
	return 0;
}

/* Before the program is cloned, so that it inherits all of it and is not billed for it. */
static int forbid_gains(struct setup *setup, struct sbx_err *err)
{
	long rc = sys(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1);

	(void)setup;
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_LOCKDOWN, (int)-rc, "cannot set no_new_privs");
	/* up to the first that the running kernel does not know: it may know more than the headers here */
	for (int cap = 0; rc == 0; cap++) {
		rc = sys(SYS_prctl, PR_CAPBSET_DROP, cap);
		if (rc < 0 && (rc != -EINVAL || cap == 0))
			return sbx_fail(err, SBX_STAGE_LOCKDOWN, (int)-rc,
			                "cannot drop capability %d from the bounding set", cap);
	}
	return 0;
}

static int take_ids(struct setup *setup, struct sbx_err *err)
{
	const struct box_plan *plan = setup->plan;
	long rc;

	if (setup->host->rootless) /* one id is all there is, and it is this process's already */
		return 0;
	rc = setup_take_ids(plan->init_uid, plan->init_gid);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_IDS, (int)-rc, "cannot take the ids of the box's init");
	return 0;
}

/* Where init and the program have one id, what keeps the program from tracing init is that it is not dumpable. */
static int drop_caps(struct setup *setup, struct sbx_err *err)
{
	long rc = setup_drop_caps();

	(void)setup;
	if (rc == 0)
		rc = sys(SYS_prctl, PR_SET_DUMPABLE, 0);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_LOCKDOWN, (int)-rc, "cannot drop the capabilities of the box's init");
	return 0;
}

/*
 * The box dies with its launcher. Set last, since every change of ids and capabilities clears it; a launcher that
 * died before that has closed its end of the socket.
 */
static int die_with_launcher(struct setup *setup, struct sbx_err *err)
{
	struct pollfd hup = {.fd = setup->sock};
	long rc = sys(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);

	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_LOCKDOWN, (int)-rc, "cannot tie the box to its launcher");
	if (sys(SYS_poll, &hup, 1, 0) != 0)
		return sbx_fail(err, SBX_STAGE_LOCKDOWN, ESRCH, "the launcher is gone");
	return 0;
}

/* The box, in the order it is built. */
static const struct setup_step steps[] = {
        /* what needs neither mapped ids nor the leaf, while the launcher makes both */
        {SBX_STAGE_FDS, "none of the launcher's", keep_own},
        {SBX_STAGE_NAMESPACES, "default signals", reset_signals},
        {SBX_STAGE_NAMESPACES, "default priorities", reset_priorities},
        {SBX_STAGE_NETWORK, "a helper makes the namespace", setup_start_network},
        {SBX_STAGE_ROOT, "private mounts", make_private},
        {SBX_STAGE_LOCKDOWN, "a session keyring of its own", leave_keys},
        {SBX_STAGE_LOCKDOWN, "no new privileges, empty bounding set", forbid_gains},
        /* with the caller's ids: its rights decide what may be shown to the program */
        {SBX_STAGE_SOURCES, "what is to be mounted", setup_open_sources},
        {SBX_STAGE_IDS, "wait for the launcher's maps and leaf", wait_for_launcher},
        /* still with the caller's ids: only these may place a process in the leaf */
        {SBX_STAGE_SPAWN, "the program, asleep", setup_spawn_program},
        {SBX_STAGE_IDS, "init's own", take_ids},
        {SBX_STAGE_ROOT, "a tmpfs", setup_make_root},
        {SBX_STAGE_MOUNT, "all of them", setup_mounts},
        {SBX_STAGE_ROOT, "its size", setup_limit_scratch},
        {SBX_STAGE_PIVOT, "into the tmpfs, read-only", setup_pivot},
        {SBX_STAGE_NETWORK, "host name", name_host},
        {SBX_STAGE_NETWORK, "the helper's end", setup_end_network},
        {SBX_STAGE_NETWORK, "init joins the namespace", setup_join_network},
        {SBX_STAGE_LOCKDOWN, "init's capabilities", drop_caps},
        {SBX_STAGE_LOCKDOWN, "death with the launcher", die_with_launcher},
};

void setup_trace(const struct setup *setup, enum sbx_stage stage, uint64_t begin_ns, int errnum, const char *what,
                 const char *detail)
{
	struct setup_msg msg = {.type = SETUP_MSG_TRACE};

	msg.trace.stage = stage;
	msg.trace.errnum = errnum;
	msg.trace.us = (uint32_t)((clock_ns() - begin_ns) / 1000);
	snprintf(msg.trace.detail, sizeof(msg.trace.detail), "%s%s%s", what, detail[0] != '\0' ? " " : "", detail);
	say(setup, &msg, -1);
}

static void say_failed(const struct setup *setup, const struct sbx_err *err)
{
	struct setup_msg msg = {.type = SETUP_MSG_FAILED};

	msg.err = *err;
	say(setup, &msg, -1);
}

static int build(struct setup *setup, struct sbx_err *err)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		uint64_t begin_ns = setup->tracing ? clock_ns() : 0;
		int rc = steps[i].run(setup, err);

		if (setup->tracing)
			setup_trace(setup, steps[i].stage, begin_ns, rc < 0 ? -rc : 0, steps[i].what, "");
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Why exec failed, as far as the box's own files tell: the errno alone means several things each. */
static void explain_exec(const struct setup *setup, struct sbx_err *err)
{
	const char *name = setup->plan->argv[0], *why = NULL;
	int errnum = err->errnum;
	struct stat st;
	bool there = sys(SYS_chdir, setup->plan->cwd) == 0 && sys(SYS_newfstatat, AT_FDCWD, name, &st, 0) == 0;

	if (errnum == ENOENT && there && strchr(name, '/') != NULL)
		why = "its interpreter (the #! line's, or the ELF loader) is not in the box; --bind what it needs";
	else if (errnum == ENOENT && strchr(name, '/') != NULL)
		why = "no such file in the box, where the job directory is /box; --bind adds more of the host";
	else if (errnum == ENOENT)
		why = "not on the box's PATH; a program in the job directory is called by ./NAME";
	else if (errnum == EACCES && there && S_ISDIR(st.st_mode))
		why = "it is a directory";
	else if (errnum == EACCES && there && S_ISREG(st.st_mode))
		why = "the box's user may not execute it; chmod o+rx it";
	else if (errnum == EACCES)
		why = "the box's user may not reach it; chmod o+rx its folders";
	else if (errnum == E2BIG)
		why = "the arguments and the environment may fill a quarter of --stack, which is --mem unless it is "
		      "given";
	else if (errnum == ENOEXEC)
		why = "not a program for this machine, or a script without a #! line";
	else
		why = strerrordesc_np(errnum);
	sbx_fail(err, SBX_STAGE_EXEC, errnum, "cannot execute %.100s: %s", name, why);
}

/*
 * Lets the program go and waits until it has left this process's memory. Its exec and its death look the same from
 * here; what it left in the shared fields tells them apart.
 */
static int release_program(struct setup *setup, struct sbx_err *err)
{
	sys_set(&setup->go, 1);
	sys_wait_while(&setup->alive, 1);
	for (unsigned i = 0; i < setup->n_program_trace; i++) {
		struct setup_msg msg = {.type = SETUP_MSG_TRACE};
		msg.trace = setup->program_trace[i];
		say(setup, &msg, -1);
	}
	if (setup->program_err.stage != SBX_STAGE_NONE) {
		*err = setup->program_err;
		if (err->stage == SBX_STAGE_EXEC)
			explain_exec(setup, err);
		return -EIO;
	}
	if (setup->stage != SBX_STAGE_EXEC)
		return sbx_fail(err, setup->stage, ECHILD, "the program's process died silently at stage %s",
		                sbx_stage_name(setup->stage));
	return 0;
}

static void say_exec(struct setup *setup)
{
	struct setup_msg msg = {.type = SETUP_MSG_EXEC};

	msg.exec.exec_ns = setup->exec_ns;
	msg.exec.cpu_base_ns = setup->cpu_base_ns;
	say(setup, &msg, setup->listener_fd);
	/*
	 * The table of descriptors was shared until exec gave the program its own: what is left here is a copy of
	 * the program's standard streams, which must go or their readers never see an end.
	 */
	if (sys(SYS_close_range, 0, 2) < 0)
		sys_exit(1);
}

static bool is_call_waiting(int listener_fd)
{
	struct pollfd waiting = {.fd = listener_fd, .events = POLLIN};

	return sys(SYS_poll, &waiting, 1, 0) > 0 && (waiting.revents & POLLIN) != 0;
}

static _Noreturn void reap_until_exit(struct setup *setup)
{
	struct setup_msg msg = {.type = SETUP_MSG_EXIT};
	struct rusage usage;

	for (;;) {
		int status;
		long pid = sys(SYS_wait4, -1, &status, __WALL, &usage);
		if (pid == -EINTR)
			continue;
		if (pid < 0)
			sys_exit(1);
		if (pid != setup->program_pid)
			continue;
		msg.exit.end_ns = clock_ns();
		msg.exit.wait_status = status;
		msg.exit.involuntary_switches = (uint64_t)usage.ru_nivcsw;
		/* orphans that are dead already are no company */
		do
			pid = sys(SYS_wait4, -1, &status, WNOHANG | __WALL);
		while (pid > 0);
		msg.exit.alone = pid < 0;
		/*
		 * A call of what the program left behind, which dies with this process. It is only looked for: with two
		 * readers the launcher could wait for one that is taken already, for ever on kernels before 6.11.
		 */
		msg.exit.denied = pid == 0 && setup->listener_fd >= 0 && is_call_waiting(setup->listener_fd);
		say(setup, &msg, -1);
		sys_exit(0); /* takes whatever the program left behind with it */
	}
}

_Noreturn void setup_init(void *arg)
{
	struct setup *setup = arg;
	struct sbx_err err = {0};

	/* set again by the last step: this one covers the building */
	sys(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	if (build(setup, &err) < 0 || release_program(setup, &err) < 0) {
		say_failed(setup, &err);
		sys_exit(1);
	}
	say_exec(setup);
	reap_until_exit(setup);
}
