/* Reads the file that --seccomp names. Called by the commands that have the option, before the plan. */
#include "runner/profile_file.h"

#include "policy/seccomp.h"
#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_file_name(const char *seccomp)
{
	size_t len = strlen(seccomp);

	return strchr(seccomp, '/') != NULL || (len > 5 && strcmp(seccomp + len - 5, ".json") == 0);
}

int profile_file_load(struct run_spec *spec, char **ret_text, struct sbx_err *err)
{
	FREE_CLEANUP char *text = NULL;
	FD_CLEANUP int fd = -1;
	struct stat st;
	ssize_t n;

	if (!is_file_name(spec->seccomp))
		return 0;
	fd = path_open(spec->seccomp, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, -fd, "--seccomp: cannot open %.200s: %s%s", spec->seccomp,
		                strerror(-fd), PATH_LOOP_NOTE(-fd));
	if (fstat(fd, &st) < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, errno, "--seccomp: cannot look at %.200s", spec->seccomp);
	if (!S_ISREG(st.st_mode) || (size_t)st.st_size > SECCOMP_PROFILE_BYTES_MAX)
		return sbx_fail(err, SBX_STAGE_USAGE, EFBIG, "--seccomp: %.200s is not a file of at most 1 MiB",
		                spec->seccomp);
	text = malloc(SECCOMP_PROFILE_BYTES_MAX);
	n = text == NULL ? -1 : read(fd, text, SECCOMP_PROFILE_BYTES_MAX);
	if (n < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, errno, "--seccomp: cannot read %.200s", spec->seccomp);
	spec->seccomp_json = *ret_text = text;
	spec->seccomp_json_len = (size_t)n;
	text = NULL;
	return 0;
}
