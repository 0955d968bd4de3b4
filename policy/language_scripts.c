/*
 * Programs of a problem package that bring scripts for themselves, as if they were in a language: `build`, which leaves
 * a `run`, or `run` alone. Nothing else is told of them, so the box of the first has what compilers have, and that of
 * the second what interpreters have. And a command of a caller's own, which is in none.
 */
#include "policy/language_default.h"

#include <stddef.h>

static const char *const none[] = {NULL};
static const char *const build_argv[] = {"./build", NULL};
static const char *const run_argv[] = {"./run", NULL};

#define SCRIPTS(first, command)                                                                                        \
	{                                                                                                              \
		LANGUAGE_DEFAULTS, .name = (first), .title = "scripts of its own", .extensions = none,                 \
		                   .packages = none, .version = none, .source = (first),                               \
		                   .compile = {LANGUAGE_COMPILE_DEFAULTS, .argv = (command), .profile = "compile",     \
		                               .env = none, .binds = none},                                            \
		                   .run = { LANGUAGE_RUN_DEFAULTS,                                                     \
			                    .argv = run_argv,                                                          \
			                    .profile = "interpreted",                                                  \
			                    .env = none,                                                               \
			                    .binds = none }                                                            \
	}

const struct language *language_scripts(bool has_build)
{
	static const struct language scripts[] = {SCRIPTS("run", none), SCRIPTS("build", build_argv)};

	return &scripts[has_build];
}

const struct language *language_none(void)
{
	static const struct language language = {
	        LANGUAGE_DEFAULTS,
	        .name = "none",
	        .title = "a command",
	        .extensions = none,
	        .packages = none,
	        .version = none,
	        .source = "run",
	        .compile = {.argv = none, .env = none, .binds = none},
	        .run = {LANGUAGE_RUN_DEFAULTS, .argv = none, .profile = "default", .env = none, .binds = none}};

	return &language;
}
