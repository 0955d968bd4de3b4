/*
 * The patterns of submissions.yaml (2023-07) for names of submissions and tests: * stands for any characters but "/",
 * {a,b} for each of its parts, which may hold both again; all else for itself. Called by problem_rules.c.
 */
#pragma once

#include <stdbool.h>

#define PROBLEM_GLOB_MAX 1000 /* characters of a pattern, and patterns that its braces come to */

/* NULL, or what is wrong with it: braces that do not match, more than is allowed, and what the format excludes. */
const char *problem_glob_check(const char *glob);

/* Whether a pattern that was checked matches the path, or else, with `or_parent`, a folder that it is in. */
bool problem_glob_matches(const char *glob, const char *path, bool or_parent);
