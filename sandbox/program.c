/*
 * The program's own way from its birth to exec, by the table below. It runs in init's memory on a stack of its
 * own (see setup.h), so it allocates nothing and calls nothing that locks.
 */
#include "sandbox/setup.h"

#include "sandbox/fd.h"
#include "sandbox/quiet.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

static uint64_t own_cpu_ns(uint64_t otherwise)
{
	struct timespec t;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) < 0)
		return otherwise;
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* v2 was entered at birth. On v1 each hierarchy is entered here, and what was burnt before is not billed. */
static int enter_leaf(struct setup *setup, struct sbx_err *err)
{
	for (int c = 0; c < CG_MAX && setup->host->cgroup_version == 1; c++) {
		if (setup->leaf_fd[c] < 0)
			continue;
		if (c == CG_CPUACCT)
			setup->cpu_enter_ns = own_cpu_ns(0);
		if (write(setup->leaf_fd[c], "0", 1) != 1)
			return sbx_fail(err, SBX_STAGE_ENTER, errno, "cannot enter the %s cgroup of this run",
			                cg_controller_name((enum cg_controller)c));
	}
	/* in the leaf already, so that /proc/self/cgroup shows it as the root; and a working directory of its own */
	if (unshare(CLONE_NEWCGROUP | CLONE_FS) < 0)
		return sbx_fail(err, SBX_STAGE_ENTER, errno, "cannot make the box's cgroup namespace");
	return 0;
}

static int new_session(struct setup *setup, struct sbx_err *err)
{
	(void)setup;
	if (setsid() < 0)
		return sbx_fail(err, SBX_STAGE_SESSION, errno, "cannot make a session");
	return 0;
}

static int close_between(unsigned first, unsigned last)
{
	return first > last ? 0 : close_range(first, last, 0);
}

/* 0, 1 and 2 stay, and these two. */
static int close_all_but(int a, int b)
{
	unsigned low = (unsigned)(a < b ? a : b), high = (unsigned)(a < b ? b : a);

	if (low < 3 || close_between(3, low - 1) < 0 || close_between(low + 1, high - 1) < 0)
		return -1;
	return close_between(high + 1, ~0U);
}

