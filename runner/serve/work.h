/*
 * Threads for what would hold up a worker of the HTTP layer, with whom all its other connections wait: reading a long
 * job, hashing a file and having it written to the disk. Called by the handlers of routes.
 *
 * What waits for them is bounded by who sends it: there are no more requests than connections, and the bodies of all
 * have a bound of their own (policy/shares.h).
 */
#pragma once

#include "runner/serve/http.h"

struct work;

int work_start(unsigned threads, struct work **ret_work, struct sbx_err *err);
/*
 * What is under way is done, what waits gets 503, and so does what comes later. Before http_stop(), which would have a
 * request end that is worked on. NULL is fine.
 */
void work_stop(struct work *work);
/* Frees it. Nothing comes later any more. NULL is fine. */
void work_destroy(struct work *work);

/*
 * As a route's `handle`, which returns what this one does: `handle` is called by one of the threads, and is a route's
 * in all but that the headers are gone. The threads take one request after the other, as they came.
 */
enum http_outcome work_later(struct work *work, struct http_request *request, struct http_reply *reply,
                             enum http_outcome (*handle)(struct http_request *request, struct http_reply *reply));
