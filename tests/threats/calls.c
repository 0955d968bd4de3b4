/*
 * calls FOLDER: makes the system calls that are listed in FOLDER/tries, and writes what each answered into
 * FOLDER/answers; for calls.py, which says what a line of either is. It says by FOLDER/ready that it is there, and
 * begins when there is a FOLDER/go.
 *
 * Calls are made by a worker, a process apart: one may end it, stop it, or change it. What is tried for its effect has
 * a worker to itself; what a second filter answers in the kernel's stead has no effect, and the next one follows at
 * once.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N_ARGS 6
#define TRIES_MAX 65536
#define POLL_NS 20000
#define BLOCKED_S 2   /* without an answer for so long */
#define BAD_STACK 8UL /* a stack that rt_sigreturn cannot read */

struct
try {
	char gate;   /* 'n': syscall, 'i': int 0x80 */
	char effect; /* 'r': real, 'm': marked for the second filter, 'l': real, and the last of this program */
	uint64_t nr;
	uint64_t args[N_ARGS];
};

struct shared {
	volatile int at; /* the try that the worker is at */
	volatile char has_answered[TRIES_MAX];
	volatile int64_t answers[TRIES_MAX];
};

static struct try tries[TRIES_MAX];
static int n_tries;
static struct shared *shared;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

/* Both have no frame of their own: what vfork gives birth to must not return on its parent's stack. */
static inline __attribute__((always_inline)) int64_t by_syscall(const struct try *try)
{
	register uint64_t a3 __asm__("r10") = try->args[3];
	register uint64_t a4 __asm__("r8") = try->args[4];
	register uint64_t a5 __asm__("r9") = try->args[5];
	int64_t rc;

	__asm__ volatile("mov %%rsp, %%r12\n\tmov %[stack], %%rsp\n\tsyscall\n\tmov %%r12, %%rsp"
	                 : "=a"(rc)
	                 : "a"(try->nr), "D"(try->args[0]), "S"(try->args[1]), "d"(try->args[2]), "r"(a3), "r"(a4),
	                   "r"(a5), [stack] "r"(BAD_STACK)
	                 : "rcx", "r11", "r12", "memory");
	return rc;
}

static inline __attribute__((always_inline)) int64_t by_int80(const struct try *try)
{
	int64_t rc;

	__asm__ volatile("mov %%rsp, %%r12\n\tmov %%rbp, %%r13\n\tmov %[stack], %%rsp\n\tmov %[a5], %%rbp\n\t"
	                 "int $0x80\n\tmov %%r12, %%rsp\n\tmov %%r13, %%rbp"
	                 : "=a"(rc)
	                 : "a"(try->nr), "b"(try->args[0]), "c"(try->args[1]), "d"(try->args[2]), "S"(try->args[3]),
	                   "D"(try->args[4]), [a5] "r"(try->args[5]), [stack] "r"(BAD_STACK)
	                 : "r8", "r9", "r10", "r11", "r12", "r13", "memory");
	return (int32_t)rc;
}

static _Noreturn void work(int first)
{
	static const struct try getpid_try = {.nr = SYS_getpid}, exit_try = {.nr = SYS_exit};
	int64_t self = by_syscall(&getpid_try), rc;

	for (int i = first; i < n_tries; i++) {
		shared->at = i;
		rc = tries[i].gate == 'i' ? by_int80(&tries[i]) : by_syscall(&tries[i]);
		if (by_syscall(&getpid_try) != self) /* what fork made */
			by_syscall(&exit_try);
		shared->answers[i] = rc;
		shared->has_answered[i] = 1;
		if (tries[i].effect != 'm')
			break;
	}
	_exit(0);
}

/* A file of /proc on the worker; "" where there is none. */
static void look_at(pid_t worker, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	text[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)worker, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, size - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
}

/* Whether the worker sleeps in a call that the filter has put before the launcher. */
static bool is_held(pid_t worker)
{
	char place[128];

	look_at(worker, "wchan", place, sizeof(place));
	return strstr(place, "seccomp") != NULL;
}

/* Whether it sleeps at all; one that only waits for a core does not. */
static bool is_asleep(pid_t worker)
{
	char stat[512];

	look_at(worker, "stat", stat, sizeof(stat));
	return strstr(stat, ") S ") != NULL;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* How the worker came to its end; waits for it. "" where it did all it was to do. */
static const char *end_of(pid_t worker)
{
	static char text[32];
	const struct timespec pause = {.tv_nsec = POLL_NS};
	int status, at = -1;
	double since = 0;

	for (;;) {
		const char *end = NULL;

		if (waitpid(worker, &status, WNOHANG) == worker)
			break;
		if (at != shared->at) {
			at = shared->at;
			since = now();
		}
		if (is_held(worker))
			end = "held";
		else if (now() - since > BLOCKED_S && is_asleep(worker))
			end = "blocked";
		if (end != NULL) {
			kill(worker, SIGKILL);
			waitpid(worker, &status, 0);
			/* it may have gone on since it was looked at: then the next worker takes over */
			return shared->at != at || shared->has_answered[at] ? "" : end;
		}
		nanosleep(&pause, NULL);
	}
	if (shared->has_answered[shared->at])
		return "";
	if (WIFEXITED(status))
		return "exited";
	snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
	return text;
}

static void write_answer(FILE *out, int i)
{
	int64_t rc = shared->answers[i];

	if (rc < 0 && rc >= -4095)
		fprintf(out, "errno %d\n", (int)-rc);
	else
		fprintf(out, "ok\n");
}

static void try_all(FILE *out)
{
	for (int i = 0; i < n_tries;) {
		pid_t worker;
		const char *end;

		shared->at = i;
		if (tries[i].effect == 'l')
			work(i);
		worker = fork();
		if (worker < 0)
			die("fork");
		if (worker == 0)
			work(i);
		end = end_of(worker);
		for (; i < n_tries && shared->has_answered[i]; i++)
			write_answer(out, i);
		if (*end != '\0') {
			fprintf(out, "%s\n", end);
			i = shared->at + 1;
		}
	}
}

static void read_tries(const char *folder)
{
	char path[256];
	struct try *try;
	FILE *in;

	snprintf(path, sizeof(path), "%s/tries", folder);
	in = fopen(path, "re");
	if (in == NULL)
		die(path);
	for (try = tries; n_tries < TRIES_MAX; try++, n_tries++)
		if (fscanf(in, " %c%c %lx %lx %lx %lx %lx %lx %lx", &try->gate, &try->effect, &try->nr, &try->args[0],
		           &try->args[1], &try->args[2], &try->args[3], &try->args[4], &try->args[5]) != 3 + N_ARGS)
			break;
	if (!feof(in))
		die("tries");
	fclose(in);
}

static FILE *create(const char *folder, const char *name)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "we");
	if (out == NULL)
		die(path);
	return out;
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	const char *folder = argc > 1 ? argv[1] : ".";
	char go[256];
	FILE *out;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	read_tries(folder);
	snprintf(go, sizeof(go), "%s/go", folder);
	fclose(create(folder, "ready"));
	while (access(go, F_OK) != 0)
		nanosleep(&pause, NULL);
	out = create(folder, "answers");
	try_all(out);
	fclose(out);
	fclose(create(folder, "done"));
	return 0;
}
