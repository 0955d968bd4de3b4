/*
 * POST /, for the users of the service that this one replaces: its checks in its order, and its answers. It becomes a
 * job like any other. Called by HTTP workers.
 */
#include "runner/serve/api.h"

#include "policy/digest.h"
#include "policy/json.h"
#include "runner/serve/answer.h"
#include "sandbox/fd.h"

#include <stdlib.h>
#include <string.h>

#define CODE_MAX 10000
#define INPUTS_MAX 20

static const struct {
	const char *theirs, *ours, *file; /* NULL: as the language wants it */
} languages[] = {
        {"Python", "python3", "program.py"},
        {"C", "c", "program.c"},
        {"C++", "cpp", "program.cpp"},
        {"Java", "java", NULL},
        {"JavaScript", "javascript", "program.js"},
        {"Go", "go", "program.go"},
};

static enum http_outcome refuse(struct http_reply *reply, unsigned status, const char *message)
{
	answer_legacy_error(reply, status, message);
	return HTTP_REPLY;
}

enum http_outcome api_legacy_admit(struct http_request *request, struct http_reply *reply)
{
	struct serve *serve = request->data;
	struct party *party = &serve->parties[serve->n_parties];
	struct job_entry *job;

	if (!serve->config.legacy_enabled)
		return refuse(reply, 404, "this service has no such interface");
	/* all are refused once they are read: none takes room in the queue */
	if (serve->legacy_key == NULL)
		return api_reserve_body(request, party, reply) ? HTTP_CONTINUE : HTTP_REPLY;
	job = api_offer(request, party, reply);
	if (job == NULL)
		return HTTP_REPLY;
	job->kind = STORE_LEGACY;
	return HTTP_CONTINUE;
}

/* In a time that depends on the length of what was sent alone. */
static bool key_is_right(const char *key, const char *sent)
{
	unsigned char a[DIGEST_BYTES], b[DIGEST_BYTES];
	struct digest digest;

	digest_init(&digest);
	digest_put(&digest, key, strlen(key));
	digest_end(&digest, a);
	digest_init(&digest);
	digest_put(&digest, sent, strlen(sent));
	digest_end(&digest, b);
	return digest_equal(a, b) == 1;
}

/* "" for one that is not there; NULL for what is no string. */
static const char *string_at(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_find(object, key, &value) && value != NULL ? json_string_of(value) : "";
}

void api_legacy_reword(struct http_reply *reply)
{
	struct json_object *problem __attribute__((cleanup(json_freep))) = NULL;
	char retry[HTTP_VALUE_MAX] = "";
	unsigned status = reply->status;
	const char *detail = NULL;
	struct sbx_err err;

	for (size_t i = 0; i < reply->n_headers; i++)
		if (strcmp(reply->headers[i].name, "Retry-After") == 0)
			strcpy(retry, reply->headers[i].value);
	if (json_parse(reply->body, reply->body_len, "problem", &problem, &err) == 0)
		detail = string_at(problem, "detail");
	http_reply_finish(reply);
	refuse(reply, status,
	       status == 413                    ? "Request too large"
	       : status == 429 || status == 503 ? "Server busy, try again later"
	       : detail != NULL                 ? detail
	                                        : http_status_title(status));
	if (retry[0] != '\0')
		http_reply_header(reply, "Retry-After", retry);
}

/* The job, with a test that nobody asked for where there are no inputs: the code is compiled then too. */
static char *job_text(const char *language, const char *file, const char *code, struct json_object *inputs)
{
	struct json_object *job = json_new_object(), *source = json_new_object(), *files = json_new_array(),
	                   *tests = json_new_array(), *limits = json_new_object();
	char *text;

	if (file != NULL)
		json_add_string(source, "name", file);
	json_add_string(source, "text", code);
	json_append(files, source);
	for (size_t i = 0; i < json_length(inputs) || i == 0; i++) {
		struct json_object *test = json_new_object();

		if (json_length(inputs) == 0)
			json_add_string(test, "name", ANSWER_NO_INPUT);
		else
			json_add(test, "stdin", json_share(json_at(inputs, i)));
		json_append(tests, test);
	}
	json_add_string(limits, "time", "10s");
	json_add_string(limits, "wall", "10s");
	json_add_string(job, "language", language);
	json_add(job, "files", files);
	json_add(job, "limits", limits);
	json_add_u64(job, "keep_output", 1 << 20);
	json_add_bool(job, "merge_stderr", true);
	json_add(job, "tests", tests);
	text = strdup(json_text(job, false));
	json_free(job);
	return text;
}

static bool are_strings(struct json_object *inputs)
{
	if (inputs != NULL && json_kind_of(inputs) != JSON_ARRAY)
		return false;
	for (size_t i = 0; i < json_length(inputs); i++)
		if (json_string_of(json_at(inputs, i)) == NULL)
			return false;
	return true;
}

/* Whether the answer was made; else the job's text is. */
static bool check(const struct serve *serve, struct json_object *body, char **ret_text, struct http_reply *reply)
{
	const char *code = string_at(body, "code"), *language = string_at(body, "language"),
	           *key = string_at(body, "key");
	struct json_object *inputs = NULL;

	json_find(body, "inputs", &inputs);
	if (json_kind_of(body) != JSON_OBJECT || code == NULL || language == NULL || key == NULL ||
	    !are_strings(inputs))
		return refuse(reply, 400, "Invalid JSON") == HTTP_REPLY;
	if (serve->legacy_key == NULL || !key_is_right(serve->legacy_key, key))
		return refuse(reply, 403, "Invalid secret key") == HTTP_REPLY;
	if (strlen(code) > CODE_MAX)
		return refuse(reply, 400, "Code too large") == HTTP_REPLY;
	if (json_length(inputs) > INPUTS_MAX)
		return refuse(reply, 400, "Too many inputs") == HTTP_REPLY;
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		if (strcmp(language, languages[i].theirs) == 0) {
			*ret_text = job_text(languages[i].ours, languages[i].file, code, inputs);
			return *ret_text == NULL && refuse(reply, 500, "no memory") == HTTP_REPLY;
		}
	return refuse(reply, 400, "Unsupported language") == HTTP_REPLY;
}

static enum http_outcome post(struct http_request *request, struct http_reply *reply)
{
	struct serve *serve = request->data;
	struct json_object *body __attribute__((cleanup(json_freep))) = NULL;
	char *text = NULL;
	struct sbx_err err;

	if (json_parse(request->body != NULL ? request->body : "", request->body_len, "body", &body, &err) < 0)
		return refuse(reply, 400, "Invalid JSON");
	if (check(serve, body, &text, reply))
		return HTTP_REPLY;
	free(request->body);
	request->body = NULL;
	/* its clients know no other answer than the last */
	return api_submit(request, text, strlen(text), UINT64_MAX, reply);
}

enum http_outcome api_legacy_post(struct http_request *request, struct http_reply *reply)
{
	return api_handle(request, reply, post);
}
