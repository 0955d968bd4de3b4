/* What came of a run, in JSON: the report of its one box, and what the program wrote. */
#include "runner/judge_answer.h"

#include "policy/json.h"

#include <string.h>

/* Of a program that was not started: all that could be known of it is null. */
static struct json_object *no_run(const struct judge *judge)
{
	struct report report = {.verdict = VERDICT_IE, .reason = judge->refused};
	struct run_result result;
	struct json_object *object;

	run_result_init(&result);
	result.error = judge->error;
	report.result = &result;
	if (judge->error.stage != SBX_STAGE_NONE)
		report.verdict = verdict_of(&result, NULL, &report.reason);
	object = report_json(&report);
	/* CE, which is no verdict of a box's; in the place of the other one */
	json_add_string(object, "verdict", judgement_name(judge->judgement));
	return object;
}

static void add_outputs(struct json_object *object, const struct json_object *test)
{
	static const struct {
		const char *text, *cut;
	} streams[] = {{"stdout", "stdout_cut"}, {"stderr", "stderr_cut"}};

	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		struct json_object *text = NULL, *cut = NULL;
		bool is_cut = false;

		json_find(test, streams[i].text, &text);
		if (json_find(test, streams[i].cut, &cut))
			json_bool_of(cut, &is_cut);
		json_add(object, streams[i].text, json_share(text));
		json_add_bool(object, streams[i].cut, is_cut);
	}
}

int judge_answer_write(const struct judge_report *report, struct report_sink *sink, struct sbx_err *err)
{
	const struct judge *judge = report->judge;
	struct json_object *test __attribute__((cleanup(json_freep))) = NULL;
	struct json_object *object __attribute__((cleanup(json_freep))) = NULL;
	struct json_object *run = NULL;
	const char *text;

	/* a failure of the judge's own is the answer, whatever was known of the program by then */
	if (judge->error.stage == SBX_STAGE_NONE)
		TRY(judge_report_test(report, 0, &test, err));
	object = json_find(test, "run", &run) ? json_share(run) : no_run(judge);
	add_outputs(object, test);
	json_add(object, "compile", json_share(report->compile));
	text = json_text(object, false);
	TRY(report_sink_write(sink, text, strlen(text), err));
	return report_sink_write(sink, "\n", 1, err);
}
