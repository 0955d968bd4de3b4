/* testdata.yaml and test_group.yaml: a table of keys for each. */
#include "policy/problem_group.h"

#include "policy/json.h"
#include "policy/yaml_map.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct problem_group, name)

#define JSON_CLEANUP __attribute__((cleanup(json_freep)))

/* The reference that was there is given up. */
static void set_list(struct json_object **field, struct json_object *list)
{
	json_free(*field);
	*field = list;
}

/* ---- legacy ---- */

static int read_on_reject(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || (strcmp(text, "break") != 0 && strcmp(text, "continue") != 0))
		return yaml_wanted(place, "break or continue", err);
	*(bool *)field = text[0] == 'b';
	return 0;
}

static int read_grading(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || (strcmp(text, "default") != 0 && strcmp(text, "custom") != 0))
		return yaml_wanted(place, "default or custom", err);
	*(bool *)field = text[0] == 'c';
	return 0;
}

/* The default grader's. Of modes that exclude each other the last one counts. */
static bool read_grader_flag(struct problem_group *group, const char *flag)
{
	static const struct {
		const char *name;
		enum problem_score_mode mode;
	} scores[] = {{"sum", PROBLEM_SCORE_SUM},
	              {"min", PROBLEM_SCORE_MIN},
	              {"max", PROBLEM_SCORE_MAX},
	              {"avg", PROBLEM_SCORE_AVG}};
	static const struct {
		const char *name;
		enum problem_verdict_mode mode;
	} verdicts[] = {{"worst_error", PROBLEM_VERDICT_WORST_ERROR},
	                {"no_errors", PROBLEM_VERDICT_WORST_ERROR}, /* its older name */
	                {"first_error", PROBLEM_VERDICT_FIRST_ERROR},
	                {"always_accept", PROBLEM_VERDICT_ALWAYS_ACCEPT}};

	for (size_t i = 0; i < sizeof(scores) / sizeof(scores[0]); i++)
		if (strcmp(scores[i].name, flag) == 0) {
			group->score_mode = scores[i].mode;
			return true;
		}
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (strcmp(verdicts[i].name, flag) == 0) {
			group->verdict_mode = verdicts[i].mode;
			return true;
		}
	if (strcmp(flag, "accept_if_any_accepted") == 0)
		group->accept_if_any_accepted = true;
	else if (strcmp(flag, "ignore_sample") == 0)
		group->ignore_sample = true;
	else
		return false;
	return true;
}

/* What the parent's flags said is gone with them. A custom grader's are nobody's here. */
static int read_grader_flags(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct problem_group *group = field;
	const char *text = json_string_of(place->value);
	JSON_CLEANUP struct json_object *flags = problem_words(text);
	struct json_object *grading = NULL;
	const char *custom;

	if (text == NULL)
		return yaml_wanted(place, "a string", err);
	json_find(place->map, "grading", &grading);
	custom = json_string_of(grading);
	if (custom != NULL ? strcmp(custom, "custom") == 0 : group->custom_grader)
		return 0;
	group->score_mode = PROBLEM_SCORE_SUM;
	group->verdict_mode = PROBLEM_VERDICT_WORST_ERROR;
	group->accept_if_any_accepted = group->ignore_sample = false;
	for (size_t i = 0; i < json_length(flags); i++) {
		const char *flag = json_string_of(json_at(flags, i));
		if (!read_grader_flag(group, flag))
			return yaml_fail_key(place->doc, place->map, place->key, err,
			                     "the default grader has no flag \"%.40s\"", flag);
	}
	if (group->ignore_sample && group->name[0] != '\0')
		return yaml_wanted(place, "without ignore_sample, which is for the file in data/ itself", err);
	return 0;
}

static int read_validator_flags(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL)
		return yaml_wanted(place, "a string", err);
	set_list(field, problem_words(text));
	return 0;
}

static int read_score(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return json_double_of(place->value, field) ? 0 : yaml_wanted(place, "a number", err);
}

static int read_range(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct problem_group *group = field;
	JSON_CLEANUP struct json_object *words = problem_words(json_string_of(place->value));
	double bounds[2];
	bool good = json_length(words) == 2;

	for (size_t i = 0; good && i < 2; i++) {
		const char *word = json_string_of(json_at(words, i));
		char *end;
		bounds[i] = strtod(word, &end);
		good = end != word && *end == '\0' && !isnan(bounds[i]);
	}
	if (!good || bounds[0] > bounds[1])
		return yaml_wanted(place, "two numbers, the lower one first (\"0 100\", \"-inf +inf\")", err);
	group->score_min = bounds[0];
	group->score_max = bounds[1];
	return 0;
}

