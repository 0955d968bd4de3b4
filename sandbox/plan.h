/*
 * A box, fully decided: every mount, limit, id and filter byte. `policy` makes one from a run_spec,
 * `sandbox` carries it out and decides nothing more. It owns none of the memory it points to.
 *
 * All strings are NUL-terminated. Sizes are bytes, times microseconds unless the name says otherwise.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A limit that was asked to be none. Written out by the caller as `unlimited`, never a default. */
#define BOX_UNLIMITED UINT64_MAX

enum box_mount_kind {
	BOX_MOUNT_BIND,    /* src on the host, read-only unless BOX_MOUNT_RW, with all below it */
	BOX_MOUNT_MIRROR,  /* src on the host: its symbolic link copied, or else bound; skipped where missing */
	BOX_MOUNT_OVERLAY, /* src on the host below, seen through overlayfs; writes, with BOX_MOUNT_RW, go to the
	                      scratch */
	BOX_MOUNT_SCRATCH, /* a writable folder on the box's own scratch tmpfs (plan.scratch_bytes) */
	BOX_MOUNT_TMPFS,   /* a tmpfs of its own, `bytes` and `inodes` large */
	BOX_MOUNT_PROC,    /* a fresh /proc that shows only the box's processes */
	BOX_MOUNT_FILE,    /* a file with the text `src` */
	BOX_MOUNT_LINK,    /* a symbolic link to `src` */
	BOX_MOUNT_MAX,
};

const char *box_mount_kind_name(enum box_mount_kind kind);

enum box_mount_flag {
	BOX_MOUNT_RW = 1 << 0,
	BOX_MOUNT_NOEXEC = 1 << 1,
	BOX_MOUNT_MAYBE = 1 << 2, /* a missing source is passed over */
	BOX_MOUNT_DEV = 1 << 3,   /* a device node of the minimal /dev: without `nodev` */
};

struct box_mount {
	enum box_mount_kind kind;
	unsigned flags;  /* enum box_mount_flag */
	const char *src; /* host path, text or link target by kind; NULL where the kind needs none */
	const char *dst; /* absolute path inside the box, no `.` or `..` in it, never "/" */
	uint64_t bytes;  /* TMPFS only; BOX_UNLIMITED for none */
	uint64_t inodes; /* TMPFS only; BOX_UNLIMITED for none */
};

enum box_network {
	BOX_NETWORK_NONE,
	BOX_NETWORK_LOOPBACK,
	BOX_NETWORK_MAX,
};

/* All limits. Some need a kernel facility that some hosts lack: a mask of these may be let go of by the caller. */
enum box_limit {
	BOX_LIMIT_TIME,
	BOX_LIMIT_WALL,
	BOX_LIMIT_MEMORY,
	BOX_LIMIT_SWAP,
	BOX_LIMIT_PIDS,
	BOX_LIMIT_STACK,
	BOX_LIMIT_FSIZE,
	BOX_LIMIT_OUTPUT,
	BOX_LIMIT_OPEN_FILES,
	BOX_LIMIT_TMP,
	BOX_LIMIT_CPUS,
	BOX_LIMIT_PIN,
	BOX_LIMIT_SECCOMP,
	BOX_LIMIT_MAX,
};

/* The limit's name in reports and lists ("memory"), and the option that sets it ("--mem"). */
const char *box_limit_name(enum box_limit limit);
const char *box_limit_option(enum box_limit limit);

enum box_rlimit_kind {
	BOX_RLIMIT_EXACT,    /* the value; a lower hard limit of the caller's is an error */
	BOX_RLIMIT_AT_MOST,  /* the value, or a lower hard limit of the caller's: nobody asked for as much */
	BOX_RLIMIT_AT_LEAST, /* the caller's hard limit; one below the value, which could decide a verdict, is an error
	                      */
};

/* A limit of each process by itself, soft and hard. */
struct box_rlimit {
	int resource;     /* RLIMIT_* */
	const char *name; /* for messages: the option behind it, or what it limits */
	enum box_rlimit_kind kind;
	uint64_t value; /* in the resource's own unit */
};
#define BOX_RLIMITS_MAX 13

struct box_plan {
	char *const *argv; /* argv[0] is looked up inside the box: by path with a '/', else along PATH */
	char *const *envp; /* the program's whole environment */
	const char *cwd;   /* inside */

	const struct box_mount *mounts; /* in the order they are made */
	size_t n_mounts;
	/* What the program may fill of the tmpfs that carries the root, /tmp and /dev/shm; the box's own files come on
	 * top. */
	uint64_t scratch_bytes;
	uint64_t scratch_inodes;

	uint64_t cpu_us_max;  /* CPU time of the whole tree; supervised */
	uint64_t wall_us_max; /* from exec; supervised */
	uint64_t memory_bytes_max;
	uint64_t pids_max;
	uint64_t stack_bytes_max;
	uint64_t fsize_bytes_max;
	uint64_t output_bytes_max; /* stdout and stderr together; supervised */
	uint64_t open_files_max;
	struct box_rlimit rlimits[BOX_RLIMITS_MAX];
	uint64_t cpu_rate_millis; /* thousandths of a core; BOX_UNLIMITED for no cap */
	const char *cpus;         /* a cpuset list as the kernel writes it ("0-1,3"), NULL for no pinning */
	bool cpus_of_slot;        /* `cpus` is NULL and the slot's own core is meant */
	unsigned weaker;          /* 1 << enum box_limit: may go without the kernel's enforcement */

	uid_t uid, gid;           /* of the program, inside */
	uid_t init_uid, init_gid; /* of the box's init, inside; differ from the program's */

	enum box_network network;
	bool aslr; /* address randomisation stays on */

	const struct sock_filter *filter; /* NULL: no filter */
	size_t n_filter;                  /* instructions */
	const char *filter_name;          /* "default", a file's name, or "none" */
	bool filter_lets_clock;           /* clock_gettime may be called under it */
	bool filter_bars_sockets;         /* nothing under it can make a socket */
};

/* A limit's value in its own unit, BOX_UNLIMITED for one that has no number; and whether the plan asks for it at all.
 */
uint64_t box_limit_value(const struct box_plan *plan, enum box_limit limit);
bool box_limit_is_set(const struct box_plan *plan, enum box_limit limit);
