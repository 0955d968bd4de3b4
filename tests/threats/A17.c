/* Paths that are none, too long, or not text: an ordinary errno each, from the calls that take one. */
// run:
// run: --seccomp none
// run: --box-mode cow
#include "tests/threats/attack.h"

#include <sys/statfs.h>
#include <sys/syscall.h>
#include <utime.h>

static void try_path(const char *path, int wanted)
{
	const int errnos[] = {wanted, 0};
	char buf[64];
	struct stat st;

#define TRY_CALL(call) must_be_refused(#call, (long)(call), errnos)
	TRY_CALL(syscall(SYS_open, path, O_RDONLY));
	TRY_CALL(syscall(SYS_open, path, O_WRONLY | O_CREAT, 0666));
	TRY_CALL(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY));
	TRY_CALL(syscall(SYS_stat, path, &st));
	TRY_CALL(syscall(SYS_lstat, path, &st));
	TRY_CALL(syscall(SYS_access, path, 0));
	TRY_CALL(syscall(SYS_chdir, path));
	TRY_CALL(syscall(SYS_readlink, path, buf, sizeof(buf)));
	TRY_CALL(syscall(SYS_mkdir, path, 0777));
	TRY_CALL(syscall(SYS_unlink, path));
	TRY_CALL(syscall(SYS_rmdir, path));
	TRY_CALL(syscall(SYS_rename, path, "/tmp/x"));
	TRY_CALL(syscall(SYS_symlink, path, "/tmp/y"));
	TRY_CALL(syscall(SYS_link, path, "/tmp/z"));
	TRY_CALL(syscall(SYS_chmod, path, 0666));
	TRY_CALL(syscall(SYS_truncate, path, 0));
	TRY_CALL(syscall(SYS_execve, path, NULL, NULL));
}

/* What is not text is a name like others. */
static void try_names(void)
{
	static const char *const names[] = {
	        "/tmp/\xff\xfe",     "/tmp/\xc0\xaf", "/tmp/a\nb", "/tmp/\x1b[31m", "/tmp/{\"verdict\":\"OK\"}",
	        "/tmp/\xed\xa0\x80", "/tmp/%s%n%s"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		close(MUST(open(names[i], O_WRONLY | O_CREAT | O_EXCL, 0755)));
		REFUSED(execl(names[i], names[i], NULL), ENOEXEC, EACCES);
		MUST(unlink(names[i]));
		REFUSED(open(names[i], O_RDONLY), ENOENT);
	}
}

int main(void)
{
	static char longest[1 << 16];

	memset(longest, 'a', sizeof(longest) - 1);
	try_path(NULL, EFAULT);
	try_path((const char *)1, EFAULT);
	try_path((const char *)~0UL, EFAULT);
	try_path((const char *)0xffffffff81000000UL, EFAULT);
	try_path(longest, ENAMETOOLONG);
	for (size_t i = 1; i < sizeof(longest); i += 2)
		longest[i] = '/';
	longest[4352] = '\0';
	try_path(longest, ENAMETOOLONG);
	longest[4096] = '\0';
	try_path(longest, ENAMETOOLONG);
	try_path("", ENOENT);
	try_names();
	return 0;
}
