/*
 * Bits above the 32 that the kernel looks at, in arguments that the filter compares and in the call's number: each
 * call is refused as it is without them. Each would work, or fail in another way, without a filter.
 */
// run:
// run: --seccomp interpreted
// run: --seccomp contest -- no-sockets
// run: -- clone => verdict=SV denied_syscall=clone
// run: -- ptrace => verdict=SV denied_syscall=ptrace
// run: -- bpf => verdict=SV denied_syscall=bpf
#include "tests/threats/attack.h"

#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/socket.h>

static long high;

static void try_files(void)
{
	struct flock lock = {.l_type = F_RDLCK};
	long fd = MUST(open("/proc/self/exe", O_RDONLY));

	REFUSED(syscall(SYS_fcntl, fd, high | F_SETLK, &lock), EPERM);
	REFUSED(syscall(SYS_fcntl, fd | high, high | F_SETLKW, &lock), EPERM);
	REFUSED(syscall(SYS_fcntl, fd, high | F_OFD_SETLK, &lock), EPERM);
	REFUSED(syscall(SYS_fcntl, fd, high | F_SETLEASE, F_RDLCK), EPERM);
	REFUSED(syscall(SYS_fcntl, fd, high | F_NOTIFY, 1), EPERM);
	REFUSED(syscall(SYS_ioctl, 0L, high | TIOCSTI, "x"), EPERM);
	REFUSED(syscall(SYS_ioctl, 0L, high | TIOCLINUX, "x"), EPERM);
	REFUSED(syscall(SYS_ioctl, 0L, high | TIOCSETD, "x"), EPERM);
	/* FIGETBSZ and FS_IOC_GETFLAGS would do something */
	REFUSED(syscall(SYS_ioctl, fd, high | 2, &lock), ENOTTY);
	close((int)fd);
}

static void try_memory(void)
{
	REFUSED(syscall(SYS_mmap, 0L, 2UL << 20, 3L, high | MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1L, 0L),
	        ENOMEM);
	REFUSED(syscall(SYS_memfd_create, "x", high | MFD_HUGETLB), EINVAL);
	REFUSED(syscall(SYS_shmget, IPC_PRIVATE, 2UL << 20, high | SHM_HUGETLB | IPC_CREAT | 0600), ENOMEM);
}

static void try_process(void)
{
	static const struct sched_param none = {0};

	REFUSED(syscall(SYS_prctl, high | PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL), EPERM);
	REFUSED(syscall(SYS_prctl, high | PR_SCHED_CORE, 0L, 0L, 0L, 0L), EPERM);
	REFUSED(syscall(SYS_personality, high | READ_IMPLIES_EXEC), EPERM);
	REFUSED(syscall(SYS_sched_setscheduler, 0L, high | SCHED_BATCH, &none), EPERM);
	REFUSED(syscall(SYS_seccomp | high, SECCOMP_SET_MODE_FILTER, 0L, NULL), EPERM);
	REFUSED(syscall(SYS_clone3 | high, NULL, 0L), ENOSYS);
	REFUSED(syscall(SYS_io_uring_setup | high, 1L, NULL), ENOSYS);
}

static void try_sockets(bool barred)
{
	long tcp, one = 1;

	REFUSED(syscall(SYS_socket, high | AF_NETLINK, SOCK_RAW, 0L), EAFNOSUPPORT);
	REFUSED(syscall(SYS_socket, high | AF_PACKET, SOCK_RAW, 0L), EAFNOSUPPORT);
	REFUSED(syscall(SYS_socket, high | AF_VSOCK, SOCK_STREAM, 0L), EAFNOSUPPORT);
	REFUSED(syscall(SYS_socket, high | AF_ALG, SOCK_SEQPACKET, 0L), EAFNOSUPPORT);
	REFUSED(syscall(SYS_socketpair, high | AF_TIPC, SOCK_SEQPACKET, 0L, &one), EAFNOSUPPORT);
	if (barred) {
		REFUSED(syscall(SYS_socket, high | AF_UNIX, SOCK_STREAM, 0L), EAFNOSUPPORT);
		REFUSED(syscall(SYS_socket, high | AF_INET, SOCK_STREAM, 0L), EAFNOSUPPORT);
		return;
	}
	REFUSED(syscall(SYS_socket, high | AF_INET, SOCK_RAW, IPPROTO_ICMP), EPROTONOSUPPORT);
	REFUSED(syscall(SYS_socket, high | AF_INET, high | SOCK_STREAM, high | IPPROTO_SCTP), EPROTONOSUPPORT);
	REFUSED(syscall(SYS_socket, high | AF_INET6, high | SOCK_DGRAM, high | IPPROTO_ICMPV6), EPROTONOSUPPORT);
	tcp = MUST(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0L));
	REFUSED(syscall(SYS_setsockopt, tcp, high | SOL_SOCKET, high | SO_ATTACH_FILTER, &one, 4L), EPERM);
	REFUSED(syscall(SYS_setsockopt, tcp, high | IPPROTO_TCP, high | 14, &one, 4L), ENOPROTOOPT); /* TCP_MD5SIG */
	REFUSED(syscall(SYS_setsockopt, tcp, high | IPPROTO_TCP, high | 31, &one, 4L), ENOPROTOOPT); /* TCP_ULP */
	REFUSED(syscall(SYS_setsockopt, tcp, high | IPPROTO_IP, high | IP_ADD_MEMBERSHIP, &one, 4L), ENOPROTOOPT);
	close((int)tcp);
}

int main(int argc, char **argv)
{
	static const long highs[] = {0, 1L << 32, 1L << 62, (long)(~0UL << 32)};
	const char *what = argc > 1 ? argv[1] : "";

	high = 1L << 32;
	if (strcmp(what, "clone") == 0 && syscall(SYS_clone, high << 8 | CLONE_NEWUSER | SIGCHLD, 0L, 0L, 0L, 0L) == 0)
		_exit(0);
	if (strcmp(what, "ptrace") == 0)
		syscall(SYS_ptrace | high, 0L, 0L, 0L, 0L);
	if (strcmp(what, "bpf") == 0)
		syscall(SYS_bpf | (long)(~0UL << 32), 0L, 0L, 0L);
	if (what[0] != '\0' && strcmp(what, "no-sockets") != 0)
		broke("%s was not stopped by the filter", what);
	for (size_t i = 0; i < sizeof(highs) / sizeof(highs[0]); i++) {
		high = highs[i];
		try_files();
		try_memory();
		try_process();
		try_sockets(what[0] != '\0');
	}
	return 0;
}
