/*
 * What `sbx serve --config` reads: a YAML map, each key of which may be left out, and so may all of them. Mistakes are
 * told with "origin:line:column: ...": a key that is unknown or given twice, a wrong type, a value out of range.
 * Nothing here touches the host: whether a folder, a user or an address is there shows when the service starts.
 *
 *     listen: 127.0.0.1:5000    # the default; or "[::1]:5000", or unix:/run/sbx/serve.sock
 *     state: /var/lib/sbx       # folder of the jobs and files; default: the caller's to choose
 *     keys: /etc/sbx/keys.yaml  # who may ask for what (policy/serve_keys.h); default: no keys
 *     user: sbx                 # whom the network's half becomes, of a service that root starts; default: nobody
 *     queue:
 *       jobs: 10000             # that wait, at most; 1 to 1000000
 *       bytes: 1G               # of these; 4K to 1T
 *     running: 4                # jobs at once; 1 to 255; default: as many as there are slots
 *     slots: 2                  # of one job; 1 to 240; default: as sbx judge has it
 *     results: 1h               # how long they are kept; 1s to 365d
 *     files: 1G                 # size of the store of files; 4K to 1T
 *     body: 64M                 # the largest request; 4K to 1G
 *     connections: 2048         # at once; 1 to 65536
 *     connections_per_ip: 64    # of these, from one address; 1 to 65536; default: no bound of their own
 *     idle: 30s                 # after which a client that is slow is cut off; 100ms to 1h
 *     grace: 30s                # for what runs when the service is told to end; 100ms to 1h
 *     event_bytes: 16M          # of one job's events; 64K to 1G
 *     result_bytes: 4G          # of all results that are kept, with their events; 1M to 1T
 *     legacy:
 *       enabled: true           # POST / as the service before this one had it
 *
 * Sizes and times have a unit, and none is "unlimited".
 */
#pragma once

#include "policy/serve_listen.h"
#include "policy/yaml.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERVE_RUNNING_MAX 255
/* Strings lie in `doc`. */
struct serve_config {
	struct serve_listen listen;
	const char *state; /* absolute; NULL: not given */
	const char *keys;  /* absolute; NULL: not given */
	const char *user;  /* NULL: not given */
	uint64_t queue_jobs_max;
	uint64_t queue_bytes_max;
	uint64_t running_max; /* 0: not given */
	uint64_t slots_max;   /* 0: not given */
	uint64_t results_us;
	uint64_t files_bytes_max;
	uint64_t body_bytes_max;
	uint64_t connections_max;
	uint64_t connections_per_ip_max; /* 0: not given */
	uint64_t idle_us;
	uint64_t grace_us;
	uint64_t event_bytes_max;
	uint64_t result_bytes_max;
	bool legacy_enabled;
	struct yaml_doc doc;
};

/* The defaults. */
void serve_config_init(struct serve_config *config);
/* Fails with SBX_STAGE_USAGE. `origin` has to outlive what is read. */
int serve_config_parse(const char *text, size_t len, const char *origin, struct serve_config *ret, struct sbx_err *err);
/* Accepts a zeroed one too. */
void serve_config_finish(struct serve_config *config);
