/* Spec to plan: the text of whole plans against golden files, and the decisions that depend on each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char program[] = "./prog", spaced[] = "a b", broken[] = "new\nline";
static char *const argv_prog[] = {program, spaced, broken, NULL};

static struct policy_plan plan;
static struct sbx_err err;

static void make(struct run_spec *spec)
{
	memset(&err, 0, sizeof(err));
	spec->argv = argv_prog;
	assert_int_equal(policy_plan(&plan, spec, &err), 0);
}

/* The filter's own lines are left out: test_profiles checks them, and they change with every profile. */
static void assert_golden(const char *path)
{
	char *text = policy_plan_text(&plan.box), *save = NULL, line[1024];
	FILE *golden = fopen(path, "re");

	assert_non_null(text);
	assert_non_null(golden);
	for (char *own = strtok_r(text, "\n", &save); own != NULL; own = strtok_r(NULL, "\n", &save)) {
		if (strncmp(own, "bpf ", 4) == 0 || strncmp(own, "seccomp ", 8) == 0)
			continue;
		assert_non_null(fgets(line, sizeof(line), golden));
		line[strcspn(line, "\n")] = '\0';
		assert_string_equal(own, line);
	}
	assert_null(fgets(line, sizeof(line), golden));
	fclose(golden);
	free(text);
	policy_plan_finish(&plan);
}

static void test_defaults(void **state)
{
	struct run_spec spec;

	(void)state;
	run_spec_init(&spec);
	make(&spec);
	assert_golden("tests/unit/golden/plan-default.txt");
}

static void test_everything(void **state)
{
	struct run_spec spec;

	(void)state;
	run_spec_init(&spec);
	spec.cpu_us_max = 1500000;
	spec.memory_bytes_max = 64 << 20;
	spec.pids_max = SPEC_UNLIMITED;
	spec.tmp_bytes_max = 1 << 20;
	spec.cpu_rate_millis = 500;
	spec.pin = PIN_LIST;
	spec.pin_list = "0-1";
	spec.box_dir = "/srv/job";
	spec.box_mode = BOX_DIR_COW;
	spec.mounts[0] = (struct spec_mount){
	        .kind = BOX_MOUNT_BIND, .flags = BOX_MOUNT_RW | BOX_MOUNT_NOEXEC, .src = "/srv/out", .dst = "/out"};
	spec.mounts[1] = (struct spec_mount){.kind = BOX_MOUNT_TMPFS, .dst = "/scratch", .bytes = 4096};
	spec.n_mounts = 2;
	spec.env[0] = "HOME=/box";
	spec.env[1] = "A=1";
	spec.env[2] = "A=2";
	spec.n_env = 3;
	spec.chdir = "/out";
	spec.network = BOX_NETWORK_LOOPBACK;
	spec.seccomp = "none";
	spec.aslr = false;
	spec.weaker = 1U << BOX_LIMIT_SWAP;
	make(&spec);
	assert_golden("tests/unit/golden/plan-everything.txt");
}

static void test_clear_env_keeps_the_callers(void **state)
{
	struct run_spec spec;

	(void)state;
	run_spec_init(&spec);
	spec.clear_env = true;
	spec.env[0] = "X=1";
	spec.n_env = 1;
	make(&spec);
	assert_string_equal(plan.box.envp[0], "X=1");
	assert_null(plan.box.envp[1]);
	policy_plan_finish(&plan);
}

static void test_wall_follows_time(void **state)
{
	struct run_spec spec;

	(void)state;
	run_spec_init(&spec);
	spec.cpu_us_max = 3000000;
	make(&spec);
	assert_int_equal(plan.box.wall_us_max, 7000000);
	policy_plan_finish(&plan);
	spec.cpu_us_max = SPEC_UNLIMITED;
	make(&spec);
	assert_true(plan.box.wall_us_max == BOX_UNLIMITED);
	policy_plan_finish(&plan);
	spec.wall_us_max = 5;
	make(&spec);
	assert_int_equal(plan.box.wall_us_max, 5);
	policy_plan_finish(&plan);
}

static void test_unknown_profile(void **state)
{
	struct run_spec spec;

	(void)state;
	run_spec_init(&spec);
	spec.argv = argv_prog;
	spec.seccomp = "nosuch";
	memset(&err, 0, sizeof(err));
	assert_true(policy_plan(&plan, &spec, &err) < 0);
	assert_int_equal(err.stage, SBX_STAGE_USAGE);
	assert_non_null(strstr(err.msg, "nosuch"));
}

static void use_profile(struct run_spec *spec, const char *json)
{
	spec->seccomp = "mine.json";
	spec->seccomp_json = json;
	spec->seccomp_json_len = strlen(json);
}

static void test_profile_without_execve(void **state)
{
	struct run_spec spec;

	(void)state;
	run_spec_init(&spec);
	spec.argv = argv_prog;
	use_profile(&spec, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"execve\"],"
	                   "\"action\":\"SCMP_ACT_KILL\"}]}");
	memset(&err, 0, sizeof(err));
	assert_true(policy_plan(&plan, &spec, &err) < 0);
	assert_int_equal(err.stage, SBX_STAGE_USAGE);
	assert_non_null(strstr(err.msg, "execve"));
}

static void test_profile_of_the_callers(void **state)
{
	struct run_spec spec;

	(void)state;
	run_spec_init(&spec);
	use_profile(&spec, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"execve\"],"
	                   "\"action\":\"SCMP_ACT_ALLOW\"}]}");
	make(&spec);
	assert_false(plan.box.filter_lets_clock);
	assert_true(plan.box.n_filter > 0);
	assert_ptr_equal(plan.box.filter, plan.filter);
	policy_plan_finish(&plan);
	assert_null(plan.filter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_defaults),
	        cmocka_unit_test(test_everything),
	        cmocka_unit_test(test_clear_env_keeps_the_callers),
	        cmocka_unit_test(test_wall_follows_time),
	        cmocka_unit_test(test_unknown_profile),
	        cmocka_unit_test(test_profile_of_the_callers),
	        cmocka_unit_test(test_profile_without_execve),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
