/*
 * The starter: real programs, by a service that is a process of the test's. What the service finds wrong ends it with
 * another status than 0, which is what starter_loop() gives back.
 */
#include "runner/starter.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 60000

/* cmocka's own would go on with the next test, in the wrong process. */
#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
			_exit(99);                                                                                     \
		}                                                                                                      \
	} while (0)

enum program {
	ECHO,     /* standard input to standard output, words to the others, ends with 7 */
	LOOK,     /* prints what it was born with */
	WAIT,     /* until SIGTERM, on which it ends with 3 */
	STUBBORN, /* until SIGKILL */
	SLEEP,    /* the same, without work */
	QUICK,
	N_PROGRAMS,
};

static char *const *programs[N_PROGRAMS];

static void make_programs(void)
{
	static char *argv[N_PROGRAMS][4];
	static const char *const texts[N_PROGRAMS] = {
	        [ECHO] = "cat; echo words >&2; echo event >&3; exit 7",
	        [LOOK] = "tr '\\0' '\\n' </proc/$$/environ; for fd in /proc/$$/fd/*; do echo fd ${fd##*/}; done;"
	                 /* without another process: while it starts one, a shell blocks its signals */
	                 " while IFS= read -r line; do case $line in SigBlk*|SigIgn*) echo \"$line\";; esac; done"
	                 " </proc/$$/status;"
	                 " read -r pid comm state ppid group session rest </proc/$$/stat;"
	                 " [ $pid = $group ] && [ $pid = $session ] && echo own session",
	        [WAIT] = "trap 'echo told; exit 3' TERM; echo ready >&3; while :; do sleep 0.01; done",
	        [STUBBORN] = "trap '' TERM; echo ready >&3; while :; do sleep 0.01; done",
	        [SLEEP] = "echo ready >&3; exec sleep 1000",
	        [QUICK] = "exit 0",
	};

	for (int i = 0; i < N_PROGRAMS; i++) {
		argv[i][0] = (char *)(uintptr_t) "sh";
		argv[i][1] = (char *)(uintptr_t) "-c";
		argv[i][2] = (char *)(uintptr_t)texts[i];
		programs[i] = argv[i];
	}
}

/* ---- the service ---- */

/* What a program is given; pipe[0] is the service's. */
struct streams {
	int fds[STARTER_FDS], events;
};

static void open_streams(struct streams *streams)
{
	int ends[2];

	for (int i = 0; i < 3; i++) {
		streams->fds[i] = memfd_create("stream", MFD_CLOEXEC);
		CHECK(streams->fds[i] >= 0);
	}
	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	streams->events = ends[0];
	streams->fds[3] = ends[1];
}

static void close_streams(struct streams *streams)
{
	for (int i = 0; i < STARTER_FDS; i++)
		close(streams->fds[i]);
	close(streams->events);
}

static void next_event(int socket_fd, struct starter_event *event)
{
	struct pollfd ready = {.fd = socket_fd, .events = POLLIN};
	int rc;

	do {
		CHECK(poll(&ready, 1, PATIENCE_MS) == 1);
		rc = starter_next(socket_fd, event);
	} while (rc == 0);
	CHECK(rc == 1);
}

static void expect(int socket_fd, enum starter_event_kind kind, uint32_t number, int value)
{
	struct starter_event event;

	next_event(socket_fd, &event);
	if (event.kind != kind || event.number != number || event.value != value) {
		fprintf(stderr, "got %u %u %d, wanted %u %u %d\n", event.kind, event.number, event.value, kind, number,
		        value);
		_exit(98);
	}
}

/* Until the program says that it is ready. */
static void await_ready(const struct streams *streams)
{
	struct pollfd ready = {.fd = streams->events, .events = POLLIN};
	char text[16];

	CHECK(poll(&ready, 1, PATIENCE_MS) == 1);
	CHECK(read(streams->events, text, sizeof(text)) == (ssize_t)strlen("ready\n"));
}

static void read_file(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	CHECK(n >= 0);
	text[n] = '\0';
}

/* ---- the two of them ---- */

struct given {
	unsigned grace_ms;
	int exe_fd; /* -1: /bin/sh */
};

