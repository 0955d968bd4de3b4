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
	int lock_fd; /* also held by the box's init, so a killed launcher's slot is not free before init is dying */
};

/* Takes the lowest free slot that is not one of jobs, without waiting. Fails with SBX_STAGE_SLOT; EAGAIN when all are
 * taken. */
int slot_take(struct slot *slot, const struct box_host *host, struct sbx_err *err);
void slot_release(struct slot *slot);
/* Releases it for this process, but a small process that stays holds it until the box of this init is gone. */
void slot_leave_to(struct slot *slot, int init_pidfd);
/* The outside id of the program in its box, a group's too. An ordinary user's boxes have the caller's own instead. */
uid_t slot_uid(const struct slot *slot, const struct box_host *host);
/* Its place among the slots of its kind, those of jobs or the others, from 0. */
unsigned slot_index(const struct slot *slot);

/*
 * The queue for the slots of jobs, which all processes that run jobs share: a slot that gets free goes to whoever
 * has waited longest (or asked just then), so a job of two tests need not wait for the end of one of ten thousand. The
 * queue is a lock as well; whoever holds it is the next to get a slot. Waiting is a small process's part, since a lock
 * cannot be waited for among other events: it shares the descriptions of the locks that it takes, ends, and leaves them
 * to us.
 */
struct slot_queue {
	const struct box_host *host;
	unsigned n; /* of the slots of jobs, the first so many are used by this process */
	int fd;
	int waiter_pidfd; /* readable when slot_queue_take() may be tried again; -1 while nobody waits */
	pid_t waiter;
	int lock_fd[HOST_JOB_SLOTS]; /* while it waits */
};

/* `n` from 1 to HOST_JOB_SLOTS. Fails with SBX_STAGE_SLOT; then nothing needs finishing. */
int slot_queue_init(struct slot_queue *queue, const struct box_host *host, unsigned n, struct sbx_err *err);
/*
 * Takes a slot if it is this process's turn and one is free. Else *ret is untouched, the result 1, and
 * queue->waiter_pidfd set: once that is readable this call gives the slot. Fails with SBX_STAGE_SLOT.
 */
int slot_queue_take(struct slot_queue *queue, struct slot *ret, struct sbx_err *err);
/* Gives up waiting, and a slot that has come meanwhile. Whoever needs none any more owes that to those behind. */
void slot_queue_cancel(struct slot_queue *queue);
void slot_queue_finish(struct slot_queue *queue);

/* 0 when nobody holds slot `number` (and it is the caller's now), -EWOULDBLOCK when somebody does, else -errno. */
int slot_try(struct slot *slot, const struct box_host *host, unsigned number);
