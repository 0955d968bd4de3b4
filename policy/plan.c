/* The decisions: which mounts, limits, ids and filter a run gets. Pure, so that a golden file can hold it. */
#include "policy/plan.h"

#include "policy/bpf_run.h"
#include "policy/seccomp.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define DEFAULT_PATH "PATH=/usr/local/bin:/usr/bin:/bin"

/* What every box has of the host and of its own, in the order it is mounted. */
static const struct box_mount base_mounts[] = {
        {.kind = BOX_MOUNT_BIND, .src = "/usr", .dst = "/usr"},
        /* links into /usr on a merged system, folders of their own elsewhere */
        {.kind = BOX_MOUNT_MIRROR, .src = "/bin", .dst = "/bin"},
        {.kind = BOX_MOUNT_MIRROR, .src = "/sbin", .dst = "/sbin"},
        {.kind = BOX_MOUNT_MIRROR, .src = "/lib", .dst = "/lib"},
        {.kind = BOX_MOUNT_MIRROR, .src = "/lib32", .dst = "/lib32"},
        {.kind = BOX_MOUNT_MIRROR, .src = "/lib64", .dst = "/lib64"},
        {.kind = BOX_MOUNT_MIRROR, .src = "/libx32", .dst = "/libx32"},
        /* what the toolchains below /usr link to; nothing that names a user, a host or a service */
        {.kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_MAYBE, .src = "/etc/alternatives", .dst = "/etc/alternatives"},
        {.kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_MAYBE, .src = "/etc/ld.so.cache", .dst = "/etc/ld.so.cache"},
        {.kind = BOX_MOUNT_BIND,
         .flags = BOX_MOUNT_MAYBE,
         .src = "/etc/java-17-openjdk",
         .dst = "/etc/java-17-openjdk"},
        {.kind = BOX_MOUNT_FILE,
         .src = "root:x:0:0:root:/:/bin/false\nsbx:x:1000:1000:sbx:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/"
                "false\n",
         .dst = "/etc/passwd"},
        {.kind = BOX_MOUNT_FILE, .src = "root:x:0:\nsbx:x:1000:\nnogroup:x:65534:\n", .dst = "/etc/group"},
        {.kind = BOX_MOUNT_FILE, .src = "127.0.0.1 localhost sbx\n::1 localhost\n", .dst = "/etc/hosts"},
        {.kind = BOX_MOUNT_FILE, .src = "passwd: files\ngroup: files\nhosts: files\n", .dst = "/etc/nsswitch.conf"},
        /* read-only: one can write to them all the same, but not set their times, which all boxes see */
        {.kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_DEV, .src = "/dev/null", .dst = "/dev/null"},
        {.kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_DEV, .src = "/dev/zero", .dst = "/dev/zero"},
        {.kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_DEV, .src = "/dev/full", .dst = "/dev/full"},
        {.kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_DEV, .src = "/dev/random", .dst = "/dev/random"},
        {.kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_DEV, .src = "/dev/urandom", .dst = "/dev/urandom"},
        {.kind = BOX_MOUNT_LINK, .src = "/proc/self/fd", .dst = "/dev/fd"},
        {.kind = BOX_MOUNT_LINK, .src = "/proc/self/fd/0", .dst = "/dev/stdin"},
        {.kind = BOX_MOUNT_LINK, .src = "/proc/self/fd/1", .dst = "/dev/stdout"},
        {.kind = BOX_MOUNT_LINK, .src = "/proc/self/fd/2", .dst = "/dev/stderr"},
        {.kind = BOX_MOUNT_SCRATCH, .flags = BOX_MOUNT_RW, .dst = "/dev/shm"},
        {.kind = BOX_MOUNT_SCRATCH, .flags = BOX_MOUNT_RW, .dst = "/tmp"},
        {.kind = BOX_MOUNT_PROC, .dst = "/proc"},
};

static void add_mount(struct policy_plan *plan, struct box_mount mount)
{
	plan->mounts[plan->box.n_mounts++] = mount;
}

static void plan_mounts(struct policy_plan *plan, const struct run_spec *spec)
{
	struct box_mount box = {.kind = BOX_MOUNT_OVERLAY, .src = spec->box_dir, .dst = "/box"};

	for (size_t i = 0; i < sizeof(base_mounts) / sizeof(base_mounts[0]); i++)
		add_mount(plan, base_mounts[i]);
	if (spec->box_mode == BOX_DIR_RW)
		box.kind = BOX_MOUNT_BIND;
	if (spec->box_mode != BOX_DIR_RO)
		box.flags |= BOX_MOUNT_RW;
	add_mount(plan, box);
	/* the caller's own last, so that they can lie below or over anything before */
	for (size_t i = 0; i < spec->n_mounts; i++) {
		const struct spec_mount *m = &spec->mounts[i];
		add_mount(plan, (struct box_mount){.kind = m->kind,
		                                   .flags = m->flags | (m->kind == BOX_MOUNT_TMPFS ? BOX_MOUNT_RW : 0),
		                                   .src = m->src,
		                                   .dst = m->dst != NULL ? m->dst : m->src,
		                                   .bytes = m->bytes,
		                                   .inodes = BOX_UNLIMITED});
	}
	plan->box.mounts = plan->mounts;
}

