/* How every command prints a text that was asked for, and an error. */
#include "runner/cmd.h"

#include <stdio.h>
#include <string.h>

int cmd_print(const char *text)
{
	struct sbx_err err;

	if (fputs(text, stdout) != EOF && fflush(stdout) != EOF && !ferror(stdout))
		return SBX_EXIT_OK;
	sbx_fail(&err, SBX_STAGE_REPORT, 0, "cannot write to the standard output: %m");
	return cmd_fail(&err);
}

int cmd_fail(const struct sbx_err *err)
{
	if (err->stage == SBX_STAGE_USAGE) {
		fprintf(stderr, "sbx: %s\n", err->msg);
		return SBX_EXIT_USAGE;
	}
	fprintf(stderr, "sbx: %s: %s%s%s\n", sbx_stage_name(err->stage), err->msg, err->errnum > 0 ? ": " : "",
	        err->errnum > 0 ? strerror(err->errnum) : "");
	return SBX_EXIT_SANDBOX;
}
