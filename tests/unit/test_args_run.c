/* The command line of `sbx run`: each option with good and bad values, and what no option may be given. */
#include "runner/args_run.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

static const char *const caller_environ[] = {"HOME=/home/me", "EMPTY=", "HOMEWARD=x", NULL};

/* Parses "run" and the given words, which end with NULL. */
static int parse(struct run_args *args, struct sbx_err *err, const char *const words[])
{
	static const char *argv[400]; /* the spec keeps pointing into it */
	int argc = 1;

	argv[0] = "run";
	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = words[argc - 1];
	argv[argc] = NULL;
	*err = (struct sbx_err){0};
	return run_args_parse(args, argc, (char *const *)argv, (char *const *)caller_environ, err);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void refused(const char *message, const char *const words[])
{
	struct run_args args;
	struct sbx_err err;
	int result = parse(&args, &err, words);

	if (result >= 0)
		run_args_finish(&args);
	if (result != -EINVAL || strstr(err.msg, message) == NULL)
		fail_msg("%s %s: %d, \"%s\"", words[0], words[1], result, err.msg);
	assert_int_equal(err.stage, SBX_STAGE_USAGE);
	assert_true(strlen(err.msg) < 200);
	for (const char *c = err.msg; *c != '\0'; c++)
		assert_false(iscntrl((unsigned char)*c));
}

/* The spec of a command line that must be fine; nothing in it is owned by it when `words` has no mounts. */
static struct run_args accepted(const char *const words[])
{
	struct run_args args;
	struct sbx_err err;
	int result = parse(&args, &err, words);

	if (result != 0)
		fail_msg("%s %s: %d, \"%s\"", words[0], words[1], result, err.msg);
	return args;
}

static void defaults(void **state)
{
	struct run_args args = accepted(WORDS("--", "./prog", "-t", "x"));
	const struct run_spec *spec = &args.spec;

	(void)state;
	assert_string_equal(spec->argv[0], "./prog");
	assert_string_equal(spec->argv[1], "-t");
	assert_string_equal(spec->argv[2], "x");
	assert_null(spec->argv[3]);
	assert_int_equal(spec->cpu_us_max, 10000000);
	assert_int_equal(spec->wall_us_max, SPEC_UNSET);
	assert_int_equal(spec->memory_bytes_max, 256 * MIB);
	assert_int_equal(spec->pids_max, 64);
	assert_int_equal(spec->stack_bytes_max, SPEC_UNSET);
	assert_int_equal(spec->fsize_bytes_max, 64 * MIB);
	assert_int_equal(spec->output_bytes_max, 64 * MIB);
	assert_int_equal(spec->open_files_max, 256);
	assert_int_equal(spec->tmp_bytes_max, 64 * MIB);
	assert_int_equal(spec->tmp_inodes_max, SPEC_UNSET);
	assert_int_equal(spec->cpu_rate_millis, SPEC_UNLIMITED);
	assert_int_equal(spec->pin, PIN_NONE);
	assert_string_equal(spec->box_dir, ".");
	assert_int_equal(spec->box_mode, BOX_DIR_RO);
	assert_int_equal(spec->n_mounts, 0);
	assert_null(spec->chdir);
	assert_int_equal(spec->n_env, 0);
	assert_false(spec->clear_env);
	assert_null(spec->stdin_path);
	assert_null(spec->stdout_path);
	assert_null(spec->stderr_path);
	assert_false(spec->stderr_to_stdout);
	assert_int_equal(spec->network, BOX_NETWORK_NONE);
	assert_string_equal(spec->seccomp, "default");
	assert_true(spec->aslr);
	assert_int_equal(spec->weaker, 0);
	assert_null(args.report);
	assert_int_equal(args.format, REPORT_TEXT);
	assert_false(args.dry_run || args.debug || args.passthrough || args.help);
}

/* The options that fill one 64-bit field. */
static const struct {
	const char *option;
	size_t field;
	const char *good;
	uint64_t value;
	const char *what;
} quantities[] = {
        {"--time", offsetof(struct run_spec, cpu_us_max), "1.5", 1500000, "a duration"},
        {"-t", offsetof(struct run_spec, cpu_us_max), "250ms", 250000, "a duration"},
        {"--wall", offsetof(struct run_spec, wall_us_max), "1m", 60000000, "a duration"},
        {"-w", offsetof(struct run_spec, wall_us_max), "3s", 3000000, "a duration"},
        {"--mem", offsetof(struct run_spec, memory_bytes_max), "1.5G", 1536 * MIB, "a size"},
        {"-m", offsetof(struct run_spec, memory_bytes_max), "64m", 64 * MIB, "a size"},
        {"--pids", offsetof(struct run_spec, pids_max), "1", 1, "a count"},
        {"-p", offsetof(struct run_spec, pids_max), "512", 512, "a count"},
        {"--stack", offsetof(struct run_spec, stack_bytes_max), "8M", 8 * MIB, "a size"},
        {"--fsize", offsetof(struct run_spec, fsize_bytes_max), "1", 1, "a size"},
        {"--output", offsetof(struct run_spec, output_bytes_max), "10K", 10240, "a size"},
        {"--open-files", offsetof(struct run_spec, open_files_max), "16", 16, "a count"},
        {"--tmp", offsetof(struct run_spec, tmp_bytes_max), "1M", MIB, "a size"},
        {"--cpus", offsetof(struct run_spec, cpu_rate_millis), "0.5", 500, "a number of cores"},
};

#define N_QUANTITIES (sizeof(quantities) / sizeof(quantities[0]))

static uint64_t quantity(const struct run_args *args, size_t i)
{
	return *(const uint64_t *)((const char *)&args->spec + quantities[i].field);
}

static void good_quantities(void **state)
{
	char joined[64];

	(void)state;
	for (size_t i = 0; i < N_QUANTITIES; i++) {
		struct run_args args = accepted(WORDS(quantities[i].option, quantities[i].good, "p"));
		bool is_long = quantities[i].option[1] == '-';

		assert_int_equal(quantity(&args, i), quantities[i].value);
		snprintf(joined, sizeof(joined), "%s%s%s", quantities[i].option, is_long ? "=" : "",
		         quantities[i].good);
		args = accepted(WORDS(joined, "p"));
		assert_int_equal(quantity(&args, i), quantities[i].value);
		args = accepted(WORDS(quantities[i].option, "unlimited", "p"));
		assert_int_equal(quantity(&args, i), SPEC_UNLIMITED);
	}
}

static void bad_quantities(void **state)
{
	static const char *const bad[] = {
	        "",   "0",  "-1",   "+1",  "NaN",  "nan",  "inf",       "1e3",        "0x10",
	        " 1", "1 ", "1h",   "one", "0x",   "1,",   "1.2.3",     "1.",         ".1",
	        "--", "-",  "1\n2", "1KB", "none", "\xff", "UNLIMITED", "unlimitedx", "99999999999999999999x"};
	static const char *const too_large[] = {"18446744073709551616", "18446744073709551615", "18446744073709551614",
	                                        "340282366920938463463374607431768211456"};

	(void)state;
	for (size_t i = 0; i < N_QUANTITIES; i++) {
		for (size_t b = 0; b < sizeof(bad) / sizeof(bad[0]); b++)
			refused(" is not ", WORDS(quantities[i].option, bad[b], "p"));
		for (size_t b = 0; b < sizeof(too_large) / sizeof(too_large[0]); b++)
			refused(" is too large: it must stay", WORDS(quantities[i].option, too_large[b], "p"));
		refused(quantities[i].what, WORDS(quantities[i].option, "12x", "p"));
		refused("its value is missing", WORDS(quantities[i].option));
		refused("given twice",
		        WORDS(quantities[i].option, quantities[i].good, quantities[i].option, quantities[i].good, "p"));
	}
	refused("--mem: \"12x\" is not a size (use 256M, 1G, ... or unlimited)", WORDS("-m", "12x", "p"));
	refused("--time: given twice", WORDS("-t", "1", "--time=1", "p"));
	refused("--mem: \"--\" is not a size", WORDS("--mem", "--", "p"));
	refused("--time: \"ime\" is not a duration", WORDS("-time", "1", "p"));
}

static void huge_values(void **state)
{
	static const char *const options[] = {"--mem", "--time",    "--pids",   "--cpus",   "--tmp",     "--pin",
	                                      "--box", "--bind",    "--tmpfs",  "--chdir",  "--env",     "--stdin",
	                                      "--net", "--seccomp", "--report", "--format", "--require", "--box-mode"};
	const size_t len = 1 << 20;
	char *value = malloc(len + 1);
	char *option = malloc(len + 1);

	(void)state;
	memset(value, '1', len);
	value[len] = '\0';
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		refused("its value is longer than 4096 bytes", WORDS(options[i], value, "p"));
	memset(option, '-', len);
	option[len] = '\0';
	refused("unknown option \"------", WORDS(option, "p"));
	memset(option + 2, 'x', len - 2);
	refused("unknown option \"--xxxx", WORDS(option, "p"));
	value[4096] = '\0';
	refused("111...\" is too large", WORDS("--mem", value, "p"));
	value[0] = '/';
	assert_string_equal(accepted(WORDS("--box", value, "p")).spec.box_dir, value);
	/* a character of two bytes across the place of the cut */
	memset(value, 'x', 100);
	memcpy(value + 63, "\xc3\xa4", 2);
	refused("xxx...\" is not a size", WORDS("--mem", value, "p"));
	free(value);
	free(option);
}

static void unknown_options(void **state)
{
	(void)state;
	refused("unknown option \"--nope\"", WORDS("--nope", "p"));
	refused("unknown option \"--nope=1\"", WORDS("--nope=1", "p"));
	refused("unknown option \"-x\"", WORDS("-x", "p"));
	refused("unknown option \"-\xff\"", WORDS("-\xff", "p"));
	refused("unknown option \"--?[31m\"", WORDS("--\033[31m", "p"));
	refused("unknown option \"---\"", WORDS("---", "p"));
	refused("unknown option \"--=\"", WORDS("--=", "p"));
	refused("unknown option \"-?\"", WORDS("-?", "p"));
	refused("unknown option \"-:\"", WORDS("-:", "p"));
	refused("unknown option \"--MEM\"", WORDS("--MEM", "1M", "p"));
}

static void abbreviations(void **state)
{
	(void)state;
	refused("unknown option \"--tim\"", WORDS("--tim", "1", "p"));
	refused("unknown option \"--tim=1\"", WORDS("--tim=1", "p"));
	refused("unknown option \"--tim\"", WORDS("--tim"));
	refused("unknown option \"--t\"", WORDS("--t", "1", "p"));
	refused("unknown option \"--std\"", WORDS("--std", "f", "p"));
	refused("unknown option \"--dry\"", WORDS("--dry", "p"));
	refused("unknown option \"--dry=1\"", WORDS("--dry=1", "p"));
	refused("unknown option \"--hel\"", WORDS("--hel"));
	/* whole names that are the beginning of another one are not */
	assert_string_equal(accepted(WORDS("--stderr", "f", "p")).spec.stderr_path, "f");
	assert_string_equal(accepted(WORDS("--box", "d", "p")).spec.box_dir, "d");
	assert_int_equal(accepted(WORDS("--tmp", "1K", "p")).spec.tmp_bytes_max, 1024);
}

static void flags(void **state)
{
	static const char *const options[] = {"--clear-env", "--stderr-to-stdout", "--no-aslr", "--dry-run",
	                                      "--debug",     "--passthrough"};
	struct run_args args = accepted(
	        WORDS("--clear-env", "--stderr-to-stdout", "--no-aslr", "--dry-run", "--debug", "--passthrough", "p"));

	(void)state;
	assert_true(args.spec.clear_env && args.spec.stderr_to_stdout && !args.spec.aslr);
	assert_true(args.dry_run && args.debug && args.passthrough);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		char with_value[64];

		refused("given twice", WORDS(options[i], options[i], "p"));
		snprintf(with_value, sizeof(with_value), "%s=1", options[i]);
		refused("takes no value", WORDS(with_value, "p"));
	}
	refused("exclude each other", WORDS("--stderr-to-stdout", "--stderr", "f", "p"));
}

