/* The page of a job: what it came to, what went wrong, and a row for each test. */
#include "runner/judge_html.h"

#include "policy/json.h"
#include "runner/html.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define DETAILS_MAX 25 /* tests that are shown with all that is known of them */
#define PAGE_BUFFER (32 << 10)
#define MESSAGE_BYTES 1000
#define SOURCES_MAX 4 /* names of them */
#define NAME_BYTES 200

/* A stream of stdio's that ends in a sink; the first failure stays in `err`. */
struct page {
	const struct judge_report *report;
	const struct json_object *head;
	FILE *out;
	struct report_sink *sink;
	struct sbx_err *err;
	int rc;
};

static ssize_t write_page(void *cookie, const char *bytes, size_t len)
{
	struct page *page = cookie;

	if (page->rc == 0)
		page->rc = report_sink_write(page->sink, bytes, len, page->err);
	return page->rc < 0 ? 0 : (ssize_t)len;
}

static bool has_failed(const struct judge_report *report, size_t test)
{
	enum judgement judgement = report->judge->tests[test].judgement;

	return !judgement_is_good(judgement) && judgement != JUDGEMENT_SKIP;
}

static size_t tests_failed(const struct judge_report *report, size_t before)
{
	size_t n = 0;

	for (size_t i = 0; report->judge->tests != NULL && i < before; i++)
		n += has_failed(report, i);
	return n;
}

/* ---- the head ---- */

static void print_name(FILE *out, const char *name, size_t len)
{
	size_t shown = len < NAME_BYTES ? len : NAME_BYTES;

	/* whole characters */
	while (shown > 0 && shown < len && ((unsigned char)name[shown] & 0xc0) == 0x80)
		shown--;
	html_print(out, name, shown, false);
	fputs(shown < len ? "…" : "", out);
}

/* Its own name, else how the folder or file is called that it comes from: what is above that is nobody's business. */
static bool print_problem(const struct page *page, const char *before)
{
	const char *name = page->report->problem_name, *path = page->report->problem_path, *slash;
	size_t len;

	if (name == NULL && strcmp(path, "-") == 0)
		return false;
	if (name == NULL)
		name = path;
	len = strlen(name);
	if (name == path) {
		while (len > 1 && path[len - 1] == '/')
			len--;
		slash = memrchr(path, '/', len);
		name = slash != NULL && len > 1 ? slash + 1 : path;
		len -= (size_t)(name - path);
	}
	fputs(before, page->out);
	print_name(page->out, name, len);
	return true;
}

/* Which submission to which problem this is about. */
static void print_about(const struct page *page)
{
	const struct job_sources *submission = &page->report->judge->submission;
	size_t n = page->report->n_sources;
	FILE *out = page->out;

	fputs("<p class=\"about\">", out);
	if (print_problem(page, "<strong>"))
		fputs("</strong> ", out);
	for (size_t i = 0; i < n && i < SOURCES_MAX; i++) {
		fputs(i > 0 ? ", <span class=\"name\">" : "<span class=\"name\">", out);
		print_name(out, submission->files[i].name, strlen(submission->files[i].name));
		fputs("</span>", out);
	}
	if (n > SOURCES_MAX)
		fprintf(out, " and %zu more", n - SOURCES_MAX);
	fputs("</p>", out);
}

static void print_start(const struct page *page)
{
	const char *words = judge_html_words(judgement_name(page->report->judge->judgement));

	/* the policy is a second fence: even markup that came through could run and fetch nothing */
	fprintf(page->out,
	        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	        "'unsafe-inline'\">\n"
	        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	        "<meta name=\"referrer\" content=\"no-referrer\">\n"
	        "<title>%s",
	        words);
	print_problem(page, " – ");
	fprintf(page->out, " – sbx judge</title>\n<style>\n%s</style>\n</head>\n<body>\n", judge_html_style);
}

static void print_summary(const struct page *page)
{
	const struct judge *judge = page->report->judge;
	size_t n = judge->job->n_tests, good = 0;
	FILE *out = page->out;

	if (judge->error.stage != SBX_STAGE_NONE) {
		judge_html_text(out, page->head, "error.message", MESSAGE_BYTES, false);
		return;
	}
	if (judge->judgement == JUDGEMENT_CE) {
		bool is_limit = judge->refused == NULL && judge_html_at(page->head, "compile.reason") != NULL;
		fputs(is_limit ? "The compiler ended so: " : "The program was not run", out);
		fputs(judge->refused != NULL ? ": " : "", out);
		judge_html_text(out, page->head, is_limit ? "compile.reason" : "refused", MESSAGE_BYTES, false);
		return;
	}
	for (size_t i = 0; judge->tests != NULL && i < n; i++)
		good += judgement_is_good(judge->tests[i].judgement);
	fprintf(out, "%zu of %zu tests passed", good, n);
	if (judge->decided < n) {
		fprintf(out, "; the first failure: <a class=\"name\" href=\"#t%zu\">", judge->decided + 1);
		judge_html_text(out, page->head, "decided_by", MESSAGE_BYTES, false);
		fputs("</a>", out);
	}
}

