/* sbx languages: the built-in languages, each with the version that its toolchain prints in a box, or what to install.
 */
#include "policy/json.h"
#include "policy/language.h"
#include "policy/plan.h"
#include "policy/verdict.h"
#include "runner/cmd.h"
#include "runner/supervise.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static const char help[] = "usage: sbx languages [--json]\n"
                           "\n"
                           "Lists the built-in languages: name, title, extensions, and the version that is\n"
                           "found when its compiler or interpreter is asked in a box, or what to install.\n"
                           "\n"
                           "  --json  one array of objects: name, title, extensions, packages, installed,\n"
                           "          and version, null where none was printed\n";

/* What asking for a version needs, too large for a stack. One after the other. */
static struct probe {
	struct box_host host;
	struct supervisor supervisor;
	struct policy_plan plan;
	struct run run;
	bool is_installed;
	char version[128]; /* empty where none was printed */
} probe;

static int fail(const struct sbx_err *err)
{
	fprintf(stderr, "sbx: languages: %s: %s%s%s\n", sbx_stage_name(err->stage), err->msg,
	        err->errnum > 0 ? ": " : "", err->errnum > 0 ? strerror(err->errnum) : "");
	return SBX_EXIT_SANDBOX;
}

static void set_spec(struct run_spec *spec, const struct language *language)
{
	const struct language_step *step = language->compile.argv[0] != NULL ? &language->compile : &language->run;

	run_spec_init(spec);
	spec->argv = (char *const *)(uintptr_t)language->version;
	spec->memory_bytes_max = language->compile_memory_bytes_max;
	spec->pids_max = step->pids_max;
	spec->open_files_max = step->open_files_max;
	spec->tmp_bytes_max = step->tmp_bytes_max;
	spec->seccomp = step->profile;
	spec->box_dir = "/usr"; /* it has to be something, and this is in the box anyway */
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

static void take_version(int output)
{
	ssize_t n = pread(output, probe.version, sizeof(probe.version) - 1, 0);

	probe.version[n > 0 ? n : 0] = '\0';
	probe.version[strcspn(probe.version, "\r\n")] = '\0';
	for (char *c = probe.version; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
}

static int run_probe(const struct language *language, int output, struct sbx_err *err)
{
	const struct run_result *result = &probe.run.result;
	const char *reason;
	int rc;

	probe.run.plan = &probe.plan.box;
	run_result_init(&probe.run.result);
	box_init(&probe.run.box);
	TRY(open_streams(&probe.run.streams, output, err));
	rc = supervisor_start(&probe.supervisor, &probe.run, &probe.host, err);
	if (rc == 0)
		rc = supervisor_wait(&probe.supervisor, err);
	if (result->error.stage == SBX_STAGE_EXEC && result->error.errnum == ENOENT)
		return 0;
	if (result->killed_by == KILLED_BY_INTERRUPT)
		return sbx_fail(err, SBX_STAGE_SUPERVISE, EINTR, "asking %s for its version", language->version[0]);
	if (rc == 0 && result->error.stage != SBX_STAGE_NONE)
		*err = result->error;
	if (rc < 0 || result->error.stage != SBX_STAGE_NONE)
		return -EIO;
	probe.is_installed = true;
	if (verdict_of(result, &probe.plan.box, &reason) == VERDICT_OK)
		take_version(output);
	return 0;
}

static int find_version(const struct language *language, struct sbx_err *err)
{
	static struct run_spec spec; /* large */
	FD_CLEANUP int output = memfd_create("version", MFD_CLOEXEC);
	int rc;

	if (output < 0)
		return sbx_fail(err, SBX_STAGE_STDIO, errno, "cannot make a file in memory");
	probe.run = (struct run){0};
	probe.is_installed = false;
	probe.version[0] = '\0';
	set_spec(&spec, language);
	TRY(policy_plan(&probe.plan, &spec, err));
	rc = run_probe(language, output, err);
	policy_plan_finish(&probe.plan);
	return rc;
}

static void print_list(const char *const *list, int width)
{
	int n = 0;

	for (; *list != NULL; list++)
		n += printf("%s%s", n > 0 ? " " : "", *list);
	printf("%*s", n < width ? width - n : 0, "");
}

static void print_line(const struct language *language)
{
	printf("%-11s %-22s ", language->name, language->title);
	print_list(language->extensions, 20);
	if (probe.is_installed) {
		printf(" %s\n", probe.version[0] != '\0' ? probe.version : "is there, but prints no version in a box");
	} else {
		printf(" install: apt-get install ");
		print_list(language->packages, 0);
		putchar('\n');
	}
	fflush(stdout); /* the next may take a second */
}

static struct json_object *list_json(const char *const *list)
{
	struct json_object *json = json_new_array();

	for (; *list != NULL; list++)
		json_append(json, json_new_string(*list));
	return json;
}

static void add_json(struct json_object *array, const struct language *language)
{
	struct json_object *json = json_new_object();

	json_add_string(json, "name", language->name);
	json_add_string(json, "title", language->title);
	json_add(json, "extensions", list_json(language->extensions));
	json_add(json, "packages", list_json(language->packages));
	json_add_bool(json, "installed", probe.is_installed);
	json_add_string(json, "version", probe.version[0] != '\0' ? probe.version : NULL);
	json_append(array, json);
}

/* `array` NULL: as text */
static int list(struct json_object *array, struct sbx_err *err)
{
	TRY(host_open(&probe.host, err));
	TRY(supervisor_init(&probe.supervisor, err));
	for (const struct language *language = language_builtin; language->name != NULL; language++) {
		TRY(find_version(language, err));
		if (array != NULL)
			add_json(array, language);
		else
			print_line(language);
	}
	return 0;
}

int cmd_languages(int argc, char **argv)
{
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
	__attribute__((cleanup(json_freep))) struct json_object *array = json ? json_new_array() : NULL;
	struct sbx_err err = {0};

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(help, stdout);
	} else if (argc > 1 && !json) {
		fprintf(stderr, "sbx: languages: takes --json or nothing: %.60s; sbx languages --help tells more\n",
		        argv[argc > 2 ? 2 : 1]);
		return SBX_EXIT_USAGE;
	} else if (list(array, &err) < 0) {
		return fail(&err);
	} else if (json) {
		puts(json_text(array, true));
	}
	if (fflush(stdout) != EOF && !ferror(stdout))
		return SBX_EXIT_OK;
	fprintf(stderr, "sbx: languages: cannot write to the standard output: %s\n", strerror(errno));
	return SBX_EXIT_SANDBOX;
}
