/* C11 HOW: uses its stack up by recursion, by one huge array, or by that of a thread, whose size it asks for. */
#include "tests/threats/attack.h"

#include <alloca.h>
#include <pthread.h>
#include <sys/resource.h>

static int deep(int depth)
{
	volatile char page[4096];

	page[0] = (char)depth;
	return deep(depth + 1) + page[0];
}

static void *in_thread(void *arg)
{
	deep(0);
	return arg;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	struct rlimit stack;
	pthread_attr_t attr;
	pthread_t thread;

	MUST(getrlimit(RLIMIT_STACK, &stack));
	if (stack.rlim_max != RLIM_INFINITY && stack.rlim_max++ != 0)
		REFUSED(setrlimit(RLIMIT_STACK, &stack), EPERM);
	if (strcmp(how, "array") == 0) {
		volatile char *array = alloca((size_t)1 << 30);
		for (size_t i = (size_t)1 << 30; i > 0; i -= 4096)
			array[i - 1] = 1;
	} else if (strcmp(how, "thread") == 0) {
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, (size_t)1 << 30);
		if (pthread_create(&thread, &attr, in_thread, NULL) != 0)
			broke("not tried: no thread");
		pthread_join(thread, NULL);
	} else {
		deep(0);
	}
	broke("came back");
}
