/*
 * Runs the attacks of `sbx check --attack`, one box after the other. Called by cmd_check.c.
 *
 * All of it is done by a child, which keeps the copy of this binary in a job's folder (runner/workspace.h), and so
 * enters namespaces of its own for good. It ends with this process, and the boxes with it.
 */
#include "runner/attack.h"

#include "policy/plan.h"
#include "policy/seccomp.h"
#include "runner/profile_file.h"
#include "runner/supervise.h"
#include "runner/workspace.h"
#include "sandbox/fd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#define MIB (UINT64_C(1) << 20)
#define ATTACKER "attacker" /* the copy */
#define ATTACKER_PATH "/box/attacker"

/* What the child tells, in memory of both. */
struct told {
	struct attack_result result;
	struct sbx_err err;
};

/* Too large for a stack. */
static struct series {
	struct run_spec spec; /* but for argv and what is limited */
	char *profile;
	struct box_host host;
	struct supervisor supervisor;
	struct workspace ws;
	char box_dir[WORKSPACE_PATH_BYTES];
	unsigned port;
	struct policy_plan plan;
	struct run run;
	char words[160]; /* the attacker's */
	size_t n_words;
	bool refused_within; /* one of the attack's ways was, or more */
} series;

/* ---- what lies ready for the attacker ---- */

static int copy_self(struct sbx_err *err)
{
	FD_CLEANUP int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes = MAP_FAILED;
	int rc;

	if (fd >= 0 && fstat(fd, &st) == 0)
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot read the binary of sbx itself");
	rc = workspace_add(&series.ws, WORKSPACE_BOX, ATTACKER, bytes, (size_t)st.st_size, true);
	munmap(bytes, (size_t)st.st_size);
	return rc < 0 ? sbx_fail(err, SBX_STAGE_WORKSPACE, -rc, "cannot copy the binary of sbx") : 0;
}

/* Whether somebody listens there from now on, until this process ends. */
static bool listen_at(int family, const void *address, size_t size, int *ret_fd)
{
	*ret_fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return *ret_fd >= 0 && bind(*ret_fd, address, (socklen_t)size) == 0 && listen(*ret_fd, 8) == 0;
}

/* A descriptor that a careless caller leaves open, a service of this host's, and an abstract socket. */
static void lay_baits(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	socklen_t size = sizeof(in);
	int fd, n;

	fd = open("/", O_RDONLY | O_DIRECTORY); /* NOLINT: not close-on-exec, which is the point */
	(void)fd;
	series.port = 0;
	if (!listen_at(AF_INET, &in, sizeof(in), &fd) || getsockname(fd, (struct sockaddr *)&in, &size) < 0)
		return;
	n = snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "sbx-check-%u", (unsigned)ntohs(in.sin_port));
	if (listen_at(AF_UNIX, &un, offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n, &fd))
		series.port = ntohs(in.sin_port);
}

static int prepare(const char *seccomp, struct sbx_err *err)
{
	run_spec_init(&series.spec);
	if (seccomp != NULL)
		series.spec.seccomp = seccomp;
	TRY(profile_file_load(&series.spec, &series.profile, err));
	TRY(host_open(&series.host, err));
	TRY(supervisor_init(&series.supervisor, err));
	TRY(workspace_open(&series.ws, &series.host, 64 * MIB, 64, err));
	TRY(copy_self(err));
	workspace_path(&series.ws, WORKSPACE_BOX, "", series.box_dir, sizeof(series.box_dir));
	lay_baits();
	return 0;
}

/* ---- one box ---- */

static void take_words(void *arg, const char *bytes, size_t len)
{
	size_t left = sizeof(series.words) - 1 - series.n_words;

	(void)arg;
	if (len > left)
		len = left;
	memcpy(series.words + series.n_words, bytes, len);
	series.n_words += len;
	series.words[series.n_words] = '\0';
}

static void drop(void *arg, const char *bytes, size_t len)
{
	(void)arg;
	(void)bytes;
	(void)len;
}

/* Small, so that what reaches a limit does so soon; but for what is not attacked there is time on slow machines, too.
 */
static void set_limits(struct run_spec *spec, enum attack_end end)
{
	spec->cpu_us_max = end == ATTACK_CPU ? 100000 : 10000000;
	spec->wall_us_max = end == ATTACK_WALL ? 200000 : 60000000;
	spec->memory_bytes_max = 32 * MIB;
	spec->pids_max = 16;
	spec->fsize_bytes_max = 4 * MIB;
	spec->output_bytes_max = 1 * MIB;
	spec->tmp_bytes_max = 8 * MIB;
	spec->tmp_inodes_max = 512;
}

static int start_box(const char *const *argv, enum attack_end end, struct sbx_err *err)
{
	struct run_spec *spec = &series.spec;
	struct run *run = &series.run;
	int rc;

	spec->argv = (char *const *)(uintptr_t)argv;
	spec->box_dir = series.box_dir;
	spec->stdin_path = "/dev/null";
	set_limits(spec, end);
	series.plan = (struct policy_plan){0};
	TRY(policy_plan(&series.plan, spec, err));
	*run = (struct run){.plan = &series.plan.box};
	run_result_init(&run->result);
	box_init(&run->box);
	TRY(run_streams_open(&run->streams, spec, err));
	run->streams.out.consume = drop;
	run->streams.err.consume = take_words;
	rc = supervisor_start(&series.supervisor, run, &series.host, err);
	if (rc < 0)
		run_streams_finish(&run->streams);
	return rc;
}

