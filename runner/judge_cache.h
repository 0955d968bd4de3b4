/*
 * What a judge has of a compile cache: the key of a compile, and the way from an entry into the job's folder and back.
 * Called by judge.c, around a compile. A judge without a cache compiles.
 */
#pragma once

#include "runner/judge.h"

/*
 * Before a compile: 1 where its result was in the cache. Then it is in the job's folder, as if the compiler had just
 * left it there, and `run` says what there is to say. 0 where it has to be compiled. Fails with SBX_STAGE_WORKSPACE.
 */
int judge_cache_get(struct judge *judge, struct judge_run *run, enum judge_task task, enum workspace_folder folder,
                    struct sbx_err *err);
/* After one that went well, once its folder is sealed: no box can change any more what is kept. */
void judge_cache_put(struct judge *judge, const struct judge_run *run, enum workspace_folder folder);
