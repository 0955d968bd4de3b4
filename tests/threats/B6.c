/*
 * Signals between boxes by what the kernel has but once: locks, leases, keys, notifications, times of shared files.
 *   calls         what could send one is refused
 *   send          turns all of it on and off until it is killed
 *   watch N       looks N times, 2 ms apart; broke where it ever sees something change
 *   keyctl, add_key, request_key   that call alone
 *   keys          looks for the keys of its caller and of the last box, and leaves one
 *   caller COMMAND...   outside of a box: runs the command in a session with a key
 */
#include "tests/threats/attack.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/keyctl.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#ifndef AF_VSOCK
#define AF_VSOCK 40
#endif

#define KEY 0x5b0b6
#define SESSION KEY_SPEC_SESSION_KEYRING

/* what two boxes have in common, or could have */
static const char *const shared[] = {
        "/usr/bin/env", "/usr/lib",    "/box/B6",          "/box", "/dev/null", "/dev/zero", "/dev/full",
        "/dev/urandom", "/etc/passwd", "/etc/ld.so.cache", "/tmp", "/dev/shm",  "/",         "/usr",
        "/dev"};
#define N_SHARED (sizeof(shared) / sizeof(shared[0]))

static const struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0sbx-b6"};
static struct sockaddr_in port = {.sin_family = AF_INET};

static void calls(void)
{
	struct flock lock = {.l_type = F_RDLCK};
	int fd = MUST(open("/box/B6", O_RDONLY));

	for (size_t i = 0; i < N_SHARED; i++) {
		int each = open(shared[i], O_RDONLY);
		if (each < 0)
			continue;
		REFUSED(flock(each, LOCK_SH | LOCK_NB), ENOSYS);
		REFUSED(flock(each, LOCK_EX | LOCK_NB), ENOSYS);
		REFUSED(fcntl(each, F_SETLK, &lock), EPERM);
		REFUSED(fcntl(each, F_SETLKW, &lock), EPERM);
		REFUSED(fcntl(each, F_OFD_SETLK, &lock), EPERM);
		REFUSED(fcntl(each, F_OFD_SETLKW, &lock), EPERM);
		REFUSED(fcntl(each, F_SETLEASE, F_RDLCK), EPERM);
		REFUSED(fcntl(each, F_SETLEASE, F_WRLCK), EPERM);
		REFUSED(fcntl(each, F_NOTIFY, DN_ACCESS | DN_MODIFY | DN_MULTISHOT), EPERM);
		/* with upper bits that the kernel does not look at */
		REFUSED(syscall(SYS_fcntl, each, F_SETLK | 1L << 32, &lock), EPERM);
		REFUSED(syscall(SYS_fcntl, each, F_NOTIFY | 1L << 40, (long)DN_ACCESS), EPERM);
		close(each);
	}
	REFUSED(inotify_init1(0), ENOSYS);
	REFUSED(syscall(SYS_inotify_init), ENOSYS);
	REFUSED(socket(AF_VSOCK, SOCK_STREAM, 0), EAFNOSUPPORT);
	REFUSED(socket(AF_NETLINK, SOCK_RAW, 0), EAFNOSUPPORT);
	REFUSED(syscall(SYS_mq_open, "sbx-b6", O_CREAT | O_RDWR, 0600, NULL), ENOSYS);
	close(fd);
}

static void lock_all(int fd, int on)
{
	struct flock lock = {.l_type = (short)(on ? F_RDLCK : F_UNLCK)};

	flock(fd, on ? LOCK_SH | LOCK_NB : LOCK_UN);
	fcntl(fd, F_SETLK, &lock);
	fcntl(fd, F_OFD_SETLK, &lock);
	fcntl(fd, F_SETLEASE, on ? F_RDLCK : F_UNLCK);
}

static void send_on_files(int on)
{
	static int fd[N_SHARED];
	char c;

	for (size_t i = 0; i < N_SHARED; i++) {
		if (on)
			fd[i] = open(shared[i], O_RDONLY | O_CLOEXEC);
		/* with NULL, whoever may write may set the times */
		utimensat(AT_FDCWD, shared[i], NULL, 0);
		chmod(shared[i], on ? 0777 : 0755);
		if (fd[i] < 0)
			continue;
		lock_all(fd[i], on);
		if (on && read(fd[i], &c, 1) < 0)
			lseek(fd[i], 0, SEEK_SET);
		futimens(fd[i], NULL);
		fsetxattr(fd[i], "user.sbx", "1", 1, 0);
		if (!on)
			close(fd[i]);
	}
}

