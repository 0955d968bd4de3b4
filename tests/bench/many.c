/*
 * What the kernel itself needs to end 512 processes: the init of bare namespaces is killed while they sleep in it, with
 * no sandbox around. Below that no sandbox can come. Called by exact.c.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Time for the last of the processes to fall asleep. */
#define SETTLE_MS 300

static pid_t first_child(pid_t pid)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	return place_read(path, text, sizeof(text)) > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

int many_floor_us(const char *name, int64_t *ret_us)
{
	const char *const argv[] = {"./namespaces", "./sleepers", "512", name, NULL};
	struct launch what = {.argv = argv, .err_fd = -1};
	int p[2], rc;
	char line[16];
	pid_t pid, init = 0;
	int64_t begin_ns;

	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	what.out_fd = p[1];
	rc = launch_start(&what, &pid);
	close(p[1]);
	if (rc == 0 && read(p[0], line, sizeof(line)) > 0)
		init = first_child(pid);
	if (init > 0)
		pause_ms(SETTLE_MS);
	begin_ns = now_ns();
	if (rc == 0 && kill(init > 0 ? init : pid, SIGKILL) == 0)
		waitpid(pid, NULL, 0);
	*ret_us = (now_ns() - begin_ns) / 1000;
	close(p[0]);
	return rc < 0 ? rc : init > 0 ? 0 : -ECHILD;
}
