/*
 * What this host gives a box: where its cgroup controllers are, the slice below which runs get their
 * leaves, the outside ids, and the run directory with the slots.
 *
 * Finding it out costs a millisecond (libcgroup reads /proc/mounts), so the result is kept in the run
 * directory's file `host` and read from there by the next start; what it says is proven again each time by
 * opening it. `sbx setup` writes it for an ordinary user, root's sbx writes its own.
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum cg_controller {
	CG_MEMORY,
	CG_PIDS,
	CG_CPUACCT, /* v2: part of every cgroup's cpu.stat */
	CG_CPU,
	CG_CPUSET,
	CG_MAX,
};

const char *cg_controller_name(enum cg_controller controller);

/* Where root keeps its state; an ordinary user's is the folder named by the uid below it. */
#define HOST_RUN_DIR "/run/sbx"
/* The slice's name, in every hierarchy of v1 and at the root of v2's. */
#define HOST_SLICE "sbx"
/* Slots, and so boxes at once, for one run directory. Each has two outside ids. The last are those of jobs. */
#define HOST_SLOTS 4096
#define HOST_JOB_SLOTS 240
/* Descriptors of a launcher with one box. */
#define HOST_FDS_NEEDED 48

struct box_host {
	unsigned cgroup_version; /* 1 or 2 */
	bool has[CG_MAX];
	/* The slice's directory per controller, -1 where there is none. v2: the same descriptor in every place. */
	int slice_fd[CG_MAX];
	int run_fd;          /* run directory */
	bool rootless;       /* an ordinary user: one outside id, the caller's own */
	uid_t uid_base;      /* first outside id of slot 0; ids are used for groups too */
	bool asked_network;  /* host_share_network() was called */
	bool shares_network; /* there is an empty network namespace that boxes may be born in: */
	int network_fd;      /* it, or -1 */
	int home_network_fd; /* the launcher's own, or -1 */
};

/*
 * Opens all of it, making and finding what is missing when run by root. Fails with SBX_STAGE_HOST and a
 * message that names the command which mends it; then nothing needs finishing.
 */
int host_open(struct box_host *host, struct sbx_err *err);
void host_finish(struct box_host *host);
/*
 * Makes a network namespace where nothing is and nothing can come from outside. From then on boxes without a network
 * whose filter bars sockets are born there, and need none of their own: what is in it cannot be changed without a
 * socket. The launcher stays where it is, since its sockets to the boxes would show in /proc/net/unix. For launchers of
 * many boxes; a further call does nothing, nor does one of a launcher that has no rights over its own network namespace
 * and could not come back (an ordinary user's; root's of a container with the host's network): its boxes have one each.
 */
int host_share_network(struct box_host *host, struct sbx_err *err);
/* The path of its run directory. */
void host_run_path(const struct box_host *host, char *buf, size_t size);
/* As host_open(), but where that would make something, this fails. For `sbx check`, which leaves nothing. */
int host_open_kept(struct box_host *host, struct sbx_err *err);
/* The first of root's outside ids, in this process's user namespace. */
int host_find_ids(uid_t *ret_base, struct sbx_err *err);

/* The slice's paths, one per hierarchy, as far as they are kept: for `sbx check` and `sbx setup`. */
struct host_layout {
	unsigned cgroup_version;
	char path[CG_MAX][256]; /* of the slice; "" where there is none */
};
/* Reads the kept layout of root (uid 0) or of a user. -errno when there is none or it cannot be trusted. */
int host_layout_load(uid_t uid, struct host_layout *ret);
/* Keeps it. `dir_fd` is the run directory it is for. */
int host_layout_save(int dir_fd, const struct host_layout *layout, struct sbx_err *err);

/* What making a slice came to. */
struct host_made {
	struct host_layout layout;
	bool made[CG_MAX]; /* its directory was not there before */
};
/*
 * Makes root's slice and run directory, as far as they are missing, and keeps the layout anew. Where systemd owns
 * cgroup v2 it makes nothing and fails: there `sbx setup` starts a unit whose cgroup is the slice. `ret` may be NULL.
 */
int host_setup(struct host_made *ret, struct sbx_err *err);
/* The same with a v2 slice of another path: `slice` exists and may not hold processes itself. */
int host_setup_at(const char *slice, struct host_made *ret, struct sbx_err *err);
/* Whether cgroup v2 is systemd's here, so that nobody may write beside it (systemd.io/CGROUP_DELEGATION). */
bool host_is_systemds(const struct host_layout *layout);

/* Makes a cgroup directory where it is missing, and opens it. `ret_made` may be NULL. */
int host_make_dir(const char *path, int *ret_fd, bool *ret_made, struct sbx_err *err);
/* v2: enables for the children of `dir_fd` those of `has` that are available in it; `has` says which are from then on.
 */
int host_enable_controllers(int dir_fd, const char *path, bool has[CG_MAX], struct sbx_err *err);

/* sandbox/cg_find.c: the hierarchies' mount points by libcgroup, as paths without the slice. */
int cg_find(struct host_layout *ret, struct sbx_err *err);
