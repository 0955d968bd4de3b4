/*
 * routes [ROUTE]: takes the route as far as it goes, says what refused it, and holds on for as long as it takes to
 * look. Without one, says which there are.
 */
#include "tests/memory/routes.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

static size_t *taken; /* by all processes */

bool take(size_t bytes)
{
	return __atomic_add_fetch(taken, bytes, __ATOMIC_RELAXED) <= ENOUGH;
}

int in_children(int n, int (*fill)(const char *arg), const char *arg)
{
	int answers[2], answer = 0;

	for (int i = 0; i < n && take(0); i++) {
		if (pipe(answers) < 0)
			return errno;
		pid_t pid = fork();
		if (pid < 0)
			return errno;
		if (pid == 0) {
			answer = fill(arg);
			MUST(write(answers[1], &answer, sizeof(answer)));
			for (;;)
				pause();
		}
		MUST(close(answers[1]));
		if (read(answers[0], &answer, sizeof(answer)) != sizeof(answer))
			exit(1); /* which has said why */
		MUST(close(answers[0]));
	}
	return answer;
}

int in_threads(int n, void *(*block)(void *arg), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 32 << 10);
	for (int i = 0; i < n && rc == 0; i++)
		rc = pthread_create(&thread, &attr, block, arg);
	return rc;
}

/* The route of this name; all their names are printed where there is none. */
static const struct route *find(const char *name)
{
	const struct route *const lists[] = {page_routes,   file_routes, descriptor_routes,
	                                     socket_routes, task_routes, call_routes};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct route *route = lists[i]; route->name != NULL; route++)
			if (name == NULL)
				printf("%s\n", route->name);
			else if (strcmp(route->name, name) == 0)
				return route;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct route *route = find(argc > 1 ? argv[1] : NULL);
	int refused;

	if (route == NULL)
		return argc > 1 ? 2 : 0;
	taken = mmap(NULL, sizeof(*taken), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (taken == MAP_FAILED)
		broke("not tried: no memory");
	signal(SIGXFSZ, SIG_IGN); /* EFBIG says it too */
	refused = route->in_each ? in_children(MANY, route->push, route->arg) : route->push(route->arg);
	printf("%s\n", refused == 0 ? "-" : strerrorname_np(refused));
	fflush(stdout);
	nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
	_exit(0);
}