static void where_options_end(void **state)
{
	struct run_args args = accepted(WORDS("-t", "1", "prog", "--mem", "0", "--nope"));

	(void)state;
	assert_string_equal(args.spec.argv[0], "prog");
	assert_string_equal(args.spec.argv[1], "--mem");
	assert_string_equal(args.spec.argv[3], "--nope");
	assert_string_equal(accepted(WORDS("--", "--", "x")).spec.argv[0], "--");
	assert_string_equal(accepted(WORDS("--", "-t")).spec.argv[0], "-t");
	assert_string_equal(accepted(WORDS("-")).spec.argv[0], "-");
	refused("no PROGRAM given", WORDS("-t", "1"));
	refused("no PROGRAM given", WORDS("--"));
	refused("no PROGRAM given", WORDS("--", ""));
	refused("no PROGRAM given", (const char *const[]){NULL, NULL});
}

static void help(void **state)
{
	size_t line = 0;

	(void)state;
	assert_true(accepted(WORDS("--help")).help);
	assert_true(accepted(WORDS("-h")).help);
	assert_true(accepted(WORDS("-t", "1", "-h", "--nope")).help);
	refused("--mem", WORDS("--mem", "0", "--help"));
	for (const char *c = run_args_help; *c != '\0'; c++) {
		line = *c == '\n' ? 0 : line + 1;
		assert_true(line <= 80);
	}
	assert_int_equal(line, 0);
	for (int i = 0; i < BOX_LIMIT_MAX; i++)
		assert_non_null(strstr(run_args_help, box_limit_name(i)));
}

