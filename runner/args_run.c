/*
 * The command line of `sbx run`: a table with a row for each option. Called by runner/cmd_run.c, and by its unit test
 * with no process in sight.
 *
 * A grader builds this command line from a problem's settings, so nothing in it is taken by half: what is not
 * understood to the last character is refused, with a message that names the option and quotes what was given.
 */
#include "runner/args_run.h"

#include "runner/args.h"
#include "runner/args_value.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define ARG(member) offsetof(struct run_args, member)

static const struct args_row rows[] = {
        {"time", 't', ARGS_VALUE, args_take_duration, ARG(spec.cpu_us_max)},
        {"wall", 'w', ARGS_VALUE, args_take_duration, ARG(spec.wall_us_max)},
        {"mem", 'm', ARGS_VALUE, args_take_size, ARG(spec.memory_bytes_max)},
        {"pids", 'p', ARGS_VALUE, args_take_pids, ARG(spec.pids_max)},
        {"stack", 0, ARGS_VALUE, args_take_size, ARG(spec.stack_bytes_max)},
        {"fsize", 0, ARGS_VALUE, args_take_size, ARG(spec.fsize_bytes_max)},
        {"output", 0, ARGS_VALUE, args_take_size, ARG(spec.output_bytes_max)},
        {"open-files", 0, ARGS_VALUE, args_take_count, ARG(spec.open_files_max)},
        {"tmp", 0, ARGS_VALUE, args_take_tmp, 0},
        {"cpus", 0, ARGS_VALUE, args_take_rate, 0},
        {"pin", 0, ARGS_VALUE, args_take_pin, 0},
        {"box", 0, ARGS_VALUE, args_take_string, ARG(spec.box_dir)},
        {"box-mode", 0, ARGS_VALUE, args_take_box_mode, 0},
        {"bind", 0, ARGS_VALUES, args_take_bind, 0},
        {"tmpfs", 0, ARGS_VALUES, args_take_tmpfs, 0},
        {"chdir", 0, ARGS_VALUE, args_take_chdir, 0},
        {"env", 0, ARGS_VALUES, args_take_env, 0},
        {"clear-env", 0, ARGS_FLAG, args_take_flag, ARG(spec.clear_env)},
        {"stdin", 0, ARGS_VALUE, args_take_string, ARG(spec.stdin_path)},
        {"stdout", 0, ARGS_VALUE, args_take_string, ARG(spec.stdout_path)},
        {"stderr", 0, ARGS_VALUE, args_take_string, ARG(spec.stderr_path)},
        {"stderr-to-stdout", 0, ARGS_FLAG, args_take_flag, ARG(spec.stderr_to_stdout)},
        {"net", 0, ARGS_VALUE, args_take_net, 0},
        {"seccomp", 0, ARGS_VALUE, args_take_string, ARG(spec.seccomp)},
        {"no-aslr", 0, ARGS_FLAG, args_take_no_aslr, 0},
        {"report", 0, ARGS_VALUE, args_take_report, ARG(report)},
        {"format", 0, ARGS_VALUE, args_take_format, ARG(format)},
        {"require", 0, ARGS_VALUES, args_take_require, 0},
        {"allow-weaker", 0, ARGS_VALUES, args_take_allow_weaker, 0},
        {"dry-run", 0, ARGS_FLAG, args_take_flag, ARG(dry_run)},
        {"debug", 0, ARGS_FLAG, args_take_flag, ARG(debug)},
        {"passthrough", 0, ARGS_FLAG, args_take_flag, ARG(passthrough)},
        {"help", 'h', ARGS_FLAG, args_take_flag, ARG(help)},
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= ARGS_ROWS_MAX, "");

static const struct args_table table = {"sbx run", rows, sizeof(rows) / sizeof(rows[0])};

static int take_all(struct args_value *place, int argc, char *const *argv)
{
	struct run_args *args = place->args;
	int first = 0;

	TRY(args_parse(&table, place, argc, argv, &args->help, &first));
	if (args->help)
		return 0;
	if (args->spec.stderr_to_stdout && args->spec.stderr_path != NULL)
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0, "--stderr-to-stdout and --stderr exclude each other");
	if (first >= argc || argv[first][0] == '\0')
		return sbx_fail(place->err, SBX_STAGE_USAGE, 0,
		                "no PROGRAM given (usage: sbx run [options] -- PROGRAM [ARG...])");
	args->spec.argv = argv + first;
	return 0;
}

int run_args_parse(struct run_args *args, int argc, char *const *argv, char *const *environ_, struct sbx_err *err)
{
	struct args_value place = {.args = args, .base = args, .environ_ = environ_, .err = err};
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
