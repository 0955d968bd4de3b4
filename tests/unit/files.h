/* Files that more than one test makes, reads or removes. After cmocka.h. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* And all that is in it. It need not be there. */
static inline void remove_folder(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The whole of a file that is shorter than `size`, with a NUL behind. */
static inline size_t read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, size - 1, file);
	fclose(file);
	assert_true(len < size - 1);
	text[len] = '\0';
	return len;
}
