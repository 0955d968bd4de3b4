/*
 * The box's network namespace. It is the dearest of all to make, so a helper of init makes it while init and the
 * launcher do the rest; init and the program then join it. The helper stays outside the leaf: what the kernel allocates
 * for the namespace is not the program's memory. Steps of init and of the program.
 */
#include "sandbox/setup.h"

#include "sandbox/fd.h"
#include "sandbox/quiet.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static long raise_loopback(void)
{
	static const struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct ifreq ifr = up;
	long fd = quiet_call(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;

	if (fd < 0)
		return fd;
	rc = quiet_call(SYS_ioctl, fd, SIOCSIFFLAGS, (long)&ifr);
	quiet_call(SYS_close, fd, 0, 0);
	return rc;
}

static void helper_main(void *arg)
{
	struct setup *setup = arg;
	long rc = quiet_call(SYS_unshare, CLONE_NEWNET, 0, 0);

	if (rc == 0 && setup->plan->network == BOX_NETWORK_LOOPBACK)
		rc = raise_loopback();
	if (rc == 0)
		rc = quiet_call(SYS_open, (long)"/proc/self/ns/net", O_RDONLY | O_CLOEXEC, 0);
	setup->network_fd = (int)rc;
	quiet_set(&setup->network_done, 1);
	quiet_call(SYS_exit, 0, 0, 0);
	__builtin_unreachable();
}

int setup_start_network(struct setup *setup, struct sbx_err *err)
{
	static _Alignas(16) char stack[16 << 10];
	static const pid_t pid_in_box = 3;
	struct clone_args args = {
	        .flags = CLONE_VM | CLONE_FILES | CLONE_FS,
	        .exit_signal = SIGCHLD,
	        /* so that the program is pid 2, as everybody expects of it */
	        .set_tid = (uint64_t)(uintptr_t)&pid_in_box,
	        .set_tid_size = 1,
	        .stack = (uint64_t)(uintptr_t)stack,
	        .stack_size = sizeof(stack),
	};
	long pid = quiet_clone3(&args, helper_main, setup);

	if (pid < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, (int)-pid, "cannot clone the maker of the network namespace");
	return 0;
}

int setup_join_network(struct setup *setup, struct sbx_err *err)
{
	quiet_wait_while(&setup->network_done, 0);
	if (setup->network_fd < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, -setup->network_fd,
		                "cannot make the box's network namespace: %s", strerror(-setup->network_fd));
	if (setns(setup->network_fd, CLONE_NEWNET) < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, errno, "cannot join the box's network namespace");
	return 0;
}