/* The last of several settings of one name wins, and a setting of the caller's wins over a default. */
static void set_env(struct policy_plan *plan, const char *setting)
{
	size_t name_len = (size_t)(strchr(setting, '=') - setting) + 1;
	char **slot = plan->envp;

	while (*slot != NULL && strncmp(*slot, setting, name_len) != 0)
		slot++;
	*slot = (char *)(uintptr_t)setting;
}

static void plan_env(struct policy_plan *plan, const struct run_spec *spec)
{
	if (!spec->clear_env) {
		set_env(plan, DEFAULT_PATH);
		set_env(plan, "HOME=/tmp");
		set_env(plan, "LANG=C.UTF-8");
	}
	for (size_t i = 0; i < spec->n_env; i++)
		set_env(plan, spec->env[i]);
	plan->box.envp = plan->envp;
}

static uint64_t default_inodes(uint64_t tmp_bytes)
{
	uint64_t one_each = tmp_bytes / 4096;

	return one_each > 65536 ? 65536 : one_each < 16 ? 16 : one_each;
}

/* A second fence behind the cgroup's counter, for a supervisor that is stopped: whole seconds, per process. */
static uint64_t cpu_fence_s(uint64_t cpu_us_max)
{
	return cpu_us_max == BOX_UNLIMITED ? BOX_UNLIMITED : cpu_us_max / 1000000 + 2;
}

static void plan_rlimits(struct box_plan *box, const struct run_spec *spec)
{
	const struct box_rlimit rlimits[] = {
	        {RLIMIT_STACK, spec->stack_bytes_max == SPEC_UNSET ? "--stack (as --mem)" : "--stack", BOX_RLIMIT_EXACT,
	         box->stack_bytes_max},
	        {RLIMIT_FSIZE, "--fsize", BOX_RLIMIT_EXACT, box->fsize_bytes_max},
	        {RLIMIT_NOFILE, "--open-files", BOX_RLIMIT_EXACT, box->open_files_max},
	        {RLIMIT_CPU, "--time (and two seconds)", BOX_RLIMIT_EXACT, cpu_fence_s(box->cpu_us_max)},
	        {RLIMIT_CORE, "core dumps", BOX_RLIMIT_AT_MOST, 0},
	        {RLIMIT_RTPRIO, "real-time priority", BOX_RLIMIT_AT_MOST, 0},
	        {RLIMIT_NICE, "nice", BOX_RLIMIT_AT_MOST, 0},
	        {RLIMIT_MEMLOCK, "locked memory", BOX_RLIMIT_AT_MOST, 64 << 10},
	        /* these two are counted for the box's id and for the launcher's as well: what one box takes, others
	           lack */
	        {RLIMIT_MSGQUEUE, "message queues", BOX_RLIMIT_AT_MOST, 0},
	        {RLIMIT_SIGPENDING, "pending signals", BOX_RLIMIT_AT_MOST, 256},
	        /* the cgroup holds these: a limit of the caller's would be a second one that no report names */
	        {RLIMIT_AS, "--mem (as address space)", BOX_RLIMIT_AT_LEAST, box->memory_bytes_max},
	        {RLIMIT_DATA, "--mem (as data)", BOX_RLIMIT_AT_LEAST, box->memory_bytes_max},
	        {RLIMIT_NPROC, "--pids", BOX_RLIMIT_AT_LEAST, box->pids_max},
	};

	static_assert(sizeof(rlimits) == sizeof(box->rlimits), "");
	memcpy(box->rlimits, rlimits, sizeof(rlimits));
	/* of descriptors and processes every system has a hard limit: that is what unlimited comes to */
	for (size_t i = 0; i < BOX_RLIMITS_MAX; i++) {
		struct box_rlimit *rlimit = &box->rlimits[i];
		if (rlimit->value == BOX_UNLIMITED &&
		    (rlimit->resource == RLIMIT_NOFILE || rlimit->resource == RLIMIT_NPROC))
			*rlimit = (struct box_rlimit){rlimit->resource, rlimit->name, BOX_RLIMIT_AT_LEAST, 4};
	}
}

