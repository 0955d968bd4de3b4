/* Attacks on other processes, and for rights over the kernel. They run inside a box. */
#include "runner/attack.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/kcmp.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Where it has init's id, as in an ordinary user's box, the call works, and does nothing: the kernel shields init. */
void attack_kill_init(const struct attack_place *at)
{
	(void)at;
	kill(1, SIGKILL);
	syscall(SYS_tgkill, 1, 1, SIGTERM);
	poll(NULL, 0, 5);
	if (getppid() != 1)
		attack_through("init is gone");
}

void attack_trace(const struct attack_place *at)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {&byte, 1};

	if (at->way == 0)
		REFUSED(ptrace(PTRACE_ATTACH, 1, 0, 0), EPERM, ENOSYS);
	else if (at->way == 1)
		REFUSED(process_vm_readv(1, &here, 1, &there, 1, 0), EPERM, ENOSYS);
	else
		REFUSED(syscall(SYS_pidfd_getfd, NEED(syscall(SYS_pidfd_open, 1, 0)), 0, 0), EPERM, ENOSYS);
}

void attack_look_at_init(const struct attack_place *at)
{
	static const char *const paths[] = {"/proc/1/mem", "/proc/1/environ", "/proc/1/maps", "/proc/1/fd/0",
	                                    "/proc/1/cwd", "/proc/1/ns/pid",  "/proc/1/auxv", "/proc/1/cmdline"};

	(void)at;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (open(paths[i], O_RDONLY | O_CLOEXEC) >= 0)
			attack_through("%s can be read", paths[i]);
	attack_alone();
}

void attack_enter_namespace(const struct attack_place *at)
{
	if (at->way == 0)
		REFUSED(open("/proc/1/ns/mnt", O_RDONLY), EACCES, ENOENT);
	else
		REFUSED(setns((int)NEED(open("/proc/self/ns/uts", O_RDONLY)), CLONE_NEWUTS), EPERM, ENOSYS);
}

static long clone_user_namespace(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return pid;
}

void attack_new_namespace(const struct attack_place *at)
{
	if (at->way == 0)
		REFUSED(unshare(CLONE_NEWUSER), EPERM, ENOSYS);
	else if (at->way == 1)
		REFUSED(clone_user_namespace(), EPERM, ENOSYS);
	else /* whose flags no filter can see: so it must not be there at all */
		REFUSED(syscall(SYS_clone3, NULL, 0), ENOSYS);
}

/* On a folder of its own. */
void attack_mount(const struct attack_place *at)
{
	NEED(mkdir("/tmp/at", 0755));
	if (at->way == 0)
		REFUSED(mount("none", "/tmp/at", "tmpfs", 0, NULL), EPERM, ENOSYS);
	else if (at->way == 1)
		REFUSED(umount2("/tmp/at", MNT_DETACH), EPERM, ENOSYS);
	else
		REFUSED(syscall(SYS_pivot_root, "/tmp/at", "/tmp/at"), EPERM, ENOSYS);
}

void attack_new_mount(const struct attack_place *at)
{
	struct mount_attr attr = {0};

	if (at->way == 0)
		REFUSED(fsopen("tmpfs", 0), EPERM, ENOSYS);
	else if (at->way == 1)
		REFUSED(open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE), EPERM, ENOSYS);
	else
		REFUSED(mount_setattr(AT_FDCWD, "/none", 0, &attr, sizeof(attr)), EPERM, ENOSYS);
}

void attack_kernel_parts(const struct attack_place *at)
{
	struct perf_event_attr perf = {.type = PERF_TYPE_SOFTWARE,
	                               .size = sizeof(perf),
	                               .config = PERF_COUNT_SW_TASK_CLOCK,
	                               .exclude_kernel = 1,
	                               .exclude_hv = 1};
	union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

	if (at->way == 0)
		REFUSED(syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)), EPERM, ENOSYS);
	else if (at->way == 1)
		REFUSED(syscall(SYS_perf_event_open, &perf, 0, -1, -1, 0), EPERM, EACCES, ENOSYS);
	else if (at->way == 2)
		REFUSED(syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY), EPERM, ENOSYS);
	else
		REFUSED(syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, 0, 1), EPERM, ENOSYS);
}

