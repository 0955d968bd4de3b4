/*
 * Places that boxes could share.
 *   leave          leaves something in each, and stays
 *   look KEY       finds nothing of what `leave` left, nor of the host's: KEY is that of its System V objects
 */
#include "tests/threats/attack.h"

#include <dirent.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#define KEY 0x5b0b7

static void leave(void)
{
	static const char *const files[] = {"/tmp/sbx-b7", "/dev/shm/sbx-b7"};
	struct {
		long type;
		char text[8];
	} msg = {1, "sbx-b7"};
	int id;
	mqd_t queue;

	for (int i = 0; i < 2; i++)
		MUST(open(files[i], O_CREAT | O_WRONLY, 0666));
	id = MUST(shmget(KEY, 4096, IPC_CREAT | 0666));
	strcpy(shmat(id, NULL, 0), "sbx-b7");
	MUST(msgsnd(MUST(msgget(KEY, IPC_CREAT | 0666)), &msg, sizeof(msg.text), 0));
	MUST(semget(KEY, 1, IPC_CREAT | 0666));
	queue = mq_open("/sbx-b7", O_CREAT | O_RDWR, 0666, NULL);
	printf("ready %s\n", queue < 0 ? strerrorname_np(errno) : "queue");
	fflush(stdout);
	for (;;)
		pause();
}

static void must_be_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (dir == NULL)
		broke("not tried: no %s", path);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			broke("%s/%s is there", path, entry->d_name);
	closedir(dir);
}

static void look(int key)
{
	struct shm_info shm;
	struct msginfo msg;
	struct seminfo sem;
	union {
		struct seminfo *info;
	} arg = {&sem};

	must_be_empty("/tmp");
	must_be_empty("/dev/shm");
	REFUSED(shmget(key, 0, 0), ENOENT);
	REFUSED(msgget(key, 0), ENOENT);
	REFUSED(semget(key, 0, 0), ENOENT);
	MUST(shmctl(0, SHM_INFO, (struct shmid_ds *)&shm));
	MUST(msgctl(0, MSG_INFO, (struct msqid_ds *)&msg));
	MUST(semctl(0, 0, SEM_INFO, arg));
	if (shm.used_ids != 0 || msg.msgpool != 0 || sem.semusz != 0)
		broke("%d segments, %d queues, %d sets of semaphores", shm.used_ids, msg.msgpool, sem.semusz);
	for (int id = 0; id < 1 << 12; id++) {
		struct shmid_ds st;
		REFUSED(shmctl(id, IPC_STAT, &st), EINVAL);
		REFUSED(shmctl(id, IPC_RMID, NULL), EINVAL);
		REFUSED(msgctl(id, IPC_RMID, NULL), EINVAL);
	}
	REFUSED(mq_open("/sbx-b7", O_RDWR), ENOENT, ENOSYS);
	REFUSED(open("/dev/mqueue", O_RDONLY), ENOENT);
}

int main(int argc, char **argv)
{
	if (argc == 2)
		leave();
	look(KEY);
	look(atoi(argv[2]));
	return 0;
}
