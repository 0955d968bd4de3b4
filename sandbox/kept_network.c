/* A network namespace for many boxes. Called by box.c, in the launcher, around the clone of init. */
#include "sandbox/kept_network.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

static int open_current(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

void kept_network_init(struct kept_network *network)
{
	*network = (struct kept_network){.fd = -1, .own_fd = -1};
}

void kept_network_finish(struct kept_network *network)
{
	fd_close(&network->fd);
	fd_close(&network->own_fd);
}

static int enter(struct kept_network *network)
{
	if (network->fd >= 0)
		return setns(network->fd, CLONE_NEWNET) < 0 ? -errno : 0;
	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	network->fd = open_current();
	return network->fd < 0 ? -errno : 0;
}

int kept_network_enter(struct kept_network *network, bool *ret_entered, struct sbx_err *err)
{
	struct sbx_err ignored;
	int rc;

	if (network->own_fd < 0)
		network->own_fd = open_current();
	/* the way back is tried before it is needed: in a container the host's namespace may be another's */
	if (network->own_fd < 0 || setns(network->own_fd, CLONE_NEWNET) < 0) {
		*ret_entered = false;
		return 0;
	}
	if (!network->clean)
		fd_close(&network->fd);
	network->clean = false;
	rc = enter(network);
	if (rc < 0) {
		fd_close(&network->fd);
		kept_network_leave(network, &ignored);
		return sbx_fail(err, SBX_STAGE_NETWORK, -rc, "cannot make the box's network namespace");
	}
	*ret_entered = true;
	return 0;
}

int kept_network_leave(struct kept_network *network, struct sbx_err *err)
{
	if (setns(network->own_fd, CLONE_NEWNET) == 0)
		return 0;
	sbx_fail(err, SBX_STAGE_NETWORK, errno, "cannot leave the box's network namespace");
	/* this process, which makes sockets, is still in it */
	fd_close(&network->fd);
	return -err->errnum;
}
