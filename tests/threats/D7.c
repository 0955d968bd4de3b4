/*
 * CPU time, 300 ms of it, burnt before exec by whom exec takes away, and then a program that does nothing.
 *   self    before exec           thread  by a thread beside the main one, which executes
 *   leader  by the main thread, while another executes         child   by a child that is waited for, then exec
 *   vfork   by itself, between a vfork and its exec             often   a bit before each of 30 execs
 */
// run: --time 250ms --wall 60s -- self => verdict=TLE reason=cpu cpu_us>=250001
// run: --time 250ms --wall 60s -- thread => verdict=TLE reason=cpu cpu_us>=250001
// run: --time 250ms --wall 60s -- leader => verdict=TLE reason=cpu cpu_us>=250001
// run: --time 250ms --wall 60s -- child => verdict=TLE reason=cpu cpu_us>=250001
// run: --time 250ms --wall 60s -- vfork => verdict=TLE reason=cpu cpu_us>=250001
// run: --time 250ms --wall 60s -- often 30 => verdict=TLE reason=cpu cpu_us>=250001
// run: --time 20s --wall 60s -- self => verdict=OK cpu_us>=300000
// run: --time 20s --wall 60s -- thread => verdict=OK cpu_us>=300000
// run: --time 20s --wall 60s -- leader => verdict=OK cpu_us>=300000
// run: --time 20s --wall 60s -- child => verdict=OK cpu_us>=300000
// run: --time 20s --wall 60s -- vfork => verdict=OK cpu_us>=300000
// run: --time 20s --wall 60s -- often 30 => verdict=OK cpu_us>=300000
#include "tests/threats/attack.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

static void burn(clockid_t clock, long ms)
{
	struct timespec now, end;

	clock_gettime(clock, &end);
	end.tv_nsec += ms * 1000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	do
		clock_gettime(clock, &now);
	while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
}

static void nothing(void)
{
	execl("/bin/true", "true", (char *)NULL);
	broke("not tried: no /bin/true");
}

static void *burner(void *arg)
{
	burn(CLOCK_THREAD_CPUTIME_ID, 300);
	return arg;
}

static void *executer(void *arg)
{
	usleep(1000);
	while (clock() < 3 * CLOCKS_PER_SEC / 10)
		usleep(1000);
	nothing();
	return arg;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	pthread_t thread;

	if (strcmp(mode, "thread") == 0) {
		pthread_create(&thread, NULL, burner, NULL);
		pthread_join(thread, NULL);
	} else if (strcmp(mode, "leader") == 0) {
		pthread_create(&thread, NULL, executer, NULL);
		for (;;)
			;
	} else if (strcmp(mode, "child") == 0) {
		if (MUST(fork()) == 0) {
			burner(NULL);
			nothing();
		}
		wait(NULL);
	} else if (strcmp(mode, "vfork") == 0) {
		if (MUST(vfork()) == 0) {
			burner(NULL);
			nothing();
		}
		wait(NULL);
	} else if (strcmp(mode, "often") == 0) {
		char left[16];
		int n = argc > 2 ? atoi(argv[2]) : 0;
		burn(CLOCK_THREAD_CPUTIME_ID, 11);
		snprintf(left, sizeof(left), "%d", n - 1);
		if (n > 1)
			execl("/proc/self/exe", argv[0], mode, left, (char *)NULL);
	} else {
		burner(NULL);
	}
	nothing();
}
