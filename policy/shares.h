/*
 * Room that many hold parts of at once, and nobody more than a share: that of the bodies which `sbx serve` reads, and
 * of the answers that it sends. Pure; for one thread. A holder is a name, and known only as long as it holds something,
 * so there may be any number of them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct share;

struct shares {
	uint64_t all_max, each_max; /* the caller's to set, before anything is taken */
	uint64_t held;              /* <= all_max */
	struct share *first;        /* of those that hold something */
};

/* What was taken. Zeroed: nothing. */
struct shares_part {
	struct share *share;
	uint64_t bytes;
};

/*
 * -EDQUOT: it is more than `holder` may have besides what it holds; -ENOSPC: more than all may; -ENOMEM. *ret is to be
 * given back.
 */
int shares_take(struct shares *shares, const char *holder, uint64_t bytes, struct shares_part *ret);
/* Leaves *part zeroed. */
void shares_give_back(struct shares *shares, struct shares_part *part);