static void strings(void **state)
{
	static const char *const options[] = {"--box", "--stdin", "--stdout", "--stderr", "--seccomp", "--report"};
	struct run_args args = accepted(WORDS("--box", "d\nd", "--stdin", "i", "--stdout", "o", "--stderr", "e",
	                                      "--seccomp", "none", "--report", "fd:3", "p"));

	(void)state;
	assert_string_equal(args.spec.box_dir, "d\nd");
	assert_string_equal(args.spec.stdin_path, "i");
	assert_string_equal(args.spec.stdout_path, "o");
	assert_string_equal(args.spec.stderr_path, "e");
	assert_string_equal(args.spec.seccomp, "none");
	assert_string_equal(args.report, "fd:3");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		refused("is empty", WORDS(options[i], "", "p"));
		refused("its value is missing", WORDS(options[i]));
		refused("given twice", WORDS(options[i], "a", options[i], "a", "p"));
	}
}

static void choices(void **state)
{
	static const char *const options[] = {"--box-mode", "--net", "--format"};
	static const char *const bad[] = {"", "RO", "r", "ro ", " ro", "1", "jso", "jsonx", "loop", "\n"};

	(void)state;
	assert_int_equal(accepted(WORDS("--box-mode", "ro", "p")).spec.box_mode, BOX_DIR_RO);
	assert_int_equal(accepted(WORDS("--box-mode", "cow", "p")).spec.box_mode, BOX_DIR_COW);
	assert_int_equal(accepted(WORDS("--box-mode", "rw", "p")).spec.box_mode, BOX_DIR_RW);
	assert_int_equal(accepted(WORDS("--net", "none", "p")).spec.network, BOX_NETWORK_NONE);
	assert_int_equal(accepted(WORDS("--net", "loopback", "p")).spec.network, BOX_NETWORK_LOOPBACK);
	assert_int_equal(accepted(WORDS("--format", "text", "p")).format, REPORT_TEXT);
	assert_int_equal(accepted(WORDS("--format", "json", "p")).format, REPORT_JSON);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		for (size_t b = 0; b < sizeof(bad) / sizeof(bad[0]); b++)
			refused(" is not a ", WORDS(options[i], bad[b], "p"));
	refused("--net: given twice", WORDS("--net", "none", "--net", "none", "p"));
}

