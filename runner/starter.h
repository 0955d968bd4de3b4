/*
 * The starter of `sbx serve`: the parent of the service, which keeps the rights that the service gives up, and does
 * nothing with them but start a few fixed programs. Both ends of the socket between the two, and the starter's loop.
 *
 *   service  --  START (a program, a number, four descriptors), STOP (a number)      ->  starter
 *            <-  ENDED (a number, a wait status), REFUSED (a number, an errno)       --
 *
 * The service reads what strangers send, so its end may be theirs one day. All that they get then is these programs,
 * with what they hand over as standard streams: whatever else comes through the socket is answered by REFUSED, or
 * dropped where it has no number to answer to.
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STARTER_FDS 4            /* a program's 0 to 3; it has no others */
#define STARTER_CHILDREN_MAX 256 /* at once; those count too whose end was not told yet */

struct starter_config {
	int exe_fd;                   /* what is executed, whatever becomes of its name meanwhile; stays the caller's */
	char *const *const *programs; /* the argv of each, which ends with NULL */
	size_t n_programs;
	int socket_fd;     /* the starter's end of a SOCK_SEQPACKET pair, whose other end it has closed; the caller's */
	pid_t service;     /* the child that has the other end, and nobody has waited for */
	unsigned grace_ms; /* from SIGTERM to SIGKILL, once the service is gone */
	const char *env_path; /* PATH, the whole environment of the programs */
};

/*
 * The starter, until the service and all programs have ended; *ret_status is the service's wait status.
 *
 * A program is a child of its own session, with the default for each signal, and gets SIGTERM when the starter dies.
 * SIGTERM and SIGINT are passed on to the service as SIGTERM, which is to end by itself; the second kills the service
 * and all programs. (So the service has to be out of the reach of a terminal, which sends SIGINT to both.) Once the
 * service's end is closed, or the service dead, the programs get SIGTERM, and after the grace they and it SIGKILL.
 *
 * One thread, and no memory is allocated once it runs: there is nothing in here that the service could use up. Waits
 * for all children of the process. Fails with SBX_STAGE_STARTER where it cannot begin, and ends nothing then.
 */
int starter_loop(const struct starter_config *config, int *ret_status, struct sbx_err *err);

/* ---- the service's end ---- */

enum starter_event_kind {
	STARTER_ENDED,
	STARTER_REFUSED, /* it was not started, or could not be executed */
};

struct starter_event {
	uint32_t kind; /* enum starter_event_kind */
	uint32_t number;
	int32_t value; /* a wait status; an errno */
};

/*
 * Asks for a program; its end will be told with `number`, which is no other's until then. 0, 1 and 2 have to be files
 * in memory (memfd_create(2)), since somebody with more rights is going to write into them; 3 the end of a pipe. `fds`
 * stay the caller's. Neither of these waits: -EAGAIN when the starter is behind, which has something to tell then.
 */
int starter_start(int socket_fd, uint32_t program, uint32_t number, const int fds[STARTER_FDS]);
/* SIGTERM, or SIGKILL, for a program; none for one that has ended already. */
int starter_stop(int socket_fd, uint32_t number, bool kill);
/* What the starter tells next: 1, 0 when there is nothing now, -EPIPE when it is gone, or another -errno. */
int starter_next(int socket_fd, struct starter_event *ret);
