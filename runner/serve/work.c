/* The threads that do what takes long, and the requests that wait for them. */
#include "runner/serve/work.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct task {
	struct task *next;
	struct http_request *request; /* kept */
	enum http_outcome (*handle)(struct http_request *request, struct http_reply *reply);
};

struct work {
	pthread_mutex_t lock; /* of what follows, up to the threads */
	pthread_cond_t came;
	struct task *first, **end;
	bool stopping;
	unsigned n_threads;
	pthread_t threads[];
};

static enum http_outcome refuse(struct http_request *request, struct http_reply *reply)
{
	(void)request;
	http_reply_problem(reply, 503, NULL, "the service is ending");
	return HTTP_REPLY;
}

/* NULL: it is time to go. */
static struct task *take(struct work *work)
{
	struct task *task;

	pthread_mutex_lock(&work->lock);
	while (work->first == NULL && !work->stopping)
		pthread_cond_wait(&work->came, &work->lock);
	task = work->first;
	if (task != NULL) {
		work->first = task->next;
		if (work->first == NULL)
			work->end = &work->first;
		if (work->stopping)
			task->handle = refuse;
	}
	pthread_mutex_unlock(&work->lock);
	return task;
}

static void *work_thread(void *data)
{
	struct work *work = data;
	struct task *task;

	while ((task = take(work)) != NULL) {
		struct http_reply reply = {.status = 0};

		if (task->handle(task->request, &reply) != HTTP_LATER)
			http_answer(task->request, &reply);
		http_drop(task->request);
		free(task);
	}
	return NULL;
}

int work_start(unsigned threads, struct work **ret_work, struct sbx_err *err)
{
	struct work *work = calloc(1, sizeof(*work) + threads * sizeof(work->threads[0]));
	int rc = work == NULL ? ENOMEM : 0;

	if (work != NULL) {
		work->end = &work->first;
		pthread_mutex_init(&work->lock, NULL);
		pthread_cond_init(&work->came, NULL);
	}
	while (rc == 0 && work->n_threads < threads) {
		rc = pthread_create(&work->threads[work->n_threads], NULL, work_thread, work);
		work->n_threads += rc == 0;
	}
	if (rc != 0) {
		work_stop(work);
		work_destroy(work);
		return sbx_fail(err, SBX_STAGE_HOST, rc, "cannot start a thread: %s", strerror(rc));
	}
	*ret_work = work;
	return 0;
}

void work_stop(struct work *work)
{
	if (work == NULL)
		return;
	pthread_mutex_lock(&work->lock);
	work->stopping = true;
	pthread_cond_broadcast(&work->came);
	pthread_mutex_unlock(&work->lock);
	while (work->n_threads > 0)
		pthread_join(work->threads[--work->n_threads], NULL);
}

void work_destroy(struct work *work)
{
	if (work == NULL)
		return;
	pthread_cond_destroy(&work->came);
	pthread_mutex_destroy(&work->lock);
	free(work);
}

enum http_outcome work_later(struct work *work, struct http_request *request, struct http_reply *reply,
                             enum http_outcome (*handle)(struct http_request *request, struct http_reply *reply))
{
	struct task *task = malloc(sizeof(*task));
	bool stopping;

	if (task == NULL) {
		http_reply_problem(reply, 503, NULL, "no memory");
		return HTTP_REPLY;
	}
	pthread_mutex_lock(&work->lock);
	stopping = work->stopping;
	if (!stopping) {
		*task = (struct task){.request = http_keep(request), .handle = handle};
		*work->end = task;
		work->end = &task->next;
		pthread_cond_signal(&work->came);
	}
	pthread_mutex_unlock(&work->lock);
	if (!stopping)
		return HTTP_LATER;
	free(task);
	return refuse(request, reply);
}
