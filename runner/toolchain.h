/* What of a language is installed: its compiler or interpreter is asked for its version, in a box. */
#pragma once

#include "policy/language.h"
#include "runner/supervise.h"

struct toolchain {
	bool is_installed;
	char version[128]; /* the first line that it printed, without control characters; empty where it printed none */
};

/* Whether it is there, which takes no box: boxes have the host's toolchains, at their paths. True for a language that
 * needs none. */
bool toolchain_is_there(const struct language *language);
/* "apt-get install ghc", into `buf`. */
const char *toolchain_remedy(const struct language *language, char *buf, size_t size);

/*
 * One box after the other: no other run of this supervisor may be live. Fails when the sandbox does, or a signal ended
 * it; that a toolchain is not there, or does not work in a box, is no failure.
 */
int toolchain_ask(struct toolchain *ret, const struct language *language, struct supervisor *supervisor,
                  const struct box_host *host, struct sbx_err *err);
