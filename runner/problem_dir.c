/* Folders of a problem package. */
#include "runner/problem_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)

int problem_dir_open(struct job_memory *memory, const struct problem_dir *parent, const char *name,
                     struct problem_dir *ret, struct sbx_err *err)
{
	FD_CLEANUP int fd = openat(parent->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const char *path;

	if (fd < 0 && errno == ENOENT) {
		ret->fd = -1;
		return 0;
	}
	if (fd < 0)
		return FAIL(err, errno, "%.200s/%.100s: not a folder that can be opened, or a symbolic link: %s",
		            parent->path, name, strerror(errno));
	TRY(job_memory_join(memory, parent->path, name, &path, err));
	*ret = (struct problem_dir){fd_take(&fd), path};
	return 1;
}

int problem_dir_read(struct job_memory *memory, const struct problem_dir *dir, const char *name, size_t max,
                     struct problem_text *ret, struct sbx_err *err)
{
	FD_CLEANUP int fd = openat(dir->fd, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	struct problem_text text;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return FAIL(err, fd < 0 ? errno : EINVAL,
		            "%.200s/%.100s: not a regular file that can be read, or a symbolic link", dir->path, name);
	TRY(job_memory_join(memory, dir->path, name, &text.path, err));
	TRY(job_memory_read(memory, fd, max, text.path, &text.bytes, &text.len, err));
	*ret = text;
	return 1;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static const char *base(const struct dirent *entry, char *room, size_t size)
{
	size_t len;

	snprintf(room, size, "%s", entry->d_name);
	len = strlen(room);
	if (len > 3 && strcmp(room + len - 3, ".in") == 0)
		room[len - 3] = '\0';
	return room;
}

static int by_base(const struct dirent **a, const struct dirent **b)
{
	char of_a[sizeof((*a)->d_name)], of_b[sizeof((*b)->d_name)];

	return strverscmp(base(*a, of_a, sizeof(of_a)), base(*b, of_b, sizeof(of_b)));
}

void problem_list_finish(struct problem_list *list)
{
	for (int i = 0; i < list->n; i++)
		free(list->entries[i]);
	free(list->entries);
	*list = (struct problem_list){0};
}

int problem_dir_list(const struct problem_dir *dir, struct problem_list *ret, struct sbx_err *err)
{
	struct problem_list list = {0};

	list.n = scandirat(dir->fd, ".", &list.entries, is_shown, by_base);
	if (list.n < 0)
		return FAIL(err, errno, "%.200s: cannot be listed: %s", dir->path, strerror(errno));
	if (list.n > PROBLEM_ENTRIES_MAX) {
		problem_list_finish(&list);
		return FAIL(err, E2BIG, "%.200s: more than %d files", dir->path, PROBLEM_ENTRIES_MAX);
	}
	*ret = list;
	return 0;
}

int problem_dir_is_dir(const struct problem_dir *dir, const char *name, struct sbx_err *err)
{
	struct stat st;

	if (fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return FAIL(err, errno, "%.200s/%.100s: %s", dir->path, name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return 1;
	return S_ISREG(st.st_mode)
	               ? 0
	               : FAIL(err, EINVAL, "%.200s/%.100s: neither a regular file nor a folder", dir->path, name);
}
