/*
 * call NAME: makes one system call in a way that the default profile kills, or answers; then prints
 * "NAME: errno" and exits 0.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* getpid by the 32-bit gate: number 20 there, writev in the 64-bit table */
static long int80(void)
{
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	long ret = 0;

	if (strcmp(name, "ptrace") == 0)
		ret = ptrace(PTRACE_TRACEME, 0, 0, 0);
	else if (strcmp(name, "unshare") == 0)
		ret = unshare(CLONE_NEWUSER);
	else if (strcmp(name, "mount") == 0)
		ret = syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
	else if (strcmp(name, "bpf") == 0)
		ret = syscall(SYS_bpf, 0, NULL, 0);
	else if (strcmp(name, "keyctl") == 0)
		ret = syscall(SYS_keyctl, 0, 0);
	else if (strcmp(name, "reboot") == 0)
		ret = syscall(SYS_reboot, 0, 0, 0, NULL);
	else if (strcmp(name, "int80") == 0)
		ret = int80();
	else if (strcmp(name, "x32") == 0)
		ret = syscall(0x40000000L + SYS_getpid);
	else if (strcmp(name, "clone-newuser") == 0)
		ret = syscall(SYS_clone, CLONE_NEWUSER | 17, NULL, NULL, NULL, 0);
	else if (strcmp(name, "clone3") == 0)
		ret = syscall(SYS_clone3, NULL, 0);
	else if (strcmp(name, "unknown") == 0)
		ret = syscall(100000);
	else if (strcmp(name, "io_uring") == 0)
		ret = syscall(SYS_io_uring_setup, 1, NULL);
	else if (strcmp(name, "netlink") == 0)
		ret = socket(AF_NETLINK, SOCK_RAW, 0);
	else if (strcmp(name, "ptrace-child") == 0) { /* denied in a child, whose parent exits 0 */
		if (fork() == 0)
			ptrace(PTRACE_TRACEME, 0, 0, 0);
		sleep(5);
	} else
		return 2;
	printf("%s: %s\n", name, ret < 0 ? strerrorname_np(errno) : "ok");
	return 0;
}
