/*
 * The program's own way from its birth to exec, by the table below. It runs in init's memory, on a stack of its own
 * (see setup.h).
 */
#include "sandbox/setup.h"

#include "sandbox/fd.h"
#include "sandbox/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

static uint64_t own_cpu_ns(uint64_t otherwise)
{
	struct timespec t;

	if (sys(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &t) < 0)
		return otherwise;
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* v2 was entered at birth. On v1 each hierarchy is entered here, and what was burnt before is not billed. */
static int enter_leaf(struct setup *setup, struct sbx_err *err)
{
	long rc;

	for (int c = 0; c < CG_MAX && setup->host->cgroup_version == 1; c++) {
		if (setup->leaf_fd[c] < 0)
			continue;
		if (c == CG_CPUACCT)
			setup->cpu_enter_ns = own_cpu_ns(0);
		rc = sys(SYS_write, setup->leaf_fd[c], "0", 1);
		if (rc != 1)
			return sbx_fail(err, SBX_STAGE_ENTER, (int)-rc, "cannot enter the %s cgroup of this run",
			                cg_controller_name((enum cg_controller)c));
	}
	/* in the leaf already, so that /proc/self/cgroup shows it as the root; and a working directory of its own */
	rc = sys(SYS_unshare, CLONE_NEWCGROUP | CLONE_FS);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_ENTER, (int)-rc, "cannot make the box's cgroup namespace");
	return 0;
}

static int new_session(struct setup *setup, struct sbx_err *err)
{
	long rc = sys(SYS_setsid);

	(void)setup;
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_SESSION, (int)-rc, "cannot make a session");
	return 0;
}

long setup_close_but(const int *keep, size_t n)
{
	int from = 3;

	for (;;) {
		int next = INT_MAX;
		long rc;
		for (size_t i = 0; i < n; i++)
			if (keep[i] >= from && keep[i] < next)
				next = keep[i];
		rc = from == next ? 0
		                  : sys(SYS_close_range, (unsigned)from, next == INT_MAX ? ~0U : (unsigned)next - 1, 0);
		if (rc < 0 || next == INT_MAX)
			return rc;
		from = next + 1;
	}
}

static bool is_null(int fd, const char *path, int flags)
{
	struct stat st;

	return sys(SYS_newfstatat, fd, path, &st, flags) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

/*
 * The launcher's /dev/null lies on a mount of the host's, which is writable: by way of the descriptor the program could
 * set the times of the device node, for all to see. The box's own lies on a read-only mount.
 */
static void use_own_null(struct setup *setup)
{
	long fd = -1;

	if (is_null(setup->stdio[0], "", AT_EMPTY_PATH) && is_null(AT_FDCWD, "/dev/null", AT_SYMLINK_NOFOLLOW))
		fd = sys(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		setup->stdio[0] = (int)fd;
}

static int set_stdio(struct setup *setup, struct sbx_err *err)
{
	int fd[3];
	long rc;

	use_own_null(setup);
	/* lifted first, since one of them may stand where another has to go */
	for (int i = 0; i < 3; i++) {
		fd[i] = (int)sys(SYS_fcntl, setup->stdio[i], F_DUPFD_CLOEXEC, 3);
		if (fd[i] < 0)
			return sbx_fail(err, SBX_STAGE_FDS, -fd[i], "cannot duplicate the program's descriptor %d", i);
	}
	for (int i = 0; i < 3; i++) {
		rc = sys(SYS_dup2, fd[i], i);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_FDS, (int)-rc, "cannot set the program's descriptor %d", i);
	}
	/*
	 * All else goes now, also for init, which has the same table: the filter's listener, which comes next, then
	 * finds a low number, within the program's own limit. What init keeps goes by exec.
	 */
	rc = setup_close_but((const int[]){setup->sock, setup->slot_fd}, 2);
	if (rc == 0)
		rc = sys(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_FDS, (int)-rc, "cannot close descriptors");
	return 0;
}

/* The launcher has looked at the hard limits already (check_rlimits in box.c). */
static int set_rlimit(const struct box_rlimit *wanted, struct sbx_err *err)
{
	struct rlimit old, limit = {.rlim_cur = wanted->value, .rlim_max = wanted->value};
	long rc = sys(SYS_getrlimit, wanted->resource, &old);

	if (rc == 0 && (wanted->kind == BOX_RLIMIT_AT_LEAST ||
	                (wanted->kind == BOX_RLIMIT_AT_MOST && old.rlim_max < wanted->value)))
		limit.rlim_cur = limit.rlim_max = old.rlim_max;
	if (rc == 0)
		rc = sys(SYS_setrlimit, wanted->resource, &limit);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_RLIMITS, (int)-rc, "cannot set the limit of %s", wanted->name);
	return 0;
}

