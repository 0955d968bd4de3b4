/* The command line of `sbx judge`: a table with a row for each option. Called by runner/cmd_judge.c. */
#include "runner/args_judge.h"

#include "policy/seccomp.h"
#include "runner/args.h"
#include "runner/args_value.h"
#include "sandbox/host.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static int bad_value(const struct args_value *at, const char *value, const char *what)
{
	char quoted[ARGS_QUOTE_SIZE];

	return sbx_fail(at->err, SBX_STAGE_USAGE, EINVAL, "--%s: \"%s\" %s", at->option, args_quote(value, quoted),
	                what);
}

static int take_compare(const struct args_value *at, const char *value)
{
	if (strcmp(value, "exact") != 0 && strcmp(value, "tokens") != 0)
		return bad_value(at, value, "is neither tokens nor exact");
	*(bool *)at->field = value[0] == 'e';
	return 0;
}

static int take_tolerance(const struct args_value *at, const char *value)
{
	char *end;
	double tolerance = strtod(value, &end);

	if (end == value || *end != '\0' || !(tolerance >= 0) || isinf(tolerance))
		return bad_value(at, value, "is not a tolerance (use 1e-6, 0.001, ...)");
	*(double *)at->field = tolerance;
	return 0;
}

static int take_both_tolerances(const struct args_value *at, const char *value)
{
	struct compare_options *options = at->field;
	struct args_value absolute = *at;

	absolute.field = &options->float_absolute;
	TRY(take_tolerance(&absolute, value));
	options->float_relative = options->float_absolute;
	return 0;
}

static int take_profile(const struct args_value *at, const char *value)
{
	if (seccomp_builtin_find(value) == NULL)
		return bad_value(at, value, "is no built-in profile (sbx policy list shows them)");
	*(const char **)at->field = value;
	return 0;
}

static int take_slots(const struct args_value *at, const char *value)
{
	TRY(args_take_count(at, value));
	if (*(uint64_t *)at->field > HOST_JOB_SLOTS)
		return bad_value(at, value, "is more than all jobs together may run at once, 240");
	return 0;
}

static int take_keep(const struct args_value *at, const char *value)
{
	if (strcmp(value, "0") == 0) {
		*(uint64_t *)at->field = 0;
		return 0;
	}
	TRY(args_take_size(at, value));
	if (*(uint64_t *)at->field > JOB_KEEP_BYTES_MAX)
		return bad_value(at, value, "is more than can be kept, 1M");
	return 0;
}

static int take_reruns(const struct args_value *at, const char *value)
{
	struct args_value count = *at;
	uint64_t n = 0;

	count.field = &n;
	if (strcmp(value, "0") != 0)
		TRY(args_take_count(&count, value));
	if (n > JOB_RERUNS_MAX)
		return bad_value(at, value, "is more than a test may be run again, 10");
	*(uint64_t *)at->field = n;
	return 0;
}

/* Nobody may have to be waited for while programs run. */
static int take_file(const struct args_value *at, const char *value)
{
	TRY(args_take_report(at, value));
	return report_where_fd(value) == REPORT_FILE ? 0 : bad_value(at, value, "is not a file");
}

/* A folder without a bound fills its disk one day. */
static int take_cache_size(const struct args_value *at, const char *value)
{
	TRY(args_take_size(at, value));
	if (*(uint64_t *)at->field == SPEC_UNLIMITED)
		return bad_value(at, value, "is no bound for the compile cache");
	return 0;
}

#define ARG(member) offsetof(struct judge_args, member)

