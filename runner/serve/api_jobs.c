/* The routes of jobs and files. Called by HTTP workers. */
#include "runner/serve/api.h"

#include "policy/job.h"
#include "runner/job_load.h"
#include "runner/serve/http_text.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IDEMPOTENCY_MAX 200

/* ---- POST /v1/jobs ---- */

/* One whose length is not known is held to the bound as it comes. */
static bool body_fits(struct http_request *request, struct http_reply *reply)
{
	const struct serve *serve = request->data;

	request->body_max = serve->config.body_bytes_max;
	if (request->length <= request->body_max)
		return true;
	http_reply_problem(reply, 413, "Content-Length", "more than %llu bytes",
	                   (unsigned long long)serve->config.body_bytes_max);
	return false;
}

/* Printable, and kept as it is: who sends it chooses it. */
static bool take_idempotency(const struct http_request *request, struct job_entry *job, struct http_reply *reply)
{
	const char *key = http_header(request, "Idempotency-Key");

	if (key == NULL)
		return true;
	for (const char *c = key; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			key = "";
	if (*key == '\0' || strlen(key) > IDEMPOTENCY_MAX) {
		http_reply_problem(reply, 400, "Idempotency-Key", "1 to %d printable characters", IDEMPOTENCY_MAX);
		return false;
	}
	job->idempotency = strdup(key);
	if (job->idempotency == NULL)
		http_reply_problem(reply, 503, NULL, "no memory");
	return job->idempotency != NULL;
}

struct job_entry *api_admit_json(struct http_request *request, struct party *party, struct http_reply *reply)
{
	if (!http_is_type(http_header(request, "Content-Type"), "application/json")) {
		http_reply_problem(reply, 415, "Content-Type", "it has to be application/json");
		return NULL;
	}
	return body_fits(request, reply) ? api_offer(request, party, reply) : NULL;
}

enum http_outcome api_jobs_admit(struct http_request *request, struct http_reply *reply)
{
	struct party *party = api_party(request, reply);
	uint64_t wait_s, priority, most = ADMISSION_PRIORITY_MAX;
	struct job_entry *job;

	if (party == NULL || !api_number(request, "wait", SERVE_WAIT_S_MAX, &wait_s, reply))
		return HTTP_REPLY;
	if (party->key != NULL)
		most = party->key->priority_max;
	if (!api_number(request, "priority", ADMISSION_PRIORITY_MAX, &priority, reply))
		return HTTP_REPLY;
	if (priority > most) {
		http_reply_problem(reply, 403, "priority", "this key may ask for %d at most", (int)most);
		return HTTP_REPLY;
	}
	job = api_admit_json(request, party, reply);
	if (job == NULL)
		return HTTP_REPLY;
	job->priority = (unsigned)priority;
	job->kind = STORE_JUDGE;
	return take_idempotency(request, job, reply) ? HTTP_CONTINUE : HTTP_REPLY;
}

/* "body: tests[3].stdin: not a string" */
static void refuse_job(struct http_reply *reply, unsigned status, const char *msg)
{
	const char *text = strncmp(msg, "body: ", 6) == 0 ? msg + 6 : msg, *end = strstr(text, ": ");
	char field[JOB_FIELD_BYTES] = "";

	if (end != NULL && (size_t)(end - text) < sizeof(field) && memchr(text, ' ', (size_t)(end - text)) == NULL) {
		memcpy(field, text, (size_t)(end - text));
		text = end + 2;
	}
	http_reply_problem(reply, status, field[0] != '\0' ? field : NULL, "%s", text);
}

static bool is_name(const char *path)
{
	return strlen(path) == STORE_NAME_LEN && strspn(path, "0123456789abcdef") == STORE_NAME_LEN;
}

/* Notes a stored file that the job refers to. -EINVAL, and `field` is where. */
static int add_file(struct job_entry *entry, const struct job_data *data, const struct job_key *key,
                    char field[JOB_FIELD_BYTES])
{
	struct named_file *files;

	if (data->bytes != NULL || data->path == NULL)
		return 0;
	if (!is_name(data->path)) {
		snprintf(field, JOB_FIELD_BYTES, "%s", job_key_text(key, (char[JOB_FIELD_BYTES]){0}));
		return -EINVAL;
	}
	files = reallocarray(entry->files, entry->n_files + 1, sizeof(*files));
	if (files == NULL)
		return -ENOMEM;
	entry->files = files;
	files += entry->n_files++;
	memcpy(files->name, data->path, sizeof(files->name));
	files->key = *key;
	return 0;
}

static int add_files(struct job_entry *entry, const struct job *job, char field[JOB_FIELD_BYTES])
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < job->n_files; i++)
		rc = add_file(entry, &job->files[i].data, &(struct job_key){"files", i, "path"}, field);
	for (size_t c = 0; rc == 0 && c < job->n_checkers; c++)
		for (size_t i = 0; rc == 0 && i < job->checkers[c].n_files; i++)
			rc = add_file(entry, &job->checkers[c].files[i].data,
			              &(struct job_key){"checker.files", i, "path"}, field);
	for (size_t i = 0; rc == 0 && i < job->n_tests; i++) {
		const char *list = job->is_run ? NULL : "tests";
		rc = add_file(entry, &job->tests[i].input, &(struct job_key){list, i, "stdin_path"}, field);
		if (rc == 0)
			rc = add_file(entry, &job->tests[i].answer, &(struct job_key){list, i, "answer_path"}, field);
	}
	return rc;
}

