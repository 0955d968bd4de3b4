/* The table of routes, who may ask, and the routes that need no job. Called by HTTP workers. */
#include "runner/serve/api.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BODY_SHORT ((size_t)16 << 10) /* those count for nothing: there are no more than connections */
#define SMALL ((size_t)4096)
#define AT_ONCE_MAX ((size_t)64 << 10) /* of a job that a worker reads itself, which takes less than a ms */

/* Made by the first that asks for it; NULL without memory. */
static struct api_state *api_state(struct http_request *request)
{
	if (request->user == NULL)
		request->user = calloc(1, sizeof(struct api_state));
	return request->user;
}

void api_done(struct http_request *request)
{
	struct api_state *state = request->user;
	struct serve *serve = request->data;

	if (state == NULL)
		return;
	if (state->job != NULL)
		serve_drop(serve, state->job);
	serve_give_back(serve, &serve->bodies, &state->held);
	free(state);
	request->user = NULL;
}

enum http_outcome api_submit(struct http_request *request, char *text, size_t len, uint64_t until_ns,
                             struct http_reply *reply)
{
	struct api_state *state = request->user;
	struct job_entry *job = state->job;
	struct ask *ask = api_ask(request, ASK_SUBMIT, job->party, reply);

	if (ask == NULL) {
		free(text);
		return HTTP_REPLY;
	}
	ask->until_ns = until_ns;
	/* the request may last for as long as the job does, and has no body any more */
	if (!job->is_run) { /* whose body is held otherwise */
		job->held = state->held;
		state->held = (struct shares_part){NULL, 0};
	}
	state->job = NULL;
	ask->job = job;
	job->body = text;
	job->body_len = len;
	job->accepted_us = serve_now_us();
	serve_ask(request->data, ask);
	return HTTP_LATER;
}

/*
 * Without keys whoever is on this host may ask; but not the page of another host in a browser here, which has its own
 * name lead to 127.0.0.1. It cannot choose what the browser then says of the host.
 */
static bool names_this_host(const struct http_request *request)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	const char *host = http_header(request, "Host");

	if (strcmp(request->peer, "unix") == 0)
		return true;
	for (size_t i = 0; host != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (strncasecmp(host, names[i], len) == 0 && (host[len] == '\0' || host[len] == ':'))
			return true;
	}
	return false;
}

struct party *api_party(const struct http_request *request, struct http_reply *reply)
{
	struct serve *serve = request->data;
	const char *bearer = http_bearer(request);
	const struct serve_key *key;

	if (serve->keys.n_keys == 0) {
		if (names_this_host(request))
			return &serve->parties[0];
		http_reply_problem(reply, 403, "Host", "without keys only localhost, 127.0.0.1 and [::1] are answered");
		return NULL;
	}
	key = bearer != NULL ? serve_keys_find(&serve->keys, bearer, strlen(bearer)) : NULL;
	if (key != NULL)
		return &serve->parties[key - serve->keys.keys];
	http_reply_problem(reply, 401, "Authorization", bearer == NULL ? "a key is needed" : "this key is not known");
	http_reply_header(reply, "WWW-Authenticate", "Bearer");
	return NULL;
}

struct ask *api_ask(struct http_request *request, enum ask_kind kind, struct party *party, struct http_reply *reply)
{
	struct ask *ask = calloc(1, sizeof(*ask));

	if (ask == NULL) {
		http_reply_problem(reply, 503, NULL, "no memory");
		return NULL;
	}
	*ask = (struct ask){.kind = kind, .request = http_keep(request), .party = party, .upload = {.fd = -1}};
	return ask;
}

bool api_number(const struct http_request *request, const char *name, uint64_t max, uint64_t *ret,
                struct http_reply *reply)
{
	const char *text = http_target_parameter(&request->target, name);
	char *end = NULL;
	unsigned long long value = 0;

	if (text != NULL) {
		value = *text >= '0' && *text <= '9' && strlen(text) < 10 ? strtoull(text, &end, 10) : max + 1;
		if (value > max || end == NULL || *end != '\0') {
			http_reply_problem(reply, 400, name, "not a whole number from 0 to %" PRIu64, max);
			return false;
		}
	}
	*ret = value;
	return true;
}

