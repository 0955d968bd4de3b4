/* The error value and the names of the stages. Used by every file that can fail. */
#include "sandbox/err.h"

#include <errno.h>
#include <stdio.h>

static const char *const stage_names[SBX_STAGE_MAX] = {
        [SBX_STAGE_NONE] = "none",
        [SBX_STAGE_USAGE] = "usage",
        [SBX_STAGE_PLAN] = "plan",
        [SBX_STAGE_HOST] = "host",
        [SBX_STAGE_SLOT] = "slot",
        [SBX_STAGE_CGROUP] = "cgroup",
        [SBX_STAGE_STDIO] = "stdio",
        [SBX_STAGE_NAMESPACES] = "namespaces",
        [SBX_STAGE_IDS] = "ids",
        [SBX_STAGE_SOURCES] = "sources",
        [SBX_STAGE_SPAWN] = "spawn",
        [SBX_STAGE_ROOT] = "root",
        [SBX_STAGE_MOUNT] = "mount",
        [SBX_STAGE_PIVOT] = "pivot",
        [SBX_STAGE_NETWORK] = "network",
        [SBX_STAGE_LOCKDOWN] = "lockdown",
        [SBX_STAGE_ENTER] = "enter",
        [SBX_STAGE_SESSION] = "session",
        [SBX_STAGE_FDS] = "fds",
        [SBX_STAGE_RLIMITS] = "rlimits",
        [SBX_STAGE_CREDENTIALS] = "credentials",
        [SBX_STAGE_CHDIR] = "chdir",
        [SBX_STAGE_SECCOMP] = "seccomp",
        [SBX_STAGE_EXEC] = "exec",
        [SBX_STAGE_SUPERVISE] = "supervise",
        [SBX_STAGE_OUTPUT] = "output",
        [SBX_STAGE_TEARDOWN] = "teardown",
        [SBX_STAGE_REPORT] = "report",
};

const char *sbx_stage_name(enum sbx_stage stage)
{
	if (stage < 0 || stage >= SBX_STAGE_MAX)
		return "unknown";
	return stage_names[stage];
}

#undef sbx_fail
int sbx_fail(struct sbx_err *err, enum sbx_stage stage, int errnum, const char *fmt, ...)
{
	va_list args;

	err->stage = stage;
	err->errnum = errnum;
	va_start(args, fmt);
	if (vsnprintf(err->msg, sizeof(err->msg), fmt, args) < 0)
		err->msg[0] = '\0';
	va_end(args);
	for (char *c = err->msg; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return errnum > 0 ? -errnum : -EINVAL;
}
