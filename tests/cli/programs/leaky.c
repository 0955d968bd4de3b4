/*
 * leaky MODE COMMAND ARG...: a caller with habits, which then executes COMMAND.
 *   fds       with descriptors 3 to 20 open on / (folders) and without close-on-exec
 *   closed N  without descriptor N           nonblock  with a non-blocking stdout
 *   bare      without any argument, not even the name
 *   tty       with a new pseudo-terminal as its controlling terminal and all three streams; what comes out of the
 *             terminal is copied to stdout
 */
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int in_terminal(char **command)
{
	char buf[4096];
	int master, status;
	ssize_t n;
	pid_t pid = forkpty(&master, NULL, NULL, NULL);

	if (pid == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	while ((n = read(master, buf, sizeof(buf))) > 0)
		if (write(1, buf, (size_t)n) != n)
			return 125;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

int main(int argc, char **argv)
{
	char **command = argv + 2;

	if (argc < 3)
		return 125;
	if (strcmp(argv[1], "fds") == 0) {
		int fd = open("/", O_RDONLY);
		for (int n = 3; n <= 20; n++)
			if (n != fd)
				dup2(fd, n);
	} else if (strcmp(argv[1], "closed") == 0) {
		close(atoi(*command++));
	} else if (strcmp(argv[1], "nonblock") == 0) {
		fcntl(1, F_SETFL, fcntl(1, F_GETFL) | O_NONBLOCK);
	} else if (strcmp(argv[1], "bare") == 0) {
		execve(command[0], (char *[]){NULL}, (char *[]){NULL});
	} else if (strcmp(argv[1], "tty") == 0) {
		return in_terminal(command);
	}
	execvp(command[0], command);
	return 127;
}
