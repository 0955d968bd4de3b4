/*
 * policy/seccomp.c: which profiles are refused and why, the prologue, and that operators and the order of rules
 * mean in BPF what seccomp.h says. The built-in profiles are test_profiles.c's.
 */
#include "tests/unit/seccomp_expect.h"

#include <stdio.h>
#include <sys/syscall.h>

static void test_prologue(void **state)
{
	static const uint32_t x32[] = {0x40000000, 0x40000000 + 59, 0x40000000 + 520, 0x7fffffff,
	                               0x80000000, 0xc0000000,      0xfffffffe};
	static const uint32_t arches[] = {AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, 0, UINT32_MAX};
	const uint64_t args[N_ARGS] = {0};
	struct filter open = compiled("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}");

	(void)state;
	for (size_t i = 0; i < sizeof(x32) / sizeof(x32[0]); i++)
		assert_int_equal(asked(open.insns, open.n, AUDIT_ARCH_X86_64, x32[i], args), NOTIFY);
	assert_int_equal(asked(open.insns, open.n, AUDIT_ARCH_X86_64, UINT32_MAX, args), ALLOW);
	assert_int_equal(asked(open.insns, open.n, AUDIT_ARCH_X86_64, 0x3fffffff, args), ALLOW);
	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
		for (uint32_t nr = 0; nr <= 500; nr++) {
			assert_int_equal(asked(open.insns, open.n, arches[i], nr, args), NOTIFY);
			assert_int_equal(
			        asked(seccomp_builtin[0].filter, seccomp_builtin[0].n_filter, arches[i], nr, args),
			        NOTIFY);
		}
	free(open.insns);
}

/* ---- rules ---- */

#define RULE(names, rest) "{\"names\": [" names "], \"action\": " rest "}"
#define DENY(rules) "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38, \"syscalls\": [" rules "]}"
#define ARG(index, op, value, two)                                                                                     \
	"{\"index\": " index ", \"op\": \"SCMP_CMP_" op "\", \"value\": " value ", \"valueTwo\": " two "}"

static void test_operators(void **state)
{
	/* 0x180000002: both halves are needed. */
	static const char *const profiles[] = {
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "EQ", "6442450946", "0") "]")),
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("1", "NE", "6442450946", "0") "]")),
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("2", "LT", "6442450946", "0") "]")),
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("3", "LE", "6442450946", "0") "]")),
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("4", "GT", "6442450946", "0") "]")),
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("5", "GE", "6442450946", "0") "]")),
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "MASKED_EQ", "18446744069414584321",
	                                                                   "4294967297") "]")),
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "MASKED_EQ", "0", "0") "]")),
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "NE", "5", "0") ", " ARG(
	                                     "1", "LT", "9", "0") ", " ARG("5", "GE", "4294967296", "0") "]")),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		struct filter filter = compiled(profiles[i]);

		assert_in_range(compare_all(&filter, profiles[i]), 1101, SIZE_MAX);
		free(filter.insns);
	}
}

static void test_precedence(void **state)
{
	static const char *const profiles[] = {
	        /* With args before without, wherever they stand; the first that matches. */
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\"") ", " RULE(
	                "\"dup\"", "\"SCMP_ACT_KILL\", \"args\": [" ARG(
	                                   "0", "LT", "10", "0") "]") ", " RULE("\"dup\"",
	                                                                        "\"SCMP_ACT_ERRNO\", \"args\": [" ARG(
	                                                                                "0", "LT", "20", "0") "]")),
	        /* Two conditions on one argument: either. */
	        DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "EQ", "10", "0") ", " ARG(
	                                     "1", "EQ", "3", "0") ", " ARG("0", "EQ", "20", "0") "]")),
	        /* What says the same as the default. */
	        DENY(RULE("\"dup\", \"read\"", "\"SCMP_ACT_ERRNO\", \"errnoRet\": 38") ", " RULE(
	                "\"dup\"",
	                "\"SCMP_ACT_ERRNO\", \"errnoRet\": 38, \"args\": [" ARG(
	                        "0", "EQ", "1", "0") "]") ", " RULE("\"dup\"",
	                                                            "\"SCMP_ACT_ALLOW\", \"args\": [" ARG(
	                                                                    "0", "MASKED_EQ", "1", "1") "]")),
	        /* The same twice. */
	        DENY(RULE("\"dup\", \"dup\"", "\"SCMP_ACT_ALLOW\"") ", " RULE(
	                "\"dup\"", "\"SCMP_ACT_ALLOW\"") ", " RULE("\"read\"", "\"SCMP_ACT_NOTIFY\","
	                                                                       " \"args\": []")),
	        "{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\", \"syscalls\": [" RULE(
	                "\"dup\"", "\"SCMP_ACT_KILL_THREAD\"") ", " RULE("\"read\"", "\"SCMP_ACT_ERRNO\"") "]}",
	        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [" RULE(
	                "\"dup\"", "\"SCMP_ACT_ERRNO\", \"args\": [" ARG("0", "GT", "4", "0") "]") "]}",
	        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", "
	        "\"SCMP_ARCH_X32\"], \"flags\": [], \"x-note\": 1, \"comment\": \"\", \"syscalls\": []}",
	        DENY(""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		struct filter filter = compiled(profiles[i]);

		compare_all(&filter, profiles[i]);
		free(filter.insns);
	}
}

