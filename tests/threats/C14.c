/* C14 HOW: fills message queues, makes semaphores, opens POSIX message queues. Ends with 0 where the kernel refuses. */
#include "tests/threats/attack.h"

#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

static struct {
	long type;
	char text[8192];
} message = {.type = 1};

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	for (long i = 0; i < 20000; i++) {
		if (strcmp(how, "msg") == 0) {
			int id = msgget(IPC_PRIVATE, 0600);
			if (id < 0)
				return 0;
			while (msgsnd(id, &message, sizeof(message.text), IPC_NOWAIT) == 0)
				;
		} else if (strcmp(how, "small") == 0) {
			int id = msgget(IPC_PRIVATE, 0600);
			if (id < 0)
				return 0;
			while (msgsnd(id, &message, 0, IPC_NOWAIT) == 0)
				;
		} else if (strcmp(how, "sem") == 0) {
			if (semget(IPC_PRIVATE, 32000, 0600) < 0)
				return 0;
		} else {
			struct mq_attr attr = {.mq_maxmsg = 10, .mq_msgsize = 8192};
			int fd = (int)syscall(SYS_mq_open, "name", O_CREAT | O_RDWR, 0600, &attr);
			if (fd >= 0)
				broke("a POSIX message queue");
			if (i == 1000)
				return 0;
		}
	}
	broke("20000 of them");
}
