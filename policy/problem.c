/* problem.yaml: a table of keys for each format, and how each is read. */
#include "policy/problem.h"

#include "policy/json.h"
#include "policy/problem_constants.h"
#include "policy/size.h"
#include "policy/spec.h"
#include "policy/yaml_map.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define SECOND UINT64_C(1000000)
#define SECONDS_MAX 86400 /* what is larger is a mistake, and its microseconds would leave a double's whole numbers */
#define UNITS_MAX (1U << 30)
#define JSON_CLEANUP __attribute__((cleanup(json_freep)))

/* ---- limits ---- */

static int read_units(const struct yaml_place *place, uint64_t max, uint64_t unit, void *field, struct sbx_err *err)
{
	uint64_t n;

	if (!json_u64_of(place->value, &n) || n == 0 || n > max)
		return yaml_wanted(place, "a whole number above 0, and not absurdly large", err);
	*(uint64_t *)field = n * unit;
	return 0;
}

static int read_mib(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_units(place, UNITS_MAX, MIB, field, err);
}

static int read_kib(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_units(place, UNITS_MAX, KIB, field, err);
}

static int read_seconds(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_units(place, SECONDS_MAX, SECOND, field, err);
}

static int read_passes(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	TRY(read_units(place, UNITS_MAX, 1, field, err));
	return *(uint64_t *)field >= 2 ? 0 : yaml_wanted(place, "at least 2", err);
}

static int read_fraction(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	double seconds;

	if (!json_double_of(place->value, &seconds) || seconds < 1e-6 || seconds > SECONDS_MAX)
		return yaml_wanted(place, "a number of seconds above 0, and of a day at most", err);
	*(uint64_t *)field = (uint64_t)llround(seconds * SECOND);
	return 0;
}

static int read_multiplier(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	if (!json_double_of(place->value, field) || *(double *)field < 1)
		return yaml_wanted(place, "a number of at least 1", err);
	return 0;
}

#define FIELD(name) offsetof(struct problem, name)

#define LIMIT_KEYS                                                                                                     \
	{"memory", read_mib, FIELD(limits.memory_bytes_max), NULL, false},                                             \
	        {"output", read_mib, FIELD(limits.output_bytes_max), NULL, false},                                     \
	        {"code", read_kib, FIELD(limits.code_bytes_max), NULL, false},                                         \
	        {"compilation_time", read_seconds, FIELD(limits.compilation_us_max), NULL, false},                     \
	        {"compilation_memory", read_mib, FIELD(limits.compilation_memory_bytes_max), NULL, false},             \
	        {"validation_time", read_seconds, FIELD(limits.validation_us_max), NULL, false},                       \
	        {"validation_memory", read_mib, FIELD(limits.validation_memory_bytes_max), NULL, false},               \
	{                                                                                                              \
		"validation_output", read_mib, FIELD(limits.validation_output_bytes_max), NULL, false                  \
	}

static const struct yaml_key legacy_limit_keys[] = {
        {"time_multiplier", read_multiplier, FIELD(limits.ac_to_time_limit), NULL, false},
        {"time_safety_margin", read_multiplier, FIELD(limits.time_limit_to_tle), NULL, false},
        LIMIT_KEYS,
        {.name = NULL},
};

static const struct yaml_key multiplier_keys[] = {
        {"ac_to_time_limit", read_multiplier, FIELD(limits.ac_to_time_limit), NULL, false},
        {"time_limit_to_tle", read_multiplier, FIELD(limits.time_limit_to_tle), NULL, false},
        {.name = NULL},
};

static const struct yaml_key limit_keys[] = {
        {"time_multipliers", NULL, 0, multiplier_keys, false},
        {"time_limit", read_fraction, FIELD(limits.time_us_max), NULL, false},
        {"time_resolution", read_fraction, FIELD(limits.time_resolution_us), NULL, false},
        {"validation_passes", read_passes, FIELD(limits.passes_max), NULL, false},
        LIMIT_KEYS,
        {.name = NULL},
};