static void send_by_names(int on)
{
	static int unix_fd, tcp_fd;

	if (on) {
		shmget(KEY, 4096, IPC_CREAT | 0666);
		msgget(KEY, IPC_CREAT | 0666);
		semget(KEY, 1, IPC_CREAT | 0666);
		mkdir("/tmp/sbx-b6", 0777);
		mkdir("/dev/shm/sbx-b6", 0777);
		unix_fd = socket(AF_UNIX, SOCK_STREAM, 0);
		bind(unix_fd, (const struct sockaddr *)&name, sizeof(name));
		listen(unix_fd, 100);
		tcp_fd = socket(AF_INET, SOCK_STREAM, 0);
		setsockopt(tcp_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		bind(tcp_fd, (struct sockaddr *)&port, sizeof(port));
		listen(tcp_fd, 100);
	} else {
		shmctl(shmget(KEY, 0, 0), IPC_RMID, NULL);
		msgctl(msgget(KEY, 0), IPC_RMID, NULL);
		semctl(semget(KEY, 0, 0), 0, IPC_RMID);
		rmdir("/tmp/sbx-b6");
		rmdir("/dev/shm/sbx-b6");
		close(unix_fd);
		close(tcp_fd);
	}
}

/* What is seen, a line for each thing. */
static void look(FILE *out)
{
	char line[512];
	int fd;
	FILE *file;

	for (size_t i = 0; i < N_SHARED; i++) {
		struct flock lock = {.l_type = F_WRLCK}, ofd = {.l_type = F_WRLCK};
		struct stat st;
		int get, get_ofd, lease, excl;
		fd = open(shared[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st) < 0)
			continue;
		get = fcntl(fd, F_GETLK, &lock);
		get_ofd = fcntl(fd, F_OFD_GETLK, &ofd);
		lease = fcntl(fd, F_GETLEASE);
		excl = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
		fprintf(out,
		        "%s: locks %d %d %d %d flock %d lease %d mode %o links %lu size %ld times %ld.%09ld %ld.%09ld "
		        "%ld.%09ld\n",
		        shared[i], get, lock.l_type, get_ofd, ofd.l_type, excl, lease, st.st_mode,
		        (unsigned long)st.st_nlink, (long)st.st_size, st.st_atim.tv_sec, st.st_atim.tv_nsec,
		        st.st_mtim.tv_sec, st.st_mtim.tv_nsec, st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
		close(fd);
	}
	fprintf(out, "ipc: %d %d %d\n", shmget(KEY, 0, 0) < 0, msgget(KEY, 0) < 0, semget(KEY, 0, 0) < 0);
	fprintf(out, "files: %d %d\n", access("/tmp/sbx-b6", F_OK), access("/dev/shm/sbx-b6", F_OK));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	fprintf(out, "unix: %d\n", connect(fd, (const struct sockaddr *)&name, sizeof(name)));
	close(fd);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	fprintf(out, "tcp: %d\n", connect(fd, (struct sockaddr *)&port, sizeof(port)));
	close(fd);
	file = fopen("/proc/self/net/unix", "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		fprintf(out, "net: %s", line);
	if (file != NULL)
		fclose(file);
}

static void watch(int rounds)
{
	static char text[2][1 << 16];

	for (int n = 0; n < rounds; n++) {
		FILE *out = fmemopen(text[n > 0], sizeof(text[0]), "w");
		look(out);
		fclose(out);
		if (n > 0 && strcmp(text[0], text[1]) != 0) {
			size_t at = 0;
			for (size_t i = 0; text[0][i] == text[1][i]; i++)
				if (text[0][i] == '\n')
					at = i + 1;
			broke("changes in round %d: %.200s", n, text[1] + at);
		}
		usleep(2000);
	}
}

static long find(const char *key)
{
	return syscall(SYS_keyctl, KEYCTL_SEARCH, SESSION, "user", key, 0);
}

static void keys(void)
{
	REFUSED(find("sbx-caller"), ENOKEY);
	REFUSED(find("sbx-left"), ENOKEY);
	REFUSED(syscall(SYS_request_key, "user", "sbx-caller", NULL, 0), ENOKEY);
	MUST(syscall(SYS_add_key, "user", "sbx-left", "x", 1, SESSION));
	syscall(SYS_add_key, "user", "sbx-left", "x", 1, KEY_SPEC_USER_KEYRING);
	syscall(SYS_add_key, "user", "sbx-left", "x", 1, KEY_SPEC_USER_SESSION_KEYRING);
	MUST(find("sbx-left"));
}

static int caller(char **command)
{
	int status = 1;

	MUST(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "sbx-caller"));
	MUST(syscall(SYS_add_key, "user", "sbx-caller", "secret", 6, SESSION));
	if (fork() == 0) {
		execv(command[0], command);
		_exit(127);
	}
	wait(&status);
	if (find("sbx-left") >= 0)
		broke("the box's key is in the caller's session");
	MUST(syscall(SYS_keyctl, KEYCTL_CLEAR, SESSION));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "calls";

	port.sin_port = htons(5006);
	port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (strcmp(what, "send") == 0) {
		/* root, be it of a namespace, would change the host that it runs on */
		if (geteuid() == 0)
			broke("not tried: `send` is for a box, or for an ordinary user");
		printf("sending\n");
		fflush(stdout);
		for (int on = 1;; on = !on) {
			send_on_files(on);
			send_by_names(on);
			usleep(1000);
		}
	}
	if (strcmp(what, "watch") == 0)
		watch(atoi(argv[2]));
	else if (strcmp(what, "calls") == 0)
		calls();
	else if (strcmp(what, "keys") == 0)
		keys();
	else if (strcmp(what, "caller") == 0)
		return caller(argv + 2);
	else if (strcmp(what, "keyctl") == 0)
		syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "x");
	else if (strcmp(what, "add_key") == 0)
		syscall(SYS_add_key, "user", "x", "x", 1, SESSION);
	else if (strcmp(what, "request_key") == 0)
		syscall(SYS_request_key, "user", "x", NULL, SESSION);
	return 0;
}