/* Without callout information nothing is started to find a key that is missing. */
void attack_keys(const struct attack_place *at)
{
	if (at->way == 0)
		REFUSED(syscall(SYS_add_key, "user", "sbx", "x", 1, KEY_SPEC_PROCESS_KEYRING), EPERM, ENOSYS);
	else if (at->way == 1)
		REFUSED(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0), EPERM, ENOSYS);
	else
		REFUSED(syscall(SYS_request_key, "user", "sbx", NULL, 0), EPERM, ENOSYS);
}

static void on_fault(int signum)
{
	(void)signum;
	_exit(0);
}

/* A kernel without them faults. */
void attack_i386(const struct attack_place *at)
{
	long pid;

	(void)at;
	signal(SIGSEGV, on_fault);
	__asm__ volatile("int $0x80" : "=a"(pid) : "a"(20L /* getpid */) : "memory", "r8", "r9", "r10", "r11");
	attack_through("getpid of i386 gave %ld", pid);
}

void attack_x32(const struct attack_place *at)
{
	(void)at;
	REFUSED(syscall(0x40000000L | SYS_getpid), ENOSYS);
}

/* The kernel looks at the lower ones only. */
void attack_upper_bits(const struct attack_place *at)
{
	(void)at;
	REFUSED(syscall(SYS_socket, AF_NETLINK | 1L << 32, SOCK_RAW, 0), EAFNOSUPPORT, EPERM);
	REFUSED(syscall(SYS_personality, READ_IMPLIES_EXEC | 1L << 32), EPERM);
	REFUSED(syscall(SYS_fcntl, 1, F_SETLEASE | 1L << 32, F_RDLCK), EPERM);
}

/* With a wrong magic number, no image, flags that do not exist: who may do it is asked before these. */
void attack_machine(const struct attack_place *at)
{
	if (at->way == 0)
		REFUSED(syscall(SYS_reboot, 0, 0, 0, NULL), EPERM, ENOSYS);
	else if (at->way == 1)
		REFUSED(syscall(SYS_init_module, NULL, 0, ""), EPERM, ENOSYS);
	else if (at->way == 2)
		REFUSED(syscall(SYS_kexec_load, 0, 0, NULL, ~0UL), EPERM, ENOSYS);
	else
		REFUSED(sethostname("sbx", 3), EPERM, ENOSYS);
}

void attack_become_root(const struct attack_place *at)
{
	gid_t groups[64];
	int n;

	(void)at;
	REFUSED(setuid(0), EPERM, EINVAL);
	REFUSED(setgid(0), EPERM, EINVAL);
	REFUSED(setresuid(999, 999, 999), EPERM, EINVAL);
	REFUSED(setgroups(0, NULL), EPERM);
	REFUSED(prctl(PR_SET_SECUREBITS, 0, 0, 0, 0), EPERM);
	n = (int)NEED(getgroups(64, groups));
	/* an ordinary user's cannot be dropped, but have no number here */
	for (int i = 0; i < n; i++)
		if (groups[i] != 65534)
			attack_through("it is in group %u", (unsigned)groups[i]);
}

void attack_own_filter(const struct attack_place *at)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {1, &allow};

	(void)at;
	REFUSED(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), EPERM, ENOSYS);
	REFUSED(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0), EPERM);
}

void attack_io_uring(const struct attack_place *at)
{
	struct io_uring_params params = {0};

	(void)at;
	REFUSED(syscall(SYS_io_uring_setup, 1, &params), ENOSYS, EPERM);
}

void attack_priority(const struct attack_place *at)
{
	struct sched_param real_time = {.sched_priority = 1};

	(void)at;
	REFUSED(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &real_time), EPERM);
	REFUSED(setpriority(PRIO_PROCESS, 0, -20), EPERM, EACCES);
	REFUSED(syscall(SYS_ioprio_set, 1, 0, 1 << 13), EPERM);
}