/* Fails where the sandbox does: then nothing is said about the attack. */
static int run_box(const struct attack *attack, unsigned way, struct sbx_err *err)
{
	char way_text[16], port_text[16];
	const char *const argv[] = {ATTACKER_PATH, "check", "--attacker", attack->id, way_text, port_text, NULL};
	int rc;

	snprintf(way_text, sizeof(way_text), "%u", way);
	snprintf(port_text, sizeof(port_text), "%u", series.port);
	series.n_words = 0;
	series.words[0] = '\0';
	rc = start_box(argv, attack->end, err);
	if (rc == 0)
		rc = supervisor_wait(&series.supervisor, err);
	if (rc == 0 && series.run.result.error.stage != SBX_STAGE_NONE) {
		*err = series.run.result.error;
		rc = -EIO;
	}
	return rc;
}

/* ---- what it came to ---- */

static void add(struct attack_row *row, const char *text)
{
	size_t len = strlen(row->outcome);

	snprintf(row->outcome + len, sizeof(row->outcome) - len, "%s", text);
}

/* By the filter at which call; or from within, call for call. */
static void say_refused(struct attack_row *row, const struct run_result *result)
{
	char name[64] = "a call";

	if (!result->denied.seen) {
		series.refused_within = true;
		return;
	}
	if (result->denied.arch != 0)
		seccomp_call_name(result->denied.arch, result->denied.nr, name, sizeof(name));
	add(row, row->outcome[0] == '\0' ? "stopped at " : ", ");
	add(row, name);
}

static void note(struct attack_row *row, const struct attack *attack)
{
	const struct run_result *result = &series.run.result;
	const char *reason;
	enum verdict verdict = verdict_of(result, &series.plan.box, &reason);
	int exit_code = result->status_known && WIFEXITED(result->wait_status) ? WEXITSTATUS(result->wait_status) : -1;
	struct sbx_err plain;
	char text[64];

	row->state = attack_judge(attack, verdict, reason, exit_code);
	if (row->state == ATTACK_HELD && attack->end == ATTACK_REFUSED) {
		say_refused(row, result);
		return;
	}
	row->outcome[0] = '\0';
	if (series.n_words > 0) { /* which may be anything, if it is not the attacker's own */
		sbx_fail(&plain, SBX_STAGE_NONE, 0, "%s", series.words);
		add(row, plain.msg);
		return;
	}
	snprintf(text, sizeof(text), "%s in %llu ms", verdict_name(verdict),
	         (unsigned long long)(result->wall_us == RESULT_UNKNOWN ? 0 : result->wall_us / 1000));
	add(row, text);
}

static int try_attack(const struct attack *attack, struct attack_row *row, struct sbx_err *err)
{
	series.refused_within = false;
	for (unsigned way = 0; way < attack->ways; way++) {
		int rc = run_box(attack, way, err);
		if (rc == 0)
			note(row, attack);
		policy_plan_finish(&series.plan);
		if (rc < 0)
			row->state = ATTACK_NOT_TRIED;
		TRY(rc);
		if (row->state != ATTACK_HELD)
			return 0;
	}
	if (series.refused_within)
		add(row, row->outcome[0] == '\0' ? "refused" : "; refused");
	return 0;
}

static int run_all(const char *seccomp, struct attack_result *ret, struct sbx_err *err)
{
	TRY(prepare(seccomp, err));
	ret->profile = seccomp;
	for (const struct attack *attack = attack_table; attack->id != NULL; attack++)
		ret->rows[ret->n++] = (struct attack_row){.attack = attack};
	for (size_t i = 0; i < ret->n; i++)
		TRY(try_attack(ret->rows[i].attack, &ret->rows[i], err));
	return 0;
}

static void count(struct attack_result *result)
{
	memset(result->counts, 0, sizeof(result->counts));
	for (size_t i = 0; i < result->n; i++)
		result->counts[result->rows[i].state]++;
}

int attack_run(const char *seccomp, struct attack_result *ret, struct sbx_err *err)
{
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t parent = getpid(), pid = told == MAP_FAILED ? -1 : fork();
	int status = -1;

	ret->n = 0;
	if (pid < 0)
		return sbx_fail(err, SBX_STAGE_HOST, errno, "cannot start a process for the attacks");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			_exit(run_all(seccomp, &told->result, &told->err) < 0);
		_exit(1);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	*ret = told->result;
	*err = told->err;
	munmap(told, sizeof(*told));
	count(ret);
	if (status != 0 && err->stage == SBX_STAGE_NONE)
		return sbx_fail(err, SBX_STAGE_SUPERVISE, 0, "the process of the attacks was ended");
	return status == 0 ? 0 : -EIO;
}