static void plan_limits(struct box_plan *box, const struct run_spec *spec)
{
	box->cpu_us_max = spec->cpu_us_max;
	box->wall_us_max = spec->wall_us_max == SPEC_UNSET ? spec_default_wall_us(spec->cpu_us_max) : spec->wall_us_max;
	box->memory_bytes_max = spec->memory_bytes_max;
	box->pids_max = spec->pids_max;
	box->stack_bytes_max = spec->stack_bytes_max == SPEC_UNSET ? spec->memory_bytes_max : spec->stack_bytes_max;
	box->fsize_bytes_max = spec->fsize_bytes_max;
	box->output_bytes_max = spec->output_bytes_max;
	box->open_files_max = spec->open_files_max;
	box->cpu_rate_millis = spec->cpu_rate_millis;
	box->scratch_bytes = spec->tmp_bytes_max;
	box->scratch_inodes =
	        spec->tmp_inodes_max == SPEC_UNSET ? default_inodes(spec->tmp_bytes_max) : spec->tmp_inodes_max;
	box->cpus = spec->pin == PIN_LIST ? spec->pin_list : NULL;
	box->cpus_of_slot = spec->pin == PIN_AUTO;
	box->weaker = spec->weaker;
	plan_rlimits(box, spec);
}

/* sbx itself has yet to exec under the caller's profile, and reads a clock just before, with nobody there to be
 * notified. */
static int check_filter(struct policy_plan *plan, struct sbx_err *err)
{
	struct box_plan *box = &plan->box;

	/* its listener is open beside the standard streams while it is loaded, when the limit is in force already */
	if (box->open_files_max < 4)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
		                "--open-files: at least 4 are needed with a seccomp filter");
	if (bpf_run_call(box->filter, box->n_filter, __NR_execve) != SECCOMP_RET_ALLOW)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
		                "--seccomp: %.200s does not allow execve, so no program can be started under it",
		                box->filter_name);
	box->filter_lets_clock = bpf_run_call(box->filter, box->n_filter, __NR_clock_gettime) == SECCOMP_RET_ALLOW;
	return 0;
}

static int plan_filter(struct policy_plan *plan, const struct run_spec *spec, struct sbx_err *err)
{
	const struct seccomp_profile *builtin;

	plan->box.filter_name = spec->seccomp;
	if (strcmp(spec->seccomp, "none") == 0)
		return 0;
	if (spec->seccomp_json != NULL) {
		int rc = seccomp_compile(spec->seccomp_json, spec->seccomp_json_len, spec->seccomp, &plan->filter,
		                         &plan->box.n_filter, err);
		if (rc < 0) {
			err->stage = SBX_STAGE_USAGE; /* a file that the command line names */
			return rc;
		}
		plan->box.filter = plan->filter;
		plan->box.filter_bars_sockets = seccomp_bars_sockets(plan->filter, plan->box.n_filter);
		rc = check_filter(plan, err);
		if (rc < 0)
			policy_plan_finish(plan);
		return rc;
	}
	builtin = seccomp_builtin_find(spec->seccomp);
	if (builtin == NULL)
		return sbx_fail(
		        err, SBX_STAGE_USAGE, ENOENT,
		        "--seccomp: no profile is called \"%.64s\"; sbx policy list shows them, and a file's name has "
		        "a / in it or ends in .json",
		        spec->seccomp);
	plan->box.filter = builtin->filter;
	plan->box.n_filter = builtin->n_filter;
	plan->box.filter_bars_sockets = builtin->bars_sockets;
	return check_filter(plan, err);
}

/* A limit that must be enforced and was not asked for is a mistake of the caller's, and not one to be silent about. */
static int check_required(const struct policy_plan *plan, const struct run_spec *spec, struct sbx_err *err)
{
	for (int limit = 0; limit < BOX_LIMIT_MAX; limit++)
		if ((spec->required & (1U << limit)) && !box_limit_is_set(&plan->box, (enum box_limit)limit))
			return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
			                "--require: %s must be enforced, but %s asks for none",
			                box_limit_name((enum box_limit)limit), box_limit_option((enum box_limit)limit));
	return 0;
}

int policy_plan(struct policy_plan *plan, const struct run_spec *spec, struct sbx_err *err)
{
	*plan = (struct policy_plan){.box = {.argv = spec->argv,
	                                     .cwd = spec->chdir != NULL ? spec->chdir : "/box",
	                                     .uid = POLICY_UID,
	                                     .gid = POLICY_UID,
	                                     .init_uid = POLICY_INIT_UID,
	                                     .init_gid = POLICY_INIT_UID,
	                                     .network = spec->network,
	                                     .aslr = spec->aslr}};
	int rc;

	plan_limits(&plan->box, spec);
	plan_mounts(plan, spec);
	plan_env(plan, spec);
	TRY(plan_filter(plan, spec, err));
	rc = check_required(plan, spec, err);
	if (rc < 0)
		policy_plan_finish(plan);
	return rc;
}

void policy_plan_finish(struct policy_plan *plan)
{
	free(plan->filter);
	plan->filter = NULL;
}