static const struct args_row rows[] = {
        {"tests", 0, ARGS_VALUE, args_take_string, ARG(tests)},
        {"job", 0, ARGS_VALUE, args_take_string, ARG(job_file)},
        {"run", 0, ARGS_VALUE, args_take_string, ARG(run_file)},
        {"job-files", 0, ARGS_VALUE, args_take_string, ARG(job_files)},
        {"problem", 0, ARGS_VALUE, args_take_string, ARG(problem)},
        {"verify", 0, ARGS_FLAG, args_take_flag, ARG(verify)},
        {"language", 'l', ARGS_VALUE, args_take_string, ARG(job.language)},
        {"time", 't', ARGS_VALUE, args_take_duration, ARG(job.limits.cpu_us_max)},
        {"wall", 'w', ARGS_VALUE, args_take_duration, ARG(job.limits.wall_us_max)},
        {"mem", 'm', ARGS_VALUE, args_take_size, ARG(job.limits.memory_bytes_max)},
        {"pids", 'p', ARGS_VALUE, args_take_pids, ARG(job.limits.pids_max)},
        {"output", 0, ARGS_VALUE, args_take_size, ARG(job.limits.output_bytes_max)},
        {"seccomp", 0, ARGS_VALUE, take_profile, ARG(job.seccomp)},
        {"compare", 0, ARGS_VALUE, take_compare, ARG(exact)},
        {"case-sensitive", 0, ARGS_FLAG, args_take_flag, ARG(job.compare.case_sensitive)},
        {"space-sensitive", 0, ARGS_FLAG, args_take_flag, ARG(job.compare.space_sensitive)},
        {"presentation", 0, ARGS_FLAG, args_take_flag, ARG(job.compare.presentation)},
        {"float-tolerance", 0, ARGS_VALUE, take_both_tolerances, ARG(job.compare)},
        {"float-absolute", 0, ARGS_VALUE, take_tolerance, ARG(job.compare.float_absolute)},
        {"float-relative", 0, ARGS_VALUE, take_tolerance, ARG(job.compare.float_relative)},
        {"slots", 'j', ARGS_VALUE, take_slots, ARG(n_slots)},
        {"stop-on-first-failure", 0, ARGS_FLAG, args_take_flag, ARG(job.stop_on_first_failure)},
        {"reruns", 0, ARGS_VALUE, take_reruns, ARG(job.reruns)},
        {"keep-output", 0, ARGS_VALUE, take_keep, ARG(job.keep_bytes)},
        {"compile-cache", 0, ARGS_VALUE, args_take_string, ARG(cache)},
        {"compile-cache-size", 0, ARGS_VALUE, take_cache_size, ARG(cache_bytes_max)},
        {"events", 0, ARGS_VALUE, args_take_report, ARG(events)},
        {"transcript", 0, ARGS_VALUE, take_file, ARG(transcript)},
        {"report", 0, ARGS_VALUE, args_take_report, ARG(report)},
        {"html", 0, ARGS_VALUE, args_take_report, ARG(html)},
        {"format", 0, ARGS_VALUE, args_take_format, ARG(format)},
        {"help", 'h', ARGS_FLAG, args_take_flag, ARG(help)},
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= ARGS_ROWS_MAX, "");

static const struct args_table table = {"sbx judge", rows, sizeof(rows) / sizeof(rows[0])};

static int check_places(const struct judge_args *args, struct sbx_err *err)
{
	const struct {
		const char *option, *where;
	} places[] = {{"--transcript", args->transcript},
	              {"--html", args->html},
	              {"--events", args->events},
	              {"--report", args->report}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (size_t k = 0; k < i; k++)
			if (places[k].where != NULL && places[i].where != NULL &&
			    report_is_same_place(places[k].where, places[i].where))
				return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%s and %s name the same place",
				                places[k].option, places[i].option);
	return 0;
}

static bool says_how_to_compare(const struct judge_args *args)
{
	const struct compare_options *options = &args->job.compare;

	return args->exact || options->case_sensitive || options->space_sensitive || options->presentation ||
	       options->float_absolute >= 0 || options->float_relative >= 0;
}

