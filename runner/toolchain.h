/* What of a language is installed: its compiler or interpreter is asked for its version, in a box. */
#pragma once

#include "policy/language.h"
#include "runner/supervise.h"

struct toolchain {
	bool is_installed;
	char version[128]; /* the first line that it printed, without control characters; empty where it printed none */
};

/*
 * One box after the other: no other run of this supervisor may be live. Fails when the sandbox does, or a signal ended
 * it; that a toolchain is not there, or does not work in a box, is no failure.
 */
int toolchain_ask(struct toolchain *ret, const struct language *language, struct supervisor *supervisor,
                  const struct box_host *host, struct sbx_err *err);
