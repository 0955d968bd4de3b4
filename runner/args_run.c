/*
 * The command line of `sbx run`. One table has a row for each option, with the function that reads its value; the loop
 * around getopt_long(3) only finds rows. Called by runner/cmd_run.c, and by its unit test with no process in sight.
 *
 * A grader builds this command line from a problem's settings, so nothing in it is taken by half: what is not
 * understood to the last character is refused, with a message that names the option and quotes what was given.
 */
#include "runner/args_run.h"

#include "runner/args_value.h"

#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* getopt_long() returns the letter of a short option; long ones return this plus their row. */
#define LONG_BASE 256

struct option_row {
	const char *name;
	char letter; /* '\0': none */
	bool takes_value;
	bool repeats;
	int (*take)(const struct args_value *place, const char *value);
	size_t field; /* offset in run_args, for those that serve many options */
};

#define ARG(member) offsetof(struct run_args, member)
#define VALUE true, false
#define VALUES true, true
#define FLAG false, false

static const struct option_row rows[] = {
        {"time", 't', VALUE, args_take_duration, ARG(spec.cpu_us_max)},
        {"wall", 'w', VALUE, args_take_duration, ARG(spec.wall_us_max)},
        {"mem", 'm', VALUE, args_take_size, ARG(spec.memory_bytes_max)},
        {"pids", 'p', VALUE, args_take_pids, 0},
        {"stack", 0, VALUE, args_take_size, ARG(spec.stack_bytes_max)},
        {"fsize", 0, VALUE, args_take_size, ARG(spec.fsize_bytes_max)},
        {"output", 0, VALUE, args_take_size, ARG(spec.output_bytes_max)},
        {"open-files", 0, VALUE, args_take_count, ARG(spec.open_files_max)},
        {"tmp", 0, VALUE, args_take_tmp, 0},
        {"cpus", 0, VALUE, args_take_rate, 0},
        {"pin", 0, VALUE, args_take_pin, 0},
        {"box", 0, VALUE, args_take_string, ARG(spec.box_dir)},
        {"box-mode", 0, VALUE, args_take_box_mode, 0},
        {"bind", 0, VALUES, args_take_bind, 0},
        {"tmpfs", 0, VALUES, args_take_tmpfs, 0},
        {"chdir", 0, VALUE, args_take_chdir, 0},
        {"env", 0, VALUES, args_take_env, 0},
        {"clear-env", 0, FLAG, args_take_flag, ARG(spec.clear_env)},
        {"stdin", 0, VALUE, args_take_string, ARG(spec.stdin_path)},
        {"stdout", 0, VALUE, args_take_string, ARG(spec.stdout_path)},
        {"stderr", 0, VALUE, args_take_string, ARG(spec.stderr_path)},
        {"stderr-to-stdout", 0, FLAG, args_take_flag, ARG(spec.stderr_to_stdout)},
        {"net", 0, VALUE, args_take_net, 0},
        {"seccomp", 0, VALUE, args_take_string, ARG(spec.seccomp)},
        {"no-aslr", 0, FLAG, args_take_no_aslr, 0},
        {"report", 0, VALUE, args_take_report, ARG(report)},
        {"format", 0, VALUE, args_take_format, 0},
        {"require", 0, VALUES, args_take_require, 0},
        {"allow-weaker", 0, VALUES, args_take_allow_weaker, 0},
        {"dry-run", 0, FLAG, args_take_flag, ARG(dry_run)},
        {"debug", 0, FLAG, args_take_flag, ARG(debug)},
        {"passthrough", 0, FLAG, args_take_flag, ARG(passthrough)},
        {"help", 'h', FLAG, args_take_flag, ARG(help)},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

_Static_assert(N_ROWS <= 64, "the rows already seen are kept as bits of a uint64_t");

/* The table as getopt_long(3) wants it. */
struct getopt_form {
	struct option longs[N_ROWS + 1];
	char letters[2 + 2 * N_ROWS + 1];
};

static void getopt_form_init(struct getopt_form *form)
{
	char *letter = form->letters;

	/* '+': stop at the first argument that is no option, it is PROGRAM; ':' tells a missing value from an unknown
	 * option, and prints neither */
	*letter++ = '+';
	*letter++ = ':';
	for (size_t i = 0; i < N_ROWS; i++) {
		form->longs[i] = (struct option){
		        .name = rows[i].name,
		        .has_arg = rows[i].takes_value ? required_argument : no_argument,
		        .val = LONG_BASE + (int)i,
		};
		if (rows[i].letter != '\0') {
			*letter++ = rows[i].letter;
			if (rows[i].takes_value)
				*letter++ = ':';
		}
	}
	*letter = '\0';
	form->longs[N_ROWS] = (struct option){0};
}

/* The row of what getopt_long() returned or left in optopt; NULL for an option that is not in the table. */
static const struct option_row *row_find(int code)
{
	if (code >= LONG_BASE)
		return &rows[code - LONG_BASE];
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].letter != '\0' && rows[i].letter == code)
			return &rows[i];
	return NULL;
}

