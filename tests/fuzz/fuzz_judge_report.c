/*
 * What `sbx judge` writes of a job in which every name, output and message is a stranger's: events and result are JSON,
 * the table can be shown to a terminal, and the page of HTML has no element that is not our own. The input is a few
 * numbers, then texts, each up to a NUL.
 */
#include "fuzz.h"

#include "runner/judge_report.h"

#include <ctype.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_TESTS 3
#define TEXTS 12

static struct judge_run runs[N_TESTS], checks[N_TESTS], compile;

struct texts {
	char *list[TEXTS];
	size_t next;
};

static const char *text(struct texts *texts)
{
	return texts->list[texts->next++ % TEXTS];
}

static struct kept kept(struct texts *texts)
{
	const char *bytes = text(texts);
	size_t len = strlen(bytes);

	return (struct kept){.bytes = (char *)(uintptr_t)bytes, .len = len, .max = len, .cut = len % 2};
}

static struct compare_excerpt excerpt(struct texts *texts)
{
	const char *bytes = text(texts);
	struct compare_excerpt excerpt = {.len = strnlen(bytes, COMPARE_EXCERPT_MAX)};

	excerpt.cut = bytes[excerpt.len] != '\0';
	memcpy(excerpt.bytes, bytes, excerpt.len);
	return excerpt;
}

static void take_difference(struct fuzz_input *input, struct texts *texts, struct judge_run *run)
{
	run->compared = (enum compare_result)(fuzz_byte(input) % (COMPARE_MAX + 1));
	run->difference = (struct compare_difference){
	        .kind = (enum compare_kind)(fuzz_byte(input) % COMPARE_KIND_MAX),
	        .line = fuzz_byte(input),
	        .column = fuzz_byte(input),
	        .answer_line = fuzz_byte(input),
	        .got = excerpt(texts),
	        .wanted = excerpt(texts),
	};
}

static void take_run(struct fuzz_input *input, struct texts *texts, struct judge_run *run, struct judge_run *check)
{
	struct run_result *result = &run->run.result;

	/* field by field, since most of it is buffers that nobody looks at */
	run->task = JUDGE_TEST;
	run->counts = true;
	run->score = run->multiplier = NAN;
	run->check = NULL;
	run->n_checked = 0;
	run->message[0] = '\0';
	run_result_init(result);
	result->cpu_us = fuzz_byte(input) * 1000U;
	result->wall_us = fuzz_byte(input) * 10000U;
	result->memory_peak_bytes = (uint64_t)fuzz_byte(input) << 16;
	result->cgroup_version = fuzz_byte(input) % 2;
	result->started = result->status_known = true;
	result->wait_status = fuzz_byte(input) | fuzz_byte(input) << 8;
	for (int i = 0; i < BOX_LIMIT_MAX; i++)
		run->limits[i] = (struct limit_fact){.mechanism = "rlimit", .value = fuzz_byte(input)};
	if (fuzz_byte(input) % 4 == 0)
		sbx_fail(&result->error, SBX_STAGE_MOUNT, 2, "%s", text(texts));
	run->plan.box.filter_name = "default";
	run->plan.box.cpu_us_max = fuzz_byte(input) * 1000U + 1;
	run->out = kept(texts);
	run->err = kept(texts);
	run->verdict = verdict_of(result, &run->plan.box, &run->reason);
	take_difference(input, texts, run);
	run->judgement = judgement_of(run->verdict, run->compared != COMPARE_MAX, run->compared);
	if (check == NULL || fuzz_byte(input) % 2 == 0)
		return;
	take_run(input, texts, check, NULL);
	snprintf(check->message, sizeof(check->message), "%s", text(texts));
	memcpy(run->message, check->message, sizeof(run->message));
	run->check = check;
	run->n_checked = 1;
	run->compared = COMPARE_MAX;
}

/* ---- what is written ---- */

static void check_events(const char *all, size_t len)
{
	size_t n = 0;

	for (const char *at = all, *end; at < all + len; at = end + 1, n++) {
		end = memchr(at, '\n', (size_t)(all + len - at));
		FUZZ_ASSERT(end != NULL && *at == '{' && fuzz_is_json(at, (size_t)(end - at)));
	}
	FUZZ_ASSERT(n == N_TESTS + 2);
}

/* Behind a tag, which is one that the page is made of, with attributes in quotes. */
static const char *read_tag(const char *at)
{
	static const char *const known[] = {
	        "!DOCTYPE", "html",  "head",    "meta",  "title",      "style", "body",   "header",  "main",
	        "footer",   "abbr",  "div",     "p",     "strong",     "span",  "h1",     "h2",      "h3",
	        "a",        "ul",    "li",      "dl",    "dt",         "dd",    "pre",    "section", "details",
	        "summary",  "table", "caption", "thead", "tbody",      "tr",    "th",     "td",      "small",
	        "svg",      "path",  "figure",  "em",    "figcaption", "code",  "article"};
	size_t len;
	bool is_known = false;

	at += *at == '/';
	len = strcspn(at, " >");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		is_known |= strlen(known[i]) == len && memcmp(known[i], at, len) == 0;
	FUZZ_ASSERT(is_known);
	for (at += len; *at != '>';) {
		at++;
		len = strspn(at, "abcdefghijklmnopqrstuvwxyz-");
		FUZZ_ASSERT(len > 0 && strncmp(at, "on", 2) != 0 && strncmp(at, "src", 3) != 0);
		at += len;
		if (*at != '=')
			continue;
		FUZZ_ASSERT(strncmp(at - 4, "href", 4) != 0 || strncmp(at, "=\"#t", 4) == 0);
		FUZZ_ASSERT(at[1] == '"' && (at = strchr(at + 2, '"')) != NULL);
		at++;
		FUZZ_ASSERT(*at == ' ' || *at == '>' || *at == '/');
		at += *at == '/';
	}
	return at + 1;
}

