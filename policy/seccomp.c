/*
 * Seccomp profiles to BPF: what seccomp.h promises. Called by policy_plan() for a profile of the user's own, and by
 * gen_profiles when sbx is built, for the built-in ones. Three parts: JSON to a flat list of rules; the list
 * to code; the names of calls for reports. libseccomp turns names into numbers and back.
 *
 * The code: a prologue; a search for the call's number (bpf_tree.h); and behind it a block for each call with
 * conditions on arguments. libseccomp's own generator would do for the search, with twice as many instructions (ADR 8),
 * but not for the conditions: it gives no order to the rules of a call, lets one without arguments win over all others,
 * and has no "all but these": socket() outside of three families can be answered EAFNOSUPPORT only by some 30 masks
 * there, against 9 instructions here.
 */
#include "policy/seccomp.h"

#include "policy/bpf_run.h"
#include "policy/bpf_tree.h"
#include "policy/json.h"

#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define X32_BIT 0x40000000
#define NR_END 1024 /* above every number of x86_64, which stands near 470 */
#define MAX_ERRNO 4095

/* SCMP_ACT_* values are kept as they are and end up in `ret` instructions. */
static_assert(SCMP_ACT_ALLOW == SECCOMP_RET_ALLOW, "");
static_assert(SCMP_ACT_ERRNO(1) == (SECCOMP_RET_ERRNO | 1), "");
static_assert(SCMP_ACT_NOTIFY == SECCOMP_RET_USER_NOTIF, "");

/* A rule with conditions, all of which must hold. */
struct rule {
	int nr;
	uint32_t action;
	size_t n_conds;
	struct bpf_cond conds[BPF_N_ARGS];
};

struct call {
	bool decided; /* by a rule without conditions: */
	uint32_t action;
	bool has_rules; /* in profile.rules */
};

struct profile {
	const char *origin;
	char at[64]; /* which part is being read, for messages: "syscalls[3].args[0]" */
	uint32_t default_action;
	struct call calls[NR_END]; /* by number */
	struct rule *rules;        /* in the order of the file */
	size_t n_rules, size_rules;
};

/* An entry of "syscalls". */
struct group {
	uint32_t action;
	struct bpf_cond *conds;
	size_t n_conds;
	bool alternatives; /* each condition is a rule of its own */
};

/* ---- JSON to rules ---- */

static void profile_freep(struct profile **profile)
{
	if (*profile != NULL)
		free((*profile)->rules);
	free(*profile);
}

static void group_finish(struct group *group)
{
	free(group->conds);
}

static const char *const profile_keys[] = {"defaultAction", "defaultErrnoRet", "architectures",
                                           "flags",         "syscalls",        NULL};
static const char *const group_keys[] = {"names", "action", "errnoRet", "args", NULL};
static const char *const arg_keys[] = {"index", "value", "valueTwo", "op", NULL};

struct key_check {
	const struct profile *profile;
	const char *const *keys;
};

static int check_key(const char *key, struct json_object *value, void *data, struct sbx_err *err)
{
	const struct key_check *check = data;

	(void)value;
	if (strcmp(key, "comment") == 0 || strncmp(key, "x-", 2) == 0)
		return 0;
	for (const char *const *known = check->keys; *known != NULL; known++)
		if (strcmp(key, *known) == 0)
			return 0;
	return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: unknown key \"%s\"", check->profile->origin,
	                check->profile->at, key);
}

static int check_object(const struct profile *profile, struct json_object *json, const char *const *keys,
                        struct sbx_err *err)
{
	struct key_check check = {.profile = profile, .keys = keys};

	if (json_kind_of(json) != JSON_OBJECT)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: must be an object", profile->origin, profile->at);
	return json_each(json, check_key, &check, err);
}

/* 1 with *ret set, or 0 where there is no such key; that of a `must` key is an error, as is a value of another kind. */
static int member(const struct profile *profile, const struct json_object *object, const char *key, enum json_kind kind,
                  bool must, struct json_object **ret, struct sbx_err *err)
{
	struct json_object *value;

	if (!json_find(object, key, &value)) {
		if (!must)
			return 0;
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: \"%s\" is missing", profile->origin, profile->at,
		                key);
	}
	if (json_kind_of(value) != kind)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: \"%s\" must be %s", profile->origin, profile->at,
		                key, json_kind_name(kind));
	*ret = value;
	return 1;
}