static int unknown_option(const char *token, struct sbx_err *err)
{
	char quoted[ARGS_QUOTE_SIZE];

	return sbx_fail(err, SBX_STAGE_USAGE, 0,
	                "unknown option \"%s\" (names are written in full; see sbx run --help)",
	                args_quote(token, quoted));
}

/* getopt_long() takes "--ti" for --time. An option of tomorrow would change what that means, so it is refused. */
static bool is_abbreviated(const char *token, const struct option_row *row)
{
	size_t len = strcspn(token, "=");

	return token[0] == '-' && token[1] == '-' &&
	       (len != strlen(row->name) + 2 || strncmp(token + 2, row->name, len - 2) != 0);
}

/* One option, found in the argument `token`; `code` is what getopt_long() said of it. */
static int take_option(struct args_value *place, int code, const char *token, uint64_t *seen)
{
	bool failed = code == '?' || code == ':';
	const struct option_row *row = row_find(failed ? optopt : code);
	uint64_t bit;

	if (row == NULL || is_abbreviated(token, row))
		return unknown_option(token, place->err);
	if (failed)
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0, "--%s: %s", row->name,
		                code == ':' ? "its value is missing" : "takes no value");
	place->option = row->name;
	place->field = (char *)place->args + row->field;
	bit = UINT64_C(1) << (row - rows);
	if ((*seen & bit) != 0 && !row->repeats)
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0, "--%s: given twice", row->name);
	*seen |= bit;
	if (row->takes_value && strnlen(optarg, ARGS_VALUE_BYTES_MAX + 1) > ARGS_VALUE_BYTES_MAX)
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0, "--%s: its value is longer than %d bytes", row->name,
		                ARGS_VALUE_BYTES_MAX);
	return row->take(place, row->takes_value ? optarg : NULL);
}

static int take_all(struct args_value *place, int argc, char *const *argv)
{
	struct run_args *args = place->args;
	struct getopt_form form;
	uint64_t seen = 0;

	getopt_form_init(&form);
	optind = 0; /* glibc: forget the last command line altogether */
	opterr = 0;
	for (;;) {
		int at = optind > 0 ? optind : 1;
		int code = getopt_long(argc, argv, form.letters, form.longs, NULL);

		if (code == -1)
			break;
		TRY(take_option(place, code, argv[at], &seen));
		if (args->help)
			return 0;
	}
	if (args->spec.stderr_to_stdout && args->spec.stderr_path != NULL)
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0, "--stderr-to-stdout and --stderr exclude each other");
	if (optind >= argc || argv[optind][0] == '\0')
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0,
		                "no PROGRAM given (usage: sbx run [options] -- PROGRAM [ARG...])");
	args->spec.argv = argv + optind;
	return 0;
}

int run_args_parse(struct run_args *args, int argc, char *const *argv, char *const *environ_, struct sbx_err *err)
{
	struct args_value place = {.args = args, .environ_ = environ_, .err = err};
	int result;

	*args = (struct run_args){.format = REPORT_TEXT};
	run_spec_init(&args->spec);
	result = take_all(&place, argc, argv);
	if (result < 0)
		run_args_finish(args);
	return result;
}

