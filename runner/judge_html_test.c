/* One test in the page of a job: its row in the table, and what is known of it where it failed. */
#include "runner/judge_html.h"

#include "policy/json.h"
#include "policy/size.h"
#include "runner/html.h"

#include <inttypes.h>
#include <string.h>

#define NAME_BYTES 200
#define LINE_BYTES 200         /* of what comes on one line: a message, an excerpt */
#define STREAM_BYTES (8 << 10) /* of an output */
#define BAR_LIMIT 100          /* where the limit stands on a bar, and how far a bar goes beyond it */
#define BAR_MAX 125

struct json_object *judge_html_at(const struct json_object *json, const char *path)
{
	struct json_object *value = NULL;
	char key[32];

	for (const char *next = path; next != NULL; json = value) {
		const char *dot = strchrnul(next, '.');
		snprintf(key, sizeof(key), "%.*s", (int)(dot - next), next);
		if (!json_find(json, key, &value))
			return NULL;
		next = *dot == '.' ? dot + 1 : NULL;
	}
	return value;
}

uint64_t judge_html_count(const struct json_object *json, const char *path)
{
	uint64_t count;

	return json_u64_of(judge_html_at(json, path), &count) ? count : RESULT_UNKNOWN;
}

static bool is_true(const struct json_object *json, const char *path)
{
	bool value;

	return json_bool_of(judge_html_at(json, path), &value) && value;
}

/* The bytes of a string, "" where there is none. */
static const char *bytes_at(const struct json_object *json, const char *path, size_t *ret_len)
{
	const char *bytes = json_bytes_of(judge_html_at(json, path), ret_len);

	if (bytes != NULL)
		return bytes;
	*ret_len = 0;
	return "";
}

static const char *string_at(const struct json_object *json, const char *path)
{
	const char *text = json_string_of(judge_html_at(json, path));

	return text != NULL ? text : "";
}

bool judge_html_text(FILE *out, const struct json_object *json, const char *path, size_t max, bool lines)
{
	size_t len, shown;
	const char *bytes = bytes_at(json, path, &len);

	shown = len < max ? len : max;
	/* whole characters */
	while (shown > 0 && shown < len && ((unsigned char)bytes[shown] & 0xc0) == 0x80)
		shown--;
	html_print(out, bytes, shown, lines);
	if (shown < len && !lines)
		fputs("…", out);
	return shown == len;
}

/* ---- small things ---- */

static bool is_good(const char *verdict)
{
	return strcmp(verdict, "AC") == 0 || strcmp(verdict, "OK") == 0;
}

static bool is_wrong(const char *verdict)
{
	return strcmp(verdict, "WA") == 0 || strcmp(verdict, "PE") == 0;
}

const char *judge_html_words(const char *verdict)
{
	static const char *const words[][2] = {
	        {"AC", "Accepted"},
	        {"OK", "Ran well"},
	        {"PE", "Presentation error"},
	        {"WA", "Wrong answer"},
	        {"TLE", "Time limit exceeded"},
	        {"MLE", "Memory limit exceeded"},
	        {"RE", "Run-time error"},
	        {"OLE", "Output limit exceeded"},
	        {"SV", "Security violation"},
	        {"SKIP", "Not run"},
	        {"CE", "Compile error"},
	        {"IE", "The judge failed"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], verdict) == 0)
			return words[i][1];
	return verdict;
}

void judge_html_verdict(FILE *out, const char *verdict)
{
	fprintf(out, "<abbr class=\"v%s\" title=\"%s\">%s</abbr>",
	        is_good(verdict)               ? " good"
	        : strcmp(verdict, "SKIP") == 0 ? ""
	                                       : " bad",
	        judge_html_words(verdict), verdict);
}

void judge_html_ms(FILE *out, uint64_t us)
{
	if (us == RESULT_UNKNOWN)
		fputs("–", out);
	else
		fprintf(out, "%" PRIu64 ".%" PRIu64, us / 1000, us % 1000 / 100);
}

void judge_html_mib(FILE *out, uint64_t bytes)
{
	if (bytes == RESULT_UNKNOWN)
		fputs("–", out);
	else
		fprintf(out, "%" PRIu64 ".%02" PRIu64, bytes >> 20, (bytes & 0xfffff) * 100 >> 20);
}