static int set_rlimits(struct setup *setup, struct sbx_err *err)
{
	const struct box_plan *plan = setup->plan;

	for (size_t i = 0; i < BOX_RLIMITS_MAX; i++)
		TRY(set_rlimit(&plan->rlimits[i], err));
	if (!plan->aslr) {
		long rc = sys(SYS_personality, ADDR_NO_RANDOMIZE);
		if (rc < 0)
			return sbx_fail(err, SBX_STAGE_RLIMITS, (int)-rc, "cannot turn address randomisation off");
	}
	return 0;
}

long setup_take_ids(uid_t uid, gid_t gid)
{
	long rc = sys(SYS_setgroups, 0, NULL);

	if (rc == 0)
		rc = sys(SYS_setresgid, gid, gid, gid);
	return rc < 0 ? rc : sys(SYS_setresuid, uid, uid, uid);
}

long setup_drop_caps(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	static const struct __user_cap_data_struct none[2] = {{0}};
	long rc = sys(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);

	return rc < 0 ? rc : sys(SYS_capset, &header, none);
}

static int set_credentials(struct setup *setup, struct sbx_err *err)
{
	const struct box_plan *plan = setup->plan;
	long rc = 0;

	if (!setup->host->rootless)
		rc = setup_take_ids(plan->uid, plan->gid);
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_CREDENTIALS, (int)-rc, "cannot take the program's ids");
	rc = setup_drop_caps();
	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_CREDENTIALS, (int)-rc, "cannot drop the program's capabilities");
	return 0;
}

static int change_dir(struct setup *setup, struct sbx_err *err)
{
	char cwd[PATH_MAX];
	long rc = sys(SYS_chdir, setup->plan->cwd);

	if (rc < 0)
		return sbx_fail(err, SBX_STAGE_CHDIR, (int)-rc, "cannot enter %s as the box's user%s", setup->plan->cwd,
		                rc == -EACCES ? "; chmod o+rx the folder it shows, and those above it in the box" : "");
	/* outside the root the kernel says "(unreachable)" */
	if (sys(SYS_getcwd, cwd, sizeof(cwd)) < 0 || cwd[0] != '/')
		return sbx_fail(err, SBX_STAGE_CHDIR, EXDEV, "the working directory is not inside the box");
	return 0;
}

/* The last step but exec: what the filter forbids could not be done after it. */
static int load_filter(struct setup *setup, struct sbx_err *err)
{
	struct sock_fprog prog = {.len = (unsigned short)setup->plan->n_filter,
	                          .filter = (struct sock_filter *)(uintptr_t)setup->plan->filter};
	long fd;

	setup->cpu_base_ns = own_cpu_ns(0);
	if (setup->plan->filter == NULL)
		return 0;
	fd = sys(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_SECCOMP, (int)-fd, "the kernel refused the filter %s",
		                setup->plan->filter_name);
	setup->listener_fd = (int)fd;
	return 0;
}

static const struct setup_step steps[] = {
        /* first, while the capabilities are there that the namespaces need */
        {SBX_STAGE_NETWORK, "the program joins the namespace", setup_join_network},
        {SBX_STAGE_ENTER, "the leaf (v1), a cgroup namespace", enter_leaf},
        {SBX_STAGE_SESSION, "its own", new_session},
        {SBX_STAGE_FDS, "0, 1 and 2", set_stdio},
        {SBX_STAGE_RLIMITS, "all of them", set_rlimits},
        {SBX_STAGE_CREDENTIALS, "ids, no capabilities", set_credentials},
        /* as the program's user: what it may not enter it does not start in */
        {SBX_STAGE_CHDIR, "the working directory", change_dir},
        {SBX_STAGE_SECCOMP, "the filter", load_filter},
};

