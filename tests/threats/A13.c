/*
 * Devices: made in the box, or lying in folders that are mounted. DIR...: such folders, with nodes that do no harm
 * (null, urandom, a loop device that does not exist) and that anybody may open. After `nested` with root's powers in a
 * namespace.
 */
#include "tests/threats/attack.h"

#include <ftw.h>
#include <sys/sysmacros.h>

static int nodes;

static void try_make(const char *path)
{
	static const struct {
		mode_t kind;
		unsigned major, minor;
	} devices[] = {{S_IFCHR, 1, 1},    {S_IFCHR, 1, 2},    {S_IFCHR, 1, 3},   {S_IFCHR, 1, 11},  {S_IFCHR, 5, 0},
	               {S_IFCHR, 5, 2},    {S_IFBLK, 7, 0},    {S_IFBLK, 8, 0},   {S_IFBLK, 254, 0}, {S_IFBLK, 259, 0},
	               {S_IFCHR, 10, 229}, {S_IFCHR, 10, 232}, {S_IFCHR, 10, 237}};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		dev_t dev = makedev(devices[i].major, devices[i].minor);
		REFUSED(mknod(path, devices[i].kind | 0666, dev), EPERM, EROFS);
		REFUSED(mknodat(AT_FDCWD, path, devices[i].kind | 0666, dev), EPERM, EROFS);
	}
}

static int look(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static const char *const known[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

	(void)at;
	if (type != FTW_F || !(S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)))
		return 0;
	nodes++;
	for (size_t i = 0; i < 5; i++)
		if (strcmp(path, known[i]) == 0)
			return 0;
	/* 0:0 is how overlayfs says that something is gone, and nobody can open it */
	REFUSED(open(path, O_RDONLY | O_NONBLOCK), EACCES, ENXIO);
	REFUSED(open(path, O_WRONLY | O_NONBLOCK), EACCES, ENXIO, EROFS);
	REFUSED(open(path, O_RDWR | O_NONBLOCK), EACCES, ENXIO, EROFS);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const tops[] = {"/dev", "/box", "/tmp", "/etc", "/usr/lib/modules", "/usr/local"};
	char path[512];
	int wanted = 5;

	if (argc > 1 && strcmp(argv[1], "nested") == 0 && !nest())
		return 0;
	try_make("/tmp/node");
	try_make("/dev/shm/node");
	try_make("/box/node");
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		nftw(tops[i], look, 32, FTW_PHYS);
	for (int i = 2; i < argc; i++) {
		snprintf(path, sizeof(path), "%s/node", argv[i]);
		try_make(path);
		if (strncmp(argv[i], "/box", 4) != 0)
			nftw(argv[i], look, 32, FTW_PHYS);
		wanted += 4;
	}
	if (nodes != wanted)
		broke("not tried: %d devices of %d", nodes, wanted);
	return 0;
}