static void set_defaults(struct problem *problem)
{
	bool is_legacy = problem->format == PROBLEM_LEGACY;

	problem->compare = (struct compare_options){.float_absolute = -1, .float_relative = -1};
	problem->limits = (struct problem_limits){
	        .time_us_max = SPEC_UNSET,
	        .ac_to_time_limit = is_legacy ? 5 : 2,
	        .time_limit_to_tle = is_legacy ? 2 : 1.5,
	        .time_resolution_us = SECOND,
	        .memory_bytes_max = 2048 * MIB,
	        .output_bytes_max = 8 * MIB,
	        .code_bytes_max = 128 * KIB,
	        .compilation_us_max = SPEC_UNSET,
	        .compilation_memory_bytes_max = SPEC_UNSET,
	        .validation_us_max = 60 * SECOND,
	        .validation_memory_bytes_max = 2048 * MIB,
	        .validation_output_bytes_max = 8 * MIB,
	        .passes_max = 2,
	};
}

/* ---- legacy ---- */

/* These read into the problem itself. */

static int read_legacy_type(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || (strcmp(text, "pass-fail") != 0 && strcmp(text, "scoring") != 0))
		return yaml_wanted(place, "pass-fail or scoring", err);
	((struct problem *)field)->is_scoring = text[0] == 's';
	return 0;
}

static int read_validation(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct problem *problem = field;
	JSON_CLEANUP struct json_object *words = problem_words(json_string_of(place->value));
	const char *first = json_string_of(json_at(words, 0));

	if (first == NULL || (strcmp(first, "default") != 0 && strcmp(first, "custom") != 0))
		return yaml_wanted(place, "default, or custom and what comes with it", err);
	problem->custom_validator = first[0] == 'c';
	for (size_t i = 1; i < json_length(words); i++) {
		const char *word = json_string_of(json_at(words, i));
		bool *is = strcmp(word, "score") == 0         ? &problem->custom_score
		           : strcmp(word, "interactive") == 0 ? &problem->is_interactive
		                                              : NULL;
		if (is == NULL || *is || !problem->custom_validator)
			return yaml_wanted(place, "default, or custom with score or interactive, each once", err);
		*is = true;
	}
	return 0;
}

static int read_words(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	if (json_kind_of(place->value) != JSON_STRING || json_string_of(place->value) == NULL)
		return yaml_wanted(place, "a string", err);
	*(struct json_object **)field = problem_words(json_string_of(place->value));
	return 0;
}

static int read_objective(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || (strcmp(text, "min") != 0 && strcmp(text, "max") != 0))
		return yaml_wanted(place, "min or max", err);
	*(bool *)field = text[1] == 'i';
	return 0;
}

static const struct yaml_key grading_keys[] = {
        {"objective", read_objective, FIELD(minimize), NULL, false},
        {"show_test_data_groups", yaml_read_bool, FIELD(show_groups), NULL, false},
        {.name = NULL},
};

/* What judging does not need is only known. */
static const struct yaml_key legacy_keys[] = {
        {"problem_format_version", yaml_read_ignored, 0, NULL, false}, /* read before all else */
        {"name", yaml_read_string, FIELD(name), NULL, false},
        {"type", read_legacy_type, 0, NULL, false},
        {"limits", NULL, 0, legacy_limit_keys, false},
        {"validation", read_validation, 0, NULL, false},
        {"validator_flags", read_words, FIELD(validator_args), NULL, false},
        {"grading", NULL, 0, grading_keys, false},
        {"uuid", yaml_read_ignored, 0, NULL, false},
        {"author", yaml_read_ignored, 0, NULL, false},
        {"source", yaml_read_ignored, 0, NULL, false},
        {"source_url", yaml_read_ignored, 0, NULL, false},
        {"license", yaml_read_ignored, 0, NULL, false},
        {"rights_owner", yaml_read_ignored, 0, NULL, false},
        {"keywords", yaml_read_ignored, 0, NULL, false},
        {.name = NULL},
};

