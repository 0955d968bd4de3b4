/*
 * What a profile says about a call, read from its JSON a second time and in the plainest way, and the comparison of
 * that with what its BPF does: each call is put to both with every argument that a rule mentions. For test_seccomp.c
 * and test_profiles.c.
 */
#pragma once

#include "policy/bpf_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/json.h"
#include "policy/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ALLOW SECCOMP_RET_ALLOW
#define NOTIFY SECCOMP_RET_USER_NOTIF
#define ERRNO(n) (SECCOMP_RET_ERRNO | (n))
#define N_ARGS 6
#define CANDIDATES_MAX 512
#define UPPER UINT64_C(0xdeadbeef00000000)

struct filter {
	struct sock_filter *insns;
	size_t n;
};

static inline struct filter compiled(const char *json)
{
	struct filter filter = {0};
	struct sbx_err err = {0};

	if (seccomp_compile(json, strlen(json), "test", &filter.insns, &filter.n, &err) < 0)
		fail_msg("%s", err.msg);
	return filter;
}

static inline uint32_t asked(const struct sock_filter *insns, size_t n, uint32_t arch, uint32_t nr,
                             const uint64_t *args)
{
	struct seccomp_data data = {.nr = (int)nr, .arch = arch};

	memcpy(data.args, args, sizeof(data.args));
	return bpf_run(insns, n, &data);
}

/* ---- the second reading of the JSON ---- */

static inline struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	return json_find(object, key, &value) ? value : NULL;
}

static inline uint64_t get_number(struct json_object *object, const char *key, uint64_t otherwise)
{
	uint64_t value = otherwise;

	return json_u64_of(get(object, key), &value) ? value : otherwise;
}

static inline uint32_t action_of(struct json_object *object, const char *action_key, const char *errno_key)
{
	const char *action = json_string_of(get(object, action_key));

	if (strcmp(action, "SCMP_ACT_ALLOW") == 0)
		return ALLOW;
	if (strcmp(action, "SCMP_ACT_ERRNO") == 0)
		return ERRNO((uint32_t)get_number(object, errno_key, EPERM));
	return NOTIFY;
}

static inline bool names(struct json_object *group, const char *name)
{
	struct json_object *list = get(group, "names");

	for (size_t i = 0; i < json_length(list); i++)
		if (strcmp(json_string_of(json_at(list, i)), name) == 0)
			return true;
	return false;
}

static inline bool cond_holds(struct json_object *cond, const uint64_t *args)
{
	const char *op = json_string_of(get(cond, "op"));
	uint64_t arg = args[get_number(cond, "index", 0)];
	uint64_t value = get_number(cond, "value", 0), two = get_number(cond, "valueTwo", 0);

	if (strcmp(op, "SCMP_CMP_MASKED_EQ") == 0)
		return (arg & value) == two;
	if (strcmp(op, "SCMP_CMP_EQ") == 0)
		return arg == value;
	if (strcmp(op, "SCMP_CMP_NE") == 0)
		return arg != value;
	if (strcmp(op, "SCMP_CMP_LT") == 0)
		return arg < value;
	if (strcmp(op, "SCMP_CMP_LE") == 0)
		return arg <= value;
	if (strcmp(op, "SCMP_CMP_GT") == 0)
		return arg > value;
	assert_string_equal(op, "SCMP_CMP_GE");
	return arg >= value;
}

static inline bool group_holds(struct json_object *group, const uint64_t *args)
{
	struct json_object *conds = get(group, "args");
	size_t n = json_length(conds), held = 0;
	bool same_index = false;

	for (size_t i = 0; i < n; i++) {
		held += cond_holds(json_at(conds, i), args);
		for (size_t k = 0; k < i; k++)
			if (get_number(json_at(conds, i), "index", 0) == get_number(json_at(conds, k), "index", 0))
				same_index = true;
	}
	return same_index ? held > 0 : held == n;
}

