/*
 * The command line of `sbx run` into a run_spec: no side effects, hence unit-tested by itself.
 * Front-ends for the options of other sandboxes will stand beside it.
 */
#pragma once

#include "policy/spec.h"
#include "runner/report.h"
#include "sandbox/err.h"

struct run_args {
	struct run_spec spec;
	const char *report; /* as for report_sink_open() */
	enum report_format format;
	bool dry_run, debug, passthrough, help;
	/* copies made while parsing (--bind and --tmpfs values, to be split), freed by run_args_finish() */
	char *owned[SPEC_BINDS_MAX];
	size_t n_owned;
};

/*
 * argv[0] is "run". Returns 0, or -errno with stage SBX_STAGE_USAGE and a message that names the option:
 * unknown or abbreviated options, options given twice (all but --bind, --tmpfs, --env, --require, --allow-weaker),
 * options that exclude each other, bad values, a value over 4096 bytes, a missing PROGRAM. Options end at `--` or at
 * the first argument that is none; `--help` ends them too, and then the rest is not looked at. `--env K` without `=`
 * takes K from `environ_`, and sets nothing where K is not in it. Strings of argv and environ_ are borrowed. The paths
 * inside the box come out absolute, without `.` or `..`, those of mounts also without doubled or closing slashes and
 * never NULL. *args is initialised here; on failure nothing needs freeing. Uses getopt's globals: one thread at a time.
 */
int run_args_parse(struct run_args *args, int argc, char *const *argv, char *const *environ_, struct sbx_err *err);
void run_args_finish(struct run_args *args);

/* The text of `sbx run --help`. */
extern const char run_args_help[];
