/* What `sbx serve` hands to sbx-serve: descriptors, and three variables of the environment. */
#pragma once

enum {
	HANDOVER_STARTER_FD = 3, /* SOCK_SEQPACKET, to the starter */
	HANDOVER_LISTEN_FD = 4,
	HANDOVER_CONFIG_FD = 5, /* the configuration, whole: the options are in it */
	HANDOVER_KEYS_FD = 6,   /* empty: there are no keys */
};

/* The starter's programs. */
enum {
	HANDOVER_JUDGE,
	HANDOVER_LANGUAGES, /* once, at the start */
};

/* KEY: of POST /. SBX_SERVE_ADDRESS: for the log. NOTIFY_SOCKET: of a service manager. */