/* Whether it is installed; else the reply is made. NULL is fine. */
static bool is_there(const struct serve *serve, const struct language *language, const char *field,
                     struct http_reply *reply)
{
	if ((atomic_load(&serve->missing) & serve_language_bit(language)) == 0)
		return true;
	http_reply_problem(reply, 422, field, "%s is not installed here", language->title);
	return false;
}

/* What the judge would refuse when its turn comes, and the job would end as failed by, or as IE. */
static bool can_be_judged(const struct serve *serve, struct job *job, struct http_reply *reply)
{
	struct job_languages languages;
	struct job_memory memory = {0};
	char field[JOB_FIELD_BYTES];
	struct sbx_err err;
	bool is_well = job_check(job, &memory, &languages, field, &err) == 0;

	if (!is_well)
		http_reply_problem(reply, 422, field, "%s", err.msg);
	else
		is_well = is_there(serve, languages.submission, job->language != NULL ? "language" : "files", reply) &&
		          is_there(serve, languages.checker,
		                   job->checkers[0].language != NULL ? "checker.language" : "checker.files", reply);
	job_memory_finish(&memory);
	return is_well;
}

bool api_look_at(const struct http_request *request, struct job_entry *entry, struct http_reply *reply)
{
	const struct serve_key *key = entry->party->key;
	char field[JOB_FIELD_BYTES];
	struct sbx_err err;
	struct job job;
	bool is_well = false;
	int rc;

	job_init(&job);
	job.is_run = entry->is_run;
	if (job_parse(&job, request->body != NULL ? request->body : "", request->body_len, "body", &err) < 0) {
		refuse_job(reply, 400, err.msg);
	} else if (key != NULL && serve_keys_admit_limits(key, &job, field, &err) < 0) {
		http_reply_problem(reply, 403, field, "%s", err.msg);
	} else if ((rc = add_files(entry, &job, field)) == -EINVAL) {
		http_reply_problem(reply, 400, field, "not the SHA-256 of a stored file, in 64 lower-case digits");
	} else if (rc < 0) {
		http_reply_problem(reply, 503, NULL, "no memory");
	} else {
		is_well = can_be_judged(request->data, &job, reply);
	}
	job_finish(&job);
	return is_well;
}

static uint64_t until(uint64_t wait_s)
{
	return wait_s > 0 ? clock_ns() + wait_s * UINT64_C(1000000000) : 0;
}

static enum http_outcome post_job(struct http_request *request, struct http_reply *reply)
{
	struct job_entry *job = ((struct api_state *)request->user)->job;
	char *text = request->body;
	uint64_t wait_s = 0;

	if (!api_look_at(request, job, reply)) {
		api_drop_body(request);
		return HTTP_REPLY;
	}
	api_number(request, "wait", SERVE_WAIT_S_MAX, &wait_s, reply);
	request->body = NULL;
	return api_submit(request, text, request->body_len, until(wait_s), reply);
}

enum http_outcome api_jobs_post(struct http_request *request, struct http_reply *reply)
{
	return api_handle(request, reply, post_job);
}

/* ---- one job ---- */

/* An id that is none cannot be a job's. `party` may be NULL, whose reply is made. */
static struct ask *ask_for_job(struct http_request *request, enum ask_kind kind, struct party *party,
                               struct http_reply *reply)
{
	struct ask *ask;

	if (party == NULL)
		return NULL;
	if (strlen(request->variable) > STORE_ID_MAX) {
		http_reply_problem(reply, 404, NULL, "there is no such job, or none any more");
		return NULL;
	}
	ask = api_ask(request, kind, party, reply);
	if (ask != NULL)
		snprintf(ask->id, sizeof(ask->id), "%.*s", STORE_ID_MAX, request->variable);
	return ask;
}

