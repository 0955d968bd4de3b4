/* The socket that the service listens on. Called when it starts. */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct http_address {
	union {
		struct sockaddr any;
		struct sockaddr_un local;
		struct sockaddr_storage storage;
	};
	socklen_t len;
};

/*
 * "127.0.0.1:5000", "[::1]:5000" or "unix:/run/sbx.sock": addresses in figures, no names. Port 0 lets the kernel
 * choose. Returns 0 or -EINVAL, stage usage. Pure.
 */
int http_address_parse(const char *text, struct http_address *ret_address, struct sbx_err *err);
/* Whether only this host reaches it: 127.0.0.0/8, ::1, and what has no address. Pure. */
bool http_address_is_local(const struct http_address *address);

/*
 * A non-blocking socket that listens. A Unix socket gets `mode`, and may be there already: one that nobody listens
 * on is replaced, anything else is an error (-EADDRINUSE). Returns the descriptor or -errno.
 */
int http_listen(const struct http_address *address, unsigned mode, struct sbx_err *err);
