/* Routes by calls that take memory of their own: System V's queues and semaphores, timers, signals, and what a filter
 * refuses. */
#include "tests/memory/routes.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <time.h>

static struct {
	long type;
	char text[8192];
} message = {.type = 1};

static int queues(size_t size)
{
	for (;;) {
		int id = msgget(IPC_PRIVATE, 0600);
		if (id < 0)
			return errno;
		while (msgsnd(id, &message, size, IPC_NOWAIT) == 0)
			;
	}
}

static int messages(const char *arg)
{
	(void)arg;
	return queues(sizeof(message.text));
}

static int empty_messages(const char *arg)
{
	(void)arg;
	return queues(0);
}

static int semaphores(const char *arg)
{
	int id;

	while ((id = semget(IPC_PRIVATE, 32000, 0600)) >= 0)
		if (arg != NULL && semop(id, &(struct sembuf){0, 1, SEM_UNDO}, 1) < 0)
			return errno;
	return errno;
}

static int timers(const char *arg)
{
	struct sigevent event = {.sigev_notify = SIGEV_NONE};
	timer_t timer;

	(void)arg;
	for (int i = 0; i < 1000000; i++)
		if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0)
			return errno;
	return 0;
}

static int signals(const char *arg)
{
	sigset_t rt;

	(void)arg;
	sigemptyset(&rt);
	sigaddset(&rt, SIGRTMIN);
	MUST(sigprocmask(SIG_BLOCK, &rt, NULL));
	for (int i = 0; i < 1000000; i++)
		if (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i}) < 0)
			return errno;
	return 0;
}

static int filters(const char *arg)
{
	static struct sock_filter rules[4096];
	struct sock_fprog program = {4096, rules};

	(void)arg;
	for (size_t i = 0; i < 4096; i++)
		rules[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	while (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		;
	return errno;
}

/* More output than there is room for anywhere, if it were kept. */
static int output(const char *arg)
{
	static char text[64 << 10];

	(void)arg;
	while (take(sizeof(text)))
		MUST(write(STDERR_FILENO, text, sizeof(text)));
	return 0;
}

/* The call of this number, with arguments that are good enough to be looked at. */
static int call(const char *number)
{
	static char text[4096];

	return syscall(atoi(number), text, text, text, 0, -1, 0) < 0 ? errno : 0;
}

static int new_namespaces(const char *arg)
{
	(void)arg;
	return syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD, NULL, NULL, NULL, NULL) < 0 ? errno : 0;
}

static int terminals(const char *arg)
{
	int fd;

	(void)arg;
	while ((fd = open("/dev/ptmx", O_RDWR | O_NOCTTY)) >= 0)
		;
	return errno;
}

#define TEXT(number) #number
#define CALL(name, number)                                                                                             \
	{                                                                                                              \
		name, call, TEXT(number)                                                                               \
	}

const struct route call_routes[] = {
        {"sysv-messages", messages, NULL},
        {"sysv-empty", empty_messages, NULL},
        {"sysv-semaphores", semaphores, NULL},
        {"sysv-undo", semaphores, "undo"},
        {"posix-timers", timers, NULL},
        {"signals", signals, NULL},
        {"output", output, NULL},
        {"seccomp", filters, NULL},
        {"namespaces", new_namespaces, NULL},
        {"terminals", terminals, NULL},
        CALL("posix-queues", SYS_mq_open),
        CALL("keys", SYS_add_key),
        CALL("mounts", SYS_fsopen),
        CALL("bpf", SYS_bpf),
        CALL("perf", SYS_perf_event_open),
        CALL("userfaultfd", SYS_userfaultfd),
        CALL("fanotify", SYS_fanotify_init),
        CALL("inotify", SYS_inotify_init1),
        CALL("io_uring", SYS_io_uring_setup),
        CALL("aio", SYS_io_setup),
        CALL("secret-memory", SYS_memfd_secret),
        CALL("numa-policy", SYS_set_mempolicy),
        CALL("ldt", SYS_modify_ldt),
        CALL("landlock", SYS_landlock_create_ruleset),
        {0},
};