static const struct yaml_key legacy_keys[] = {
        {"on_reject", read_on_reject, FIELD(break_on_reject), NULL, false},
        {"grading", read_grading, FIELD(custom_grader), NULL, false},
        {"grader_flags", read_grader_flags, 0, NULL, false},
        {"accept_score", read_score, FIELD(accept_score), NULL, false},
        {"reject_score", read_score, FIELD(reject_score), NULL, false},
        {"range", read_range, 0, NULL, false},
        {"output_validator_flags", read_validator_flags, FIELD(validator_args), NULL, false},
        {"input_validator_flags", yaml_read_ignored, 0, NULL, false},
        {.name = NULL},
};

/* What only scoring problems may have, in either format. */
static const char *const scoring_keys[] = {"accept_score", "reject_score", "range", "scoring"};

/* ---- 2023-07 ---- */

static int check_strings(const struct yaml_place *place, struct sbx_err *err)
{
	if (json_kind_of(place->value) != JSON_ARRAY)
		return yaml_wanted(place, "a list of strings", err);
	for (size_t i = 0; i < json_length(place->value); i++)
		if (json_string_of(json_at(place->value, i)) == NULL)
			return yaml_fail_item(place->doc, place->value, i, err, "\"%s\": not a string", place->key);
	return 0;
}

static int read_strings(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	TRY(check_strings(place, err));
	set_list(field, json_share(place->value));
	return 0;
}

static int read_require_pass(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct json_object *list;

	if (json_string_of(place->value) == NULL)
		return read_strings(place, field, err);
	list = json_new_array();
	json_append(list, json_share(place->value));
	set_list(field, list);
	return 0;
}

static int read_score_max(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);
	uint64_t score;

	if (text != NULL && strcmp(text, "unbounded") == 0) {
		*(double *)field = INFINITY;
		return 0;
	}
	if (!json_u64_of(place->value, &score) || score > INT32_MAX)
		return yaml_wanted(place, "a whole number, or unbounded", err);
	*(double *)field = (double)score;
	return 0;
}

static int read_aggregation(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	static const struct {
		const char *name;
		enum problem_score_mode mode;
	} modes[] = {{"pass-fail", PROBLEM_SCORE_PASS_FAIL}, {"sum", PROBLEM_SCORE_SUM}, {"min", PROBLEM_SCORE_MIN}};
	const char *text = json_string_of(place->value);

	for (size_t i = 0; text != NULL && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, text) != 0)
			continue;
		*(enum problem_score_mode *)field = modes[i].mode;
		return 0;
	}
	return yaml_wanted(place, "pass-fail, sum or min", err);
}

static int read_static_validation(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	if (json_bool_of(place->value, field))
		return 0;
	if (json_kind_of(place->value) != JSON_OBJECT)
		return yaml_wanted(place, "true, false or a map", err);
	*(bool *)field = true;
	return 0;
}

/* ---- what judging does not need, and so is only looked at ---- */

static int check_bool(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	bool ignored;

	(void)field;
	return yaml_read_bool(place, &ignored, err);
}

static int check_text(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	(void)field;
	return json_string_of(place->value) != NULL ? 0 : yaml_wanted(place, "a string", err);
}

static int check_one_input_args(const char *name, struct json_object *value, void *data, struct sbx_err *err)
{
	const struct yaml_place *outer = data;
	const struct yaml_place place = {outer->doc, outer->value, name, value};

	return check_strings(&place, err);
}

/* For all input validators, or for each by its name. */
static int check_input_args(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct yaml_place copy = *place;

	(void)field;
	return json_kind_of(place->value) == JSON_OBJECT ? json_each(place->value, check_one_input_args, &copy, err)
	                                                 : check_strings(place, err);
}

static const struct yaml_key score_keys[] = {
        {"score", read_score_max, FIELD(score_max), NULL, false},
        {"aggregation", read_aggregation, FIELD(score_mode), NULL, false},
        {"require_pass", read_require_pass, FIELD(require_pass), NULL, false},
        {.name = NULL},
};

/* Those of single tests, too. */
#define COMMON_KEYS                                                                                                    \
	{"args", read_strings, FIELD(args), NULL, false},                                                              \
	        {"output_validator_args", read_strings, FIELD(validator_args), NULL, false},                           \
	        {"input_validator_args", check_input_args, 0, NULL, false},                                            \
	        {"full_feedback", check_bool, 0, NULL, false}, {"hint", check_text, 0, NULL, false},                   \
	{                                                                                                              \
		"description", check_text, 0, NULL, false                                                              \
	}

static const struct yaml_key keys[] = {
        {"scoring", NULL, 0, score_keys, false},
        {"static_validation", read_static_validation, FIELD(static_validation), NULL, false},
        COMMON_KEYS,
        {.name = NULL},
};

static const struct yaml_key single_keys[] = {COMMON_KEYS, {.name = NULL}};

