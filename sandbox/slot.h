/*
 * A slot: the right to run one box at a time among all sbx processes of a run directory. It is a locked
 * file, so the kernel gives it back when its holders die, however they die. It carries the outside ids, the
 * name of the leaf and the core that `--pin auto` means.
 */
#pragma once

#include "sandbox/err.h"
#include "sandbox/host.h"

struct slot {
	unsigned number;
	int lock_fd; /* also held by the box's init, so that a slot is free only when its box is dead */
};

/* Takes the lowest free slot without waiting. Fails with SBX_STAGE_SLOT; EAGAIN when all HOST_SLOTS are taken. */
int slot_take(struct slot *slot, const struct box_host *host, struct sbx_err *err);
void slot_release(struct slot *slot);

/* 0 when nobody holds slot `number` (and it is the caller's now), -EWOULDBLOCK when somebody does, else -errno. */
int slot_try(struct slot *slot, const struct box_host *host, unsigned number);
