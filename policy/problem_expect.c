/* What a package expects of its submissions. */
#include "policy/problem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SET(name) (1U << JUDGEMENT_##name)
#define CORRECT PROBLEM_EXPECT_AC
#define WRONG PROBLEM_EXPECT_WA
#define TOO_SLOW PROBLEM_EXPECT_TLE
/* Kattis' tools limit memory and output by rlimits, DOMjudge memory by a cgroup: the program is seen to die. */
#define CRASHED PROBLEM_EXPECT_RTE

int problem_expect_folder(enum problem_format format, const char *folder, unsigned *ret_set)
{
	static const struct {
		const char *name;
		bool is_new, is_old; /* with 2023-07; only before it */
		unsigned set;
	} folders[] = {
	        {"accepted", false, false, CORRECT},
	        {"partially_accepted", false, true, CORRECT},
	        {"wrong_answer", false, false, WRONG},
	        {"time_limit_exceeded", false, false, TOO_SLOW},
	        {"run_time_error", false, false, CRASHED},
	        {"rejected", true, false, WRONG | TOO_SLOW | CRASHED},
	        {"brute_force", true, false, TOO_SLOW | CRASHED},
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (strcmp(folders[i].name, folder) != 0 ||
		    (format == PROBLEM_LEGACY ? folders[i].is_new : folders[i].is_old))
			continue;
		*ret_set = folders[i].set;
		return 0;
	}
	return -ENOENT;
}

/* Of a verdict's name; PROBLEM_EXPECT_ANY for one that is none. */
static unsigned set_of_name(const char *name, size_t len)
{
	/* DOMjudge tells OLE from a crash, and takes a program without output for one with a wrong one */
	static const struct {
		const char *name;
		unsigned set;
	} names[] = {
	        {"CORRECT", CORRECT},
	        {"ACCEPTED", CORRECT},
	        {"WRONG-ANSWER", WRONG},
	        {"WRONG_ANSWER", WRONG},
	        {"TIMELIMIT", TOO_SLOW},
	        {"TIME_LIMIT_EXCEEDED", TOO_SLOW},
	        {"RUN-ERROR", CRASHED & ~SET(OLE)},
	        {"RUN_TIME_ERROR", CRASHED},
	        {"OUTPUT-LIMIT", SET(OLE)},
	        {"OUTPUT_LIMIT", SET(OLE)},
	        {"COMPILER-ERROR", SET(CE)},
	        {"COMPILER_ERROR", SET(CE)},
	        {"NO-OUTPUT", WRONG},
	        {"NO_OUTPUT", WRONG},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == len && strncasecmp(names[i].name, name, len) == 0)
			return names[i].set;
	return PROBLEM_EXPECT_ANY;
}

/* The names from `at` to the end of its line. */
static int read_names(const char *at, const char *end, unsigned *ret_set, char *what, size_t size)
{
	unsigned set = PROBLEM_EXPECT_ANY;

	while (at <= end) {
		size_t len = 0, next;
		unsigned one;

		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		while (at + len < end && at[len] != ',')
			len++;
		next = len + 1;
		while (len > 0 && strchr(" \t\r", at[len - 1]) != NULL)
			len--;
		one = set_of_name(at, len);
		if (one == PROBLEM_EXPECT_ANY) {
			snprintf(what, size, "@EXPECTED_RESULTS@: \"%.*s\" is no verdict that can be checked",
			         len < 40 ? (int)len : 40, at);
			return -EINVAL;
		}
		set |= one;
		at += next;
	}
	*ret_set = set;
	return 0;
}

int problem_expect_source(const char *text, size_t len, unsigned *ret_set, char *what, size_t size)
{
	static const char mark[] = "@EXPECTED_RESULTS@: ";
	const size_t n = sizeof(mark) - 1;

	for (size_t i = 0; i + n <= len; i++) {
		const char *end;
		if (text[i] != '@' || strncasecmp(text + i, mark, n) != 0)
			continue;
		end = memchr(text + i + n, '\n', len - i - n);
		return read_names(text + i + n, end != NULL ? end : text + len, ret_set, what, size);
	}
	*ret_set = PROBLEM_EXPECT_ANY;
	return 0;
}

bool problem_expect_agrees(unsigned set, enum judgement judgement)
{
	return set == PROBLEM_EXPECT_ANY || (set & 1U << judgement) != 0;
}
