/* The socket that the service listens on. Called when it starts. */
#pragma once

#include "policy/serve_listen.h"
#include "sandbox/err.h"

/*
 * A non-blocking socket that listens. A Unix socket gets `mode`, and may be there already: one that nobody listens
 * on is replaced, anything else is an error (-EADDRINUSE). Returns the descriptor or -errno, stage usage.
 */
int http_listen(const struct serve_listen *listen, unsigned mode, struct sbx_err *err);
