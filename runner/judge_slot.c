/* Slots for the boxes of a job, and what ends the waiting for them. */
#include "runner/judge_slot.h"

#include <errno.h>

int judge_slot_take(struct judge *judge, struct slot *slot, struct sbx_err *err)
{
	struct slot_queue *queue = &judge->queue;
	int rc;

	if (queue->waiter_pidfd >= 0)
		supervisor_unwatch(&judge->supervisor, queue->waiter_pidfd);
	rc = slot_queue_take(queue, slot, err);
	if (rc == 1 && supervisor_watch(&judge->supervisor, queue->waiter_pidfd, &judge->queue_watch) < 0)
		return sbx_fail(err, SBX_STAGE_SUPERVISE, ENOMEM, "cannot watch for a slot");
	return rc;
}

int judge_interrupted(struct judge *judge, struct sbx_err *err)
{
	judge->interrupted = true;
	return sbx_fail(err, SBX_STAGE_SUPERVISE, EINTR, "interrupted by a signal");
}

int judge_slot_wait(struct judge *judge, struct slot *slot, struct sbx_err *err)
{
	struct run *ended;
	int rc;

	while ((rc = judge_slot_take(judge, slot, err)) == 1) {
		TRY(supervisor_next(&judge->supervisor, &ended, err));
		if (judge->supervisor.interrupt_signal != 0)
			return judge_interrupted(judge, err);
	}
	return rc;
}

void judge_slot_cancel(struct judge *judge)
{
	if (judge->queue.waiter_pidfd >= 0)
		supervisor_unwatch(&judge->supervisor, judge->queue.waiter_pidfd);
	slot_queue_cancel(&judge->queue);
}