enum http_outcome api_job_get(struct http_request *request, struct http_reply *reply)
{
	struct party *party = api_party(request, reply);
	uint64_t wait_s;
	struct ask *ask;

	if (party == NULL || !api_number(request, "wait", SERVE_WAIT_S_MAX, &wait_s, reply))
		return HTTP_REPLY;
	ask = ask_for_job(request, ASK_JOB, party, reply);
	if (ask == NULL)
		return HTTP_REPLY;
	ask->until_ns = until(wait_s);
	serve_ask(request->data, ask);
	return HTTP_LATER;
}

enum http_outcome api_job_delete(struct http_request *request, struct http_reply *reply)
{
	struct ask *ask = ask_for_job(request, ASK_CANCEL, api_party(request, reply), reply);

	if (ask == NULL)
		return HTTP_REPLY;
	serve_ask(request->data, ask);
	return HTTP_LATER;
}

enum http_outcome api_job_events(struct http_request *request, struct http_reply *reply)
{
	const char *last = http_header(request, "Last-Event-ID");
	struct ask *ask = ask_for_job(request, ASK_EVENTS, api_party(request, reply), reply);

	if (ask == NULL)
		return HTTP_REPLY;
	if (last != NULL)
		snprintf(ask->last_event, sizeof(ask->last_event), "%s", last);
	serve_ask(request->data, ask);
	return HTTP_LATER;
}

/* ---- files ---- */

static bool names_a_file(const struct http_request *request, struct http_reply *reply)
{
	if (is_name(request->variable))
		return true;
	http_reply_problem(reply, 400, "sha256", "64 lower-case hexadecimal digits");
	return false;
}

enum http_outcome api_file_get(struct http_request *request, struct http_reply *reply)
{
	struct party *party = api_party(request, reply);
	struct ask *ask;

	if (party == NULL || !names_a_file(request, reply))
		return HTTP_REPLY;
	ask = api_ask(request, ASK_FILE, party, reply);
	if (ask == NULL)
		return HTTP_REPLY;
	memcpy(ask->file, request->variable, sizeof(ask->file));
	serve_ask(request->data, ask);
	return HTTP_LATER;
}

static bool may_upload(struct http_request *request, struct party *party, struct http_reply *reply)
{
	unsigned retry_s;

	if (serve_may_upload(request->data, party, &retry_s))
		return true;
	api_drop_body(request);
	http_reply_problem(reply, 429, NULL, "this key may not store more files at the moment");
	api_retry_after(reply, retry_s);
	return false;
}

enum http_outcome api_file_admit(struct http_request *request, struct http_reply *reply)
{
	struct party *party = api_party(request, reply);

	if (party == NULL || !names_a_file(request, reply) || !body_fits(request, reply) ||
	    !api_reserve_body(request, party, reply) || !may_upload(request, party, reply))
		return HTTP_REPLY;
	((struct api_state *)request->user)->party = party;
	return HTTP_CONTINUE;
}

/* Its bytes go to the disk here: the core only gives it its name. */
static enum http_outcome put_file(struct http_request *request, struct http_reply *reply)
{
	struct serve *serve = request->data;
	struct party *party = ((struct api_state *)request->user)->party;
	struct store_upload upload = {.fd = -1};
	struct sbx_err err;
	struct ask *ask;
	int rc;

	rc = store_upload_begin(&serve->store, &upload, &err);
	if (rc == 0)
		rc = store_upload_write(&upload, request->body != NULL ? request->body : "", request->body_len, &err);
	if (rc == 0)
		rc = store_upload_end(&upload, request->variable, &err);
	api_drop_body(request);
	ask = rc == 0 ? api_ask(request, ASK_PUT_FILE, party, reply) : NULL;
	if (ask == NULL) {
		store_upload_drop(&upload);
		if (rc == -EBADMSG)
			http_reply_problem(reply, 422, "sha256", "the body has another SHA-256");
		else if (rc < 0)
			http_reply_problem(reply, 507, NULL, "the file cannot be stored");
		return HTTP_REPLY;
	}
	ask->upload = upload;
	memcpy(ask->file, request->variable, sizeof(ask->file));
	serve_ask(serve, ask);
	return HTTP_LATER;
}

/* The shortest waits for the disk, too. */
enum http_outcome api_file_put(struct http_request *request, struct http_reply *reply)
{
	struct serve *serve = request->data;

	return work_later(serve->work, request, reply, put_file);
}