/* member() for an unsigned integer of at most `max`. */
static int number(const struct profile *profile, const struct json_object *object, const char *key, uint64_t max,
                  bool must, uint64_t *ret, struct sbx_err *err)
{
	struct json_object *json = NULL;
	uint64_t value;
	int found = member(profile, object, key, JSON_INT, must, &json, err);

	if (found <= 0)
		return found;
	if (!json_u64_of(json, &value) || value > max)
		return sbx_fail(err, SBX_STAGE_PLAN, ERANGE, "%s: %s: \"%s\" must be between 0 and %llu",
		                profile->origin, profile->at, key, (unsigned long long)max);
	*ret = value;
	return 1;
}

/* An action and the errno that may go with it, of a group or of the whole profile. */
static int read_action(const struct profile *profile, const struct json_object *object, const char *action_key,
                       const char *errno_key, uint32_t *ret_action, struct sbx_err *err)
{
	static const char *const stopping[] = {"SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
	                                       "SCMP_ACT_NOTIFY"};
	struct json_object *json = NULL;
	uint64_t errnum = EPERM;
	const char *name;
	int has_errno;

	TRY(member(profile, object, action_key, JSON_STRING, true, &json, err));
	TRY(has_errno = number(profile, object, errno_key, MAX_ERRNO, false, &errnum, err));
	name = json_string_of(json);
	if (name != NULL && strcmp(name, "SCMP_ACT_ERRNO") == 0) {
		*ret_action = SCMP_ACT_ERRNO((uint32_t)errnum);
		return 0;
	}
	if (has_errno)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: \"%s\" goes with SCMP_ACT_ERRNO only",
		                profile->origin, profile->at, errno_key);
	if (name != NULL && strcmp(name, "SCMP_ACT_ALLOW") == 0) {
		*ret_action = SCMP_ACT_ALLOW;
		return 0;
	}
	for (size_t i = 0; name != NULL && i < sizeof(stopping) / sizeof(stopping[0]); i++)
		if (strcmp(name, stopping[i]) == 0) {
			*ret_action = SCMP_ACT_NOTIFY;
			return 0;
		}
	/* a program could handle the signal, and hide the call that it was stopped for */
	if (name != NULL && strcmp(name, "SCMP_ACT_TRAP") == 0)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL,
		                "%s: %s: SCMP_ACT_TRAP would leave the end to the program (use SCMP_ACT_ERRNO or "
		                "SCMP_ACT_KILL)",
		                profile->origin, profile->at);
	return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: unknown action \"%s\"", profile->origin, profile->at,
	                name != NULL ? name : "");
}

static int check_architectures(const struct profile *profile, const struct json_object *root, struct sbx_err *err)
{
	struct json_object *list = NULL;
	bool ours = false;
	int found = member(profile, root, "architectures", JSON_ARRAY, false, &list, err);

	if (found <= 0)
		return found;
	for (size_t i = 0; i < json_length(list); i++) {
		const char *name = json_string_of(json_at(list, i));

		if (name != NULL && strcmp(name, "SCMP_ARCH_X86_64") == 0)
			ours = true;
		else if (name == NULL || (strcmp(name, "SCMP_ARCH_X86") != 0 && strcmp(name, "SCMP_ARCH_X32") != 0))
			return sbx_fail(err, SBX_STAGE_PLAN, EINVAL,
			                "%s: %s: architecture \"%s\": sbx knows SCMP_ARCH_X86_64 only", profile->origin,
			                profile->at, name != NULL ? name : "");
	}
	if (!ours)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: \"architectures\" lacks SCMP_ARCH_X86_64",
		                profile->origin, profile->at);
	return 0;
}

