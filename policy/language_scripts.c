/*
 * Programs of a problem package that bring scripts for themselves, as if they were in a language: `build`, which leaves
 * a `run`, or `run` alone. Nothing else is told of them, so the box of the first has what compilers have, and that of
 * the second what interpreters have.
 */
#include "policy/language.h"

#include <stddef.h>

#define MIB (UINT64_C(1) << 20)
#define SECOND UINT64_C(1000000)

static const char *const none[] = {NULL};
static const char *const build_argv[] = {"./build", NULL};
static const char *const run_argv[] = {"./run", NULL};

/* As of the languages whose definitions say nothing else (policy/language_load.c). */
#define BUILD_STEP(command)                                                                                            \
	{                                                                                                              \
		.argv = (command), .profile = "compile", .env = none, .binds = none, .pids_max = 64,                   \
		.open_files_max = 256, .fsize_bytes_max = 256 * MIB, .tmp_bytes_max = 512 * MIB                        \
	}
#define RUN_STEP                                                                                                       \
	{                                                                                                              \
		.argv = run_argv, .profile = "interpreted", .env = none, .binds = none, .pids_max = 64,                \
		.open_files_max = 256, .fsize_bytes_max = 64 * MIB, .tmp_bytes_max = 64 * MIB                          \
	}
#define SCRIPTS(first, command)                                                                                        \
	{                                                                                                              \
		.name = (first), .title = "scripts of its own", .extensions = none, .packages = none, .version = none, \
		.source = (first), .compile = BUILD_STEP(command), .compile_time_us_max = 30 * SECOND,                 \
		.compile_memory_bytes_max = 2048 * MIB, .run = RUN_STEP, .time_factor_millis = 1000                    \
	}

const struct language *language_scripts(bool has_build)
{
	static const struct language scripts[] = {SCRIPTS("run", none), SCRIPTS("build", build_argv)};

	return &scripts[has_build];
}
