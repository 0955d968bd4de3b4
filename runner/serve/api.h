/* Between the files of routes: api.c has the table. Called by HTTP workers. */
#pragma once

#include "runner/serve/serve.h"

/* Who asks; NULL, and the reply is 401, for nobody. */
struct party *api_party(const struct http_request *request, struct http_reply *reply);
/* An ask for the core, with the request kept. NULL, and the reply is made, without memory. */
struct ask *api_ask(struct http_request *request, enum ask_kind kind, struct party *party, struct http_reply *reply);
/* The number of a query parameter up to `max`; false, and the reply is made, where it is none. 0 where it is not given.
 */
bool api_number(const struct http_request *request, const char *name, uint64_t max, uint64_t *ret,
                struct http_reply *reply);
/*
 * Whether `party` may have so much more memory; who is no key is told apart by his address. If so it is in *ret, to be
 * given back.
 */
bool api_take(struct http_request *request, const struct party *party, struct shares *shares, uint64_t len,
              struct shares_part *ret, struct http_reply *reply);
/*
 * Whether there is memory for the body, whose length may not be known, among all that are read now, and within the part
 * of these that `party` may have; if so it counts until the request ends.
 */
bool api_reserve_body(struct http_request *request, const struct party *party, struct http_reply *reply);
/* The header of a 429. */
void api_retry_after(struct http_reply *reply, unsigned seconds);
/* It is of no more use; so the next one has room as soon as its client hears of this one's end. */
void api_drop_body(struct http_request *request);
/* Room for a job in the queue, or the answer why not. */
struct job_entry *api_offer(struct http_request *request, struct party *party, struct http_reply *reply);

/* The same of a JSON body: its type and its length are looked at first. */
struct job_entry *api_admit_json(struct http_request *request, struct party *party, struct http_reply *reply);
/* Whether sbx judge would take the body, a job's or a run's, and the key may ask for it; the files that it names are
 * the entry's then. Else the reply is made. */
bool api_look_at(const struct http_request *request, struct job_entry *entry, struct http_reply *reply);

/* What a request of ours carries between admit and done. */
struct api_state {
	struct party *party;     /* of an upload */
	struct job_entry *job;   /* reserved, and not submitted */
	struct shares_part held; /* of the room for bodies */
};
void api_done(struct http_request *request);
/*
 * The job that was reserved goes to the core, which answers, until then (struct ask) with its end; the text is from
 * malloc(), and not the caller's any more, whatever is returned.
 */
enum http_outcome api_submit(struct http_request *request, char *text, size_t len, uint64_t until_ns,
                             struct http_reply *reply);

/*
 * As work_later(), but what is short is handled at once. `handle` has `request->user` to itself: it is done with when
 * it has answered or asked.
 */
enum http_outcome api_handle(struct http_request *request, struct http_reply *reply,
                             enum http_outcome (*handle)(struct http_request *request, struct http_reply *reply));

enum http_outcome api_jobs_admit(struct http_request *request, struct http_reply *reply);
enum http_outcome api_jobs_post(struct http_request *request, struct http_reply *reply);
enum http_outcome api_job_get(struct http_request *request, struct http_reply *reply);
enum http_outcome api_job_delete(struct http_request *request, struct http_reply *reply);
enum http_outcome api_job_events(struct http_request *request, struct http_reply *reply);
enum http_outcome api_file_admit(struct http_request *request, struct http_reply *reply);
enum http_outcome api_file_get(struct http_request *request, struct http_reply *reply);
enum http_outcome api_file_put(struct http_request *request, struct http_reply *reply);
enum http_outcome api_run_admit(struct http_request *request, struct http_reply *reply);
enum http_outcome api_run_post(struct http_request *request, struct http_reply *reply);
enum http_outcome api_legacy_admit(struct http_request *request, struct http_reply *reply);
enum http_outcome api_legacy_post(struct http_request *request, struct http_reply *reply);
enum http_outcome api_page(struct http_request *request, struct http_reply *reply);