/* What exact leaves no room for. */
static int check_exact(const struct judge_args *args, struct sbx_err *err)
{
	const struct compare_options *options = &args->job.compare;
	const char *other = options->case_sensitive                                        ? "--case-sensitive"
	                    : options->space_sensitive                                     ? "--space-sensitive"
	                    : options->float_absolute >= 0 || options->float_relative >= 0 ? "a --float-... tolerance"
	                                                                                   : NULL;

	if (!args->exact || other == NULL)
		return 0;
	return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
	                "--compare exact and %s do not go together: exact is byte for byte", other);
}

/* A run has no tests to judge by, nor to go on with, and its answer is no report of any. */
static int check_run(const struct judge_args *args, struct sbx_err *err)
{
	const char *other = says_how_to_compare(args)         ? "an option that says how to compare"
	                    : args->job.stop_on_first_failure ? "--stop-on-first-failure"
	                    : args->job.reruns > 0            ? "--reruns"
	                    : args->html != NULL              ? "--html"
	                                                      : NULL;

	if (args->run_file == NULL || other == NULL)
		return 0;
	return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "--run and %s do not go together: a run has no tests", other);
}

static int check(const struct judge_args *args, struct sbx_err *err)
{
	int n_ways =
	        (args->tests != NULL) + (args->job_file != NULL) + (args->problem != NULL) + (args->run_file != NULL);
	bool has_json = args->job_file != NULL || args->run_file != NULL;
	const char *wrong = NULL;

	if (n_ways == 0)
		wrong = "one of --tests DIR, --problem DIR, --job FILE and --run FILE is needed";
	else if (n_ways > 1)
		wrong = "--tests, --problem, --job and --run exclude each other";
	else if (args->verify && args->problem == NULL)
		wrong = "--verify is for the submissions of a package: give it with --problem DIR";
	else if (args->verify && args->sources[0] != NULL)
		wrong = "--verify takes the package's own submissions: no SOURCE may be given";
	else if (!has_json && args->sources[0] == NULL && !args->verify)
		wrong = "no SOURCE given (usage: sbx judge [options] --tests DIR|--problem DIR -- SOURCE...)";
	else if (has_json && args->sources[0] != NULL)
		wrong = "--job and --run name the sources themselves: none may be given beside them";
	else if (args->job_files != NULL && !has_json)
		wrong = "--job-files is for the paths of a JSON job: give it with --job FILE or --run FILE";
	else if (args->problem != NULL && says_how_to_compare(args))
		wrong = "--problem says itself how to compare: no option for that may be given beside it";
	else if (args->cache == NULL && args->cache_bytes_max != SPEC_UNSET)
		wrong = "--compile-cache-size needs --compile-cache DIR";
	else if (args->transcript != NULL && args->verify)
		wrong = "--transcript is for one submission, and not for --verify";
	else if (args->html != NULL && args->verify)
		wrong = "--html is for one submission, and not for --verify";
	return wrong != NULL ? sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%s", wrong) : 0;
}

int judge_args_parse(struct judge_args *args, int argc, char *const *argv, struct sbx_err *err)
{
	struct args_value place = {.base = args, .err = err};
	int first;

	*args = (struct judge_args){.report = "-", .format = REPORT_TEXT, .cache_bytes_max = SPEC_UNSET};
	job_init(&args->job);
	args->job.keep_bytes = SPEC_UNSET;
	TRY(args_parse(&table, &place, argc, argv, &args->help, &first));
	args->sources = argv + first;
	args->job.is_run = args->run_file != NULL;
	if (args->job.keep_bytes == SPEC_UNSET)
		args->job.keep_bytes = args->job.is_run ? JOB_RUN_KEEP_BYTES : JOB_KEEP_BYTES;
	if (args->help)
		return 0;
	TRY(check(args, err));
	TRY(check_run(args, err));
	TRY(check_exact(args, err));
	TRY(check_places(args, err));
	args->job.compare.case_sensitive |= args->exact;
	args->job.compare.space_sensitive |= args->exact;
	return 0;
}

