/* A job, as the store has it, in the forms in which clients get it. */
#include "runner/serve/answer.h"

#include "policy/json.h"
#include "runner/serve/http_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_time(struct json_object *object, const char *key, uint64_t us)
{
	char text[HTTP_TIME_BYTES];

	if (us == 0) {
		json_add(object, key, NULL);
		return;
	}
	http_time(us / 1000, text);
	json_add_string(object, key, text);
}

static void add_error(struct json_object *object, const struct store_row *row)
{
	struct json_object *problem;

	if (row->state != STORE_FAILED) {
		json_add(object, "error", NULL);
		return;
	}
	problem = json_new_object();
	json_add_string(problem, "type", "about:blank");
	json_add_string(problem, "title", http_status_title(500));
	json_add_u64(problem, "status", 500);
	json_add_string(problem, "detail", row->error != NULL ? row->error : "the judge failed without a word");
	json_add(object, "error", problem);
}

static struct json_object *fields_of(const struct store_row *row, const struct answer_facts *facts)
{
	bool is_over = store_is_over(row->state);
	struct json_object *object = json_new_object();

	json_add_string(object, "schema", "sbx.serve.job/1");
	json_add_string(object, "id", row->id);
	json_add_string(object, "state", store_state_name(row->state));
	if (row->state == STORE_QUEUED && facts->position != ANSWER_NO_POSITION)
		json_add_u64(object, "position", facts->position);
	else
		json_add(object, "position", NULL);
	json_add_u64(object, "attempt", row->attempt);
	json_add_u64(object, "priority", row->priority);
	add_time(object, "accepted", row->accepted_us);
	add_time(object, "started", row->started_us);
	add_time(object, "ended", is_over ? row->ended_us : 0);
	add_time(object, "expires", is_over ? row->ended_us + facts->results_us : 0);
	add_error(object, row);
	return object;
}

/* The report goes in as it is: it is JSON, and may be large. */
char *answer_job(const struct store_row *row, const struct answer_facts *facts, bool with_report, size_t *ret_len)
{
	struct json_object *object = fields_of(row, facts);
	const char *text = json_text(object, false);
	size_t len = strlen(text), report_len = row->report != NULL ? row->report_len : 4;
	static const char key[] = ",\"report\":";
	char *all = malloc(len + sizeof(key) + report_len + 2);

	if (all != NULL) {
		char *end = mempcpy(all, text, len);

		if (with_report) {
			end = mempcpy(end - 1, key, sizeof(key) - 1);
			end = mempcpy(end, row->report != NULL ? row->report : "null", report_len);
			*end++ = '}';
		}
		*end = '\0';
		*ret_len = (size_t)(end - all);
	}
	json_free(object);
	return all;
}

/* ---- POST / ---- */

static void legacy_reply(struct http_reply *reply, unsigned status, const char *word, const char *key,
                         struct json_object *value)
{
	struct json_object *object = json_new_object();
	char *text;

	json_add_string(object, "status", word);
	json_add(object, key, value);
	text = strdup(json_text(object, false));
	json_free(object);
	http_reply_owned(reply, status, "application/json; charset=utf-8", text, text != NULL ? strlen(text) : 0);
}

void answer_legacy_error(struct http_reply *reply, unsigned status, const char *message)
{
	legacy_reply(reply, status, "error", "message", json_new_string(message));
}

static void legacy_outputs(struct http_reply *reply, struct json_object *outputs)
{
	legacy_reply(reply, 200, "success", "outputs", outputs);
}

static const char *text_at(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_find(object, key, &value) && json_string_of(value) != NULL ? json_string_of(value) : "";
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* `text`, trimmed at both ends, with `tail` behind it. */
static struct json_object *trimmed(const char *text, const char *tail)
{
	struct json_object *json;
	size_t len;
	char *all = NULL;

	while (is_space(*text))
		text++;
	len = strlen(text);
	while (len > 0 && is_space(text[len - 1]))
		len--;
	if (asprintf(&all, "%.*s%s", (int)len, text, tail) < 0)
		return json_new_string("");
	json = json_new_string(all);
	free(all);
	return json;
}

static bool exit_code_of(struct json_object *of, int64_t *ret_code)
{
	struct json_object *run, *value;

	return json_find(of, "run", &run) && json_find(run, "exit_code", &value) && json_i64_of(value, ret_code);
}

/* What its lines of how a program failed have for nothing: what is not there must not seem to be all. */
static const char *cut_of(struct json_object *of, const char *key)
{
	struct json_object *value;
	bool is_cut;

	return json_find(of, key, &value) && json_bool_of(value, &is_cut) && is_cut ? "\noutput cut" : "";
}

static struct json_object *output_of(struct json_object *test)
{
	const char *verdict = text_at(test, "verdict");
	const char *cut = cut_of(test, "stdout_cut");
	char tail[60];
	int64_t code;

	if (strcmp(verdict, "TLE") == 0)
		return json_new_string("Error: Code execution timed out");
	if (!exit_code_of(test, &code))
		snprintf(tail, sizeof(tail), "%s\nsignal: killed", cut);
	else if (code != 0)
		snprintf(tail, sizeof(tail), "%s\nexit status %" PRIi64, cut, code);
	else
		snprintf(tail, sizeof(tail), "%s", cut);
	return trimmed(text_at(test, "stdout"), tail);
}

static struct json_object *compile_log(struct json_object *report)
{
	struct json_object *outputs = json_new_array(), *compile;
	char tail[60] = "\nexit status 1";
	int64_t code;

	if (!json_find(report, "compile", &compile))
		compile = NULL;
	if (compile != NULL && exit_code_of(compile, &code))
		snprintf(tail, sizeof(tail), "%s\nexit status %" PRIi64, cut_of(compile, "output_cut"), code);
	json_append(outputs, trimmed(compile != NULL ? text_at(compile, "output") : "", tail));
	return outputs;
}

void answer_legacy(const struct store_row *row, struct http_reply *reply)
{
	struct json_object *report __attribute__((cleanup(json_freep))) = NULL, *tests, *outputs;
	struct sbx_err err;
	const char *verdict;

	if (row->state != STORE_DONE || row->report == NULL ||
	    json_parse(row->report, row->report_len, "report", &report, &err) < 0) {
		answer_legacy_error(reply, 500, row->error != NULL ? row->error : "the job was not run");
		return;
	}
	verdict = text_at(report, "verdict");
	if (strcmp(verdict, "IE") == 0) {
		struct json_object *error;
		answer_legacy_error(reply, 500,
		                    json_find(report, "error", &error) ? text_at(error, "message")
		                                                       : "the sandbox failed");
		return;
	}
	if (strcmp(verdict, "CE") == 0) {
		legacy_outputs(reply, compile_log(report));
		return;
	}
	outputs = json_new_array();
	if (json_find(report, "tests", &tests))
		for (size_t i = 0; i < json_length(tests); i++)
			if (strcmp(text_at(json_at(tests, i), "name"), ANSWER_NO_INPUT) != 0)
				json_append(outputs, output_of(json_at(tests, i)));
	legacy_outputs(reply, outputs);
}