static int read_cond(const struct profile *profile, struct json_object *json, struct bpf_cond *ret_cond,
                     struct sbx_err *err)
{
	static const char *const ops[BPF_CMP_MAX] = {
	        [BPF_CMP_NE] = "SCMP_CMP_NE",
	        [BPF_CMP_LT] = "SCMP_CMP_LT",
	        [BPF_CMP_LE] = "SCMP_CMP_LE",
	        [BPF_CMP_EQ] = "SCMP_CMP_EQ",
	        [BPF_CMP_GE] = "SCMP_CMP_GE",
	        [BPF_CMP_GT] = "SCMP_CMP_GT",
	        [BPF_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
	};
	struct json_object *op_json = NULL;
	uint64_t index = 0, value = 0, value_two = 0;
	const char *name;
	enum bpf_compare op;

	TRY(check_object(profile, json, arg_keys, err));
	TRY(number(profile, json, "index", BPF_N_ARGS - 1, true, &index, err));
	TRY(number(profile, json, "value", UINT64_MAX, true, &value, err));
	TRY(number(profile, json, "valueTwo", UINT64_MAX, false, &value_two, err));
	TRY(member(profile, json, "op", JSON_STRING, true, &op_json, err));
	name = json_string_of(op_json);
	for (op = 0; op < BPF_CMP_MAX; op++)
		if (name != NULL && strcmp(name, ops[op]) == 0)
			break;
	if (op == BPF_CMP_MAX)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: unknown comparison \"%s\"", profile->origin,
		                profile->at, name != NULL ? name : "");
	/* Most likely mask and value were taken for each other: a rule that never holds must not look like one. */
	if (op == BPF_CMP_MASKED_EQ && (value_two & ~value) != 0)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL,
		                "%s: %s: valueTwo has bits outside of the mask (value), so it never matches",
		                profile->origin, profile->at);
	*ret_cond = (struct bpf_cond){.index = (unsigned)index, .op = op, .value = value, .value_two = value_two};
	return 0;
}

static int read_group(struct profile *profile, struct json_object *json, size_t index, struct group *group,
                      struct sbx_err *err)
{
	struct json_object *args = NULL;
	unsigned seen = 0;
	int found;

	TRY(check_object(profile, json, group_keys, err));
	TRY(read_action(profile, json, "action", "errnoRet", &group->action, err));
	TRY(found = member(profile, json, "args", JSON_ARRAY, false, &args, err));
	if (found == 0 || json_length(args) == 0)
		return 0;
	group->conds = calloc(json_length(args), sizeof(*group->conds));
	if (group->conds == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, ENOMEM, "%s: out of memory", profile->origin);
	for (size_t i = 0; i < json_length(args); i++) {
		struct bpf_cond *cond = &group->conds[group->n_conds++];

		snprintf(profile->at, sizeof(profile->at), "syscalls[%zu].args[%zu]", index, i);
		TRY(read_cond(profile, json_at(args, i), cond, err));
		group->alternatives = group->alternatives || (seen & 1U << cond->index) != 0;
		seen |= 1U << cond->index;
	}
	snprintf(profile->at, sizeof(profile->at), "syscalls[%zu]", index);
	return 0;
}

static int add_rule(struct profile *profile, int nr, uint32_t action, const struct bpf_cond *conds, size_t n_conds,
                    struct sbx_err *err)
{
	struct rule *rule;

	if (profile->n_rules == profile->size_rules) {
		size_t size = profile->size_rules == 0 ? 128 : 2 * profile->size_rules;
		struct rule *rules = reallocarray(profile->rules, size, sizeof(*rules));

		if (rules == NULL)
			return sbx_fail(err, SBX_STAGE_PLAN, ENOMEM, "%s: out of memory", profile->origin);
		profile->rules = rules;
		profile->size_rules = size;
	}
	rule = &profile->rules[profile->n_rules++];
	*rule = (struct rule){.nr = nr, .action = action, .n_conds = n_conds};
	memcpy(rule->conds, conds, n_conds * sizeof(*conds));
	profile->calls[nr].has_rules = true;
	return 0;
}

static int add_call(struct profile *profile, const char *name, const struct group *group, struct sbx_err *err)
{
	int nr = name != NULL ? seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, name) : __NR_SCMP_ERROR;
	struct call *call;

	if (nr == __NR_SCMP_ERROR && name != NULL && group->action != SCMP_ACT_ALLOW)
		return 0;
	if (nr == __NR_SCMP_ERROR || nr >= NR_END)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: unknown system call \"%s\"", profile->origin,
		                profile->at, name != NULL ? name : "");
	if (nr < 0) /* libseccomp's number for a call that only other architectures have */
		return 0;
	call = &profile->calls[nr];
	if (group->n_conds == 0) {
		if (call->decided && call->action != group->action)
			return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: another action for \"%s\" stands above",
			                profile->origin, profile->at, name);
		call->decided = true;
		call->action = group->action;
		return 0;
	}
	if (!group->alternatives)
		return add_rule(profile, nr, group->action, group->conds, group->n_conds, err);
	for (size_t i = 0; i < group->n_conds; i++)
		TRY(add_rule(profile, nr, group->action, &group->conds[i], 1, err));
	return 0;
}

