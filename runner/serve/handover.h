/* What `sbx serve` hands to sbx-serve: descriptors, and variables of the environment. */
#pragma once

enum {
	HANDOVER_STARTER_FD = 3, /* SOCK_SEQPACKET, to the starter */
	HANDOVER_LISTEN_FD = 4,
	HANDOVER_CONFIG_FD = 5,     /* the configuration, whole: the options are in it */
	HANDOVER_KEYS_FD = 6,       /* empty: there are no keys */
	HANDOVER_LEGACY_KEY_FD = 7, /* of POST /; empty: there is none */
	HANDOVER_FDS = 5,
};

/* The starter's programs. */
enum {
	HANDOVER_JUDGE,
	HANDOVER_LANGUAGES, /* once, at the start */
	HANDOVER_RUN,       /* a judge, too, for one program that is run once */
};

/* SBX_SERVE_ADDRESS: for the log. SBX_SERVE_ACCESS_LOG: there is one of requests. NOTIFY_SOCKET: of a service manager.
 */