static inline uint32_t expected(struct json_object *root, const char *name, const uint64_t *args)
{
	struct json_object *groups = get(root, "syscalls");
	uint32_t result = action_of(root, "defaultAction", "defaultErrnoRet");

	for (size_t i = 0; i < json_length(groups); i++) {
		struct json_object *group = json_at(groups, i);

		if (!names(group, name))
			continue;
		if (json_length(get(group, "args")) == 0)
			result = action_of(group, "action", "errnoRet");
		else if (group_holds(group, args))
			return action_of(group, "action", "errnoRet");
	}
	return result;
}

/* ---- JSON against BPF ---- */

struct candidates {
	uint64_t values[N_ARGS][CANDIDATES_MAX];
	size_t n[N_ARGS];
};

static inline void add_candidate(struct candidates *all, size_t index, uint64_t value)
{
	for (size_t i = 0; i < all->n[index]; i++)
		if (all->values[index][i] == value)
			return;
	assert_in_range(all->n[index], 0, CANDIDATES_MAX - 1);
	all->values[index][all->n[index]++] = value;
}

/* For each argument that rules for `name` look at, what they mention, its neighbours, and with upper bits set. */
static inline void find_candidates(struct candidates *all, struct json_object *root, const char *name)
{
	struct json_object *groups = get(root, "syscalls");

	memset(all->n, 0, sizeof(all->n));
	for (size_t i = 0; i < N_ARGS; i++)
		add_candidate(all, i, 0);
	for (size_t i = 0; i < json_length(groups); i++) {
		struct json_object *conds = get(json_at(groups, i), "args");

		for (size_t k = 0; names(json_at(groups, i), name) && k < json_length(conds); k++) {
			struct json_object *cond = json_at(conds, k);
			const char *op = json_string_of(get(cond, "op"));
			size_t index = get_number(cond, "index", 0);
			uint64_t value =
			        get_number(cond, strcmp(op, "SCMP_CMP_MASKED_EQ") == 0 ? "valueTwo" : "value", 0);

			add_candidate(all, index, value);
			add_candidate(all, index, value + 1);
			add_candidate(all, index, value - 1);
			add_candidate(all, index, value | UPPER);
			add_candidate(all, index, value | UINT64_C(1) << 32);
			add_candidate(all, index, ~value);
			add_candidate(all, index, UINT32_MAX);
			add_candidate(all, index, UINT64_MAX);
		}
	}
}

/* Every combination of candidates for the arguments from `index` on. Returns how many were put. */
static inline size_t compare(const struct filter *filter, struct json_object *root, int nr, const char *name,
                             const struct candidates *all, uint64_t *args, size_t index)
{
	size_t n = 0;

	if (index < N_ARGS) {
		for (size_t i = 0; i < all->n[index]; i++) {
			args[index] = all->values[index][i];
			n += compare(filter, root, nr, name, all, args, index + 1);
		}
		return n;
	}
	if (asked(filter->insns, filter->n, AUDIT_ARCH_X86_64, (uint32_t)nr, args) != expected(root, name, args))
		fail_msg("%s(%#llx, %#llx, %#llx)", name, (unsigned long long)args[0], (unsigned long long)args[1],
		         (unsigned long long)args[2]);
	return 1;
}

static inline size_t compare_all(const struct filter *filter, const char *json)
{
	struct candidates *all = calloc(1, sizeof(*all));
	struct json_object *root = NULL;
	struct sbx_err err = {0};
	size_t n = 0;

	assert_non_null(all);
	assert_int_equal(json_parse(json, strlen(json), "test", &root, &err), 0);
	for (int nr = 0; nr <= 1100; nr++) {
		char name[64];
		uint64_t args[N_ARGS];

		seccomp_call_name(AUDIT_ARCH_X86_64, nr, name, sizeof(name));
		find_candidates(all, root, name);
		n += compare(filter, root, nr, name, all, args, 0);
	}
	json_free(root);
	free(all);
	return n;
}
