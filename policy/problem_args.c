/* Arguments of validators, as words, and what those of the default one mean. */
#include "policy/json.h"
#include "policy/problem.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPACE " \t\n\v\f\r"

struct json_object *problem_words(const char *text)
{
	struct json_object *words = json_new_array();
	char *copy = strdup(text != NULL ? text : ""), *at = NULL;

	if (copy == NULL)
		abort(); /* as building the list does */
	for (const char *word = strtok_r(copy, SPACE, &at); word != NULL; word = strtok_r(NULL, SPACE, &at))
		json_append(words, json_new_string(word));
	free(copy);
	return words;
}

static bool read_tolerance(const char *text, double *ret)
{
	char *end;
	double value;

	if (text == NULL)
		return false;
	value = strtod(text, &end);
	if (end == text || *end != '\0' || !(value >= 0) || isinf(value))
		return false;
	*ret = value;
	return true;
}

int problem_compare_args(const struct json_object *args, struct compare_options *options, char *what, size_t size)
{
	struct compare_options read = *options;
	const struct {
		const char *name;
		bool *flag;
		double *tolerance, *other;
	} known[] = {
	        {"case_sensitive", &read.case_sensitive, NULL, NULL},
	        {"space_change_sensitive", &read.space_sensitive, NULL, NULL},
	        {"float_absolute_tolerance", NULL, &read.float_absolute, &read.float_absolute},
	        {"float_relative_tolerance", NULL, &read.float_relative, &read.float_relative},
	        {"float_tolerance", NULL, &read.float_absolute, &read.float_relative},
	};
	size_t n_known = sizeof(known) / sizeof(known[0]), k;

	for (size_t i = 0; i < json_length(args); i++) {
		const char *arg = json_string_of(json_at(args, i));

		for (k = 0; k < n_known && strcmp(arg, known[k].name) != 0; k++)
			;
		if (k == n_known) {
			snprintf(what, size, "the default validator has no argument \"%.40s\"", arg);
			return -EINVAL;
		}
		if (known[k].flag != NULL) {
			*known[k].flag = true;
			continue;
		}
		if (!read_tolerance(json_string_of(json_at(args, ++i)), known[k].tolerance)) {
			snprintf(what, size, "%s needs a number of at least 0 behind it", arg);
			return -EINVAL;
		}
		*known[k].other = *known[k].tolerance;
	}
	*options = read;
	return 0;
}