static void print_counts(const struct page *page)
{
	fputs("<ul class=\"counts\" aria-label=\"Tests by verdict\">\n", page->out);
	for (int k = 0; k < JUDGEMENT_MAX; k++) {
		const char *name = judgement_name((enum judgement)k);
		char path[32];
		uint64_t n;
		snprintf(path, sizeof(path), "counts.%s", name);
		n = judge_html_count(page->head, path);
		if (n == RESULT_UNKNOWN)
			continue;
		fputs("<li>", page->out);
		judge_html_verdict(page->out, name);
		fprintf(page->out, " %" PRIu64 " <span class=\"soft\">%s</span></li>\n", n, judge_html_words(name));
	}
	fputs("</ul>\n", page->out);
}

static void print_fact(FILE *out, const char *what)
{
	fprintf(out, "<div><dt>%s</dt><dd>", what);
}

static void print_facts(const struct page *page)
{
	const struct judge *judge = page->report->judge;
	struct json_object *score = judge_html_at(page->head, "score");
	uint64_t cpu_us = 0, memory_bytes = 0;
	FILE *out = page->out;

	for (size_t i = 0; judge->tests != NULL && i < judge->job->n_tests; i++) {
		const struct judge_test *test = &judge->tests[i];
		if (test->cpu_us != RESULT_UNKNOWN && test->cpu_us > cpu_us)
			cpu_us = test->cpu_us;
		if (test->memory_bytes != RESULT_UNKNOWN && test->memory_bytes > memory_bytes)
			memory_bytes = test->memory_bytes;
	}
	fputs("<dl class=\"facts\">\n", out);
	if (score != NULL) {
		print_fact(out, "Score");
		fprintf(out, "%s</dd></div>\n", json_text(score, false));
	}
	print_fact(out, "Language");
	html_print(out, judge->submission.language->title, strlen(judge->submission.language->title), false);
	fputs("</dd></div>\n", out);
	print_fact(out, "Tests");
	fprintf(out, "%zu</dd></div>\n", judge->job->n_tests);
	print_fact(out, "Most CPU time");
	judge_html_ms(out, cpu_us > 0 ? cpu_us : RESULT_UNKNOWN);
	fputs(" ms</dd></div>\n", out);
	print_fact(out, "Most memory");
	judge_html_mib(out, memory_bytes > 0 ? memory_bytes : RESULT_UNKNOWN);
	fputs(" MiB</dd></div>\n", out);
	print_fact(out, "Judged in");
	fprintf(out, "%.1f s, %u at once</dd></div>\n</dl>\n", (double)judge_html_count(page->head, "ms") / 1000,
	        judge->n_slots);
}

static void print_head(const struct page *page)
{
	const char *verdict = judgement_name(page->report->judge->judgement);

	print_start(page);
	fputs("<header>\n", page->out);
	judge_html_verdict(page->out, verdict);
	fputs("<div>", page->out);
	print_about(page);
	fprintf(page->out, "<h1>%s</h1><p>", judge_html_words(verdict));
	print_summary(page);
	fputs("</p></div>\n</header>\n<main>\n", page->out);
	if (page->report->judge->judgement != JUDGEMENT_CE)
		print_counts(page);
	print_facts(page);
}

/* ---- the compiler ---- */

/* Under `key` of the report; folded away where nothing came of it. */
static void print_compiler(const struct page *page, const char *key, const char *title, bool is_folded)
{
	char path[40];
	bool cut = false;
	FILE *out = page->out;
	size_t len = 0;

	snprintf(path, sizeof(path), "%s.output", key);
	json_bytes_of(judge_html_at(page->head, path), &len);
	if (len == 0)
		return;
	fprintf(out, "<section>\n<h2>%s</h2>\n%s<pre>\n", title,
	        is_folded ? "<details><summary>It had something to say</summary>\n" : "");
	judge_html_text(out, page->head, path, JUDGE_COMPILER_BYTES * 3, true);
	fputs("</pre>\n", out);
	snprintf(path, sizeof(path), "%s.output_cut", key);
	json_bool_of(judge_html_at(page->head, path), &cut);
	if (cut)
		fputs("<p class=\"soft\">There was more.</p>\n", out);
	fputs(is_folded ? "</details>\n</section>\n" : "</section>\n", out);
}

static void print_compilers(const struct page *page)
{
	bool refused = page->report->judge->judgement == JUDGEMENT_CE;

	print_compiler(page, "compile", refused ? "What the compiler said" : "Compiler", !refused);
	print_compiler(page, "checker_compile", "What the compiler said of the checker", false);
}

/* ---- the groups ---- */

static bool has_results(const struct judge *judge)
{
	return judge->tests != NULL && judge->judgement != JUDGEMENT_CE;
}