void api_retry_after(struct http_reply *reply, unsigned seconds)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", seconds);
	http_reply_header(reply, "Retry-After", text);
}

static uint64_t length_at_most(const struct http_request *request)
{
	return request->length_known ? request->length : request->body_max;
}

bool api_take(struct http_request *request, const struct party *party, struct shares *shares, uint64_t len,
              struct shares_part *ret, struct http_reply *reply)
{
	char buf[SERVE_HOLDER_BYTES];
	int rc = serve_take(request->data, shares, serve_holder(party, request, buf), len, ret);

	if (rc == 0)
		return true;
	if (rc == -ENOMEM) {
		http_reply_problem(reply, 503, NULL, "no memory");
		return false;
	}
	http_reply_problem(reply, 429, NULL,
	                   rc == -EDQUOT && party->key != NULL ? "too much of this key is in memory at the moment"
	                   : rc == -EDQUOT                     ? "too much from this address is in memory at the moment"
	                                                       : "too much is in memory at the moment");
	api_retry_after(reply, 1);
	return false;
}

bool api_reserve_body(struct http_request *request, const struct party *party, struct http_reply *reply)
{
	struct api_state *state = api_state(request);
	struct serve *serve = request->data;
	uint64_t len = length_at_most(request);

	if (state == NULL) {
		http_reply_problem(reply, 503, NULL, "no memory");
		return false;
	}
	return len <= BODY_SHORT || api_take(request, party, &serve->bodies, len, &state->held, reply);
}

void api_drop_body(struct http_request *request)
{
	struct api_state *state = request->user;
	struct serve *serve = request->data;

	free(request->body);
	request->body = NULL;
	serve_give_back(serve, &serve->bodies, &state->held);
}

struct job_entry *api_offer(struct http_request *request, struct party *party, struct http_reply *reply)
{
	static const char *const reasons[ADMISSION_ANSWER_MAX] = {
	        [ADMISSION_RATE] = "this key may not send more jobs at the moment",
	        [ADMISSION_KEY_FULL] = "this key's part of the queue is full",
	        [ADMISSION_FULL] = "the queue is full",
	};
	struct serve *serve = request->data;
	uint64_t len = length_at_most(request);
	struct job_entry *job = NULL;
	enum admission_answer answer;
	unsigned retry_s = 1;

	if (atomic_load(&serve->draining)) {
		http_reply_problem(reply, 503, NULL, "the service is ending");
		api_retry_after(reply, 10);
		return NULL;
	}
	if (!api_reserve_body(request, party, reply))
		return NULL;
	answer = serve_offer(serve, party, len, &job, &retry_s);
	if (answer == ADMISSION_ADMITTED) {
		((struct api_state *)request->user)->job = job;
		return job;
	}
	/* now, and not at the request's end, which its client may put off */
	serve_give_back(serve, &serve->bodies, &((struct api_state *)request->user)->held);
	if (answer == ADMISSION_TOO_LARGE) {
		http_reply_problem(reply, 413, NULL, "a job of %" PRIu64 " bytes never fits into the queue", len);
		return NULL;
	}
	http_reply_problem(reply, 429, NULL, "%s", reasons[answer]);
	api_retry_after(reply, retry_s);
	return NULL;
}

enum http_outcome api_handle(struct http_request *request, struct http_reply *reply,
                             enum http_outcome (*handle)(struct http_request *request, struct http_reply *reply))
{
	struct serve *serve = request->data;

	return request->body_len <= AT_ONCE_MAX ? handle(request, reply)
	                                        : work_later(serve->work, request, reply, handle);
}

/* ---- the routes that need no job ---- */

static enum http_outcome say(struct http_reply *reply, const char *json)
{
	http_reply_static(reply, 200, "application/json", json, strlen(json));
	return HTTP_REPLY;
}

static enum http_outcome health(struct http_request *request, struct http_reply *reply)
{
	(void)request;
	return say(reply, "{\"status\":\"ok\"}");
}

static enum http_outcome ready(struct http_request *request, struct http_reply *reply)
{
	struct serve *serve = request->data;