static void tmp(void **state)
{
	struct run_args args = accepted(WORDS("--tmp", "1M,100", "p"));

	(void)state;
	assert_int_equal(args.spec.tmp_bytes_max, MIB);
	assert_int_equal(args.spec.tmp_inodes_max, 100);
	args = accepted(WORDS("--tmp", "unlimited,unlimited", "p"));
	assert_int_equal(args.spec.tmp_bytes_max, SPEC_UNLIMITED);
	assert_int_equal(args.spec.tmp_inodes_max, SPEC_UNLIMITED);
	refused("\"\" is not a count of inodes", WORDS("--tmp", "1M,", "p"));
	refused("\"0\" is not a count of inodes", WORDS("--tmp", "1M,0", "p"));
	refused("\"1K\" is not a count of inodes", WORDS("--tmp", "1M,1K", "p"));
	refused("\"1,2\" is not a count of inodes", WORDS("--tmp", "1M,1,2", "p"));
	refused("\"\" is not a size", WORDS("--tmp", ",5", "p"));
}

static void pin(void **state)
{
	struct run_args args = accepted(WORDS("--pin", "0,2-3", "p"));

	(void)state;
	assert_int_equal(args.spec.pin, PIN_LIST);
	assert_string_equal(args.spec.pin_list, "0,2-3");
	assert_int_equal(accepted(WORDS("--pin", "auto", "p")).spec.pin, PIN_AUTO);
	assert_int_equal(accepted(WORDS("--pin", "none", "p")).spec.pin, PIN_NONE);
	refused("is not a list of cores", WORDS("--pin", "", "p"));
	refused("is not a list of cores", WORDS("--pin", "all", "p"));
	refused("is not a list of cores", WORDS("--pin", "3,1", "p"));
	refused("is not a list of cores", WORDS("--pin", "0\n", "p"));
}

