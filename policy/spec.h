/*
 * What the caller asked for: one run, before anything was decided about how. Filled by a front-end
 * (the command line of `sbx run`, later a JSON job), turned into a box_plan by policy_plan().
 *
 * Strings are borrowed: they must outlive the spec and the plan made from it. Sizes are bytes, times
 * microseconds; SPEC_UNLIMITED is the written-out `unlimited`, SPEC_UNSET a default that depends on another option.
 */
#pragma once

#include "sandbox/plan.h"

#include <stdbool.h>
#include <stdint.h>

#define SPEC_UNLIMITED BOX_UNLIMITED
#define SPEC_UNSET (UINT64_MAX - 1)

#define SPEC_BINDS_MAX 64
#define SPEC_ENV_MAX 256
#define SPEC_TMPFS_BYTES (UINT64_C(64) << 20) /* of /tmp and of a --tmpfs, unless said otherwise */

enum box_dir_mode {
	BOX_DIR_RO,
	BOX_DIR_COW,
	BOX_DIR_RW,
	BOX_DIR_MAX,
};

enum pin_mode {
	PIN_NONE,
	PIN_AUTO, /* the core of the slot */
	PIN_LIST, /* run_spec.pin_list */
	PIN_MAX,
};

/* --bind and --tmpfs, in the order given. */
struct spec_mount {
	enum box_mount_kind kind; /* BOX_MOUNT_BIND or BOX_MOUNT_TMPFS */
	unsigned flags;           /* BOX_MOUNT_RW, _NOEXEC, _MAYBE */
	const char *src;          /* bind: absolute or relative host path */
	const char *dst;          /* inside, absolute; NULL for a bind: the same as src */
	uint64_t bytes;           /* tmpfs; SPEC_TMPFS_BYTES where the caller names no size */
};

struct run_spec {
	char *const *argv; /* NULL-terminated, argv[0] set */

	uint64_t cpu_us_max;
	uint64_t wall_us_max; /* SPEC_UNSET: 2 x time + 1 s */
	uint64_t memory_bytes_max;
	uint64_t pids_max;
	uint64_t stack_bytes_max; /* SPEC_UNSET: the memory limit */
	uint64_t fsize_bytes_max;
	uint64_t output_bytes_max;
	uint64_t open_files_max;
	uint64_t tmp_bytes_max;
	uint64_t tmp_inodes_max;  /* SPEC_UNSET: one for each 4 KiB of tmp_bytes_max, at most 65536 */
	uint64_t cpu_rate_millis; /* thousandths of a core */

	enum pin_mode pin;
	const char *pin_list; /* checked: a cpuset list */

	const char *box_dir; /* host path of the job directory */
	enum box_dir_mode box_mode;
	struct spec_mount mounts[SPEC_BINDS_MAX];
	size_t n_mounts;
	const char *chdir; /* inside, absolute; NULL: /box */

	const char *env[SPEC_ENV_MAX]; /* "K=V", in the order given, later ones win over the defaults */
	size_t n_env;
	bool clear_env; /* without PATH, HOME and LANG */

	const char *stdin_path, *stdout_path, *stderr_path; /* NULL: inherited */
	bool stderr_to_stdout;

	enum box_network network;
	const char *seccomp;      /* a built-in's name, a path with a '/' in it or ending in .json, or "none" */
	const char *seccomp_json; /* the file's text, read by the front-end's runner; NULL for built-ins */
	size_t seccomp_json_len;
	bool aslr;
	unsigned weaker;   /* 1 << enum box_limit: may go without */
	unsigned required; /* named by the caller: must be asked for as well */
};

/* Fills *spec with the defaults of `sbx run`. argv stays NULL. */
void run_spec_init(struct run_spec *spec);
/* The wall limit of a run with that CPU limit, where none is given: 2 x time + 1 s. */
uint64_t spec_default_wall_us(uint64_t cpu_us);
