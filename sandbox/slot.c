/* Slots by flock'd files in the run directory. Taken by box_start(), tried by the sweep for leftovers. */
#include "sandbox/slot.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#define SLOTS_DIR "slots"

int slot_try(struct slot *slot, const struct box_host *host, unsigned number)
{
	char name[32];
	FD_CLEANUP int fd = -1;

	snprintf(name, sizeof(name), SLOTS_DIR "/%u", number);
	fd = openat(host->run_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(host->run_fd, SLOTS_DIR, 0700) < 0 && errno != EEXIST)
			return -errno;
		fd = openat(host->run_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	}
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	slot->number = number;
	slot->lock_fd = fd_take(&fd);
	return 0;
}

int slot_take(struct slot *slot, const struct box_host *host, struct sbx_err *err)
{
	for (unsigned number = 0; number < HOST_SLOTS; number++) {
		int rc = slot_try(slot, host, number);
		if (rc == 0)
			return 0;
		if (rc != -EWOULDBLOCK)
			return sbx_fail(err, SBX_STAGE_SLOT, -rc, "cannot lock slot %u in the run directory", number);
	}
	return sbx_fail(err, SBX_STAGE_SLOT, EAGAIN, "all %u slots are taken", HOST_SLOTS);
}

void slot_release(struct slot *slot)
{
	fd_close(&slot->lock_fd);
}
