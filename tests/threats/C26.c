/* io_uring: none of its calls is there, in whatever way it is asked for. */
#include "tests/threats/attack.h"

#include <linux/io_uring.h>

int main(void)
{
	struct io_uring_params params = {0};

	for (unsigned entries = 1; entries <= 32768; entries *= 2)
		REFUSED(syscall(SYS_io_uring_setup, entries, &params), ENOSYS);
	for (unsigned flag = 0; flag < 32; flag++) {
		params = (struct io_uring_params){.flags = 1U << flag};
		REFUSED(syscall(SYS_io_uring_setup, 8, &params), ENOSYS);
	}
	REFUSED(syscall(SYS_io_uring_enter, 0, 1, 0, 0, NULL, 0), ENOSYS);
	REFUSED(syscall(SYS_io_uring_register, 0, 0, NULL, 0), ENOSYS);
	REFUSED(syscall(SYS_io_uring_register, -1, 0, NULL, 0), ENOSYS);
	/* Linux AIO, its elder kin, which is counted for the whole machine */
	REFUSED(syscall(SYS_io_setup, 128, &(unsigned long){0}), ENOSYS);
	return 0;
}
