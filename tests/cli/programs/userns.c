/*
 * userns COMMAND...: in a user namespace of its own with all ids mapped to themselves, as in a container that keeps the
 * host's network: root there has no rights over the network namespace it is in. Started by root.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void map(pid_t pid, const char *file)
{
	char path[64];
	FILE *map;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	map = fopen(path, "w");
	if (map == NULL || fputs("0 0 4294967295\n", map) < 0 || fclose(map) != 0)
		perror(path);
}

int main(int argc, char **argv)
{
	int made[2], mapped[2], status = 1;
	char byte = 0;
	pid_t pid;

	if (argc < 2 || pipe(made) < 0 || pipe(mapped) < 0)
		return 125;
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) < 0 || write(made[1], &byte, 1) != 1 || read(mapped[0], &byte, 1) != 1)
			_exit(125);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (read(made[0], &byte, 1) != 1)
		return 125;
	map(pid, "uid_map");
	map(pid, "gid_map");
	if (write(mapped[1], &byte, 1) != 1 || waitpid(pid, &status, 0) != pid)
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