static const char *env_path(char *const *envp)
{
	for (; *envp != NULL; envp++)
		if (strncmp(*envp, "PATH=", 5) == 0)
			return *envp + 5;
	return "/usr/local/bin:/usr/bin:/bin";
}

/* As execvpe(3), without its fall-back to a shell. Returns only on failure: the errno. */
static int exec_along_path(char *const *argv, char *const *envp)
{
	const char *dir = env_path(envp);
	long worst = -ENOENT;

	if (strchr(argv[0], '/') != NULL || argv[0][0] == '\0')
		return (int)-sys(SYS_execve, argv[0], argv, envp);
	while (*dir != '\0') {
		char path[PATH_MAX];
		size_t len = strcspn(dir, ":");
		if (len + 1 + strlen(argv[0]) < sizeof(path) && len > 0) {
			long rc;
			memcpy(path, dir, len);
			path[len] = '/';
			strcpy(path + len + 1, argv[0]);
			rc = sys(SYS_execve, path, argv, envp);
			if (rc != -ENOENT && rc != -ENOTDIR)
				worst = rc;
			if (rc != -ENOENT && rc != -ENOTDIR && rc != -EACCES)
				break;
		}
		dir += len + (dir[len] == ':');
	}
	return (int)-worst;
}

_Static_assert(sizeof(steps) / sizeof(steps[0]) < SETUP_TRACE_MAX, "a trace for each step, and for exec");

static void trace_step(struct setup *setup, enum sbx_stage stage, const char *what, uint64_t begin_ns, int rc)
{
	struct box_trace *trace = &setup->program_trace[setup->n_program_trace++];

	trace->stage = stage;
	trace->errnum = rc < 0 ? -rc : 0;
	trace->us = (uint32_t)((clock_ns() - begin_ns) / 1000);
	snprintf(trace->detail, sizeof(trace->detail), "%s", what);
}

static void take_steps(struct setup *setup)
{
	int errnum;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		uint64_t begin_ns = setup->tracing ? clock_ns() : 0;
		int rc;
		setup->stage = steps[i].stage;
		rc = steps[i].run(setup, &setup->program_err);
		if (setup->tracing)
			trace_step(setup, steps[i].stage, steps[i].what, begin_ns, rc);
		if (rc < 0)
			return;
	}
	if (setup->plan->filter == NULL || setup->plan->filter_lets_clock)
		setup->cpu_base_ns = own_cpu_ns(setup->cpu_base_ns);
	setup->cpu_base_ns -= setup->cpu_enter_ns;
	setup->exec_ns = clock_ns();
	setup->stage = SBX_STAGE_EXEC;
	errnum = exec_along_path(setup->plan->argv, setup->plan->envp);
	if (setup->tracing)
		trace_step(setup, SBX_STAGE_EXEC, setup->plan->argv[0], setup->exec_ns, -errnum);
	sbx_fail(&setup->program_err, SBX_STAGE_EXEC, errnum, "cannot execute");
}

static void program_main(void *arg)
{
	struct setup *setup = arg;

	sys_wait_while(&setup->go, 0);
	take_steps(setup);
	sys_exit(1);
}

int setup_spawn_program(struct setup *setup, struct sbx_err *err)
{
	struct clone_args args = {
	        .flags = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_CHILD_CLEARTID,
	        .exit_signal = SIGCHLD,
	        .child_tid = (uint64_t)(uintptr_t)&setup->alive,
	        .stack = setup_stack(setup, SETUP_STACK_PROGRAM),
	        .stack_size = SETUP_STACK_BYTES,
	};
	long pid;

	if (setup->host->cgroup_version == 2) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)setup->leaf_fd[CG_MEMORY];
	}
	setup->alive = 1;
	setup->stage = SBX_STAGE_SPAWN;
	pid = sys_clone3(&args, program_main, setup);
	if (pid < 0)
		return sbx_fail(err, SBX_STAGE_SPAWN, (int)-pid, "cannot clone the program%s",
		                args.flags & CLONE_INTO_CGROUP ? " into its cgroup" : "");
	setup->program_pid = (pid_t)pid;
	return 0;
}