static void test_calls_unknown_or_elsewhere(void **state)
{
	/* socketcall is i386's; a call that this libseccomp has no name for cannot be made by it. */
	static const char json[] = DENY(RULE("\"socketcall\", \"dup\"", "\"SCMP_ACT_ALLOW\"") ", " RULE(
	        "\"no_such_call\"", "\"SCMP_ACT_ERRNO\"") ", " RULE("\"no_such_call\"", "\"SCMP_ACT_KILL\""));
	struct filter filter = compiled(json);

	(void)state;
	compare_all(&filter, json);
	free(filter.insns);
}

static void refused(const char *json, int errnum, const char *message)
{
	struct sock_filter *filter = (struct sock_filter *)0x1;
	struct sbx_err err = {0};
	size_t n = 7;

	if (seccomp_compile(json, strlen(json), "bad.json", &filter, &n, &err) != -errnum)
		fail_msg("not refused with %d but %d (%s): %.200s", errnum, err.errnum, err.msg, json);
	assert_int_equal(err.stage, SBX_STAGE_PLAN);
	assert_int_equal(err.errnum, errnum);
	assert_true(filter == (struct sock_filter *)0x1 && n == 7);
	if (strncmp(err.msg, "bad.json: ", 10) != 0 || strstr(err.msg, message) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.msg, message);
}

static void test_bad_profiles(void **state)
{
	static const struct {
		const char *json, *message;
		int errnum;
	} rows[] = {
	        {"", "unexpected end", EINVAL},
	        {"[]", "must be an object", EINVAL},
	        {"null", "must be an object", EINVAL},
	        {"{}", "\"defaultAction\" is missing", EINVAL},
	        {"{\"defaultAction\": 1}", "\"defaultAction\" must be a string", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_LOG\"}", "unknown action \"SCMP_ACT_LOG\"", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_TRACE\"}", "unknown action", EINVAL},
	        {"{\"defaultAction\": \"scmp_act_allow\"}", "unknown action", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\\u0000\"}", "unknown action", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"defaultErrnoRet\": 1}", "SCMP_ACT_ERRNO only", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 4096}", "between 0 and 4095", ERANGE},
	        {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": -1}", "between 0 and 4095", ERANGE},
	        {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": \"1\"}", "must be an integer", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"defaultaction\": 1}", "unknown key \"defaultaction\"",
	         EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": \"/x\"}", "unknown key", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"]}", "\"flags\"",
	         EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": {}}", "\"flags\" must be an array", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": {}}", "must be an array", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": []}", "lacks SCMP_ARCH_X86_64", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86\"]}", "lacks", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86_64\", "
	         "\"SCMP_ARCH_ARM\"]}",
	         "\"SCMP_ARCH_ARM\"", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [1]}", "architecture", EINVAL},
	        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": {}}", "\"syscalls\" must be an array", EINVAL},
	        {DENY("1"), "syscalls[0]: must be an object", EINVAL},
	        {DENY("{}, {}"), "syscalls[0]: \"action\" is missing", EINVAL},
	        {DENY("{\"action\": \"SCMP_ACT_ALLOW\"}"), "\"names\" is missing", EINVAL},
	        {DENY("{\"name\": \"dup\", \"action\": \"SCMP_ACT_ALLOW\"}"), "unknown key \"name\"", EINVAL},
	        {DENY("{\"names\": \"dup\", \"action\": \"SCMP_ACT_ALLOW\"}"), "\"names\" must be an array", EINVAL},
	        {DENY(RULE("", "\"SCMP_ACT_ALLOW\", \"includes\": {}")), "unknown key \"includes\"", EINVAL},
	        {DENY(RULE("1", "\"SCMP_ACT_ALLOW\"")), "unknown system call", EINVAL},
	        {DENY(RULE("1", "\"SCMP_ACT_ERRNO\"")), "unknown system call", EINVAL},
	        {DENY(RULE("\"opne\"", "\"SCMP_ACT_ALLOW\"")), "unknown system call \"opne\"", EINVAL},
	        {DENY(RULE("", "\"SCMP_ACT_ALLOW\"")), "\"names\" is empty", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_TRAP\"")), "SCMP_ACT_TRAP would leave the end to the program",
	         EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"errnoRet\": 1")), "SCMP_ACT_ERRNO only", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ERRNO\", \"errnoRet\": 5000")), "between 0 and 4095", ERANGE},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ERRNO\"") ", " RULE("\"dup\"", "\"SCMP_ACT_ALLOW\"")),
	         "syscalls[1]: another action for \"dup\"", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": 1")), "\"args\" must be an array", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [1]")), "syscalls[0].args[0]: must be", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("6", "EQ", "1", "0") "]")),
	         "syscalls[0].args[0]: \"index\" must be between 0 and 5", ERANGE},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "EQ", "-1", "0") "]")),
	         "\"value\" must be between", ERANGE},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "EQ", "1.5", "0") "]")),
	         "\"value\" must be an integer", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "IS", "1", "0") "]")),
	         "unknown comparison \"SCMP_CMP_IS\"", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [" ARG("0", "MASKED_EQ", "0", "2114060288") "]")),
	         "never matches", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 1}]")),
	         "\"op\" is missing", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [{\"op\": \"SCMP_CMP_EQ\", \"value\": 1}]")),
	         "\"index\" is missing", EINVAL},
	        {DENY(RULE("\"dup\"", "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"mask\": 1}]")),
	         "unknown key \"mask\"", EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		refused(rows[i].json, rows[i].errnum, rows[i].message);
}

