/* One line of the log for each request that ended, as JSON. Pure. Called by whoever is given the entries. */
#pragma once

#include <stdint.h>

struct http_log {
	uint64_t time_ms; /* of the request's end, since 1970 */
	const char *method;
	const char *path; /* as it came, without the parameters */
	const char *peer;
	unsigned status; /* 0 where no answer was given */
	uint64_t bytes;  /* of the answer's body that were handed to the kernel; of one that was cut off, 0, but for a
	                    stream */
	uint64_t duration_us;
};

/*
 * {"time":"2026-11-30T08:45:17.123Z","method":"GET","path":"/","status":200,"bytes":4,"us":130,"peer":"127.0.0.1"}
 * without a newline, malloc'ed. A status of 0 is null. A path above 512 bytes is cut. NULL where there is no memory.
 */
char *http_log_line(const struct http_log *entry);
