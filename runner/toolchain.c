/* A version, from a box: the way is run_probe(). Called by `sbx languages`; by `sbx judge` where a look is enough. */
#include "runner/toolchain.h"

#include "policy/plan.h"
#include "policy/verdict.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool toolchain_is_there(const struct language *language)
{
	return language->version[0] == NULL || faccessat(AT_FDCWD, language->version[0], X_OK, AT_EACCESS) == 0;
}

const char *toolchain_remedy(const struct language *language, char *buf, size_t size)
{
	size_t len = (size_t)snprintf(buf, size, "apt-get install");

	for (const char *const *package = language->packages; *package != NULL && len < size; package++)
		len += (size_t)snprintf(buf + len, size - len, " %s", *package);
	return buf;
}

/* What one run needs: large. */
struct probe {
	struct run_spec spec;
	struct policy_plan plan;
	struct run run;
	int output; /* a file in memory */
};

static void set_spec(struct run_spec *spec, const struct language *language)
{
	const struct language_step *step = language->compile.argv[0] != NULL ? &language->compile : &language->run;

	run_spec_init(spec);
	spec->argv = (char *const *)(uintptr_t)language->version;
	spec->cpu_us_max = language->compile_time_us_max;
	spec->memory_bytes_max = language->compile_memory_bytes_max;
	spec->pids_max = step->pids_max;
	spec->open_files_max = step->open_files_max;
	spec->tmp_bytes_max = step->tmp_bytes_max;
	spec->seccomp = step->profile;
	spec->box_dir = "/usr/bin"; /* it has to be something, and this is in the box anyway */
	for (const char *const *env = step->env; *env != NULL && spec->n_env < SPEC_ENV_MAX; env++)
		spec->env[spec->n_env++] = *env;
	for (const char *const *bind = step->binds; *bind != NULL && spec->n_mounts < SPEC_BINDS_MAX; bind++)
		spec->mounts[spec->n_mounts++] =
		        (struct spec_mount){.kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_MAYBE, .src = *bind};
}

/* No relays: it writes to a file in memory, both streams, since some say their version on the second one. */
static int open_streams(struct run_streams *io, int output, struct sbx_err *err)
{
	relay_init(&io->in);
	relay_init(&io->out);
	relay_init(&io->err);
	io->box_fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	io->box_fd[1] = fcntl(output, F_DUPFD_CLOEXEC, 3);
	io->box_fd[2] = fcntl(output, F_DUPFD_CLOEXEC, 3);
	if (io->box_fd[0] >= 0 && io->box_fd[1] >= 0 && io->box_fd[2] >= 0)
		return 0;
	run_streams_finish(io);
	return sbx_fail(err, SBX_STAGE_STDIO, errno, "cannot open its standard streams");
}

/* The first line of what it wrote. */
static void take_version(int output, struct toolchain *toolchain)
{
	ssize_t n = pread(output, toolchain->version, sizeof(toolchain->version) - 1, 0);

	toolchain->version[n > 0 ? n : 0] = '\0';
	toolchain->version[strcspn(toolchain->version, "\r\n")] = '\0';
	for (char *c = toolchain->version; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

/* What the run says of the toolchain. */
static int judge(const struct probe *probe, const struct language *language, struct toolchain *ret, struct sbx_err *err)
{
	const struct run_result *result = &probe->run.result;
	struct toolchain toolchain = {0};
	const char *reason;

	if (result->error.stage == SBX_STAGE_EXEC && result->error.errnum == ENOENT) {
		*ret = toolchain;
		return 0;
	}
	if (result->killed_by == KILLED_BY_INTERRUPT)
		return sbx_fail(err, SBX_STAGE_SUPERVISE, EINTR, "asking %s for its version", language->version[0]);
	if (result->error.stage != SBX_STAGE_NONE) {
		*err = result->error;
		return -EIO;
	}
	toolchain.is_installed = true;
	if (verdict_of(result, &probe->plan.box, &reason) == VERDICT_OK)
		take_version(probe->output, &toolchain);
	*ret = toolchain;
	return 0;
}

static int run_probe(struct probe *probe, struct supervisor *supervisor, const struct box_host *host,
                     struct sbx_err *err)
{
	int rc;

	probe->run.plan = &probe->plan.box;
	run_result_init(&probe->run.result);
	box_init(&probe->run.box);
	TRY(open_streams(&probe->run.streams, probe->output, err));
	rc = supervisor_start(supervisor, &probe->run, host, err);
	if (rc == 0)
		rc = supervisor_wait(supervisor, err);
	/* an error of the run's own is in its result */
	return rc < 0 && probe->run.result.error.stage == SBX_STAGE_NONE ? rc : 0;
}

int toolchain_ask(struct toolchain *ret, const struct language *language, struct supervisor *supervisor,
                  const struct box_host *host, struct sbx_err *err)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	int rc;

	if (probe == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, ENOMEM, "out of memory");
	set_spec(&probe->spec, language);
	probe->output = memfd_create("version", MFD_CLOEXEC);
	rc = probe->output < 0 ? sbx_fail(err, SBX_STAGE_STDIO, errno, "cannot make a file in memory")
	                       : policy_plan(&probe->plan, &probe->spec, err);
	if (rc == 0) {
		rc = run_probe(probe, supervisor, host, err);
		if (rc == 0)
			rc = judge(probe, language, ret, err);
		policy_plan_finish(&probe->plan);
	}
	fd_close(&probe->output);
	free(probe);
	return rc;
}
