/* Where `sbx serve` listens, as text and as what it means. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SERVE_ADDRESS_BYTES 46 /* of an IPv6 address at its longest, NUL included */
#define SERVE_PATH_BYTES 108   /* what sockaddr_un has room for */

enum serve_family {
	SERVE_IPV4,
	SERVE_IPV6,
	SERVE_UNIX,
};

/* Where to listen. */
struct serve_listen {
	enum serve_family family;
	char address[SERVE_ADDRESS_BYTES]; /* "127.0.0.1", "::1": as inet_ntop() writes it; "" for SERVE_UNIX */
	uint16_t port;                     /* 0: the kernel chooses one */
	char path[SERVE_PATH_BYTES];       /* SERVE_UNIX, else "" */
	bool is_local;                     /* nobody on another host can reach it: loopback, or a path */
};

/*
 * "ADDR:PORT", "[ADDR]:PORT" with an IPv6 address, "unix:PATH": addresses are numbers, names are not looked up. Returns
 * NULL, or what is wrong with it, and leaves *ret alone then.
 */
const char *serve_listen_parse(const char *text, struct serve_listen *ret);
