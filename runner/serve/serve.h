/*
 * The service, and what its threads share. The core thread has the store, the jobs and the programs that run; the
 * workers of the HTTP layer, and the threads for what would take them long, ask it (serve_ask()) and go on with other
 * requests until it answers. What all touch is the list of what was asked, the queue, in which a worker reserves room
 * while a client still waits to send, and the memory for bodies and answers: `lock`.
 *
 *     main.c    what the starter handed over -> struct serve -> http_start() -> core_run() -> http_stop()
 *     api*.c    routes: a request -> an answer, or a struct ask
 *     work.c    what of that would hold up a worker: threads of its own
 *     runs.c    runs, which are jobs that nobody stores: their client waits for them
 *     core.c    the next jobs -> programs; asks, ends of programs -> one transaction -> answers
 *     batch.c   that transaction
 *     turns.c   the next jobs
 *     jobs.c    the jobs in memory, and those who wait for them
 *     child.c   one `sbx judge`: a job's text in, report, events and error text out
 *     feed.c    a job's events
 *     answer.c  a row of the store -> what the client gets
 */
#pragma once

#include "policy/admission.h"
#include "policy/language.h"
#include "policy/serve_config.h"
#include "policy/serve_keys.h"
#include "policy/shares.h"
#include "runner/job_load.h"
#include "runner/serve/feed.h"
#include "runner/serve/http.h"
#include "runner/serve/stats.h"
#include "runner/serve/store.h"
#include "runner/serve/work.h"
#include "runner/starter.h"

#include <pthread.h>
#include <stdatomic.h>

#define SERVE_WAIT_S_MAX 60

/* Who asks: a key of the keys file, or everybody, where there is none. */
struct party {
	const char *name;            /* "" for everybody */
	const struct serve_key *key; /* NULL: has no limits of its own */
	struct admission_key *queue, *uploads;
};

struct child;
struct turn;

/* A stored file, and where a job names it. */
struct named_file {
	char name[STORE_NAME_LEN + 1];
	struct job_key key;
};

/* A job from the moment that room is reserved for it until its result is stored. */
struct job_entry {
	struct admission_job place; /* first; under `lock` */
	struct party *party;
	enum store_kind kind;
	bool is_run; /* of POST /v1/run: the store knows nothing of it, and its body stays here until it ends */
	unsigned priority, attempt, put_offs;
	bool is_suspect; /* it ran when a service died */
	bool cancelled;
	uint64_t accepted_us, started_us; /* since 1970 */
	uint64_t body_len;
	/* until it is stored: */
	char *body, *idempotency;
	struct shares_part held; /* of the room for bodies; of a run, until it ends, of that for runs */
	struct named_file *files;
	size_t n_files;
	/* from then on, the core's: */
	char id[STORE_ID_MAX + 1];
	struct feed *feed;   /* once somebody looks, or it runs */
	struct ask *waiting; /* those who wait for its end */
	struct child *child; /* while it runs */
	struct job_entry *next;
};

enum ask_kind {
	ASK_SUBMIT,
	ASK_JOB,
	ASK_CANCEL,
	ASK_EVENTS,
	ASK_FILE,     /* is it there */
	ASK_PUT_FILE, /* an upload that has ended */
	ASK_STATS,
	ASK_METRICS,
	ASK_KIND_MAX,
};

/* A request that waits for the core. */
struct ask {
	enum ask_kind kind;
	struct http_request *request; /* kept */
	struct ask *next;
	const struct party *party;
	struct job_entry *job; /* ASK_SUBMIT */
	char id[STORE_ID_MAX + 1];
	uint64_t until_ns; /* ASK_SUBMIT, ASK_JOB: the client waits for the job's end till then; 0: it does not */
	char last_event[40];
	char file[STORE_NAME_LEN + 1];
	struct job_key missing; /* ASK_SUBMIT, -ENOENT: where the job names a file that is not stored */
	struct store_upload upload;
	int rc; /* the core's: what became of it before the commit */
};