/* ---- 2023-07 ---- */

static int take_name(const char *language, struct json_object *value, void *data, struct sbx_err *err)
{
	struct problem *problem = data;
	const char *name = json_string_of(value);

	if (name == NULL || name[0] == '\0')
		return yaml_fail_key(&problem->doc, problem->names, language, err,
		                     "a name has to be a string with something in it");
	if (problem->name == NULL || strcmp(language, "en") == 0)
		problem->name = name;
	return 0;
}

static int read_name(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct problem *problem = field;

	if (json_kind_of(place->value) != JSON_OBJECT)
		return yaml_read_string(place, &problem->name, err);
	problem->names = place->value;
	TRY(json_each(place->value, take_name, problem, err));
	return problem->name != NULL ? 0 : yaml_wanted(place, "a name, or a map of them", err);
}

/* Each name of a type, and where it is put down; pass-fail is what nothing else says. */
static int read_type(struct problem *problem, const char *text, bool *pass_fail)
{
	const struct {
		const char *name;
		bool *is;
	} types[] = {
	        {"pass-fail", pass_fail},
	        {"scoring", &problem->is_scoring},
	        {"interactive", &problem->is_interactive},
	        {"multi-pass", &problem->is_multi_pass},
	        {"submit-answer", &problem->is_submit_answer},
	};

	for (size_t i = 0; text != NULL && i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, text) != 0)
			continue;
		if (*types[i].is)
			return -EEXIST;
		*types[i].is = true;
		return 0;
	}
	return -ENOENT;
}

static int read_types(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct problem *problem = field;
	bool is_list = json_kind_of(place->value) == JSON_ARRAY, pass_fail = false;
	size_t n = is_list ? json_length(place->value) : 1;

	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_of(is_list ? json_at(place->value, i) : place->value);
		int rc = read_type(problem, text, &pass_fail);
		if (rc < 0)
			return yaml_wanted(place,
			                   rc == -EEXIST ? "without the same type twice"
			                                 : "one or a list of pass-fail, scoring, interactive, "
			                                   "multi-pass and submit-answer",
			                   err);
	}
	if (n == 0)
		return yaml_wanted(place, "a list with something in it", err);
	if (pass_fail && problem->is_scoring)
		return yaml_wanted(place, "either pass-fail or scoring", err);
	if (problem->is_submit_answer && (problem->is_interactive || problem->is_multi_pass))
		return yaml_wanted(place, "without interactive or multi-pass beside submit-answer", err);
	return 0;
}

static int read_languages(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text != NULL && strcmp(text, "all") == 0)
		return 0;
	for (size_t i = 0; i < json_length(place->value); i++) {
		const char *code = json_string_of(json_at(place->value, i));
		if (code == NULL)
			return yaml_fail_item(place->doc, place->value, i, err, "a language has to be a string");
		if (!problem_knows_language(code))
			return yaml_fail_item(place->doc, place->value, i, err,
			                      "\"languages\": the format has no language \"%.40s\" (its codes are "
			                      "cpp, java, python3, ...)",
			                      code);
	}
	if (json_length(place->value) == 0)
		return yaml_wanted(place, "all, or a list of languages", err);
	*(struct json_object **)field = place->value;
	return 0;
}