static int read_profile(struct profile *profile, struct json_object *root, struct sbx_err *err)
{
	struct json_object *groups = NULL, *flags = NULL;

	snprintf(profile->at, sizeof(profile->at), "profile");
	TRY(check_object(profile, root, profile_keys, err));
	TRY(read_action(profile, root, "defaultAction", "defaultErrnoRet", &profile->default_action, err));
	TRY(check_architectures(profile, root, err));
	TRY(member(profile, root, "flags", JSON_ARRAY, false, &flags, err));
	if (json_length(flags) > 0)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: \"flags\" must be empty: sbx chooses them",
		                profile->origin);
	TRY(member(profile, root, "syscalls", JSON_ARRAY, false, &groups, err));
	for (size_t i = 0; i < json_length(groups); i++) {
		__attribute__((cleanup(group_finish))) struct group group = {0};
		struct json_object *names = NULL;

		snprintf(profile->at, sizeof(profile->at), "syscalls[%zu]", i);
		TRY(read_group(profile, json_at(groups, i), i, &group, err));
		TRY(member(profile, json_at(groups, i), "names", JSON_ARRAY, true, &names, err));
		if (json_length(names) == 0)
			return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: %s: \"names\" is empty", profile->origin,
			                profile->at);
		for (size_t k = 0; k < json_length(names); k++)
			TRY(add_call(profile, json_string_of(json_at(names, k)), &group, err));
	}
	return 0;
}

/* ---- rules to code ---- */

/* What the filter answers to call `nr` where no rule with conditions does. */
static uint32_t answer_of(const struct profile *profile, int nr)
{
	return profile->calls[nr].decided ? profile->calls[nr].action : profile->default_action;
}

/* What decides about call `nr`: each rule in turn, then the action for want of one. */
static void emit_block(struct bpf_code *code, const struct profile *profile, int nr)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct rule *rule = &profile->rules[i];
		size_t start = code->n;

		if (rule->nr != nr)
			continue;
		for (size_t k = 0; k < rule->n_conds; k++)
			bpf_emit_cond(code, &rule->conds[k]);
		bpf_emit(code, BPF_RET | BPF_K, rule->action, 0, 0);
		bpf_land(code, start, BPF_TO_FAIL);
	}
	bpf_emit(code, BPF_RET | BPF_K, answer_of(profile, nr), 0, 0);
}

/*
 * Calls of another ABI go to the supervisor, with their arch and number. Numbers from the x32 bit on are compared and
 * not only tested for that bit, as libseccomp's own check behind this one does: above 0x7fffffff the kernel
 * has no calls either. -1 is what a tracer leaves of a call it has cancelled, so it runs nothing.
 */
static void emit_prologue(struct bpf_code *code)
{
	bpf_emit_load(code, offsetof(struct seccomp_data, arch));
	bpf_emit_jump(code, BPF_JEQ, AUDIT_ARCH_X86_64, 0, 3);
	bpf_emit_load(code, offsetof(struct seccomp_data, nr));
	bpf_emit_jump(code, BPF_JGE, X32_BIT, 0, 2);
	bpf_emit_jump(code, BPF_JEQ, UINT32_MAX, 1, 0);
	bpf_emit(code, BPF_RET | BPF_K, SCMP_ACT_NOTIFY, 0, 0);
}

/* Neighbours with one answer are one range; a call with conditions is one of its own. `ranges` has room for NR_END + 1.
 */