static void binds(void **state)
{
	static const struct {
		const char *value, *src, *dst;
		unsigned flags;
	} good[] = {
	        {"/data", "/data", "/data", 0},
	        {"/data/", "/data/", "/data", 0},
	        {"/a//b", "/a//b", "/a/b", 0},
	        {"data:/in", "data", "/in", 0},
	        {"../data:/in//x/", "../data", "/in/x", 0},
	        {"/s:/d:rw", "/s", "/d", BOX_MOUNT_RW},
	        {"/s:/d:ro", "/s", "/d", 0},
	        {"/s:/d:rw,noexec,maybe", "/s", "/d", BOX_MOUNT_RW | BOX_MOUNT_NOEXEC | BOX_MOUNT_MAYBE},
	        {"/s:/d:maybe,ro", "/s", "/d", BOX_MOUNT_MAYBE},
	        {"/s:/..d/.e/f.", "/s", "/..d/.e/f.", 0},
	};
	static const char *const bad[][2] = {
	        {"", "has no SRC"},
	        {":/d", "has no SRC"},
	        {"/s:", "is not an absolute path"},
	        {"/s::rw", "is not an absolute path"},
	        {"/s:rw", "is not an absolute path"},
	        {"/s:d", "is not an absolute path"},
	        {"/s:/", "cannot be mounted over"},
	        {"/s://", "cannot be mounted over"},
	        {"/", "cannot be mounted over"},
	        {"/s:/a/../b", "is not an absolute path"},
	        {"/s:/..", "is not an absolute path"},
	        {"/s:/./a", "is not an absolute path"},
	        {"/s:/a/.", "is not an absolute path"},
	        {"data", "needs a DST"},
	        {"/a/../b", "needs a DST"},
	        {"/s:/d:", "\"\" is not an option of a bind"},
	        {"/s:/d:rw,", "\"\" is not an option"},
	        {"/s:/d:exec", "\"exec\" is not an option"},
	        {"/s:/d:rw:x", "\"rw:x\" is not an option"},
	        {"/s:/d:rw,ro", "exclude each other"},
	        {"/s:/d:RW", "is not an option"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct run_args args = accepted(WORDS("--bind", "/first", "--bind", good[i].value, "p"));
		const struct spec_mount *mount = &args.spec.mounts[1];

		assert_int_equal(args.spec.n_mounts, 2);
		assert_int_equal(mount->kind, BOX_MOUNT_BIND);
		assert_string_equal(mount->src, good[i].src);
		assert_string_equal(mount->dst, good[i].dst);
		assert_int_equal(mount->flags, good[i].flags);
		run_args_finish(&args);
		run_args_finish(&args);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i][1], WORDS("--bind", "/first:/d:rw", "--bind", bad[i][0], "p"));
}