static unsigned count_fds(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Runs it by this process; the wait status of the service. */
static int with_starter(void (*serve)(int socket_fd), const struct given *given)
{
	struct starter_config config = {.programs = programs, .n_programs = N_PROGRAMS, .env_path = "/usr/bin:/bin"};
	struct sbx_err err;
	int pair[2], status = -1;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	config.service = fork();
	if (config.service == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(pair[0]);
		serve(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	config.socket_fd = pair[0];
	config.grace_ms = given->grace_ms;
	config.exe_fd = given->exe_fd >= 0 ? given->exe_fd : open("/bin/sh", O_PATH | O_CLOEXEC);
	assert_true(config.exe_fd >= 0);
	assert_int_equal(starter_loop(&config, &status, &err), 0);
	close(pair[0]);
	close(config.exe_fd);
	return status;
}

static void serve_nothing(int socket_fd)
{
	(void)socket_fd;
}

/* The service finds all well, and nothing stays open in the starter. */
static void check_well(void (*serve)(int socket_fd))
{
	const struct given given = {.grace_ms = PATIENCE_MS, .exe_fd = -1};
	unsigned before;

	/* the first loop of a process takes what is free of 0 to 3, for good */
	assert_int_equal(with_starter(serve_nothing, &given), 0);
	before = count_fds();
	assert_int_equal(with_starter(serve, &given), 0);
	assert_int_equal(count_fds(), before);
}

/* ---- what it is for ---- */

static void serve_streams(int socket_fd)
{
	struct streams streams;
	char text[64];

	open_streams(&streams);
	CHECK(write(streams.fds[0], "input", 5) == 5 && lseek(streams.fds[0], 0, SEEK_SET) == 0);
	CHECK(starter_start(socket_fd, ECHO, 4000000000U, streams.fds) == 0);
	expect(socket_fd, STARTER_ENDED, 4000000000U, 7 << 8);
	read_file(streams.fds[1], text, sizeof(text));
	CHECK(strcmp(text, "input") == 0);
	read_file(streams.fds[2], text, sizeof(text));
	CHECK(strcmp(text, "words\n") == 0);
	/* its end of the pipe is gone with it, and the starter keeps none */
	close(streams.fds[3]);
	CHECK(read(streams.events, text, sizeof(text)) == 6 && read(streams.events, text, sizeof(text)) == 0);
}

static void test_streams(void **state)
{
	(void)state;
	check_well(serve_streams);
}

static void serve_look(int socket_fd)
{
	struct streams streams;
	char text[1024];

	open_streams(&streams);
	CHECK(starter_start(socket_fd, LOOK, 1, streams.fds) == 0);
	expect(socket_fd, STARTER_ENDED, 1, 0);
	read_file(streams.fds[1], text, sizeof(text));
	/* 4 is the folder that is looked through */
	if (strcmp(text, "PATH=/usr/bin:/bin\nfd 0\nfd 1\nfd 2\nfd 3\nfd 4\nSigBlk:\t0000000000000000\n"
	                 "SigIgn:\t0000000000000000\nown session\n") != 0) {
		fprintf(stderr, "%s", text);
		_exit(97);
	}
}

/* By the system call: libc refuses its own two, 32 and 33. */
static void set_handler(int number, void (*handler)(int))
{
	void (*action[4])(int) = {handler};

	assert_int_equal(syscall(SYS_rt_sigaction, number, action, NULL, sizeof(uint64_t)), 0);
}

/* Whatever the starter has: signals that are ignored or blocked, and descriptors that are not close-on-exec. */
static void test_clean_birth(void **state)
{
	static const int ignored[] = {SIGUSR1, SIGPIPE, 32, 33, _NSIG - 1};
	int leaky = fcntl(STDOUT_FILENO, F_DUPFD, 10);
	sigset_t mask, old;

	(void)state;
	assert_true(leaky >= 10);
	for (unsigned i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		set_handler(ignored[i], SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	sigprocmask(SIG_BLOCK, &mask, &old);
	check_well(serve_look);
	sigprocmask(SIG_SETMASK, &old, NULL);
	for (unsigned i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		set_handler(ignored[i], SIG_DFL);
	close(leaky);
}

static void serve_stop(int socket_fd)
{
	struct streams polite, stubborn;

	open_streams(&polite);
	open_streams(&stubborn);
	CHECK(starter_start(socket_fd, WAIT, 1, polite.fds) == 0);
	CHECK(starter_start(socket_fd, STUBBORN, 2, stubborn.fds) == 0);
	await_ready(&polite);
	await_ready(&stubborn);
	CHECK(starter_stop(socket_fd, 2, false) == 0);
	CHECK(starter_stop(socket_fd, 1, false) == 0);
	expect(socket_fd, STARTER_ENDED, 1, 3 << 8);
	CHECK(starter_stop(socket_fd, 2, true) == 0);
	expect(socket_fd, STARTER_ENDED, 2, SIGKILL);
	/* the number is free again */
	CHECK(starter_start(socket_fd, QUICK, 2, polite.fds) == 0);
	expect(socket_fd, STARTER_ENDED, 2, 0);
}

static void test_stop(void **state)
{
	(void)state;
	check_well(serve_stop);
}

static void serve_not_executable(int socket_fd)
{
	struct streams streams;

	open_streams(&streams);
	CHECK(starter_start(socket_fd, QUICK, 9, streams.fds) == 0);
	expect(socket_fd, STARTER_REFUSED, 9, ENOEXEC);
}

static void test_not_executable(void **state)
{
	const struct given given = {.grace_ms = PATIENCE_MS, .exe_fd = memfd_create("no program", MFD_CLOEXEC)};

	(void)state;
	assert_int_equal(write(given.exe_fd, "text", 4), 4);
	assert_int_equal(with_starter(serve_not_executable, &given), 0);
}

/* ---- a service that is somebody else's ---- */

/* The message as it is on the wire; see struct request in starter.c. */
struct wire {
	uint32_t kind, number, program;
};

static void send_raw(int socket_fd, const void *bytes, size_t len, const int *fds, size_t n_fds)
{
	char control[CMSG_SPACE(253 * sizeof(int))] __attribute__((aligned(8))) = {0};
	struct iovec part = {(void *)(uintptr_t)bytes, len};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (n_fds > 0) {
		struct cmsghdr *header = (struct cmsghdr *)(void *)control;
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(header), fds, n_fds * sizeof(int));
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
	}
	CHECK(sendmsg(socket_fd, &message, MSG_NOSIGNAL) == (ssize_t)len);
}

static void serve_wrong(int socket_fd)
{
	struct wire wire = {.kind = 0, .number = 5, .program = QUICK};
	int fds[253], swapped[STARTER_FDS], pipe_end, device = open("/dev/zero", O_RDWR | O_CLOEXEC);
	struct streams streams;

	open_streams(&streams);
	for (size_t i = 0; i < 253; i++)
		fds[i] = streams.fds[i % STARTER_FDS];
	/* too few, too many, and far too many descriptors */
	for (size_t n = 0; n < 254; n = n < 8 ? n + 1 : n + 49) {
		if (n == STARTER_FDS)
			continue;
		send_raw(socket_fd, &wire, sizeof(wire), fds, n);
		expect(socket_fd, STARTER_REFUSED, 5, EBADF);
	}
	CHECK(starter_start(socket_fd, N_PROGRAMS, 6, streams.fds) == 0);
	expect(socket_fd, STARTER_REFUSED, 6, ENOENT);
	CHECK(starter_start(socket_fd, ~0U, 7, streams.fds) == 0);
	expect(socket_fd, STARTER_REFUSED, 7, ENOENT);
	wire = (struct wire){.kind = 3, .number = 8};
	send_raw(socket_fd, &wire, sizeof(wire), fds, STARTER_FDS);
	expect(socket_fd, STARTER_REFUSED, 8, EINVAL);
	/* each of the four has to be of its kind */
	pipe_end = streams.fds[3];
	for (int i = 0; i < STARTER_FDS; i++) {
		memcpy(swapped, streams.fds, sizeof(swapped));
		swapped[i] = i < 3 ? pipe_end : streams.fds[0];
		CHECK(starter_start(socket_fd, QUICK, 9, swapped) == 0);
		expect(socket_fd, STARTER_REFUSED, 9, EPERM);
		swapped[i] = device;
		CHECK(starter_start(socket_fd, QUICK, 9, swapped) == 0);
		expect(socket_fd, STARTER_REFUSED, 9, EPERM);
	}
	/* a number that is in use */
	CHECK(starter_start(socket_fd, WAIT, 9, streams.fds) == 0);
	CHECK(starter_start(socket_fd, QUICK, 9, streams.fds) == 0);
	expect(socket_fd, STARTER_REFUSED, 9, EEXIST);
	await_ready(&streams);
	CHECK(starter_stop(socket_fd, 10, true) == 0);
	CHECK(starter_stop(socket_fd, 9, false) == 0);
	expect(socket_fd, STARTER_ENDED, 9, 3 << 8);
	CHECK(starter_stop(socket_fd, 9, false) == 0);
	close_streams(&streams);
}

static void test_wrong(void **state)
{
	(void)state;
	check_well(serve_wrong);
}

/* Bytes of any number, with any number of descriptors; and then it works as ever. */
static void serve_garbage(int socket_fd)
{
	uint32_t seed = 1, bytes[16];
	struct starter_event event;
	struct streams streams;
	int fds[STARTER_FDS * 2], rc;

	open_streams(&streams);
	for (size_t i = 0; i < STARTER_FDS * 2; i++)
		fds[i] = streams.fds[i % STARTER_FDS];
	for (int i = 0; i < 20000; i++) {
		size_t len, n_fds;
		for (size_t k = 0; k < 16; k++) {
			seed = seed * 1664525 + 1013904223;
			bytes[k] = seed >> 16;
		}
		/* often of the right size, and of a kind that is one */
		len = bytes[15] % 3 == 0 ? 1 + bytes[14] % sizeof(bytes) : sizeof(struct wire);
		bytes[0] = bytes[13] % 4 == 0 ? bytes[0] : 1 + bytes[0] % 2;
		n_fds = bytes[12] % (STARTER_FDS * 2 + 1);
		send_raw(socket_fd, bytes, len, fds, n_fds);
		while ((rc = starter_next(socket_fd, &event)) == 1)
			CHECK(event.kind == STARTER_REFUSED);
		CHECK(rc == 0);
	}
	CHECK(starter_start(socket_fd, QUICK, 77, streams.fds) == 0);
	do
		next_event(socket_fd, &event);
	while (event.kind == STARTER_REFUSED);
	CHECK(event.number == 77 && event.value == 0);
}

static void test_garbage(void **state)
{
	(void)state;
	check_well(serve_garbage);
}

/* As many as there may be, and one more; and a service that for a long time reads no answer. */
static void serve_many(int socket_fd)
{
	struct streams streams;
	struct starter_event event;
	unsigned n_sent = 0, n_ended = 0;
	int rc;

	open_streams(&streams);
	for (uint32_t i = 0; i < STARTER_CHILDREN_MAX; i++) {
		CHECK(starter_start(socket_fd, SLEEP, i, streams.fds) == 0);
		await_ready(&streams);
	}
	CHECK(starter_start(socket_fd, QUICK, STARTER_CHILDREN_MAX, streams.fds) == 0);
	expect(socket_fd, STARTER_REFUSED, STARTER_CHILDREN_MAX, EAGAIN);
	for (uint32_t i = 0; i < STARTER_CHILDREN_MAX; i++)
		CHECK(starter_stop(socket_fd, i, true) == 0);
	for (uint32_t i = 0; i < STARTER_CHILDREN_MAX; i++) {
		next_event(socket_fd, &event);
		CHECK(event.kind == STARTER_ENDED && event.value == SIGKILL);
	}
	/* refused ones are answered at once, so this fills the socket first in one direction, then in the other */
	do {
		struct pollfd ready = {.fd = socket_fd, .events = POLLOUT};
		rc = starter_start(socket_fd, N_PROGRAMS, n_sent, streams.fds);
		n_sent += rc == 0;
		if (rc == -EAGAIN)
			rc = poll(&ready, 1, 500) == 0 ? -EAGAIN : 0;
	} while (rc == 0);
	CHECK(rc == -EAGAIN && n_sent > 100);
	while (n_ended < n_sent) {
		expect(socket_fd, STARTER_REFUSED, n_ended, ENOENT);
		n_ended++;
	}
	CHECK(starter_start(socket_fd, QUICK, 1, streams.fds) == 0);
	expect(socket_fd, STARTER_ENDED, 1, 0);
}

static void test_many(void **state)
{
	(void)state;
	check_well(serve_many);
}

/* ---- ends ---- */

static int shared_fd; /* standard output of what outlives the service */

static void start_shared(int socket_fd, enum program program)
{
	struct streams streams;

	open_streams(&streams);
	streams.fds[1] = shared_fd;
	CHECK(starter_start(socket_fd, program, 1, streams.fds) == 0);
	await_ready(&streams);
}

static void serve_and_die(int socket_fd)
{
	start_shared(socket_fd, WAIT);
	CHECK(starter_start(socket_fd, N_PROGRAMS, 2, (int[]){0, 1, 2, 3}) == 0); /* the answer is for nobody */
	raise(SIGKILL);
}

static void serve_and_close(int socket_fd)
{
	start_shared(socket_fd, STUBBORN);
	close(socket_fd);
	for (;;)
		pause();
}

static void check_shared(const char *wanted)
{
	char text[64];

	read_file(shared_fd, text, sizeof(text));
	assert_string_equal(text, wanted);
	close(shared_fd);
}

static void test_service_dies(void **state)
{
	const struct given given = {.grace_ms = PATIENCE_MS, .exe_fd = -1};

	(void)state;
	shared_fd = memfd_create("shared", MFD_CLOEXEC);
	assert_int_equal(with_starter(serve_and_die, &given), SIGKILL);
	check_shared("told\n");
}

/* What does not end by SIGTERM, the service itself too, is killed after the grace. */
static void test_grace(void **state)
{
	const struct given given = {.grace_ms = 300, .exe_fd = -1};
	uint64_t begin = clock_ns();

	(void)state;
	shared_fd = memfd_create("shared", MFD_CLOEXEC);
	assert_int_equal(with_starter(serve_and_close, &given), SIGKILL);
	assert_true(clock_ns() - begin >= 300 * UINT64_C(1000000));
	check_shared("");
}

static void serve_drain(int socket_fd)
{
	struct streams streams;
	sigset_t mask;
	int signal;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	open_streams(&streams);
	CHECK(starter_start(socket_fd, WAIT, 1, streams.fds) == 0);
	await_ready(&streams);
	CHECK(kill(getppid(), SIGINT) == 0);
	CHECK(sigwait(&mask, &signal) == 0);
	/* its programs are its own affair meanwhile, and new ones are started */
	CHECK(starter_start(socket_fd, QUICK, 2, streams.fds) == 0);
	expect(socket_fd, STARTER_ENDED, 2, 0);
	CHECK(starter_stop(socket_fd, 1, false) == 0);
	expect(socket_fd, STARTER_ENDED, 1, 3 << 8);
}

static void test_signal_is_passed_on(void **state)
{
	(void)state;
	check_well(serve_drain);
}

static void serve_deaf(int socket_fd)
{
	signal(SIGTERM, SIG_IGN);
	start_shared(socket_fd, STUBBORN);
	CHECK(kill(getppid(), SIGTERM) == 0);
	usleep(100000); /* the two would be one otherwise */
	CHECK(kill(getppid(), SIGTERM) == 0);
	for (;;)
		pause();
}

static void test_second_signal(void **state)
{
	const struct given given = {.grace_ms = PATIENCE_MS, .exe_fd = -1};
	uint64_t begin = clock_ns();

	(void)state;
	shared_fd = memfd_create("shared", MFD_CLOEXEC);
	assert_int_equal(with_starter(serve_deaf, &given), SIGKILL);
	assert_true(clock_ns() - begin < PATIENCE_MS * UINT64_C(1000000));
	check_shared("");
}

static void serve_kill_starter(int socket_fd)
{
	start_shared(socket_fd, WAIT);
	kill(getppid(), SIGKILL);
	for (;;)
		pause();
}

/* The kernel tells the programs. */
static void test_starter_dies(void **state)
{
	const struct given given = {.grace_ms = PATIENCE_MS, .exe_fd = -1};
	char text[64] = "";
	int status;
	pid_t pid;

	(void)state;
	shared_fd = memfd_create("shared", MFD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		with_starter(serve_kill_starter, &given);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, SIGKILL);
	for (int i = 0; i < PATIENCE_MS / 10 && text[0] == '\0'; i++) {
		usleep(10000);
		read_file(shared_fd, text, sizeof(text));
	}
	check_shared("told\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_streams),       cmocka_unit_test(test_clean_birth),
	        cmocka_unit_test(test_stop),          cmocka_unit_test(test_not_executable),
	        cmocka_unit_test(test_wrong),         cmocka_unit_test(test_garbage),
	        cmocka_unit_test(test_many),          cmocka_unit_test(test_service_dies),
	        cmocka_unit_test(test_grace),         cmocka_unit_test(test_signal_is_passed_on),
	        cmocka_unit_test(test_second_signal), cmocka_unit_test(test_starter_dies),
	};

	make_programs();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
