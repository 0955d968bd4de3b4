/*
 * One direction of a program's standard streams, between the caller's descriptor and the pipe that the program
 * has. The program never gets the caller's own descriptors: it could change their flags or offsets, reopen
 * them for writing, or push characters into a terminal.
 *
 * Nothing here blocks, and nothing changes the caller's descriptors: these are shared with other processes, so
 * O_NONBLOCK is not ours to set. A descriptor that can be waited for is asked first and written to in pieces
 * that it then takes at once (PIPE_BUF); regular files take anything.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum relay_state {
	RELAY_WAIT_SRC, /* until src is readable */
	RELAY_WAIT_DST, /* until dst is writable */
	RELAY_READY,    /* neither can be waited for: pump again */
	RELAY_DONE,     /* end of file passed on, or the receiver is the program and has closed its end */
	RELAY_OVER,     /* one byte more than *budget came; what fitted was passed on */
	RELAY_FAILED,   /* errnum says how; reading tells whether src or dst failed */
};

struct relay {
	int src, dst; /* closed by relay_close() as far as owned */
	bool own_src, own_dst;
	bool dst_is_box; /* a receiver that leaves is the program's own business (EPIPE: done, not failed) */
	bool goes_on;    /* and what comes after it has left counts as passed on, but goes nowhere */
	bool is_deaf;    /* with goes_on: it has left */
	void (*consume)(void *consumer, const char *bytes, size_t len); /* takes them instead of dst; NULL */
	void (*passed)(void *consumer, const char *bytes, size_t len);  /* sees what dst has taken; NULL */
	void *consumer;
	uint64_t *budget; /* bytes that may still pass, shared with other relays; NULL for no bound */
	uint64_t bytes;   /* passed on */
	char last;        /* of them, once there is one */
	int errnum;
	bool reading; /* with RELAY_FAILED */
	int watched;  /* the supervisor's: which of the two it waits for, -1 for neither */
	bool over;
	size_t begin, end;
	char buf[32 << 10];
};

void relay_init(struct relay *relay);
/* Moves what can be moved now. */
enum relay_state relay_pump(struct relay *relay);
void relay_close(struct relay *relay);