static int set_stdio(struct setup *setup, struct sbx_err *err)
{
	int fd[3];

	/* lifted first, since one of them may stand where another has to go */
	for (int i = 0; i < 3; i++) {
		fd[i] = fcntl(setup->stdio[i], F_DUPFD_CLOEXEC, 3);
		if (fd[i] < 0)
			return sbx_fail(err, SBX_STAGE_FDS, errno, "cannot duplicate the program's descriptor %d", i);
	}
	for (int i = 0; i < 3; i++)
		if (dup2(fd[i], i) < 0)
			return sbx_fail(err, SBX_STAGE_FDS, errno, "cannot set the program's descriptor %d", i);
	/*
	 * All else goes now, also for init, which has the same table: the filter's listener, which comes next, then
	 * finds a low number, within the program's own limit. What init keeps goes by exec.
	 */
	if (close_all_but(setup->sock, setup->slot_fd) < 0 || close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return sbx_fail(err, SBX_STAGE_FDS, errno, "cannot close descriptors");
	return 0;
}

static int set_rlimit(const char *name, __rlimit_resource_t resource, uint64_t value, struct sbx_err *err)
{
	struct rlimit old, limit = {.rlim_cur = value, .rlim_max = value};

	if (getrlimit(resource, &old) < 0)
		return sbx_fail(err, SBX_STAGE_RLIMITS, errno, "cannot read the limit of %s", name);
	if (value == BOX_UNLIMITED) /* none of ours: what this sbx was started with */
		limit.rlim_cur = limit.rlim_max = old.rlim_max;
	if (setrlimit(resource, &limit) == 0)
		return 0;
	if (errno == EPERM)
		return sbx_fail(
		        err, SBX_STAGE_RLIMITS, EPERM,
		        "%s asks for %llu, but the hard limit this sbx was started with is %llu; raise that (ulimit "
		        "-H) or ask for less",
		        name, (unsigned long long)value, (unsigned long long)old.rlim_max);
	return sbx_fail(err, SBX_STAGE_RLIMITS, errno, "cannot set the limit of %s", name);
}

/* A second fence behind the cgroup's counter, for a supervisor that is stopped: whole seconds, per process. */
static uint64_t cpu_fence_s(uint64_t cpu_us_max)
{
	return cpu_us_max == BOX_UNLIMITED ? BOX_UNLIMITED : cpu_us_max / 1000000 + 2;
}

static int set_rlimits(struct setup *setup, struct sbx_err *err)
{
	const struct box_plan *plan = setup->plan;

	TRY(set_rlimit("--stack", RLIMIT_STACK, plan->stack_bytes_max, err));
	TRY(set_rlimit("--fsize", RLIMIT_FSIZE, plan->fsize_bytes_max, err));
	TRY(set_rlimit("--open-files", RLIMIT_NOFILE, plan->open_files_max, err));
	TRY(set_rlimit("--time", RLIMIT_CPU, cpu_fence_s(plan->cpu_us_max), err));
	TRY(set_rlimit("core dumps", RLIMIT_CORE, 0, err));
	TRY(set_rlimit("real-time priority", RLIMIT_RTPRIO, 0, err));
	TRY(set_rlimit("nice", RLIMIT_NICE, 0, err));
	TRY(set_rlimit("locked memory", RLIMIT_MEMLOCK, 64 << 10, err));
	TRY(set_rlimit("message queues", RLIMIT_MSGQUEUE, 800 << 10, err));
	/* counted per user id: the same for every box, so that one box's share is its own */
	TRY(set_rlimit("pending signals", RLIMIT_SIGPENDING, 1024, err));
	if (!plan->aslr && personality(ADDR_NO_RANDOMIZE) < 0)
		return sbx_fail(err, SBX_STAGE_RLIMITS, errno, "cannot turn address randomisation off");
	return 0;
}

/* By raw calls: libc's would tell other threads, and its idea of them is init's. */
static int set_credentials(struct setup *setup, struct sbx_err *err)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};
	const struct box_plan *plan = setup->plan;

	if (!setup->host->rootless &&
	    (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, plan->gid, plan->gid, plan->gid) < 0 ||
	     syscall(SYS_setresuid, plan->uid, plan->uid, plan->uid) < 0))
		return sbx_fail(err, SBX_STAGE_CREDENTIALS, errno, "cannot take the program's ids");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 || syscall(SYS_capset, &header, none) < 0)
		return sbx_fail(err, SBX_STAGE_CREDENTIALS, errno, "cannot drop the program's capabilities");
	return 0;
}

static int change_dir(struct setup *setup, struct sbx_err *err)
{
	char cwd[4096];

	if (chdir(setup->plan->cwd) < 0)
		return sbx_fail(err, SBX_STAGE_CHDIR, errno, "cannot enter %s as the box's user: %s", setup->plan->cwd,
		                errno == EACCES ? "chmod o+rx the folder it shows" : strerror(errno));
	/* outside the root the kernel says "(unreachable)" */
	if (syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0 || cwd[0] != '/')
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
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_SECCOMP, errno, "the kernel refused the filter %s",
		                setup->plan->filter_name);
	setup->listener_fd = (int)fd;
	return 0;
}

static const struct setup_step steps[] = {
        /* first, while the capabilities are there that the namespaces need */
        {SBX_STAGE_NETWORK, setup_join_network},
        {SBX_STAGE_ENTER, enter_leaf},
        {SBX_STAGE_SESSION, new_session},
        {SBX_STAGE_FDS, set_stdio},
        {SBX_STAGE_RLIMITS, set_rlimits},
        {SBX_STAGE_CREDENTIALS, set_credentials},
        /* as the program's user: what it may not enter it does not start in */
        {SBX_STAGE_CHDIR, change_dir},
        {SBX_STAGE_SECCOMP, load_filter},
};

