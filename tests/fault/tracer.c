/* See tracer.h. One loop over what waitpid(2) says of any of the processes. */
#include "tests/fault/tracer.h"

#include "tests/fault/view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRACEES_MAX 64
#define TICK_US 20000
#define OPTIONS                                                                                                        \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | \
	 PTRACE_O_EXITKILL)

static const char *const role_names[ROLE_MAX] = {
        [ROLE_START] = "start",     [ROLE_LAUNCHER] = "launcher", [ROLE_INIT] = "init",
        [ROLE_NETWORK] = "network", [ROLE_PROGRAM] = "program",   [ROLE_OTHER] = "other",
};

struct tracee {
	pid_t pid; /* 0: free */
	enum role role;
	bool is_box;      /* not the launcher */
	bool is_followed; /* its calls are counted: from exec on the launcher's, up to exec the program's */
	int answer;       /* what the call it is in is to return, 0 for what it returns */
};

struct tracer {
	struct tracee tracees[TRACEES_MAX];
	pid_t launcher, init;
	const struct fault *fault;
	struct outcome *out;
	uint64_t end_us, killed_us;
};

const char *role_name(enum role role)
{
	return role_names[role];
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000U + (uint64_t)t.tv_nsec / 1000U;
}

/* The number behind `key` in the status of a process; of several the last. */
static pid_t number_of(pid_t pid, const char *key)
{
	char path[32], text[4096], *line;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	line = view_read(path, text, sizeof(text)) ? strstr(text, key) : NULL;
	if (line == NULL)
		return -1;
	line[strcspn(line, "\n")] = '\0';
	return (pid_t)atoi(strrchr(line, '\t'));
}

static enum role role_of(struct tracer *t, pid_t pid)
{
	if (number_of(pid, "PPid:") == t->launcher && t->init == 0) {
		t->init = pid;
		return ROLE_INIT;
	}
	/* their numbers in the box; which is born first is not always seen first */
	switch (number_of(pid, "NSpid:")) {
	case 2:
		return ROLE_PROGRAM;
	case 3:
		return ROLE_NETWORK;
	}
	return ROLE_OTHER;
}

static struct tracee *tracee_of(struct tracer *t, pid_t pid)
{
	struct tracee *unused = NULL;

	for (size_t i = 0; i < TRACEES_MAX; i++) {
		if (t->tracees[i].pid == pid)
			return &t->tracees[i];
		if (t->tracees[i].pid == 0 && unused == NULL)
			unused = &t->tracees[i];
	}
	if (unused == NULL) {
		fprintf(stderr, "fault: more than %d processes\n", TRACEES_MAX);
		abort();
	}
	*unused = (struct tracee){.pid = pid, .role = ROLE_START};
	if (pid != t->launcher) {
		unused->is_box = unused->is_followed = true;
		unused->role = role_of(t, pid);
	}
	return unused;
}

static void kill_victim(struct tracer *t, enum role role, pid_t pid)
{
	if ((t->fault->victims & (1U << role)) == 0)
		return;
	for (size_t i = 0; i < TRACEES_MAX; i++)
		if (pid > 0 && t->tracees[i].pid == pid) {
			t->out->victim = true;
			kill(pid, SIGKILL);
		}
}

static void do_fault(struct tracer *t, struct tracee *tracee, long nr)
{
	t->out->reached = true;
	if (t->fault->victims != 0) {
		t->killed_us = now_us();
		kill_victim(t, ROLE_INIT, t->init);
		kill_victim(t, ROLE_LAUNCHER, t->launcher);
		return;
	}
	tracee->answer = -t->fault->errnum;
	/*
	 * A close that fails has closed all the same. Of any other call getpid is made instead: no filter of ours
	 * stops it, as it would a number that is none.
	 */
	if (nr != SYS_close)
		ptrace(PTRACE_POKEUSER, tracee->pid, offsetof(struct user, regs.orig_rax), SYS_getpid);
}

static void enter_call(struct tracer *t, struct tracee *tracee, long nr)
{
	unsigned n;

	/* streams_guard() is what main() begins with */
	if (tracee->role == ROLE_START && nr == SYS_fcntl)
		tracee->role = ROLE_LAUNCHER;
	n = ++t->out->calls[tracee->role];
	if (n <= CALLS_MAX)
		t->out->nr[tracee->role][n - 1] = (int)nr;
	if (!t->out->reached && tracee->role == t->fault->role && n == t->fault->call)
		do_fault(t, tracee, nr);
}

