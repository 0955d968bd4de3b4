/* Leaves what the kernel keeps without a process: System V objects, a queue, keys, locks; and waits if it is to. */
#include "tests/threats/attack.h"

#include <linux/keyctl.h>
#include <mqueue.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct flock lock = {.l_type = F_RDLCK};
	int fd = MUST(open("/box/I4", O_RDONLY));

	MUST(shmget(0x5b014, 4096, IPC_CREAT | 0666));
	MUST(msgget(0x5b014, IPC_CREAT | 0666));
	MUST(semget(0x5b014, 1, IPC_CREAT | 0666));
	MUST(open("/dev/shm/sbx-i4", O_CREAT | O_WRONLY, 0666));
	if (argc > 1 && strcmp(argv[1], "filtered") != 0) {
		/* without a filter */
		mq_open("/sbx-i4", O_CREAT | O_RDWR, 0666, NULL);
		syscall(SYS_add_key, "user", "sbx-i4", "x", 1, KEY_SPEC_SESSION_KEYRING);
		syscall(SYS_add_key, "user", "sbx-i4", "x", 1, KEY_SPEC_USER_KEYRING);
		MUST(flock(fd, LOCK_SH));
		MUST(fcntl(fd, F_SETLK, &lock));
	}
	printf("ready\n");
	fflush(stdout);
	while (argc > 2)
		sleep(1000);
	return 0;
}
