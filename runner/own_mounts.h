/*
 * A mount namespace for this process alone, in which it may mount. Entered for good by those who make the folder of a
 * job. Whoever may not mount in the namespace that it came from enters a user namespace first, in which it may:
 *
 *   root           needs none
 *   root without CAP_SYS_ADMIN, as in a container that was given no more than it needs: all ids stay what they are
 *   an ordinary user: its own id stays what it is, and is the only one
 *
 * See user_namespaces(7).
 */
#pragma once

#include "sandbox/err.h"

/* The process has one thread as yet. Fails with SBX_STAGE_WORKSPACE. */
int own_mounts_enter(struct sbx_err *err);