/* ---- groups ---- */

/* Nothing of it is handed down. The whole's score is that of `secret`, the only one in it that has one. */
static void set_scoring_defaults(struct problem_group *group)
{
	bool is_whole = group->name[0] == '\0', is_secret = strcmp(group->name, "secret") == 0;

	group->score_mode = is_whole || is_secret ? PROBLEM_SCORE_SUM : PROBLEM_SCORE_PASS_FAIL;
	group->score_max = is_whole ? INFINITY : is_secret ? 100 : strcmp(group->name, "sample") == 0 ? 0 : -1;
}

void problem_group_init(struct problem_group *ret, const struct problem *problem, const struct problem_group *parent,
                        const char *name)
{
	const struct problem_group defaults = {
	        .compare = problem->compare,
	        .break_on_reject = true,
	        .accept_score = 1,
	        .score_min = -INFINITY,
	        .score_max = INFINITY,
	};

	*ret = parent != NULL ? *parent : defaults;
	ret->name = name;
	ret->first_test = ret->n_tests = 0;
	ret->n_groups = 1;
	ret->validator_args = json_share(ret->validator_args);
	ret->args = json_share(ret->args);
	ret->ignore_sample = false;
	ret->require_pass = NULL;
	ret->static_validation = false;
	if (problem->format == PROBLEM_2023_07)
		set_scoring_defaults(ret);
}

/* What no key knows by itself. */
static int check(const struct problem_group *group, const struct problem *problem, const struct yaml_doc *doc,
                 struct sbx_err *err)
{
	struct json_object *value;

	for (size_t i = 0; i < sizeof(scoring_keys) / sizeof(scoring_keys[0]); i++)
		if (!problem->is_scoring && json_find(doc->root, scoring_keys[i], &value))
			return yaml_fail_key(doc, doc->root, scoring_keys[i], err,
			                     "\"%s\" is for scoring problems only", scoring_keys[i]);
	if (json_find(doc->root, "scoring", &value) && strncmp(group->name, "secret", strlen("secret")) != 0)
		return yaml_fail_key(doc, doc->root, "scoring", err, "\"scoring\" is for secret and its groups only");
	if (group->score_mode == PROBLEM_SCORE_PASS_FAIL && isinf(group->score_max))
		return yaml_fail_key(doc, doc->root, "scoring", err, "a score without bounds needs sum or min");
	return 0;
}

static int read_compare(struct problem_group *group, const struct problem *problem, const struct yaml_doc *doc,
                        struct sbx_err *err)
{
	const char *key = problem->format == PROBLEM_LEGACY ? "output_validator_flags" : "output_validator_args";
	char what[120];

	if (problem->custom_validator)
		return 0;
	group->compare = problem->compare;
	if (problem_compare_args(group->validator_args, &group->compare, what, sizeof(what)) < 0)
		return yaml_fail_key(doc, doc->root, key, err, "%s", what);
	return 0;
}

static int read_document(struct problem_group *group, const struct problem *problem, const struct yaml_doc *doc,
                         struct sbx_err *err)
{
	if (doc->root == NULL)
		return 0; /* an empty file says nothing */
	TRY(yaml_read_map(doc, doc->root, problem->format == PROBLEM_LEGACY ? legacy_keys : keys, group, err));
	TRY(check(group, problem, doc, err));
	return read_compare(group, problem, doc, err);
}

int problem_group_parse(struct problem_group *group, const struct problem *problem, const char *text, size_t len,
                        const char *origin, struct sbx_err *err)
{
	struct yaml_doc doc = {0};
	int rc = yaml_load(&doc, text, len, origin, err);

	if (rc == 0)
		rc = read_document(group, problem, &doc, err);
	yaml_finish(&doc);
	return rc;
}

void problem_group_finish(struct problem_group *group)
{
	json_free(group->validator_args);
	json_free(group->args);
	json_free(group->require_pass);
	*group = (struct problem_group){0};
}

void problem_single_init(struct problem_group *ret, const struct problem_group *group, size_t test)
{
	*ret = *group;
	ret->first_test = test;
	ret->n_tests = 1;
	ret->n_groups = 1;
	ret->validator_args = json_share(ret->validator_args);
	ret->args = json_share(ret->args);
	ret->require_pass = NULL;
}

int problem_single_parse(struct problem_group *single, const struct problem *problem, const char *text, size_t len,
                         const char *origin, struct sbx_err *err)
{
	struct yaml_doc doc = {0};
	int rc = yaml_load(&doc, text, len, origin, err);

	if (rc == 0 && doc.root != NULL)
		rc = yaml_read_map(&doc, doc.root, single_keys, single, err);
	if (rc == 0)
		rc = read_compare(single, problem, &doc, err);
	yaml_finish(&doc);
	return rc;
}
