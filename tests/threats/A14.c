/* The host's devices, and what is like them: /dev holds these and no others. */
// run:
// run: --seccomp none
// run: --net loopback --box-mode rw
#include "tests/threats/attack.h"

#include <dirent.h>
#include <linux/random.h>
#include <sys/ioctl.h>

static void check_list(void)
{
	static const char *const wanted[] = {"null", "zero",  "full",   "random", "urandom", "shm",
	                                     "fd",   "stdin", "stdout", "stderr", ".",       ".."};
	struct dirent *entry;
	int seen = 0;
	DIR *dir = opendir("/dev");

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		bool known = false;
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			known |= strcmp(entry->d_name, wanted[i]) == 0;
		if (!known)
			broke("/dev/%s", entry->d_name);
		seen++;
	}
	if (seen != sizeof(wanted) / sizeof(wanted[0]))
		broke("not tried: %d entries of /dev", seen);
}

static const char *const others[] = {"/dev/kmsg",
                                     "/dev/mem",
                                     "/dev/kmem",
                                     "/dev/port",
                                     "/dev/kvm",
                                     "/dev/fuse",
                                     "/dev/tty",
                                     "/dev/tty0",
                                     "/dev/tty1",
                                     "/dev/ttyS0",
                                     "/dev/console",
                                     "/dev/ptmx",
                                     "/dev/pts/0",
                                     "/dev/pts/ptmx",
                                     "/dev/loop0",
                                     "/dev/loop-control",
                                     "/dev/vda",
                                     "/dev/sda",
                                     "/dev/nvme0n1",
                                     "/dev/net/tun",
                                     "/dev/vhost-net",
                                     "/dev/vhost-vsock",
                                     "/dev/vsock",
                                     "/dev/hwrng",
                                     "/dev/rtc0",
                                     "/dev/snapshot",
                                     "/dev/uinput",
                                     "/dev/input/event0",
                                     "/dev/mapper/control",
                                     "/dev/btrfs-control",
                                     "/dev/cpu/0/msr",
                                     "/dev/cpu_dma_latency",
                                     "/dev/hpet",
                                     "/dev/watchdog",
                                     "/dev/userfaultfd",
                                     "/dev/autofs",
                                     "/dev/cuse",
                                     "/dev/dri/card0",
                                     "/dev/bus/usb",
                                     "/dev/mqueue",
                                     "/dev/hugepages",
                                     "/dev/log",
                                     "/dev/initctl",
                                     "/proc/sysrq-trigger",
                                     "/proc/kmsg",
                                     "/proc/kcore",
                                     "/proc/kpagemap",
                                     "/proc/bus/pci",
                                     "/proc/irq",
                                     "/proc/acpi",
                                     "/proc/scsi",
                                     "/proc/fs",
                                     "/proc/tty",
                                     "/proc/driver"};

int main(void)
{
	int random_fd = MUST(open("/dev/random", O_RDONLY)), entropy = 1 << 10;
	char c = '\n';

	check_list();
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		REFUSED(open(others[i], O_RDONLY | O_NONBLOCK), ENOENT, EACCES);
		REFUSED(open(others[i], O_WRONLY | O_NONBLOCK), ENOENT, EACCES, EROFS);
	}
	/* what those that are there can do to the host: the pool of random numbers is not to be fed or emptied (what
	 * is written there counts as nothing, and anybody may) */
	REFUSED(ioctl(random_fd, RNDADDTOENTCNT, &entropy), ENOTTY, EPERM);
	REFUSED(ioctl(random_fd, RNDZAPENTCNT), ENOTTY, EPERM);
	REFUSED(ioctl(random_fd, RNDCLEARPOOL), ENOTTY, EPERM);
	REFUSED(ioctl(random_fd, RNDRESEEDCRNG), ENOTTY, EPERM);
	REFUSED(chmod("/dev/null", 0), EROFS, EPERM);
	REFUSED(unlink("/dev/null"), EROFS, EPERM, EACCES, EBUSY);
	for (int fd = 0; fd <= 2; fd++)
		REFUSED(ioctl(fd, TIOCSTI, &c), EPERM, ENOTTY, EINVAL);
	REFUSED(ioctl(0, TIOCSCTTY, 1), EPERM, ENOTTY, EINVAL);
	return 0;
}