static void check_page(const char *page, size_t len)
{
	size_t mains = 0;

	FUZZ_ASSERT(fuzz_is_plain(page, len, "\n\t"));
	for (const char *at = strchr(page, '<'); at != NULL; at = strchr(at, '<')) {
		mains += strncmp(at, "<main>", 6) == 0;
		at = read_tag(at + 1);
	}
	FUZZ_ASSERT(mains == 1 && len > 8 && strcmp(page + len - 8, "</html>\n") == 0);
}

static char *written(struct judge_report *report, int (*write)(struct judge_report *report, struct report_sink *sink),
                     size_t *ret_len)
{
	struct report_sink sink = {.option = "--report", .fd = fuzz_file()};

	FUZZ_ASSERT(write(report, &sink) == 0);
	return fuzz_file_text(sink.fd, ret_len);
}

static int write_json(struct judge_report *report, struct report_sink *sink)
{
	return judge_report_write(report, sink, REPORT_JSON, false, &(struct sbx_err){0});
}

static int write_table(struct judge_report *report, struct report_sink *sink)
{
	return judge_report_write(report, sink, REPORT_TEXT, false, &(struct sbx_err){0});
}

static int write_html(struct judge_report *report, struct report_sink *sink)
{
	return judge_report_html(report, sink, &(struct sbx_err){0});
}

static void check_all(struct judge_report *report)
{
	size_t len;
	char *text = written(report, write_json, &len);

	FUZZ_ASSERT(fuzz_is_json(text, len) && text[len - 1] == '\n');
	free(text);
	text = written(report, write_table, &len);
	FUZZ_ASSERT(fuzz_is_plain(text, len, "\n\t"));
	free(text);
	text = written(report, write_html, &len);
	check_page(text, len);
	free(text);
}

/* ---- the job ---- */

static void tell_all(struct judge *judge, struct judge_report *report, struct fuzz_input *input, struct texts *texts)
{
	take_run(input, texts, &compile, NULL);
	compile.task = JUDGE_COMPILE;
	judge_report_listen(report, judge, JUDGE_COMPILED, &compile);
	for (size_t i = 0; i < N_TESTS; i++) {
		struct judge_run *run = &runs[i];
		take_run(input, texts, run, &checks[i]);
		run->test = i;
		judge->tests[i] = (struct judge_test){.judgement = run->judgement,
		                                      .cpu_us = run->run.result.cpu_us,
		                                      .wall_us = run->run.result.wall_us,
		                                      .memory_bytes = run->run.result.memory_peak_bytes,
		                                      .score = NAN,
		                                      .multiplier = NAN,
		                                      .n_runs = 1};
		if (judge->decided == N_TESTS && !judgement_is_good(run->judgement))
			judge->decided = i;
		judge_report_listen(report, judge, JUDGE_TEST_FINISHED, run);
	}
	judge->judgement = judge->decided < N_TESTS ? judge->tests[judge->decided].judgement : JUDGEMENT_AC;
	if (fuzz_byte(input) % 4 == 0) {
		judge->judgement = JUDGEMENT_CE;
		judge->decided = N_TESTS;
	}
	judge_report_listen(report, judge, JUDGE_FINISHED, NULL);
}

static void try_job(struct fuzz_input *input, struct texts *texts)
{
	static struct judge judge;
	struct job_test job_tests[N_TESTS] = {{.name = text(texts)}, {.name = text(texts)}, {.name = text(texts)}};
	struct judge_test tests[N_TESTS] = {0};
	struct job_checker checkers[] = {{.name = text(texts)}};
	struct language_file file = {.name = text(texts)};
	struct job job;
	struct judge_report report;
	struct sbx_err err;
	size_t len;
	char *events;

	job_init(&job);
	job.tests = job_tests;
	job.n_tests = N_TESTS;
	job.checkers[0] = checkers[0];
	judge = (struct judge){.job = &job, .tests = tests, .n_slots = 1, .decided = N_TESTS, .score = NAN};
	judge.submission = (struct job_sources){.language = language_builtin_find("cpp"), .files = &file, .n_files = 1};
	FUZZ_ASSERT(judge_report_init(&report, &judge, &err) == 0);
	report.problem_path = text(texts);
	report.problem_name = fuzz_byte(input) % 2 ? text(texts) : NULL;
	report.n_sources = 1;
	report.submission = fuzz_byte(input) % 2 ? text(texts) : NULL;
	outlet_init(&report.events, memfd_create("events", MFD_CLOEXEC));
	tell_all(&judge, &report, input, texts);
	events = fuzz_file_text(report.events.fd, &len);
	check_events(events, len);
	free(events);
	check_all(&report);
	judge_report_finish(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n_numbers = size < 200 ? size / 2 : 100;
	struct fuzz_input numbers = fuzz_input(data, n_numbers), input = fuzz_input(data + n_numbers, size - n_numbers);
	struct texts texts = {0};

	for (size_t i = 0; i < TEXTS; i++)
		texts.list[i] = fuzz_part(&input);
	try_job(&numbers, &texts);
	for (size_t i = 0; i < TEXTS; i++)
		free(texts.list[i]);
	return 0;
}