	if (atomic_load(&serve->draining))
		http_reply_problem(reply, 503, NULL, "the service is ending");
	else if (atomic_load(&serve->failing))
		http_reply_problem(reply, 503, NULL, "the state folder takes nothing at the moment");
	else
		return say(reply, "{\"status\":\"ready\"}");
	return HTTP_REPLY;
}

static enum http_outcome version(struct http_request *request, struct http_reply *reply)
{
#define VERSION_TEXT(required)                                                                                         \
	"{\"schema\":\"sbx.serve.version/1\",\"version\":\"" SBX_VERSION "\",\"key_required\":" required "}"
	struct serve *serve = request->data;

	return say(reply, serve->keys.n_keys > 0 ? VERSION_TEXT("true") : VERSION_TEXT("false"));
}

/* Made once, while the service starts: it asks every compiler for its version. */
static enum http_outcome languages(struct http_request *request, struct http_reply *reply)
{
	struct serve *serve = request->data;
	const char *text = atomic_load(&serve->languages);

	if (text != NULL)
		return say(reply, text);
	http_reply_problem(reply, 503, NULL, "the languages are being looked for");
	return HTTP_REPLY;
}

static enum http_outcome ask_core(struct http_request *request, enum ask_kind kind, struct http_reply *reply)
{
	struct party *party = api_party(request, reply);
	struct ask *ask = party != NULL ? api_ask(request, kind, party, reply) : NULL;

	if (ask == NULL)
		return HTTP_REPLY;
	serve_ask(request->data, ask);
	return HTTP_LATER;
}

static enum http_outcome stats(struct http_request *request, struct http_reply *reply)
{
	return ask_core(request, ASK_STATS, reply);
}

static enum http_outcome metrics(struct http_request *request, struct http_reply *reply)
{
	return ask_core(request, ASK_METRICS, reply);
}

/* ---- the table ---- */

#define BODY_MAX ((size_t)1 << 30) /* the configuration's bound is no larger, and set by `admit` */

static const struct http_route routes[] = {
        {"POST", "/v1/jobs", "wait priority", BODY_MAX, 0, api_jobs_admit, api_jobs_post, api_done},
        {"GET", "/v1/jobs/{id}", "wait", 0, 0, NULL, api_job_get, api_done},
        {"DELETE", "/v1/jobs/{id}", NULL, SMALL, 0, NULL, api_job_delete, api_done},
        {"GET", "/v1/jobs/{id}/events", NULL, 0, 0, NULL, api_job_events, api_done},
        {"GET", "/v1/files/{sha256}", NULL, 0, 0, NULL, api_file_get, api_done},
        {"PUT", "/v1/files/{sha256}", NULL, BODY_MAX, 0, api_file_admit, api_file_put, api_done},
        {"POST", "/v1/run", NULL, BODY_MAX, 0, api_run_admit, api_run_post, api_done},
        {"GET", "/v1/languages", NULL, 0, 0, NULL, languages, NULL},
        {"GET", "/v1/health", NULL, 0, 0, NULL, health, NULL},
        {"GET", "/v1/ready", NULL, 0, 0, NULL, ready, NULL},
        {"GET", "/v1/version", NULL, 0, 0, NULL, version, NULL},
        {"GET", "/v1/stats", NULL, 0, 0, NULL, stats, api_done},
        {"GET", "/metrics", NULL, 0, 0, NULL, metrics, api_done},
        {"GET", "/v1/openapi.json", NULL, 0, 0, NULL, api_page, NULL},
        {"GET", "/", NULL, 0, 0, NULL, api_page, NULL},
        {"GET", "/state", NULL, 0, 0, NULL, api_page, NULL},
        {"GET", "/page/{file}", NULL, 0, 0, NULL, api_page, NULL},
        {"POST", "/", NULL, (size_t)1 << 20, HTTP_CORS | HTTP_OWN_ERRORS, api_legacy_admit, api_legacy_post, api_done},
};

const struct http_route *api_routes(size_t *ret_n)
{
	*ret_n = sizeof(routes) / sizeof(routes[0]);
	return routes;
}
