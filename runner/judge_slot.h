/* Slots for the boxes of a job, one of which waits for its turn while the others run. Called by judge.c and
 * judge_compile.c. */
#pragma once

#include "runner/judge.h"

/* 0 with a slot, 1 when there is none yet: supervisor_next() returns when it is worth to ask again. */
int judge_slot_take(struct judge *judge, struct slot *slot, struct sbx_err *err);
/* Until there is one. */
int judge_slot_wait(struct judge *judge, struct slot *slot, struct sbx_err *err);
/* None is needed any more: the turn is somebody else's. */
void judge_slot_cancel(struct judge *judge);

/* Puts down that a signal has ended the job. Fails, with SBX_STAGE_SUPERVISE. */
int judge_interrupted(struct judge *judge, struct sbx_err *err);
