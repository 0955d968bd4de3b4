/* Patterns: braces are written out, and what is left has nothing but stars. */
#include "policy/problem_glob.h"

#include <stddef.h>
#include <string.h>

/*
 * Without braces. A star does not reach over a "/", so behind one what came before needs no second look: the time is
 * that of the two lengths multiplied, whatever a stranger wrote.
 */
static bool matches_plain(const char *glob, const char *path, bool or_parent)
{
	const char *star = NULL, *resume = NULL;

	for (;;) {
		if (*glob == '*') {
			star = ++glob;
			resume = path;
		} else if (*glob == '\0' && (*path == '\0' || (or_parent && *path == '/'))) {
			return true;
		} else if (*glob != '\0' && *glob == *path) {
			if (*glob == '/')
				star = NULL;
			glob++;
			path++;
		} else if (star != NULL && *resume != '\0' && *resume != '/') {
			glob = star;
			path = ++resume;
		} else {
			return false;
		}
	}
}

/* The brace that closes the one at `open`; NULL where there is none. */
static const char *closing(const char *open)
{
	unsigned depth = 0;

	for (const char *at = open; *at != '\0'; at++) {
		if (*at == '{')
			depth++;
		else if (*at == '}' && --depth == 0)
			return at;
	}
	return NULL;
}

/* The end of the part that starts at `part`: its comma, or the brace. */
static const char *part_end(const char *part, const char *close)
{
	unsigned depth = 0;

	for (; part < close; part++) {
		if (*part == ',' && depth == 0)
			return part;
		depth += *part == '{';
		depth -= *part == '}';
	}
	return close;
}

/* How many patterns there are without braces, more than PROBLEM_GLOB_MAX being as good as one more. */
static unsigned count(const char *glob, const char *end)
{
	unsigned n = 1;

	while (glob < end && n <= PROBLEM_GLOB_MAX) {
		const char *close;
		unsigned parts = 0;
		if (*glob++ != '{')
			continue;
		close = closing(glob - 1);
		for (const char *part = glob; part <= close; part = part_end(part, close) + 1)
			parts += count(part, part_end(part, close));
		n *= parts < PROBLEM_GLOB_MAX ? parts : PROBLEM_GLOB_MAX + 1;
		glob = close + 1;
	}
	return n;
}

const char *problem_glob_check(const char *glob)
{
	int depth = 0;

	if (*glob == '\0' || strlen(glob) > PROBLEM_GLOB_MAX)
		return "a pattern has 1 to 1000 characters";
	if (strstr(glob, "**") != NULL || strpbrk(glob, "[]?") != NULL)
		return "a pattern can have * and {,}, but neither ** nor ? nor [ ]";
	for (const char *at = glob; *at != '\0' && depth >= 0; at++)
		depth += *at == '{' ? 1 : *at == '}' ? -1 : 0;
	if (depth != 0)
		return "the braces of the pattern do not match";
	return count(glob, glob + strlen(glob)) <= PROBLEM_GLOB_MAX ? NULL : "the pattern stands for more than 1000";
}

bool problem_glob_matches(const char *glob, const char *path, bool or_parent)
{
	const char *open = strchr(glob, '{'), *close = open != NULL ? closing(open) : NULL;
	char one[PROBLEM_GLOB_MAX + 1];

	if (close == NULL)
		return matches_plain(glob, path, or_parent);
	for (const char *part = open + 1; part <= close; part = part_end(part, close) + 1) {
		size_t before = (size_t)(open - glob), len = (size_t)(part_end(part, close) - part);
		memcpy(one, glob, before);
		memcpy(one + before, part, len);
		strcpy(one + before + len, close + 1);
		if (problem_glob_matches(one, path, or_parent))
			return true;
	}
	return false;
}