const char judge_args_help[] = "usage: sbx judge [options] --tests DIR -- SOURCE...\n"
                               "       sbx judge [options] --problem DIR -- SOURCE...\n"
                               "       sbx judge [options] --problem DIR --verify\n"
                               "       sbx judge [options] --job FILE|-\n"
                               "       sbx judge [options] --run FILE|-\n"
                               "\n"
                               "Compiles the sources in a box, runs the result on every test in a box of its own,\n"
                               "many at once, and gives each test and the whole a verdict: AC, WA, PE, TLE, MLE,\n"
                               "RE, OLE, SV, CE; OK where there is no answer; IE when the judge itself failed.\n"
                               "\n"
                               "The job\n"
                               "      --tests DIR        NAME.in, each with NAME.ans or NAME.out or neither\n"
                               "      --problem DIR      a problem package of Kattis' format; its limits are defaults\n"
                               "      --verify           judge the package's own submissions, and compare each\n"
                               "                         verdict with what is expected of it\n"
                               "      --job FILE|-       a job in JSON, see sbx-job(5); its settings win\n"
                               "      --run FILE|-       one program, run once, in JSON, see sbx-job(5); its JSON\n"
                               "                         report has what the program wrote\n"
                               "      --job-files DIR    what the JSON calls a path is the name of a file in DIR, 64\n"
                               "                         hexadecimal digits, and nothing else\n"
                               "  -l, --language L       a name of `sbx languages` (default: by the sources' names)\n"
                               "\n"
                               "Limits of each test, before what its language is granted on top\n"
                               "  -t, --time D           CPU time (default 10s)\n"
                               "  -w, --wall D           wall-clock time (default 2 x time + 1s)\n"
                               "  -m, --mem S            memory (default 256M)\n"
                               "  -p, --pids N           processes and threads at once (default: the language's)\n"
                               "      --output S         bytes on stdout and stderr together (default 64M)\n"
                               "      --seccomp P        profile: a name of `sbx policy list` (default: its\n"
                               "                         language's)\n"
                               "\n"
                               "Comparing\n"
                               "      --compare M        tokens: white space and case do not count; exact: byte for\n"
                               "                         byte (default tokens)\n"
                               "      --case-sensitive, --space-sensitive\n"
                               "                         these count with tokens, too\n"
                               "      --float-tolerance E, --float-absolute E, --float-relative E\n"
                               "                         numbers may be so far off: both ways, or one of them\n"
                               "      --presentation     PE, not WA, where only white space or case is wrong\n"
                               "\n"
                               "Running\n"
                               "  -j, --slots N          tests at once (default: one for each physical core); all\n"
                               "                         jobs of this host share the slots\n"
                               "      --stop-on-first-failure\n"
                               "                         tests after the first that fails, in their order, are SKIP\n"
                               "      --reruns N         run a test again, alone, up to N times, that was over time\n"
                               "                         by little, and disturbed (default 0)\n"
                               "      --compile-cache DIR\n"
                               "                         keep what compilers make there, and use it again\n"
                               "      --compile-cache-size S\n"
                               "                         of all that is kept (default 1G)\n"
                               "\n"
                               "Report\n"
                               "      --report F|fd:N|-  to a file, whole or not at all; to an open descriptor; to\n"
                               "                         stdout (the default)\n"
                               "      --format text|json a table, or one JSON object (text)\n"
                               "      --html F|fd:N|-    a page to look at, besides, that stands alone\n"
                               "      --events F|fd:N|-  what happens while it happens, a JSON object on each line\n"
                               "      --transcript F     of interactive problems: all that was said, and when\n"
                               "      --keep-output S    bytes of each test's output in the report (default 1K; of\n"
                               "                         a run 64K)\n"
                               "  -h, --help             this text\n"
                               "\n"
                               "Exit status: 0 all AC or OK, 1 any other verdict, 2 wrong usage, 3 the judge failed\n"
                               "or was interrupted. Of --verify: 0 all are as expected, 1 one is not, or was\n"
                               "skipped.\n";
