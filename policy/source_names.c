/* Whether files can lie beside each other. Called for what a job names. */
#include "policy/source_names.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	const char *name;
	size_t at;
};

static bool is_too_long(const char *name)
{
	for (;;) {
		size_t len = strcspn(name, "/");

		if (len > NAME_MAX)
			return true;
		if (name[len] == '\0')
			return false;
		name += len + 1;
	}
}

/* The end of a name before all, then what is below it. */
static int rank(char c)
{
	return c == '\0' ? 0 : c == '/' ? 1 : 1 + (unsigned char)c;
}

/* So that what excludes a name follows it. */
static int by_name(const void *a, const void *b)
{
	const struct entry *of_a = a, *of_b = b;
	size_t i = 0;

	while (of_a->name[i] != '\0' && of_a->name[i] == of_b->name[i])
		i++;
	if (of_a->name[i] != of_b->name[i])
		return rank(of_a->name[i]) - rank(of_b->name[i]);
	return (of_a->at > of_b->at) - (of_a->at < of_b->at);
}

static bool excludes(const struct entry *one, const struct entry *next)
{
	size_t len = strlen(one->name);

	return strncmp(next->name, one->name, len) == 0 && (next->name[len] == '\0' || next->name[len] == '/');
}

static int wrong(const struct language_file *file, size_t at, const char *what, size_t *ret_at, struct sbx_err *err)
{
	*ret_at = at;
	return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "the source %.200s cannot be stored: %s", file->name, what);
}

int source_names_check(const struct language_file *files, size_t n, size_t *ret_at, struct sbx_err *err)
{
	struct entry *entries = calloc(n + 1, sizeof(*entries));
	size_t n_entries = 0, twin = n;

	if (entries == NULL) {
		*ret_at = 0;
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < n; i++)
		if (files[i].name != NULL)
			entries[n_entries++] = (struct entry){files[i].name, i};
	qsort(entries, n_entries, sizeof(*entries), by_name);
	for (size_t i = 1; i < n_entries; i++)
		if (excludes(&entries[i - 1], &entries[i])) {
			size_t later = entries[i - 1].at > entries[i].at ? entries[i - 1].at : entries[i].at;

			twin = later < twin ? later : twin;
		}
	free(entries);
	for (size_t i = 0; i < n; i++)
		if (files[i].name != NULL && is_too_long(files[i].name))
			return wrong(&files[i], i, "its name is too long", ret_at, err);
	return twin == n ? 0 : wrong(&files[twin], twin, "another one has its name", ret_at, err);
}