/* ---- what went wrong, in a few words ---- */

static void print_over(FILE *out, const struct json_object *test, const char *what, const char *limit,
                       void (*format)(uint64_t value, char *buf, unsigned long size))
{
	uint64_t value = judge_html_count(test, limit);
	char text[32];

	if (value == RESULT_UNKNOWN) {
		fprintf(out, "too much %s", what);
		return;
	}
	format(value, text, sizeof(text));
	fprintf(out, "more than %s of %s", text, what);
}

static void print_ending(FILE *out, const struct json_object *test)
{
	uint64_t exit_code = judge_html_count(test, "run.exit_code"), signal = judge_html_count(test, "run.signal");

	if (strcmp(string_at(test, "reason"), "exec") == 0) {
		fputs("it cannot be executed", out);
	} else if (signal != RESULT_UNKNOWN) {
		fprintf(out, "signal %" PRIu64 " (", signal);
		judge_html_text(out, test, "run.signal_name", LINE_BYTES, false);
		fputc(')', out);
	} else if (exit_code != RESULT_UNKNOWN) {
		fprintf(out, "exit status %" PRIu64, exit_code);
	} else {
		judge_html_text(out, test, "reason", LINE_BYTES, false);
	}
}

static void print_cause(FILE *out, const struct json_object *test)
{
	const char *verdict = string_at(test, "verdict"), *reason = string_at(test, "reason");

	if (strcmp(verdict, "TLE") == 0 && strcmp(reason, "cpu") == 0) {
		print_over(out, test, "CPU time", "run.limits.time.value", duration_format);
	} else if (strcmp(verdict, "TLE") == 0 && strcmp(reason, "wall") == 0) {
		print_over(out, test, "wall-clock time", "run.limits.wall.value", duration_format);
	} else if (strcmp(verdict, "MLE") == 0 && strcmp(reason, "heap") != 0) {
		print_over(out, test, "memory", "run.limits.memory.value", size_format);
	} else if (strcmp(verdict, "OLE") == 0) {
		print_over(out, test, "output", "run.limits.output.value", size_format);
	} else if (strcmp(verdict, "MLE") == 0) {
		fputs("the heap of its runtime was full", out);
	} else if (strcmp(verdict, "SV") == 0) {
		fputs("forbidden system call ", out);
		judge_html_text(out, test, "run.denied_syscall", LINE_BYTES, false);
	} else if (strcmp(verdict, "RE") == 0) {
		print_ending(out, test);
	} else if (strcmp(verdict, "IE") == 0) {
		judge_html_text(out, test, "run.error.message", LINE_BYTES, false);
	} else {
		judge_html_text(out, test, "reason", LINE_BYTES, false);
	}
}

static void print_place(FILE *out, const struct json_object *difference)
{
	uint64_t line = judge_html_count(difference, "line"), in_answer = judge_html_count(difference, "answer_line");

	fprintf(out, "line %" PRIu64 ", column %" PRIu64, line, judge_html_count(difference, "column"));
	if (in_answer != line && in_answer != RESULT_UNKNOWN)
		fprintf(out, " (line %" PRIu64 " of the answer)", in_answer);
}

/* One side of a difference; where it is nothing, in words. */
static void print_side(FILE *out, const struct json_object *difference, const char *side)
{
	const char *kind = string_at(difference, "kind");
	bool is_got = strcmp(side, "got") == 0;
	size_t len;
	const char *bytes = bytes_at(difference, side, &len);

	if (len == 0) {
		fputs(strcmp(kind, "space") == 0 ? "<em>no white space</em>"
		      : is_got                   ? "<em>the output ends here</em>"
		                                 : "<em>nothing more</em>",
		      out);
		return;
	}
	fputs("<code>", out);
	if (strcmp(kind, "space") == 0 && len == 1 && bytes[0] == ' ')
		fputs("␣", out);
	else
		html_print(out, bytes, len, false);
	fprintf(out, "%s</code>", is_true(difference, is_got ? "got_cut" : "wanted_cut") ? "…" : "");
}

