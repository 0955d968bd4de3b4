/*
 * What happens to a job, as Server-Sent Events, in a file: so it can be read from any point, by any number of readers,
 * slow ones too, without a byte kept in memory, and after a restart. The core writes, streams of the HTTP layer read.
 *
 * The file EVENTS/ID.ATTEMPT holds the bytes as they are sent. The id of an event is ATTEMPT-OFFSET, the offset that of
 * its end, so that whoever lost the connection goes on there.
 */
#pragma once

#include "runner/serve/http.h"
#include "runner/serve/store.h"
#include "sandbox/err.h"

struct feed; /* counted: one owner for the core, one for each stream */

/* A new file; one that is there is what a service left that died, and begins anew. NULL with err. The caller owns one.
 */
struct feed *feed_create(int dir_fd, const char *id, unsigned attempt, uint64_t bytes_max, struct sbx_err *err);
/* That of a job that has ended. NULL where it is not there any more, or memory ran out. */
struct feed *feed_open(int dir_fd, const char *id, unsigned attempt);
void feed_drop(struct feed *feed); /* NULL is fine */

/*
 * What the job is now, one line of JSON: each stream sends the latest before anything else, whenever it changes, and
 * last of all. It has no id, and is not in the file.
 */
void feed_state(struct feed *feed, const char *data, size_t len);
/* Whether anybody follows it: the state is only told to those who do, and to each one once it does. */
bool feed_is_read(struct feed *feed);
/*
 * One event of the judge's; `data` is a line of JSON without its end. One that would make the file longer than
 * `bytes_max` is left out, and so are all after it. What cannot be written is lost: no job fails by that.
 */
void feed_event(struct feed *feed, const char *name, const char *data, size_t len);
/* There will be no more. */
void feed_end(struct feed *feed); /* NULL is fine */

/*
 * A stream that begins behind the event `last_id` (NULL: at the beginning; so it does where that is no id of this
 * attempt's). Keeps the request until the stream is closed. -ENOMEM.
 */
int feed_stream(struct feed *feed, struct http_request *request, const char *last_id, struct http_stream *ret);
/* Has each stream that is idle send a comment, so that proxies keep it. */
void feed_keep_alive(struct feed *feed);

/* The files of a job that has begun `attempts` times, of which, and of one to come, there may be one each: what they
 * have, and their removal. */
uint64_t feed_bytes(int dir_fd, const char *id, unsigned attempts);
void feed_remove(int dir_fd, const char *id, unsigned attempts);
