/* The error value and the names of the stages. Used by every file that can fail. */
#include "sandbox/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
        [SBX_STAGE_WORKSPACE] = "workspace",
        [SBX_STAGE_SUPERVISE] = "supervise",
        [SBX_STAGE_OUTPUT] = "output",
        [SBX_STAGE_TEARDOWN] = "teardown",
        [SBX_STAGE_REPORT] = "report",
        [SBX_STAGE_STARTER] = "starter",
        [SBX_STAGE_STORE] = "store",
};

const char *sbx_stage_name(enum sbx_stage stage)
{
	if (stage < 0 || stage >= SBX_STAGE_MAX)
		return "unknown";
	return stage_names[stage];
}

/*
 * How many bytes a UTF-8 character has that terminals obey or that turns the direction of text: U+0080 to U+009F, and
 * U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. 0 for any other.
 */
static size_t deceiver_len(const unsigned char *c)
{
	if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
		return 2;
	if (c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xaa && c[2] <= 0xae)))
		return 3;
	return c[0] == 0xe2 && c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9 ? 3 : 0;
}

/* How many bytes the UTF-8 character at `c` has, going by its first byte; 1 where it is none. */
static size_t char_len(const unsigned char *c)
{
	size_t len = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : c[0] >= 0xc2 ? 2 : 1;

	for (size_t i = 1; i < len; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 1;
	return len;
}

/* What a terminal obeys, be it set to UTF-8 or to a character set of 8 bits, and what deceives the eye. */
static size_t bad_len(const unsigned char *c)
{
	if (c[0] < 0x20 || c[0] == 0x7f || (c[0] >= 0x80 && c[0] <= 0x9f))
		return 1;
	return deceiver_len(c);
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
	for (unsigned char *c = (unsigned char *)err->msg; *c != '\0'; c += char_len(c))
		memset(c, '?', bad_len(c));
	return errnum > 0 ? -errnum : -EINVAL;
}