/* The first line of what a checker said. */
static void print_message(FILE *out, const struct json_object *test)
{
	size_t len;
	const char *bytes = bytes_at(test, "checker.message", &len), *end = memchr(bytes, '\n', len);

	len = end != NULL ? (size_t)(end - bytes) : len;
	html_print(out, bytes, len < LINE_BYTES ? len : LINE_BYTES, false);
}

static void print_note(FILE *out, const struct json_object *test)
{
	const struct json_object *difference = judge_html_at(test, "difference");
	struct json_object *score = judge_html_at(test, "score");
	uint64_t reruns = judge_html_count(test, "reruns");
	const char *verdict = string_at(test, "verdict");

	if (is_wrong(verdict) && difference != NULL) {
		print_place(out, difference);
		fputs(": wanted ", out);
		print_side(out, difference, "wanted");
		fputs(", got ", out);
		print_side(out, difference, "got");
	} else if (is_wrong(verdict)) {
		print_message(out, test);
	} else if (!is_good(verdict) && strcmp(verdict, "SKIP") != 0) {
		print_cause(out, test);
	}
	if (score != NULL)
		fprintf(out, " <span class=\"soft\">score %s</span>", json_text(score, false));
	if (reruns != RESULT_UNKNOWN && reruns > 0)
		fprintf(out, " <span class=\"soft\">run %" PRIu64 " times</span>", reruns + 1);
}

/* ---- the row ---- */

static void print_quantity(FILE *out, uint64_t value, uint64_t limit, void (*print)(FILE *out, uint64_t value))
{
	uint64_t width = 0;

	fputs("<td class=\"n\">", out);
	print(out, value);
	if (limit != RESULT_UNKNOWN) {
		fputs(" <small>/ ", out);
		print(out, limit);
		fputs("</small>", out);
	}
	fputs("</td><td class=\"b\">", out);
	if (value != RESULT_UNKNOWN && limit != RESULT_UNKNOWN && limit > 0) {
		bool is_over = value >= limit;
		if (value / limit < 2)
			width = (uint64_t)((double)value * BAR_LIMIT / (double)limit);
		if (value / limit >= 2 || width > BAR_MAX)
			width = BAR_MAX;
		fprintf(out,
		        "<svg width=\"%d\" height=\"12\" aria-hidden=\"true\"><path class=\"track\" d=\"M0 "
		        "3h%dv6H0z\"/>"
		        "<path class=\"%s\" d=\"M0 3h%" PRIu64 "v6H0z\"/><path class=\"limit\" d=\"M%d 0v12\"/></svg>",
		        BAR_MAX + 1, BAR_LIMIT, is_over ? "over" : "fill", width == 0 && value > 0 ? 1 : width,
		        BAR_LIMIT);
	}
	fputs("</td>", out);
}

void judge_html_row(FILE *out, const struct json_object *test, size_t index, bool has_details)
{
	uint64_t wall_us = judge_html_count(test, "run.wall_us");
	uint64_t wall_us_max = judge_html_count(test, "run.limits.wall.value");
	const char *verdict = string_at(test, "verdict");

	if (has_details)
		fprintf(out, "<tr><th scope=\"row\" class=\"name\"><a href=\"#t%zu\">", index + 1);
	else
		fprintf(out, "<tr id=\"t%zu\"><th scope=\"row\" class=\"name\">", index + 1);
	judge_html_text(out, test, "name", NAME_BYTES, false);
	fputs(has_details ? "</a></th><td>" : "</th><td>", out);
	judge_html_verdict(out, verdict);
	fputs("</td>", out);
	if (strcmp(verdict, "SKIP") == 0) {
		fputs("<td colspan=\"6\" class=\"soft\">not run, or does not count</td></tr>\n", out);
		return;
	}
	print_quantity(out, judge_html_count(test, "run.cpu_us"), judge_html_count(test, "run.limits.time.value"),
	               judge_html_ms);
	fprintf(out, "<td class=\"n%s\">", wall_us >= wall_us_max && wall_us != RESULT_UNKNOWN ? " over" : "");
	judge_html_ms(out, wall_us);
	fputs("</td>", out);
	print_quantity(out, judge_html_count(test, "run.memory_peak_bytes"),
	               judge_html_count(test, "run.limits.memory.value"), judge_html_mib);
	fputs("<td>", out);
	print_note(out, test);
	fputs("</td></tr>\n", out);
}

/* ---- the details ---- */

