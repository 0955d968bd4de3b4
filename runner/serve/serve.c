/* What the threads of the service share: offers to the queue, the names of jobs, the log. */
#include "runner/serve/serve.h"

#include "policy/json.h"
#include "runner/serve/batch.h"
#include "runner/serve/http_text.h"
#include "sandbox/fd.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* 10 letters of the time in ms, so that names sort by it, and 16 that nobody can guess. */
static bool make_id(char id[STORE_ID_MAX + 1])
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint64_t ms = serve_now_us() / 1000;
	unsigned char random[16];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return false;
	for (int i = 9; i >= 0; i--, ms >>= 5)
		id[i] = letters[ms & 31];
	for (int i = 0; i < 16; i++)
		id[10 + i] = letters[random[i] & 31];
	id[26] = '\0';
	return true;
}

enum admission_answer serve_offer(struct serve *serve, struct party *party, uint64_t bytes, struct job_entry **ret,
                                  unsigned *ret_retry_s)
{
	struct job_entry *job = calloc(1, sizeof(*job));
	enum admission_answer answer = ADMISSION_FULL;

	if (job == NULL || !make_id(job->id)) {
		free(job);
		return answer;
	}
	job->party = party;
	pthread_mutex_lock(&serve->lock);
	answer = admission_offer(serve->admission, party->queue, bytes, clock_ns(), &job->place, ret_retry_s);
	pthread_mutex_unlock(&serve->lock);
	if (answer == ADMISSION_ADMITTED)
		*ret = job;
	else
		free(job);
	return answer;
}

void serve_drop(struct serve *serve, struct job_entry *job)
{
	pthread_mutex_lock(&serve->lock);
	admission_drop(serve->admission, &job->place);
	pthread_mutex_unlock(&serve->lock);
	job_drop_body(serve, job);
	job_free(job);
}

bool serve_may_upload(struct serve *serve, struct party *party, unsigned *ret_retry_s)
{
	struct admission_job upload = {.state = ADMISSION_NOWHERE};
	enum admission_answer answer;

	pthread_mutex_lock(&serve->lock);
	answer = admission_offer(serve->uploads, party->uploads, 0, clock_ns(), &upload, ret_retry_s);
	/* a rate's token is not given back by this */
	if (answer == ADMISSION_ADMITTED)
		admission_drop(serve->uploads, &upload);
	pthread_mutex_unlock(&serve->lock);
	return answer == ADMISSION_ADMITTED;
}

const char *serve_holder(const struct party *party, const struct http_request *request, char buf[SERVE_HOLDER_BYTES])
{
	if (party->key != NULL)
		return party->name;
	/* no key has a name with a space in it */
	snprintf(buf, SERVE_HOLDER_BYTES, "peer %s", request->peer);
	return buf;
}

int serve_take(struct serve *serve, struct shares *shares, const char *holder, uint64_t bytes, struct shares_part *ret)
{
	int rc;

	pthread_mutex_lock(&serve->lock);
	rc = shares_take(shares, holder, bytes, ret);
	pthread_mutex_unlock(&serve->lock);
	return rc;
}

void serve_give_back(struct serve *serve, struct shares *shares, struct shares_part *part)
{
	pthread_mutex_lock(&serve->lock);
	shares_give_back(shares, part);
	pthread_mutex_unlock(&serve->lock);
}

void serve_log(const char *event, const char *id, const char *fmt, ...)
{
	struct json_object *line = json_new_object();
	char time[HTTP_TIME_BYTES], text[500];
	va_list args;

	http_time(serve_now_us() / 1000, time);
	json_add_string(line, "time", time);
	json_add_string(line, "event", event);
	if (id != NULL)
		json_add_string(line, "job", id);
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	json_add_string(line, "text", text);
	fprintf(stderr, "%s\n", json_text(line, false));
	json_free(line);
}
