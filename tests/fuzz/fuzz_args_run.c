/* The command line of `sbx run`, its words parted by NULs; and the plan that is made of it, which is only printed. */
#include "fuzz.h"

#include "policy/plan.h"
#include "runner/args_run.h"

#include <linux/filter.h>

#define WORDS_MAX 600

static const char *const caller_environ[] = {"HOME=/home/me", "EMPTY=", "HOMEWARD=x", NULL};
/* What a file that --seccomp names could hold. */
static const char profile[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}";

static bool is_inside(const char *path)
{
	return path[0] == '/' && strstr(path, "/../") == NULL && strstr(path, "/./") == NULL;
}

static void check_quantity(uint64_t value)
{
	FUZZ_ASSERT(value > 0 && (value <= INT64_MAX || value == SPEC_UNSET || value == SPEC_UNLIMITED));
}

static void check_spec(const struct run_spec *spec)
{
	const uint64_t quantities[] = {spec->cpu_us_max,       spec->wall_us_max,     spec->memory_bytes_max,
	                               spec->pids_max,         spec->stack_bytes_max, spec->fsize_bytes_max,
	                               spec->output_bytes_max, spec->open_files_max,  spec->tmp_bytes_max,
	                               spec->tmp_inodes_max,   spec->cpu_rate_millis};

	for (size_t i = 0; i < sizeof(quantities) / sizeof(quantities[0]); i++)
		check_quantity(quantities[i]);
	FUZZ_ASSERT(spec->argv[0] != NULL && spec->argv[0][0] != '\0');
	FUZZ_ASSERT(spec->n_mounts <= SPEC_BINDS_MAX && spec->n_env <= SPEC_ENV_MAX);
	FUZZ_ASSERT(spec->chdir == NULL || is_inside(spec->chdir));
	for (size_t i = 0; i < spec->n_mounts; i++) {
		const struct spec_mount *mount = &spec->mounts[i];
		const char *dst = mount->dst != NULL ? mount->dst : mount->src;
		FUZZ_ASSERT(is_inside(dst) && strstr(dst, "//") == NULL && dst[strlen(dst) - 1] != '/');
		FUZZ_ASSERT(mount->kind == BOX_MOUNT_TMPFS || (mount->src != NULL && mount->src[0] != '\0'));
	}
	for (size_t i = 0; i < spec->n_env; i++)
		FUZZ_ASSERT(strchr(spec->env[i], '=') > spec->env[i]);
}

static void check_plan(const struct run_args *args)
{
	struct run_spec spec = args->spec;
	static struct policy_plan plan;
	struct sbx_err err = {0};
	char *text;

	if (spec.seccomp != NULL && (strchr(spec.seccomp, '/') != NULL || strstr(spec.seccomp, ".json") != NULL)) {
		spec.seccomp_json = profile;
		spec.seccomp_json_len = sizeof(profile) - 1;
	}
	if (policy_plan(&plan, &spec, &err) < 0) {
		fuzz_assert_error(&err);
		return;
	}
	for (size_t i = 0; i < plan.box.n_mounts; i++)
		FUZZ_ASSERT(plan.box.mounts[i].dst == NULL || is_inside(plan.box.mounts[i].dst));
	FUZZ_ASSERT(plan.box.n_filter <= BPF_MAXINSNS);
	FUZZ_ASSERT(plan.box.uid != 0 && plan.box.init_uid != plan.box.uid);
	text = policy_plan_text(&plan.box);
	FUZZ_ASSERT(text != NULL && text[strlen(text) - 1] == '\n');
	free(text);
	policy_plan_finish(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	char *words[WORDS_MAX + 2] = {strdup("run")};
	struct sbx_err err = {0};
	struct run_args args;
	int argc = 1;

	while (input.left > 0 && argc <= WORDS_MAX)
		words[argc++] = fuzz_part(&input);
	if (run_args_parse(&args, argc, words, (char *const *)caller_environ, &err) < 0) {
		fuzz_assert_error(&err);
	} else {
		if (!args.help) {
			check_spec(&args.spec);
			check_plan(&args);
		}
		run_args_finish(&args);
	}
	while (argc > 0)
		free(words[--argc]);
	return 0;
}
