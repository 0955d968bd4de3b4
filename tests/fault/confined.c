/*
 * Runs in the box that `make fault` looks at, and says on its standard output whether it is one: "confined", or what is
 * missing. Its argument is a path of the host that may not be seen. Its input must be there whole.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <unistd.h>

static void must(int ok, const char *what)
{
	if (ok)
		return;
	printf("NOT CONFINED: %s\n", what);
	exit(1);
}

static const char *file(const char *path)
{
	static char text[8192];
	FILE *in = fopen(path, "re");
	size_t n = in == NULL ? 0 : fread(text, 1, sizeof(text) - 1, in);

	text[n] = '\0';
	if (in != NULL)
		fclose(in);
	return text;
}

static void check_rights(void)
{
	static const char *const lines[] = {"\nUid:\t1000\t1000\t1000\t1000\n",
	                                    "\nGid:\t1000\t1000\t1000\t1000\n",
	                                    "\nGroups:\t \n",
	                                    "\nCapInh:\t0000000000000000\n",
	                                    "\nCapPrm:\t0000000000000000\n",
	                                    "\nCapEff:\t0000000000000000\n",
	                                    "\nCapBnd:\t0000000000000000\n",
	                                    "\nCapAmb:\t0000000000000000\n",
	                                    "\nNoNewPrivs:\t1\n",
	                                    "\nSeccomp:\t2\n"};
	const char *status = file("/proc/self/status");

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		must(strstr(status, lines[i]) != NULL, lines[i]);
	/* of no host's own, so that only the filter can have refused it */
	must(flock(0, LOCK_SH) < 0 && errno == ENOSYS, "the filter lets a call pass that it bars");
}

static void check_limit(int resource, rlim_t wanted, const char *name)
{
	struct rlimit limit;

	must(getrlimit((__rlimit_resource_t)resource, &limit) == 0 && limit.rlim_cur == wanted &&
	             limit.rlim_max == wanted,
	     name);
}

static void check_interfaces(void)
{
	const char *devices = file("/proc/self/net/dev");

	must(strstr(devices, " lo:") != NULL, "no interface lo");
	for (const char *colon = strchr(devices, ':'); colon != NULL; colon = strchr(colon + 1, ':'))
		must(strncmp(colon - 2, "lo", 2) == 0, "an interface other than lo");
	must(strstr(file("/proc/self/net/if_inet6"), "lo") == NULL, "lo is up");
}

static void check_scratch(void)
{
	struct statfs tmp;

	must(statfs("/tmp", &tmp) == 0 && tmp.f_bavail * (unsigned long long)tmp.f_bsize == 8 << 20,
	     "the limit of the tmpfs' size");
	must(tmp.f_ffree == 2048, "the limit of the tmpfs' inodes");
}

int main(int argc, char **argv)
{
	char text[64] = "";

	must(argc == 2, "its argument");
	must(getpid() == 2 && getsid(0) == 2, "it is not process 2, or leads no session");
	check_rights();
	check_limit(RLIMIT_CPU, 12, "the limit of CPU time");
	check_limit(RLIMIT_FSIZE, 4 << 20, "the limit of file sizes");
	check_limit(RLIMIT_NOFILE, 32, "the limit of descriptors");
	check_limit(RLIMIT_STACK, 8 << 20, "the limit of the stack");
	check_limit(RLIMIT_CORE, 0, "the limit of core dumps");
	must(gethostname(text, sizeof(text)) == 0 && strcmp(text, "sbx") == 0, "the host's name");
	must(getcwd(text, sizeof(text)) != NULL && strcmp(text, "/box") == 0, "another working directory");
	must(access(argv[1], F_OK) < 0 && access("/etc/shadow", F_OK) < 0, "it sees a file of the host's");
	must(access("/", W_OK) < 0 && access("/usr", W_OK) < 0, "its root can be written");
	check_interfaces();
	check_scratch();
	must(fgets(text, sizeof(text), stdin) != NULL && strcmp(text, "input\n") == 0 && fgetc(stdin) == EOF,
	     "its input is not what it should be");
	puts("confined");
	return 0;
}