static void test_too_large(void **state)
{
	size_t size = SECCOMP_PROFILE_BYTES_MAX + 2;
	char *text = malloc(size), *end = text;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', size - 1);
	text[size - 1] = '\0';
	refused(text, EFBIG, "more than");

	end += sprintf(end,
	               "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [" RULE("\"dup\"", "\"SCMP_ACT_KILL\", "
	                                                                                         "\"args\": ["));
	end -= 1; /* RULE's own brace comes after the list */
	for (unsigned i = 0; i < 1500; i++)
		end += sprintf(end, "%s" ARG("0", "EQ", "%u", "0"), i > 0 ? ", " : "", i);
	sprintf(end, "]}]}");
	refused(text, E2BIG, "more than 4096 instructions");
	free(text);
}

static void test_call_names(void **state)
{
	static const struct {
		uint32_t arch;
		int nr;
		const char *name;
	} rows[] = {
	        {AUDIT_ARCH_X86_64, SYS_socket, "socket"},
	        {AUDIT_ARCH_X86_64, SYS_read, "read"},
	        {AUDIT_ARCH_X86_64, 600, "syscall_600"},
	        {AUDIT_ARCH_X86_64, -1, "syscall_-1"},
	        {AUDIT_ARCH_X86_64, -10001, "syscall_-10001"}, /* libseccomp has a name for this one */
	        {AUDIT_ARCH_X86_64, 0x40000000 + 520, "x32:execve"},
	        {AUDIT_ARCH_X86_64, 0x40000000 + 39, "x32:getpid"},
	        {AUDIT_ARCH_X86_64, 0x40000000 + 2000, "x32:2000"},
	        {AUDIT_ARCH_I386, 102, "i386:socketcall"},
	        {AUDIT_ARCH_I386, 4000, "i386:4000"},
	        {AUDIT_ARCH_AARCH64, 5, "arch_c00000b7:5"},
	};
	char small[4];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[64];

		seccomp_call_name(rows[i].arch, rows[i].nr, name, sizeof(name));
		assert_string_equal(name, rows[i].name);
	}
	seccomp_call_name(AUDIT_ARCH_X86_64, SYS_socket, small, sizeof(small));
	assert_string_equal(small, "soc");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_prologue),     cmocka_unit_test(test_operators),
	        cmocka_unit_test(test_precedence),   cmocka_unit_test(test_calls_unknown_or_elsewhere),
	        cmocka_unit_test(test_bad_profiles), cmocka_unit_test(test_too_large),
	        cmocka_unit_test(test_call_names),
	};

	return cmocka_run_group_tests_name("seccomp", tests, NULL, NULL);
}
