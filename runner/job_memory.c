/* A job's memory. */
#include "runner/job_memory.h"

#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAIL(err, errnum, ...) sbx_fail(err, SBX_STAGE_USAGE, errnum, __VA_ARGS__)

void job_memory_finish(struct job_memory *memory)
{
	for (size_t i = 0; i < memory->n; i++)
		free(memory->blocks[i]);
	free(memory->blocks);
	*memory = (struct job_memory){0};
}

int job_memory_own(struct job_memory *memory, void *block, struct sbx_err *err)
{
	if (block != NULL && (memory->n & (memory->n - 1)) == 0) {
		void **larger = realloc(memory->blocks, (memory->n == 0 ? 1 : 2 * memory->n) * sizeof(*larger));
		if (larger == NULL) {
			free(block);
			block = NULL;
		} else {
			memory->blocks = larger;
		}
	}
	if (block == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	memory->blocks[memory->n++] = block;
	return 0;
}

int job_memory_join(struct job_memory *memory, const char *dir, const char *name, const char **ret, struct sbx_err *err)
{
	char *text = NULL;

	if (asprintf(&text, "%s%s%s", dir, dir[0] == '\0' ? "" : "/", name) < 0)
		text = NULL;
	TRY(job_memory_own(memory, text, err));
	*ret = text;
	return 0;
}

int job_memory_read(struct job_memory *memory, int fd, size_t max, const char *what, char **ret, size_t *ret_len,
                    struct sbx_err *err)
{
	size_t len = 0, size = 64 << 10;
	FREE_CLEANUP char *text = malloc(size + 1);

	while (text != NULL) {
		ssize_t n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FAIL(err, errno, "%.200s cannot be read: %s", what, strerror(errno));
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max)
			return FAIL(err, EFBIG, "%.200s is larger than %zu MiB", what, max >> 20);
		if (len == size) {
			char *larger = realloc(text, 2 * size + 1);
			if (larger == NULL)
				return FAIL(err, ENOMEM, "out of memory");
			text = larger;
			size *= 2;
		}
	}
	if (text == NULL)
		return FAIL(err, ENOMEM, "out of memory");
	text[len] = '\0';
	*ret = text;
	*ret_len = len;
	text = NULL;
	return job_memory_own(memory, *ret, err);
}

int job_memory_read_file(struct job_memory *memory, const char *what, const char *path, size_t max, char **ret,
                         size_t *ret_len, struct sbx_err *err)
{
	FD_CLEANUP int fd = path_open(path, O_RDONLY | O_NONBLOCK, 0);
	struct stat st;

	if (fd < 0)
		return FAIL(err, -fd, "%s: cannot open %.200s: %s%s", what, path, strerror(-fd), PATH_LOOP_NOTE(-fd));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return FAIL(err, EINVAL, "%s: %.200s is not a regular file", what, path);
	return job_memory_read(memory, fd, max, path, ret, ret_len, err);
}
