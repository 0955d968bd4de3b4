/* The commands of sbx: one file each, one row each in main.c's table. */
#pragma once

#include "sandbox/err.h"

/* argv[0] is the command's name. Each returns the exit status: SBX_EXIT_* below, or what its man page says. */
int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_setup(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_judge(int argc, char **argv);
int cmd_languages(int argc, char **argv);
int cmd_serve(int argc, char **argv);

/* Text that was asked for, to standard output, after all that was printed before; and an error, one line on standard
 * error. Both return the exit status.
 */
int cmd_print(const char *text);
int cmd_fail(const struct sbx_err *err);

enum {
	SBX_EXIT_OK = 0,
	SBX_EXIT_VERDICT = 1, /* any verdict but OK */
	SBX_EXIT_USAGE = 2,
	SBX_EXIT_SANDBOX = 3, /* the sandbox itself failed */
};
