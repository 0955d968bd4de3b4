/*
 * Files by their handles: inode numbers are guessed, as "shocker" did, on every file system that is in sight. Where
 * newer kernels let who made a mount namespace open folders by handle, they are within what was mounted.
 */
// run: -- open => verdict=SV denied_syscall=open_by_handle_at
// run: -- name
// run: --seccomp interpreted -- open => verdict=SV denied_syscall=open_by_handle_at
// run: --seccomp none -- guess
// run: --seccomp none --box-mode rw -- guess
// run: --seccomp none -- nested
// run: --seccomp none --box-mode rw --bind /etc/alternatives:/alt -- nested
#include "tests/threats/attack.h"

#define GUESSES 3000

union handle {
	struct file_handle head;
	char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
};

static const char *const places[] = {
        "/", "/usr", "/box", "/tmp", "/proc", "/etc/alternatives", "/dev/shm", "/alt", "/etc/ld.so.cache", "/dev/null"};

static long open_by(int mount_fd, union handle *handle, int flags)
{
	return syscall(SYS_open_by_handle_at, mount_fd, handle, flags);
}

/* A folder that opens has to be in the box. */
static void guess(bool nested)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int fd = open(places[i], O_RDONLY | O_NONBLOCK);
		union handle real = {.head.handle_bytes = MAX_HANDLE_SZ};
		int mount_id;
		bool known;
		if (fd < 0)
			continue;
		known = name_to_handle_at(AT_FDCWD, places[i], &real.head, &mount_id, 0) == 0;
		for (uint32_t n = 0; n < GUESSES; n++) {
			static const int types[] = {1, 2, 0x81};
			union handle handle = {.head = {.handle_bytes = 8, .handle_type = types[n % 3]}};
			uint32_t ino = n / 3 + 1;
			long got;
			/* one in three: the handle of what is there, with another inode's number in each of its words
			 */
			if (known && n % 3 == 2) {
				handle = real;
				memcpy(handle.head.f_handle + (n / 3 % 4) * 4 % real.head.handle_bytes, &ino, 4);
			} else {
				memcpy(handle.head.f_handle, &ino, 4);
			}
			if (!nested) {
				REFUSED(open_by(fd, &handle, O_RDONLY), EPERM);
				continue;
			}
			REFUSED(open_by(fd, &handle, O_WRONLY), EPERM, ESTALE, EISDIR, EROFS, EACCES, EOPNOTSUPP,
			        EINVAL);
			got = open_by(fd, &handle, O_RDONLY | O_DIRECTORY);
			if (got >= 0) {
				must_be_inside(places[i], (int)got);
				close((int)got);
			}
		}
		close(fd);
	}
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	union handle handle = {.head = {.handle_bytes = 8, .handle_type = 1}};
	int mount_id;

	if (strcmp(how, "open") == 0)
		broke("open_by_handle_at gave %ld", open_by(0, &handle, O_RDONLY));
	if (strcmp(how, "name") == 0) {
		REFUSED(name_to_handle_at(AT_FDCWD, "/usr", &handle.head, &mount_id, 0), EPERM);
		REFUSED(name_to_handle_at(AT_FDCWD, "/box", &handle.head, &mount_id, 0), EPERM);
		return 0;
	}
	if (strcmp(how, "nested") == 0 && !nest())
		return 0;
	guess(strcmp(how, "nested") == 0);
	return 0;
}
