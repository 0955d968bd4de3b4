/* Small reads and writes of kernel files, relative to a directory fd. Used all over `sandbox`. */
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int fd_read_at(int dir_fd, const char *name, char *buf, size_t size)
{
	FD_CLEANUP int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = 0;

	if (fd < 0)
		return -errno;
	while (len < size - 1) {
		ssize_t n = read(fd, buf + len, size - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	buf[len] = '\0';
	return (int)len;
}

int fd_write_at(int dir_fd, const char *name, const char *text)
{
	FD_CLEANUP int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = write(fd, text, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int fd_write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd ready = {.fd = fd, .events = POLLOUT};

			if (poll(&ready, 1, -1) < 0 && errno != EINTR)
				return -errno;
		} else if (n < 0 && errno != EINTR) {
			return -errno;
		} else if (n == 0) {
			return -EIO;
		} else if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int parse_u64(const char *text, uint64_t *ret)
{
	char *end;
	unsigned long long value;

	if (strncmp(text, "max", 3) == 0) {
		*ret = UINT64_MAX;
		return 0;
	}
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0 || end == text)
		return -EINVAL;
	*ret = value;
	return 0;
}

int fd_read_u64_at(int dir_fd, const char *name, uint64_t *ret)
{
	char buf[32];
	int n = fd_read_at(dir_fd, name, buf, sizeof(buf));

	if (n < 0)
		return n;
	return parse_u64(buf, ret);
}

bool text_key_u64(const char *text, const char *key, uint64_t *ret)
{
	size_t len = strlen(key);

	while (text != NULL) {
		if (strncmp(text, key, len) == 0 && text[len] == ' ')
			return parse_u64(text + len + 1, ret) == 0;
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	return false;
}

uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}
