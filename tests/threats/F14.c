/* What a process may write about itself in /proc: nothing, by any path or descriptor. */
// run:
// run: --seccomp none
// run: --seccomp none -- nested
#include "tests/threats/attack.h"

#include <sched.h>

int main(int argc, char **argv)
{
	static const char *const names[] = {
	        "oom_score_adj", "oom_adj",  "loginuid",      "sessionid",       "autogroup",    "timerslack_ns",
	        "clear_refs",    "comm",     "mem",           "uid_map",         "gid_map",      "setgroups",
	        "projid_map",    "sched",    "make-it-fail",  "coredump_filter", "attr/current", "attr/exec",
	        "latency",       "fail-nth", "timens_offsets"};
	static const char *const places[] = {"/proc/self", "/proc/thread-self", "/proc/2", "/proc/self/task/2",
	                                     "/proc/1"};

	if (argc > 1 && unshare(CLONE_NEWUSER) != 0)
		return 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			char path[128];
			snprintf(path, sizeof(path), "%s/%s", places[i], names[j]);
			REFUSED(open(path, O_WRONLY), EROFS, EACCES, ENOENT);
			REFUSED(open(path, O_RDWR | O_TRUNC), EROFS, EACCES, ENOENT);
			REFUSED(truncate(path, 0), EROFS, EACCES, ENOENT, EPERM, EINVAL);
			REFUSED(chmod(path, 0666), EROFS, EACCES, ENOENT, EPERM);
		}
	/* the first of them is there, and a way round the mount is not */
	MUST(open("/proc/self/oom_score_adj", O_RDONLY));
	REFUSED(open("/proc/self/fd/../oom_score_adj", O_WRONLY), EROFS, EACCES);
	char again[64];
	snprintf(again, sizeof(again), "/proc/self/fd/%ld", (long)MUST(open("/proc/self/oom_score_adj", O_PATH)));
	REFUSED(open(again, O_WRONLY), EROFS, EACCES);
	return 0;
}
