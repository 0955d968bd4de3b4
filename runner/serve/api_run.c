/* POST /v1/run: one program, once, and its answer is what came of it. Called by HTTP workers. */
#include "runner/serve/api.h"

enum http_outcome api_run_admit(struct http_request *request, struct http_reply *reply)
{
	struct party *party = api_party(request, reply);
	struct job_entry *job = party != NULL ? api_admit_json(request, party, reply) : NULL;

	if (job == NULL)
		return HTTP_REPLY;
	job->is_run = true;
	return HTTP_CONTINUE;
}

/*
 * Its body stays in memory until it ends. That is counted apart from the bodies that are read: runs that wait leave
 * these their room.
 */
static bool hold_body(struct http_request *request, struct job_entry *job, struct http_reply *reply)
{
	struct serve *serve = request->data;
	struct api_state *state = request->user;

	if (!api_take(request, job->party, &serve->run_bodies, request->body_len, &job->held, reply))
		return false;
	serve_give_back(serve, &serve->bodies, &state->held);
	return true;
}

static enum http_outcome post_run(struct http_request *request, struct http_reply *reply)
{
	struct job_entry *job = ((struct api_state *)request->user)->job;
	char *text = request->body;

	if (!api_look_at(request, job, reply) || !hold_body(request, job, reply)) {
		api_drop_body(request);
		return HTTP_REPLY;
	}
	request->body = NULL;
	return api_submit(request, text, request->body_len, 0, reply);
}

enum http_outcome api_run_post(struct http_request *request, struct http_reply *reply)
{
	return api_handle(request, reply, post_run);
}