static const struct yaml_key keys[] = {
        {"problem_format_version", yaml_read_ignored, 0, NULL, true},
        {"name", read_name, 0, NULL, true},
        {"type", read_types, 0, NULL, false},
        {"limits", NULL, 0, limit_keys, false},
        {"languages", read_languages, FIELD(languages), NULL, false},
        {"allow_file_writing", yaml_read_bool, FIELD(allow_file_writing), NULL, false},
        {"constants", problem_constants_read, FIELD(constants), NULL, false},
        {"uuid", yaml_read_ignored, 0, NULL, true},
        {"version", yaml_read_ignored, 0, NULL, false},
        {"credits", yaml_read_ignored, 0, NULL, false},
        {"source", yaml_read_ignored, 0, NULL, false},
        {"license", yaml_read_ignored, 0, NULL, false},
        {"rights_owner", yaml_read_ignored, 0, NULL, false},
        {"embargo_until", yaml_read_ignored, 0, NULL, false},
        {"keywords", yaml_read_ignored, 0, NULL, false},
        {.name = NULL},
};

/* ---- the document ---- */

/* What decides how the rest is read. */
static int read_format(struct problem *problem, struct sbx_err *err)
{
	static const struct {
		const char *name;
		enum problem_format format;
	} formats[] = {
	        {"legacy", PROBLEM_LEGACY},
	        {"legacy-icpc", PROBLEM_LEGACY},
	        {"2023-07", PROBLEM_2023_07},
	        {"2023-07-draft", PROBLEM_2023_07},
	};
	static const char *const key = "problem_format_version";
	struct json_object *value = NULL;
	const char *text;

	if (!json_find(problem->doc.root, key, &value))
		return 0; /* legacy */
	text = json_string_of(value);
	for (size_t i = 0; text != NULL && i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].name, text) != 0)
			continue;
		problem->format = formats[i].format;
		return 0;
	}
	return yaml_fail_key(&problem->doc, problem->doc.root, key, err,
	                     "\"%s\" has to be legacy, legacy-icpc, 2023-07 or 2023-07-draft", key);
}

static int read_document(struct problem *problem, struct sbx_err *err)
{
	struct json_object *root = problem->doc.root, *limits, *value;
	char what[120];

	TRY(read_format(problem, err));
	set_defaults(problem);
	TRY(yaml_read_map(&problem->doc, root, problem->format == PROBLEM_LEGACY ? legacy_keys : keys, problem, err));
	if (!problem->is_scoring && json_find(root, "grading", &value))
		return yaml_fail_key(&problem->doc, root, "grading", err, "\"grading\" is for scoring problems only");
	if (!problem->is_multi_pass && json_find(root, "limits", &limits) &&
	    json_find(limits, "validation_passes", &value))
		return yaml_fail_key(&problem->doc, limits, "validation_passes", err,
		                     "\"validation_passes\" is for multi-pass problems only");
	if (problem->custom_score && !problem->is_scoring)
		return yaml_fail_key(&problem->doc, root, "validation", err, "a score is for scoring problems only");
	if (!problem->custom_validator &&
	    problem_compare_args(problem->validator_args, &problem->compare, what, sizeof(what)) < 0)
		return yaml_fail_key(&problem->doc, root, "validator_flags", err, "%s", what);
	return 0;
}

int problem_parse(const char *text, size_t len, const char *origin, struct problem *ret, struct sbx_err *err)
{
	struct problem problem = {.format = PROBLEM_LEGACY};
	int rc = yaml_load(&problem.doc, text, len, origin, err);

	if (rc == 0)
		rc = read_document(&problem, err);
	if (rc < 0)
		problem_finish(&problem);
	else
		*ret = problem;
	return rc;
}

void problem_finish(struct problem *problem)
{
	json_free(problem->validator_args);
	yaml_finish(&problem->doc);
	*problem = (struct problem){0};
}

int problem_parse_timelimit(const char *text, const char *origin, uint64_t *ret_us, struct sbx_err *err)
{
	JSON_CLEANUP struct json_object *words = problem_words(text);
	const char *number = json_string_of(json_at(words, 0));

	/* no unit, which duration_parse() would take */
	if (json_length(words) != 1 || number[strspn(number, "0123456789.")] != '\0' ||
	    duration_parse(number, ret_us) < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%.200s: not a number of seconds", origin);
	return 0;
}