static void tmpfs(void **state)
{
	struct run_args args = accepted(WORDS("--tmpfs", "/a/", "--tmpfs", "/b:1M", "--tmpfs", "/c:unlimited", "p"));

	(void)state;
	assert_int_equal(args.spec.n_mounts, 3);
	for (int i = 0; i < 3; i++) {
		static const char *const dst[] = {"/a", "/b", "/c"};
		static const uint64_t bytes[] = {64 * MIB, MIB, SPEC_UNLIMITED};

		assert_int_equal(args.spec.mounts[i].kind, BOX_MOUNT_TMPFS);
		assert_string_equal(args.spec.mounts[i].dst, dst[i]);
		assert_int_equal(args.spec.mounts[i].bytes, bytes[i]);
		assert_null(args.spec.mounts[i].src);
	}
	run_args_finish(&args);
	refused("is not an absolute path", WORDS("--tmpfs", "", "p"));
	refused("is not an absolute path", WORDS("--tmpfs", "a", "p"));
	refused("is not an absolute path", WORDS("--tmpfs", "/a/..", "p"));
	refused("cannot be mounted over", WORDS("--tmpfs", "/", "p"));
	refused("\"\" is not a size", WORDS("--tmpfs", "/a:", "p"));
	refused("\"0\" is not a size", WORDS("--tmpfs", "/a:0", "p"));
	refused("\"1M:x\" is not a size", WORDS("--tmpfs", "/a:1M:x", "p"));
}

static void chdir_inside(void **state)
{
	(void)state;
	assert_string_equal(accepted(WORDS("--chdir", "/tmp", "p")).spec.chdir, "/tmp");
	assert_string_equal(accepted(WORDS("--chdir", "/", "p")).spec.chdir, "/");
	refused("is not an absolute path", WORDS("--chdir", "", "p"));
	refused("is not an absolute path", WORDS("--chdir", "tmp", "p"));
	refused("is not an absolute path", WORDS("--chdir", "/tmp/../etc", "p"));
	refused("--chdir: given twice", WORDS("--chdir", "/a", "--chdir", "/a", "p"));
}

static void environment(void **state)
{
	struct run_args args = accepted(WORDS("--env", "A=1", "--env", "A=2=3", "--env", "E=", "--env", "HOME", "--env",
	                                      "EMPTY", "--env", "MISSING", "--env", "HOM", "p"));

	(void)state;
	assert_int_equal(args.spec.n_env, 5);
	assert_string_equal(args.spec.env[0], "A=1");
	assert_string_equal(args.spec.env[1], "A=2=3");
	assert_string_equal(args.spec.env[2], "E=");
	assert_string_equal(args.spec.env[3], "HOME=/home/me");
	assert_string_equal(args.spec.env[4], "EMPTY=");
	refused("has no name", WORDS("--env", "", "p"));
	refused("has no name", WORDS("--env", "=", "p"));
	refused("has no name", WORDS("--env", "=v", "p"));
	refused("has a blank", WORDS("--env", "A B=1", "p"));
	refused("has a blank", WORDS("--env", "A\n=1", "p"));
	refused("has a blank", WORDS("--env", "A\x7f", "p"));
}

