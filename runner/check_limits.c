/* Checks of what this very process was given: ids, hard limits, a filter. Called through the table in cmd_check.c. */
#include "runner/check.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

void check_ids(const struct check_host *host, struct check_row *row)
{
	struct sbx_err err;
	uid_t base;

	if (!host->root)
		check_say(row, CHECK_NA, "an ordinary user's boxes run under the user's own id, one for all");
	else if (host_find_ids(&base, &err) < 0)
		check_say_err(row, CHECK_FAIL, &err);
	else
		check_say(row, CHECK_OK, "boxes get ids of their own, from %u on", (unsigned)base);
}

/* The defaults of sbx run that a lower hard limit of the caller's makes impossible. */
static const struct {
	__rlimit_resource_t resource;
	const char *name, *option;
	rlim_t wanted;
} wanted[] = {
        {RLIMIT_STACK, "stack", "--stack", 256U << 20},
        {RLIMIT_FSIZE, "fsize", "--fsize", 64U << 20},
        {RLIMIT_NOFILE, "nofile", "--open-files", 256},
        {RLIMIT_CPU, "cpu", "--time", 12},
};

void check_rlimits(const struct check_host *host, struct check_row *row)
{
	(void)host;
	check_say(row, CHECK_OK, "high enough for the defaults of sbx run");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct rlimit limit;
		if (getrlimit(wanted[i].resource, &limit) < 0 || limit.rlim_max >= wanted[i].wanted)
			continue;
		check_say(row, CHECK_FAIL, "the hard limit of %s is %llu, below %llu, the default of %s",
		          wanted[i].name, (unsigned long long)limit.rlim_max, (unsigned long long)wanted[i].wanted,
		          wanted[i].option);
		check_fix(row, "prlimit --pid %d --%s=unlimited:unlimited", (int)getppid(), wanted[i].name);
		return;
	}
}

void check_caller_filter(const struct check_host *host, struct check_row *row)
{
	(void)host;
	if (check_is_filtered()) {
		check_say(row, CHECK_WARN,
		          "this process runs under one (a container's?): a call that it takes away fails above");
		check_fix(row, "docker run --security-opt seccomp=unconfined ...");
	} else {
		check_say(row, CHECK_OK, "none on this process");
	}
}