static void print_group(const struct page *page, size_t i)
{
	const struct judge *judge = page->report->judge;
	const struct problem_results *problem = judge->problem;
	const struct problem_group *group = &problem->groups[i];
	size_t good = 0;
	FILE *out = page->out;

	for (size_t k = 0; k < group->n_tests; k++)
		good += judgement_is_good(judge->tests[group->first_test + k].judgement);
	fputs("<tr><th scope=\"row\" class=\"name\">", out);
	print_name(out, group->name, strlen(group->name));
	fputs("</th><td>", out);
	judge_html_verdict(out, judgement_name(problem->grades[i].judgement));
	fprintf(out, "</td><td class=\"n\">%zu of %zu</td>", good, group->n_tests);
	if (problem->problem->is_scoring)
		fprintf(out, "<td class=\"n\">%.6g</td>", problem->grades[i].score);
	fputs("</tr>\n", out);
}

/* Of a package; but for the whole, whose grade is the job's. */
static void print_groups(const struct page *page)
{
	const struct judge *judge = page->report->judge;

	if (judge->problem == NULL || !has_results(judge))
		return;
	fprintf(page->out,
	        "<section>\n<h2>Groups</h2>\n<div class=\"scroll\"><table class=\"small\">\n"
	        "<thead><tr><th scope=\"col\">Group</th><th scope=\"col\">Verdict</th><th scope=\"col\" "
	        "class=\"n\">Tests passed</th>%s</tr></thead>\n<tbody>\n",
	        judge->problem->problem->is_scoring ? "<th scope=\"col\" class=\"n\">Score</th>" : "");
	for (size_t i = 1; i < judge->problem->n_groups; i++)
		print_group(page, i);
	fputs("</tbody>\n</table></div>\n</section>\n", page->out);
}

/* ---- the tests ---- */

static int print_failures(const struct page *page)
{
	const struct judge_report *report = page->report;
	size_t failed = tests_failed(report, report->judge->job->n_tests), shown = 0;

	if (failed == 0)
		return 0;
	fputs("<section>\n<h2>What went wrong</h2>\n", page->out);
	for (size_t i = 0; i < report->judge->job->n_tests && shown < DETAILS_MAX; i++) {
		__attribute__((cleanup(json_freep))) struct json_object *test = NULL;
		if (!has_failed(report, i))
			continue;
		TRY(judge_report_test(report, i, &test, page->err));
		judge_html_details(page->out, test, i);
		shown++;
	}
	if (failed > shown)
		fprintf(page->out, "<p>%zu more tests failed; the table below has them all.</p>\n", failed - shown);
	fputs("</section>\n", page->out);
	return 0;
}

static int print_tests(const struct page *page)
{
	const struct judge_report *report = page->report;
	size_t detailed = 0;

	if (!has_results(report->judge))
		return 0;
	fputs("<section>\n<h2>Tests</h2>\n<div class=\"scroll\"><table>\n"
	      "<caption>A bar shows how much of the test’s own limit was used; the line is the limit.</caption>\n"
	      "<thead><tr><th scope=\"col\">Test</th><th scope=\"col\">Verdict</th>"
	      "<th scope=\"col\" colspan=\"2\">CPU time / limit, ms</th><th scope=\"col\" class=\"n\">Wall, ms</th>"
	      "<th scope=\"col\" colspan=\"2\">Memory / limit, MiB</th><th scope=\"col\">Note</th></tr></thead>\n"
	      "<tbody>\n",
	      page->out);
	for (size_t i = 0; i < report->judge->job->n_tests; i++) {
		__attribute__((cleanup(json_freep))) struct json_object *test = NULL;
		bool has_details = has_failed(report, i) && detailed++ < DETAILS_MAX;
		TRY(judge_report_test(report, i, &test, page->err));
		judge_html_row(page->out, test, i, has_details);
	}
	fputs("</tbody>\n</table></div>\n</section>\n", page->out);
	return 0;
}

static int print_page(const struct page *page)
{
	print_head(page);
	print_compilers(page);
	print_groups(page);
	TRY(print_failures(page));
	TRY(print_tests(page));
	fputs("</main>\n<footer>sbx " SBX_VERSION ". What programs and compilers said is shown as it came: control "
	      "characters as pictures, bytes that are no text as \xef\xbf\xbd.</footer>\n</body>\n</html>\n",
	      page->out);
	return 0;
}

int judge_html_write(const struct judge_report *report, const struct json_object *head, struct report_sink *sink,
                     struct sbx_err *err)
{
	struct page page = {.report = report, .head = head, .sink = sink, .err = err};
	int rc;

	page.out = fopencookie(&page, "w", (cookie_io_functions_t){.write = write_page});
	if (page.out == NULL || setvbuf(page.out, NULL, _IOFBF, PAGE_BUFFER) != 0)
		return sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "--html: out of memory");
	rc = print_page(&page);
	if (fclose(page.out) != 0 && page.rc == 0 && rc == 0)
		rc = sbx_fail(err, SBX_STAGE_REPORT, ENOMEM, "--html: out of memory");
	return page.rc < 0 ? page.rc : rc;
}