static void print_difference(FILE *out, const struct json_object *difference)
{
	fputs("<dl class=\"pair\"><dt>Where</dt><dd>", out);
	print_place(out, difference);
	fputs("</dd><dt>Wanted</dt><dd class=\"wanted\">", out);
	print_side(out, difference, "wanted");
	fputs("</dd><dt>Got</dt><dd class=\"got\">", out);
	print_side(out, difference, "got");
	fputs("</dd></dl>\n", out);
}

/* Of an output: what the report keeps of it, or its beginning. */
/* Whether both streams were one. */
static bool is_merged(const struct json_object *test)
{
	return json_kind_of(judge_html_at(test, "stderr")) == JSON_NULL;
}

static void print_stream(FILE *out, const struct json_object *test, const char *key, const char *title)
{
	char cut[32], total[32];
	size_t len;
	bool is_all;

	bytes_at(test, key, &len);
	if (len == 0)
		return;
	snprintf(cut, sizeof(cut), "%s_cut", key);
	snprintf(total, sizeof(total), "run.%s_bytes", key);
	fprintf(out, "<figure><figcaption>%s</figcaption><pre>\n", title);
	is_all = judge_html_text(out, test, key, STREAM_BYTES, true);
	fputs("</pre>", out);
	if (!is_all || is_true(test, cut)) {
		uint64_t bytes = judge_html_count(test, total);
		fputs("<p class=\"soft\">Its beginning", out);
		if (bytes != RESULT_UNKNOWN)
			fprintf(out, "; there were %" PRIu64 " bytes", bytes);
		fputs(".</p>", out);
	}
	fputs("</figure>\n", out);
}

static void print_runs(FILE *out, const struct json_object *test)
{
	struct json_object *runs = judge_html_at(test, "runs");
	uint64_t counted = judge_html_count(test, "counted");

	if (json_length(runs) == 0)
		return;
	fputs("<table><caption>Run again, since its time was near the limit and the machine was disturbed</caption>"
	      "<thead><tr><th scope=\"col\">Run</th><th scope=\"col\">Verdict</th><th scope=\"col\" class=\"n\">CPU, ms"
	      "</th><th scope=\"col\" class=\"n\">Wall, ms</th><th scope=\"col\"></th></tr></thead><tbody>\n",
	      out);
	for (size_t i = 0; i < json_length(runs); i++) {
		const struct json_object *run = json_at(runs, i);
		fprintf(out, "<tr><th scope=\"row\">%zu</th><td>", i + 1);
		judge_html_verdict(out, string_at(run, "verdict"));
		fputs("</td><td class=\"n\">", out);
		judge_html_ms(out, judge_html_count(run, "cpu_us"));
		fputs("</td><td class=\"n\">", out);
		judge_html_ms(out, judge_html_count(run, "wall_us"));
		fprintf(out, "</td><td>%s</td></tr>\n", i == counted ? "counts" : "");
	}
	fputs("</tbody></table>\n", out);
}

void judge_html_details(FILE *out, const struct json_object *test, size_t index)
{
	const char *verdict = string_at(test, "verdict");
	const struct json_object *difference = judge_html_at(test, "difference");
	size_t len;

	fprintf(out, "<article id=\"t%zu\"><h3>", index + 1);
	judge_html_verdict(out, verdict);
	fputs("<span class=\"name\">", out);
	judge_html_text(out, test, "name", NAME_BYTES, false);
	fprintf(out, "</span><span class=\"soft\">%s</span></h3>\n", judge_html_words(verdict));
	if (!is_wrong(verdict)) {
		fputs("<p>", out);
		print_cause(out, test);
		fputs("</p>\n", out);
	} else if (difference != NULL) {
		print_difference(out, difference);
	}
	bytes_at(test, "checker.message", &len);
	if (len > 0) {
		fputs("<figure><figcaption>The checker</figcaption><pre>\n", out);
		judge_html_text(out, test, "checker.message", STREAM_BYTES, true);
		fputs("</pre></figure>\n", out);
	}
	print_stream(out, test, "stdout", is_merged(test) ? "Standard output and error" : "Standard output");
	print_stream(out, test, "stderr", "Standard error");
	print_runs(out, test);
	fputs("</article>\n", out);
}
