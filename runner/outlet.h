/*
 * A descriptor of the caller that takes text while runs are supervised: whoever reads it may be slow, and must not hold
 * up a clock. What cannot be written at once is kept until it can. The descriptor is shared with others, so it cannot
 * be made non-blocking: it is asked first, and written to in pieces that it then takes.
 */
#pragma once

#include <stddef.h>

/* How far behind a reader may be. */
#define OUTLET_BYTES_MAX ((size_t)64 << 20)

struct outlet {
	int fd; /* the caller's; -1: nobody wants it */
	char *bytes;
	size_t begin, end, size;
	int errnum; /* the first failure; from then on nothing is written. ENOBUFS: the reader is too far behind */
};

void outlet_init(struct outlet *outlet, int fd);
void outlet_put(struct outlet *outlet, const char *bytes, size_t len);
/* Waits until all is written, frees, and closes the descriptor above 2. 0 or -errno. */
int outlet_finish(struct outlet *outlet);