static size_t find_ranges(const struct profile *profile, struct bpf_range *ranges, struct bpf_code *blocks)
{
	size_t n = 0;

	for (int nr = 0; nr < NR_END; nr++) {
		struct bpf_range range = {.first = (uint32_t)nr, .has_block = profile->calls[nr].has_rules};
		if (range.has_block) {
			range.block = blocks->n;
			emit_block(blocks, profile, nr);
		} else {
			range.answer = answer_of(profile, nr);
		}
		if (n == 0 || range.has_block || ranges[n - 1].has_block || ranges[n - 1].answer != range.answer)
			ranges[n++] = range;
	}
	ranges[n++] = (struct bpf_range){.first = NR_END, .answer = profile->default_action};
	return n;
}

static void emit_calls(struct bpf_code *code, const struct profile *profile)
{
	struct bpf_range ranges[NR_END + 1];
	struct bpf_code blocks = {.n = 0};
	size_t n = find_ranges(profile, ranges, &blocks);

	bpf_emit_load(code, offsetof(struct seccomp_data, nr));
	bpf_emit_search(code, ranges, n, &blocks);
}

int seccomp_compile(const char *json, size_t len, const char *origin, struct sock_filter **ret_filter, size_t *ret_n,
                    struct sbx_err *err)
{
	__attribute__((cleanup(json_freep))) struct json_object *root = NULL;
	__attribute__((cleanup(profile_freep))) struct profile *profile = NULL;
	struct bpf_code *code;
	struct sock_filter *shrunk;
	int r;

	if (len > SECCOMP_PROFILE_BYTES_MAX)
		return sbx_fail(err, SBX_STAGE_PLAN, EFBIG, "%s: %zu bytes, more than %zu", origin, len,
		                SECCOMP_PROFILE_BYTES_MAX);
	r = json_parse(json, len, origin, &root, err);
	if (r < 0) {
		err->stage = SBX_STAGE_PLAN;
		return r;
	}
	profile = calloc(1, sizeof(*profile));
	if (profile == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, ENOMEM, "%s: out of memory", origin);
	profile->origin = origin;
	TRY(read_profile(profile, root, err));

	code = calloc(1, sizeof(*code));
	if (code == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, ENOMEM, "%s: out of memory", origin);
	emit_prologue(code);
	emit_calls(code, profile);
	if (code->overflow) {
		free(code);
		return sbx_fail(err, SBX_STAGE_PLAN, E2BIG, "%s: more than %d instructions", origin, BPF_MAXINSNS);
	}
	/* The instructions stand first in the struct, so that it can go on as the array. */
	*ret_n = code->n;
	*ret_filter = code->insns;
	shrunk = realloc(code, code->n * sizeof(code->insns[0]));
	if (shrunk != NULL)
		*ret_filter = shrunk;
	return 0;
}

/* All that makes one; what else works on sockets needs one. */
bool seccomp_bars_sockets(const struct sock_filter *filter, size_t n)
{
	static const int calls[] = {__NR_socket, __NR_socketpair, __NR_io_uring_setup};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (bpf_may_allow(filter, n, calls[i]))
			return false;
	return true;
}

/* ---- names ---- */

const struct seccomp_profile *seccomp_builtin_find(const char *name)
{
	for (const struct seccomp_profile *profile = seccomp_builtin; profile->name != NULL; profile++)
		if (strcmp(profile->name, name) == 0)
			return profile;
	return NULL;
}

void seccomp_call_name(unsigned arch, int nr, char *buf, size_t size)
{
	const char *prefix = "";
	uint32_t token = SCMP_ARCH_X86_64;
	char *name;

	if (arch == AUDIT_ARCH_I386) {
		prefix = "i386:";
		token = SCMP_ARCH_X86;
	} else if (arch != AUDIT_ARCH_X86_64) {
		snprintf(buf, size, "arch_%08x:%d", arch, nr);
		return;
	} else if (nr >= X32_BIT) {
		prefix = "x32:";
		token = SCMP_ARCH_X32;
	}
	/* Below zero libseccomp keeps numbers of its own for calls that an architecture lacks: those are not meant. */
	name = nr >= 0 ? seccomp_syscall_resolve_num_arch(token, nr) : NULL;
	if (name != NULL)
		snprintf(buf, size, "%s%s", prefix, name);
	else
		snprintf(buf, size, "%s%d", token == SCMP_ARCH_X86_64 ? "syscall_" : prefix,
		         token == SCMP_ARCH_X32 ? nr & ~X32_BIT : nr);
	free(name);
}