void run_args_finish(struct run_args *args)
{
	while (args->n_owned > 0)
		free(args->owned[--args->n_owned]);
}

const char run_args_help[] = "usage: sbx run [options] -- PROGRAM [ARG...]\n"
                             "\n"
                             "Runs PROGRAM in a box of its own, with nothing of the host that is not named,\n"
                             "and reports how it ended: OK, RE, TLE, MLE, OLE, SV, or IE when the sandbox\n"
                             "itself failed.\n"
                             "\n"
                             "Limits, for the program and all that it starts. `unlimited` takes one away.\n"
                             "  -t, --time D           CPU time (default 10s)\n"
                             "  -w, --wall D           wall-clock time (default 2 x time + 1s)\n"
                             "  -m, --mem S            memory, swap included (default 256M)\n"
                             "  -p, --pids N           processes and threads at once (default 64)\n"
                             "      --stack S          stack of the main thread (default: as --mem)\n"
                             "      --fsize S          largest file it may write (default 64M)\n"
                             "      --output S         bytes on stdout and stderr together (default 64M)\n"
                             "      --open-files N     descriptors of a process (default 256)\n"
                             "      --tmp S[,INODES]   size of /tmp (default 64M)\n"
                             "      --cpus X           CPU rate, in cores: 0.5, 2 (default: no cap)\n"
                             "      --pin auto|LIST|none\n"
                             "                         cores to run on: those of the slot, or 0,2-3 (none)\n"
                             "      --require LIST     limits that the kernel must enforce (default: all)\n"
                             "      --allow-weaker LIST\n"
                             "                         limits that may go without; the report names them.\n"
                             "                         LIST: all, or some of time,wall,memory,swap,pids,\n"
                             "                         stack,fsize,output,open-files,tmp,cpus,pin,seccomp\n"
                             "\n"
                             "What the program sees\n"
                             "      --box DIR          job directory, its /box and working directory (.)\n"
                             "      --box-mode M       ro: read-only; cow: its writes are dropped at the end;\n"
                             "                         rw: they reach DIR (default ro)\n"
                             "      --bind SRC[:DST[:OPTS]]\n"
                             "                         more of the host, read-only; OPTS: rw, noexec, maybe\n"
                             "                         (no error where SRC is missing), comma-separated\n"
                             "      --tmpfs DST[:S]    an empty folder in memory (default 64M)\n"
                             "      --chdir DIR        working directory inside (default /box)\n"
                             "      --env K[=V]        set K, or pass on the caller's K; else there are only\n"
                             "                         PATH, HOME=/tmp and LANG=C.UTF-8\n"
                             "      --clear-env        not even those\n"
                             "      --net N            none, or loopback (default none)\n"
                             "      --seccomp P        profile: a name of `sbx policy list`, a file, or none\n"
                             "                         (default: default)\n"
                             "      --no-aslr          the same addresses in every run\n"
                             "\n"
                             "Input and output (default: inherited)\n"
                             "      --stdin F  --stdout F  --stderr F  --stderr-to-stdout\n"
                             "\n"
                             "Report\n"
                             "      --report F|fd:N|-  to a file, whole or not at all; to an open descriptor;\n"
                             "                         to stdout (default: stderr)\n"
                             "      --format text|json one line for a person, or one JSON object (text)\n"
                             "\n"
                             "Other\n"
                             "      --passthrough      exit as timeout(1) does: the program's status, 124 on\n"
                             "                         a limit, 128 + signal\n"
                             "      --dry-run          print every mount, limit and id, and run nothing\n"
                             "      --debug            print each step of the set-up, its time and result\n"
                             "  -h, --help             this text\n"
                             "\n"
                             "Sizes S are bytes or take B, K, M, G, T (powers of 1024); durations D are\n"
                             "seconds or take us, ms, s, m; both may have fractions: 1.5G, 0.25s. Each option\n"
                             "is given once, but for --bind, --tmpfs, --env, --require and --allow-weaker.\n"
                             "\n"
                             "Exit status: 0 verdict OK, 1 any other verdict, 2 wrong usage, 3 the sandbox\n"
                             "failed: nothing was run, or the box was torn down.\n";