static void too_many(void **state)
{
	const char *words[2 * (SPEC_ENV_MAX + 1) + 2];
	const char *argv[2 * (SPEC_ENV_MAX + 1) + 3] = {"run"};
	struct run_args args;
	struct sbx_err err;

	(void)state;
	for (int i = 0; i < SPEC_BINDS_MAX + 1; i++) {
		words[2 * i] = i % 2 ? "--bind" : "--tmpfs";
		words[2 * i + 1] = "/d";
	}
	words[2 * (SPEC_BINDS_MAX + 1)] = "p";
	words[2 * (SPEC_BINDS_MAX + 1) + 1] = NULL;
	refused("more than 64 mounts", words);
	args = accepted(words + 2);
	assert_int_equal(args.spec.n_mounts, SPEC_BINDS_MAX);
	run_args_finish(&args);

	for (int i = 0; i < SPEC_ENV_MAX + 1; i++) {
		argv[2 * i + 1] = "--env";
		argv[2 * i + 2] = "A=1";
	}
	assert_int_equal(run_args_parse(&args, 2 * (SPEC_ENV_MAX + 1) + 1, (char *const *)argv, NULL, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "--env: more than 256 variables"));
}

static void weaker_limits(void **state)
{
	const unsigned all = (1U << BOX_LIMIT_MAX) - 1, swap = 1U << BOX_LIMIT_SWAP, files = 1U << BOX_LIMIT_OPEN_FILES;

	(void)state;
	assert_int_equal(accepted(WORDS("--allow-weaker", "all", "p")).spec.weaker, all);
	assert_int_equal(accepted(WORDS("--allow-weaker", "swap,open-files", "p")).spec.weaker, swap | files);
	assert_int_equal(accepted(WORDS("--allow-weaker", "all", "--require", "swap", "p")).spec.weaker, all & ~swap);
	assert_int_equal(accepted(WORDS("--require", "swap", "--allow-weaker", "all", "p")).spec.weaker, all);
	assert_int_equal(accepted(WORDS("--allow-weaker", "swap", "--require=all", "--allow-weaker=open-files", "p"))
	                         .spec.weaker,
	                 files);
	for (int i = 0; i < BOX_LIMIT_MAX; i++)
		assert_int_equal(accepted(WORDS("--allow-weaker", box_limit_name(i), "p")).spec.weaker, 1U << i);
	refused("is no limit (use all", WORDS("--require", "", "p"));
	refused("is no limit (use all", WORDS("--require", "swap,", "p"));
	refused("is no limit (use all", WORDS("--require", ",swap", "p"));
	refused("is no limit (use all", WORDS("--require", "mem", "p"));
	refused("is no limit (use all", WORDS("--allow-weaker", "none", "p"));
	refused("is no limit (use all", WORDS("--allow-weaker", "swap, pids", "p"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(defaults),
	        cmocka_unit_test(good_quantities),
	        cmocka_unit_test(bad_quantities),
	        cmocka_unit_test(huge_values),
	        cmocka_unit_test(unknown_options),
	        cmocka_unit_test(abbreviations),
	        cmocka_unit_test(flags),
	        cmocka_unit_test(where_options_end),
	        cmocka_unit_test(help),
	        cmocka_unit_test(strings),
	        cmocka_unit_test(choices),
	        cmocka_unit_test(tmp),
	        cmocka_unit_test(pin),
	        cmocka_unit_test(binds),
	        cmocka_unit_test(tmpfs),
	        cmocka_unit_test(chdir_inside),
	        cmocka_unit_test(environment),
	        cmocka_unit_test(too_many),
	        cmocka_unit_test(weaker_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
