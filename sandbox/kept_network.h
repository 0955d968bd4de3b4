/*
 * An empty network namespace that serves one box after the other, as long as nobody can have changed anything in it:
 * making and removing one is the dearest part of a box, and more cores do not make it faster. Where it is that a box
 * leaves nothing behind, docs/adr/0007 argues. Called by box.c; the callers of box_start() keep it.
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>

struct kept_network {
	int fd;     /* -1 while there is none */
	int own_fd; /* the launcher's own, to come back to; -1 until it is needed */
	bool clean; /* no box is in it, and none that was has made a socket */
};

void kept_network_init(struct kept_network *network);
void kept_network_finish(struct kept_network *network);

/*
 * Puts the calling process into it, made anew where it is not clean, and sets *ret_entered; what it clones from now on
 * is born there. Where this process may not come back, *ret_entered is false and nothing is done. The namespace is not
 * clean from then on, until the caller says so. Fails with SBX_STAGE_NETWORK.
 */
int kept_network_enter(struct kept_network *network, bool *ret_entered, struct sbx_err *err);
/* Back to where it was. Fails with SBX_STAGE_NETWORK. */
int kept_network_leave(struct kept_network *network, struct sbx_err *err);
