/* Trees of groups for the tests of grading, written as a line of text. */
#pragma once

#include "policy/problem_group.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 20
#define PASS_FAIL "{}"
#define SCORING "type: scoring"
#define V7 "problem_format_version: 2023-07\nuuid: 1\nname: a\n"
#define V7_SCORING V7 "type: scoring"

/* A group's file. */
struct setting {
	const char *name, *yaml;
};

struct sample {
	const char *problem;
	const char *tree;   /* "sample{AC} secret{WA=2 AC*0.5 a{AC}}": tests with score and multiplier, and groups */
	const char *grades; /* of all groups in order, the whole first; the score where the problem has one */
	struct setting settings[4];
};

struct tree {
	const struct sample *sample;
	struct problem problem;
	struct problem_group groups[MANY];
	struct problem_test tests[MANY];
	char group_names[MANY][40], test_names[MANY][50];
	size_t n_groups, n_tests;
};

static void read_test(struct tree *tree, const char *group, size_t number, const char *at, size_t len)
{
	struct problem_test *test = &tree->tests[tree->n_tests];
	char *name = tree->test_names[tree->n_tests++], what = at[len];

	snprintf(name, sizeof(tree->test_names[0]), "%s/%zu", group, number);
	*test = (struct problem_test){.name = name, .judgement = JUDGEMENT_MAX, .score = NAN, .multiplier = NAN};
	for (int i = 0; i < JUDGEMENT_MAX; i++)
		if (strlen(judgement_name(i)) == len && strncmp(judgement_name(i), at, len) == 0)
			test->judgement = i;
	assert_int_not_equal(test->judgement, JUDGEMENT_MAX);
	if (what == '=')
		test->score = strtod(at + len + 1, NULL);
	else if (what == '*')
		test->multiplier = strtod(at + len + 1, NULL);
}

/* Up to the brace that closes it, or the end. */
static const char *read_group(struct tree *tree, const struct problem_group *parent, const char *name, const char *at)
{
	struct problem_group *group = &tree->groups[tree->n_groups++];
	size_t first_group = tree->n_groups - 1;
	struct sbx_err err = {0};

	problem_group_init(group, &tree->problem, parent, name);
	group->first_test = tree->n_tests;
	for (const struct setting *setting = tree->sample->settings; setting->name != NULL; setting++)
		if (strcmp(setting->name, name) == 0 &&
		    problem_group_parse(group, &tree->problem, setting->yaml, strlen(setting->yaml), name, &err) < 0)
			fail_msg("%s", err.msg);
	for (size_t number = 1; *at != '\0' && *at != '}';) {
		size_t len = strcspn(at, " {}=*");
		if (*at == ' ') {
			at++;
		} else if (at[len] == '{') {
			char *inner = tree->group_names[tree->n_groups];
			snprintf(inner, sizeof(tree->group_names[0]), "%.20s%s%.*s", name, *name == '\0' ? "" : "/",
			         (int)len, at);
			at = read_group(tree, group, inner, at + len + 1);
		} else {
			read_test(tree, name, number++, at, len);
			at += strcspn(at, " }");
		}
	}
	group->n_tests = tree->n_tests - group->first_test;
	group->n_groups = tree->n_groups - first_group;
	return *at == '}' ? at + 1 : at;
}

static void tree_make(struct tree *tree, const struct sample *sample)
{
	struct sbx_err err = {0};

	*tree = (struct tree){.sample = sample};
	assert_int_equal(problem_parse(sample->problem, strlen(sample->problem), "p", &tree->problem, &err), 0);
	read_group(tree, NULL, "", sample->tree);
}

static void tree_finish(struct tree *tree)
{
	for (size_t i = 0; i < tree->n_groups; i++)
		problem_group_finish(&tree->groups[i]);
	problem_finish(&tree->problem);
}
