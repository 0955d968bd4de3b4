/*
 * The box's network namespace. It is the dearest of all to make, so a helper of init makes it while init and the
 * launcher do the rest; init and the program then join it. The helper stays outside the leaf: what the kernel allocates
 * for the namespace is not the program's memory. Steps of init and of the program.
 */
#include "sandbox/setup.h"

#include "sandbox/fd.h"
#include "sandbox/sys.h"

#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Inside the new namespace. Returns a descriptor of it, or -errno. No path leads to it: init is changing its root. */
static long prepare(bool loopback)
{
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	long sock = sys(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (sock < 0)
		return sock;
	if (loopback)
		rc = sys(SYS_ioctl, sock, SIOCSIFFLAGS, &up);
	if (rc == 0)
		rc = sys(SYS_ioctl, sock, SIOCGSKNS);
	sys(SYS_close, sock);
	return rc;
}

static void helper_main(void *arg)
{
	struct setup *setup = arg;
	long rc = sys(SYS_unshare, CLONE_NEWNET);

	if (rc == 0)
		rc = prepare(setup->plan->network == BOX_NETWORK_LOOPBACK);
	setup->network_fd = (int)rc;
	sys_exit(0);
}

bool setup_shares_network(const struct setup *setup)
{
	return setup->host->shares_network && setup->plan->network == BOX_NETWORK_NONE && setup->plan->filter != NULL &&
	       setup->plan->filter_bars_sockets;
}

static const pid_t pid_in_box = 3;

int setup_start_network(struct setup *setup, struct sbx_err *err)
{
	struct clone_args args = {
	        .flags = CLONE_VM | CLONE_FILES | CLONE_FS,
	        .exit_signal = SIGCHLD,
	        /* so that the program is pid 2, as everybody expects of it */
	        .set_tid = (uint64_t)(uintptr_t)&pid_in_box,
	        .set_tid_size = 1,
	        .stack = setup_stack(setup, SETUP_STACK_NETWORK),
	        .stack_size = SETUP_STACK_BYTES,
	};
	long pid;

	setup->network_fd = -ESRCH; /* of a helper that is killed */
	pid = setup_shares_network(setup) ? 0 : sys_clone3(&args, helper_main, setup);
	if (pid < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, (int)-pid, "cannot clone the maker of the network namespace");
	return 0;
}

/* For its end, not only for what it makes: it has init's memory, and may have the program's id. */
int setup_end_network(struct setup *setup, struct sbx_err *err)
{
	long rc;

	if (setup_shares_network(setup))
		return 0;
	do
		rc = sys(SYS_wait4, pid_in_box, NULL, 0, NULL);
	while (rc == -EINTR);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, (int)-rc, "cannot wait for the maker of the network namespace");
	return 0;
}

int setup_join_network(struct setup *setup, struct sbx_err *err)
{
	long rc;

	if (setup_shares_network(setup))
		return 0;
	if (setup->network_fd < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, -setup->network_fd,
		                "cannot make the box's network namespace: %s", strerrordesc_np(-setup->network_fd));
	rc = sys(SYS_setns, setup->network_fd, CLONE_NEWNET);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_NETWORK, (int)-rc, "cannot join the box's network namespace");
	return 0;
}
