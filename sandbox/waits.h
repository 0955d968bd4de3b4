/*
 * What the program in a box waits for, as far as /proc tells. Asked once, when a run of two programs that talk to each
 * other is over its time, to say who kept whom waiting.
 */
#pragma once

#include "sandbox/box.h"

enum box_wait {
	BOX_WAITS_UNKNOWN, /* the kernel does not tell, or there are too many threads */
	BOX_WAITS_NOT,     /* a thread of it runs, or wants to */
	BOX_WAITS_INPUT,   /* one waits to read, or for any of several descriptors; no other runs */
	BOX_WAITS_OUTPUT,  /* one waits until somebody reads what it writes; none does any of the above */
	BOX_WAITS_ELSE,    /* it sleeps, or waits for something that is not outside */
};

enum box_wait box_wait(const struct box *box);
/* Of one thread, by the text of its /proc/.../syscall. */
enum box_wait box_wait_of(const char *text);
