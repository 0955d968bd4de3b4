/*
 * Profiles in OCI's JSON: what they become is a program that the kernel would load, and that answers each call as the
 * JSON says, read a second time (tests/unit/seccomp_expect.h); other architectures never get through.
 */
#include "fuzz.h"

#include "tests/unit/seccomp_expect.h"

#define CALLS 480
#define VALUES_MAX 16

struct values {
	uint64_t list[VALUES_MAX];
	size_t n;
};

static char call_names[CALLS][40];

/* As seccomp_check_filter() and bpf_check_classic() of the kernel have it, for the instructions that are in use. */
static void check_program(const struct sock_filter *insns, size_t n)
{
	FUZZ_ASSERT(n > 0 && n <= BPF_MAXINSNS);
	for (size_t i = 0; i < n; i++) {
		switch (insns[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			FUZZ_ASSERT(insns[i].k < sizeof(struct seccomp_data) && insns[i].k % 4 == 0);
			break;
		case BPF_JMP | BPF_JA:
			FUZZ_ASSERT(insns[i].k < n - i - 1);
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
			FUZZ_ASSERT(i + insns[i].jt + 1 < n && i + insns[i].jf + 1 < n);
			break;
		default:
			FUZZ_ASSERT(insns[i].code == (BPF_RET | BPF_K) || insns[i].code == (BPF_ALU | BPF_AND | BPF_K));
		}
	}
	FUZZ_ASSERT(insns[n - 1].code == (BPF_RET | BPF_K));
}

static void check_foreign(const struct sock_filter *insns, size_t n)
{
	static const uint32_t arches[] = {AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, 0, UINT32_MAX};
	static const uint32_t x32[] = {0x40000000, 0x40000000 + 59, 0x7fffffff, 0x80000000, 0xfffffffe};
	const uint64_t args[N_ARGS] = {0};

	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
		for (uint32_t nr = 0; nr < 500; nr += 7)
			FUZZ_ASSERT(asked(insns, n, arches[i], nr, args) == NOTIFY);
	for (size_t i = 0; i < sizeof(x32) / sizeof(x32[0]); i++)
		FUZZ_ASSERT(asked(insns, n, AUDIT_ARCH_X86_64, x32[i], args) == NOTIFY);
}

static void add_value(struct values *values, uint64_t value)
{
	if (values->n < VALUES_MAX)
		values->list[values->n++] = value;
}

/* What the rules for a call mention, and what is next to it. */
static bool find_values(struct json_object *root, const char *name, struct values *values)
{
	struct json_object *groups = get(root, "syscalls");
	bool is_named = false;

	for (size_t i = 0; i < json_length(groups); i++) {
		struct json_object *conds = get(json_at(groups, i), "args");
		if (!names(json_at(groups, i), name))
			continue;
		is_named = true;
		for (size_t k = 0; k < json_length(conds); k++) {
			uint64_t value = get_number(json_at(conds, k), "value", 0);
			add_value(values, value);
			add_value(values, value + 1);
			add_value(values, value - 1);
			add_value(values, value | UPPER);
			add_value(values, get_number(json_at(conds, k), "valueTwo", 0));
		}
	}
	return is_named;
}

static void check_call(const struct filter *filter, struct json_object *root, int nr, const uint64_t *args)
{
	uint32_t answer = asked(filter->insns, filter->n, AUDIT_ARCH_X86_64, (uint32_t)nr, args);

	FUZZ_ASSERT(answer == expected(root, call_names[nr], args));
	FUZZ_ASSERT(answer != ALLOW || bpf_may_allow(filter->insns, filter->n, nr));
}

static void check_calls(const struct filter *filter, const char *json, size_t len)
{
	struct json_object *root = NULL;
	struct sbx_err err;

	FUZZ_ASSERT(json_parse(json, len, "fuzz", &root, &err) == 0);
	for (int nr = 0; nr < CALLS; nr++) {
		struct values values = {0};
		uint64_t args[N_ARGS] = {0};
		if (!find_values(root, call_names[nr], &values) && nr % 16 != 0)
			continue;
		check_call(filter, root, nr, args);
		for (size_t i = 0; i < values.n; i++) {
			for (size_t k = 0; k < N_ARGS; k++) {
				memset(args, 0, sizeof(args));
				args[k] = values.list[i];
				check_call(filter, root, nr, args);
			}
			for (size_t k = 0; k < N_ARGS; k++)
				args[k] = values.list[(i + k) % values.n];
			check_call(filter, root, nr, args);
		}
	}
	json_free(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_CLEANUP char *text = fuzz_bytes((const char *)data, size);
	struct filter filter = {0}, again = {0};
	struct sbx_err err = {0};

	for (int nr = 0; call_names[0][0] == '\0' && nr < CALLS; nr++)
		seccomp_call_name(AUDIT_ARCH_X86_64, CALLS - 1 - nr, call_names[CALLS - 1 - nr], sizeof(call_names[0]));
	if (seccomp_compile(text, size, "fuzz.json", &filter.insns, &filter.n, &err) < 0) {
		fuzz_assert_error(&err);
		return 0;
	}
	check_program(filter.insns, filter.n);
	check_foreign(filter.insns, filter.n);
	check_calls(&filter, text, size);
	FUZZ_ASSERT(seccomp_compile(text, size, "fuzz.json", &again.insns, &again.n, &err) == 0);
	FUZZ_ASSERT(again.n == filter.n && memcmp(again.insns, filter.insns, filter.n * sizeof(*filter.insns)) == 0);
	free(again.insns);
	free(filter.insns);
	return 0;
}