static void on_call(struct tracer *t, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof(info), &info) <= 0)
		return; /* it was killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		enter_call(t, tracee, (long)info.entry.nr);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && tracee->answer != 0) {
		ptrace(PTRACE_POKEUSER, tracee->pid, offsetof(struct user, regs.rax), (long)tracee->answer);
		tracee->answer = 0;
	}
}

static void on_exec(struct tracer *t, struct tracee *tracee)
{
	tracee->is_followed = !tracee->is_box;
	if (!tracee->is_box)
		return;
	view_take(tracee->pid, t->out->view, sizeof(t->out->view));
	errno = 0;
	ptrace(PTRACE_PEEKUSER, tracee->pid, 0, 0);
	t->out->executed = errno == 0; /* else it was killed while it was looked at, and will not run */
}

/* Each stop costs, so where a fault is to come only its process is stopped at its calls, and only as far as that. */
static bool is_looked_at(const struct tracer *t, const struct tracee *tracee)
{
	enum role role = tracee->role == ROLE_START ? ROLE_LAUNCHER : tracee->role;
	enum role wanted = t->fault->role == ROLE_START ? ROLE_LAUNCHER : t->fault->role;

	if (tracee->answer != 0 || t->fault->call == 0)
		return tracee->is_followed;
	return tracee->is_followed && role == wanted && !t->out->reached;
}

static void on_stop(struct tracer *t, struct tracee *tracee, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	if (sig == (SIGTRAP | 0x80)) {
		on_call(t, tracee);
		sig = 0;
	} else if (event != 0) {
		if (event == PTRACE_EVENT_EXEC)
			on_exec(t, tracee);
		sig = 0;
	}
	ptrace(is_looked_at(t, tracee) ? PTRACE_SYSCALL : PTRACE_CONT, tracee->pid, NULL, (long)sig);
}

static void on_end(struct tracer *t, struct tracee *tracee, int status)
{
	if (tracee->pid == t->launcher)
		t->out->status = status;
	if (t->killed_us != 0 && (tracee->is_box || (t->fault->victims & (1U << ROLE_LAUNCHER)) != 0))
		t->out->left_us = now_us() - t->killed_us;
	tracee->pid = 0;
}

static void end_all(struct tracer *t, unsigned seconds)
{
	if (t->out->hung) {
		fprintf(stderr, "fault: a killed process does not end\n");
		abort();
	}
	t->out->hung = true;
	t->end_us = now_us() + seconds * 1000000U;
	for (size_t i = 0; i < TRACEES_MAX; i++)
		if (t->tracees[i].pid > 0)
			kill(t->tracees[i].pid, SIGKILL);
}

static void follow(struct tracer *t, unsigned seconds)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno == ECHILD)
			return;
		if (pid > 0 && WIFSTOPPED(status))
			on_stop(t, tracee_of(t, pid), status);
		else if (pid > 0)
			on_end(t, tracee_of(t, pid), status);
		if (now_us() > t->end_us)
			end_all(t, seconds);
	}
}

static void on_tick(int sig)
{
	(void)sig; /* all that it is for is to end a waitpid */
}

/* What a caller may have and the program must not inherit, so that a step that fails to take it away shows. */
static bool be_privileged(void)
{
	return signal(SIGINT, SIG_IGN) != SIG_ERR && setpriority(PRIO_PROCESS, 0, -1) == 0 &&
	       syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 0)) == 0;
}

/* Until it is seized it waits for a byte, since it may not run a call that is not counted. */
static _Noreturn void launch(char *const *argv, const char *err_path, int go)
{
	int err = open(err_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int none = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char byte;

	if (err >= 0 && none >= 0 && be_privileged() && read(go, &byte, 1) == 1 && dup2(none, 0) == 0 &&
	    dup2(err, 1) == 1 && dup2(err, 2) == 2)
		execv(argv[0], argv);
	_exit(126);
}

bool tracer_run(char *const *argv, const char *err_path, const struct fault *fault, unsigned seconds,
                struct outcome *ret)
{
	struct itimerval tick = {{0, TICK_US}, {0, TICK_US}}, none = {{0, 0}, {0, 0}};
	struct sigaction act = {.sa_handler = on_tick};
	struct tracer t = {.fault = fault, .out = ret};
	int go[2];
	bool ok;

	memset(ret, 0, sizeof(*ret));
	if (pipe2(go, O_CLOEXEC) < 0 || (t.launcher = fork()) < 0) {
		perror("fault");
		return false;
	}
	if (t.launcher == 0)
		launch(argv, err_path, go[0]);
	close(go[0]);
	ok = ptrace(PTRACE_SEIZE, t.launcher, NULL, OPTIONS) == 0 && write(go[1], "", 1) == 1;
	if (!ok)
		perror("fault: cannot trace");
	close(go[1]);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	t.end_us = now_us() + seconds * 1000000U;
	follow(&t, seconds);
	setitimer(ITIMER_REAL, &none, NULL);
	return ok;
}
