/* Running another program for `sbx setup`: getent(1), which can ask every user database, and systemctl(1). */
#include "runner/setup.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/wait.h>

extern char **environ;

void setup_note(FILE *notes, const char *fmt, ...)
{
	va_list args;

	if (notes == NULL)
		return;
	va_start(args, fmt);
	vfprintf(notes, fmt, args);
	va_end(args);
	putc('\n', notes);
}

static int wait_for(pid_t pid, int *ret_status)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return 0;
}

/* All of it is read, lest the writer be killed by SIGPIPE; what does not fit is dropped. */
static void read_all(int fd, char *out, size_t size)
{
	char rest[512];
	size_t len = 0;

	for (;;) {
		bool fits = len < size - 1;
		ssize_t n = read(fd, fits ? out + len : rest, fits ? size - 1 - len : sizeof(rest));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (fits)
			len += (size_t)n;
	}
	out[len] = '\0';
}

int setup_spawn(char *const *argv, char *out, size_t size, int *ret_status)
{
	posix_spawn_file_actions_t actions;
	int pipe_fd[2] = {-1, -1}, rc;
	pid_t pid;

	if (size > 0 && pipe2(pipe_fd, O_CLOEXEC) < 0)
		return -errno;
	rc = posix_spawn_file_actions_init(&actions);
	if (rc == 0) {
		if (size > 0)
			rc = posix_spawn_file_actions_adddup2(&actions, pipe_fd[1], STDOUT_FILENO);
		if (rc == 0)
			rc = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	fd_close(&pipe_fd[1]);
	if (rc == 0 && size > 0)
		read_all(pipe_fd[0], out, size);
	fd_close(&pipe_fd[0]);
	return rc != 0 ? -rc : wait_for(pid, ret_status);
}