struct serve {
	struct serve_config config;
	struct serve_keys keys;
	const char *legacy_key; /* of POST /; NULL: none is set */
	unsigned running_max;
	uint64_t start_us;
	struct http_server *http;
	struct work *work;
	struct party *parties;           /* those that may ask; after them POST /, and the keys that are gone */
	size_t n_parties;                /* of those that may ask */
	atomic_bool draining;            /* no new jobs */
	atomic_bool failing;             /* the store takes nothing at the moment */
	_Atomic(const char *) languages; /* what `sbx languages --json` says; NULL until it has */
	_Atomic uint64_t missing;        /* which of language_builtin are not installed, by that: a bit each */

	pthread_mutex_t lock;
	struct admission *admission;
	struct admission *uploads;      /* of which nothing but the keys' rates is used */
	struct admission_key *suspects; /* one at a time: the next death is then one's own */
	struct shares bodies;           /* that are read, or will be, until they are stored */
	struct shares run_bodies;       /* of runs, until these end */
	struct shares answers;          /* long ones that are being sent */
	struct ask *asked, **asked_end;

	/* the core's */
	int wake_fd, signal_fd, starter_fd, epoll_fd, events_dir;
	struct store store;
	struct job_entry **table; /* by id; without runs, which have no id that anybody is told */
	struct job_entry *runs;
	size_t n_jobs, table_size;
	struct child *children; /* by their number */
	unsigned n_children;    /* without the last one, of `sbx languages` */
	struct turn *turns;     /* room for running_max */
	struct child *ended;    /* whose results are not stored yet */
	uint64_t hold_ns;       /* nothing is started before: something was missing for it */
	uint64_t ticks, grace_ns;
	bool stopped; /* what runs was told to end */
	struct stats stats;
};

/* In `missing`; 0 for NULL, and for one beyond its bits, which is not known to be missing. */
static inline uint64_t serve_language_bit(const struct language *language)
{
	return language != NULL && language - language_builtin < 64 ? UINT64_C(1) << (language - language_builtin) : 0;
}

/* Any thread. The core answers, and gives the ask up. */
void serve_ask(struct serve *serve, struct ask *ask);

/* Workers: room for a job of so many bytes. On ADMISSION_ADMITTED *ret is the caller's, to be submitted or dropped. */
enum admission_answer serve_offer(struct serve *serve, struct party *party, uint64_t bytes, struct job_entry **ret,
                                  unsigned *ret_retry_s);
void serve_drop(struct serve *serve, struct job_entry *job);

/* Workers: whether the party may store one more file now; else it may in *ret_retry_s. */
bool serve_may_upload(struct serve *serve, struct party *party, unsigned *ret_retry_s);

/* Any thread: memory for so many bytes, of one of the three; as shares_take(). Given back, once they are gone. */
int serve_take(struct serve *serve, struct shares *shares, const char *holder, uint64_t bytes, struct shares_part *ret);
void serve_give_back(struct serve *serve, struct shares *shares, struct shares_part *part);

#define SERVE_HOLDER_BYTES (HTTP_PEER_MAX + 8)
/* Whose share of it a request takes: its key's, or of who is no key, its address's. In `buf` or not. */
const char *serve_holder(const struct party *party, const struct http_request *request, char buf[SERVE_HOLDER_BYTES]);

/* The core: until the service has drained, or the starter is gone (-EPIPE). */
int core_run(struct serve *serve, struct sbx_err *err);
/* What the store kept of a service before; before anything is asked. */
int core_restore(struct serve *serve, struct sbx_err *err);

/* since 1970 */
uint64_t serve_now_us(void);

/* The routes, for http_start(). */
const struct http_route *api_routes(size_t *ret_n);
/* A problem document as POST / answers it. */
void api_legacy_reword(struct http_reply *reply);

/* One line of JSON on standard error. `id` may be NULL. */
void serve_log(const char *event, const char *id, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