static const char *env_path(char *const *envp)
{
	for (; *envp != NULL; envp++)
		if (strncmp(*envp, "PATH=", 5) == 0)
			return *envp + 5;
	return "/usr/local/bin:/usr/bin:/bin";
}

/* As execvpe(3), without its fall-back to a shell. Returns only on failure, with errno set. */
static void exec_along_path(char *const *argv, char *const *envp)
{
	const char *dir = env_path(envp);
	int worst = ENOENT;

	if (strchr(argv[0], '/') != NULL || argv[0][0] == '\0') {
		execve(argv[0], argv, envp);
		return;
	}
	while (*dir != '\0') {
		char path[4096];
		size_t len = strcspn(dir, ":");
		if (len + 1 + strlen(argv[0]) < sizeof(path) && len > 0) {
			memcpy(path, dir, len);
			path[len] = '/';
			strcpy(path + len + 1, argv[0]);
			execve(path, argv, envp);
			if (errno != ENOENT && errno != ENOTDIR)
				worst = errno;
			if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
				break;
		}
		dir += len + (dir[len] == ':');
	}
	errno = worst;
}

static void trace_step(struct setup *setup, enum sbx_stage stage, uint64_t begin_ns, int rc)
{
	if (setup->n_program_trace < SETUP_TRACE_MAX)
		setup->program_trace[setup->n_program_trace++] = (struct box_trace){
		        .stage = stage, .errnum = rc < 0 ? -rc : 0, .us = (uint32_t)((clock_ns() - begin_ns) / 1000)};
}

static void take_steps(struct setup *setup)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		uint64_t begin_ns = setup->tracing ? clock_ns() : 0;
		int rc;
		setup->stage = steps[i].stage;
		rc = steps[i].run(setup, &setup->program_err);
		if (setup->tracing)
			trace_step(setup, steps[i].stage, begin_ns, rc);
		if (rc < 0)
			return;
	}
	if (setup->plan->filter == NULL || setup->plan->filter_lets_clock)
		setup->cpu_base_ns = own_cpu_ns(setup->cpu_base_ns);
	setup->cpu_base_ns -= setup->cpu_enter_ns;
	setup->exec_ns = clock_ns();
	setup->stage = SBX_STAGE_EXEC;
	exec_along_path(setup->plan->argv, setup->plan->envp);
	if (setup->tracing)
		trace_step(setup, SBX_STAGE_EXEC, setup->exec_ns, -errno);
	sbx_fail(&setup->program_err, SBX_STAGE_EXEC, errno, "cannot execute");
}

static void program_main(void *arg)
{
	struct setup *setup = arg;

	quiet_wait_while(&setup->go, 0);
	take_steps(setup);
	_exit(1);
}

int setup_spawn_program(struct setup *setup, struct sbx_err *err)
{
	static _Alignas(16) char stack[64 << 10];
	struct clone_args args = {
	        .flags = CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_CHILD_CLEARTID,
	        .exit_signal = SIGCHLD,
	        .child_tid = (uint64_t)(uintptr_t)&setup->alive,
	        .stack = (uint64_t)(uintptr_t)stack,
	        .stack_size = sizeof(stack),
	};
	long pid;

	if (setup->host->cgroup_version == 2) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)setup->leaf_fd[CG_MEMORY];
	}
	setup->alive = 1;
	setup->stage = SBX_STAGE_SPAWN;
	pid = quiet_clone3(&args, program_main, setup);
	if (pid < 0)
		return sbx_fail(err, SBX_STAGE_SPAWN, (int)-pid, "cannot clone the program%s",
		                args.flags & CLONE_INTO_CGROUP ? " into its cgroup" : "");
	setup->program_pid = (pid_t)pid;
	return 0;
}
