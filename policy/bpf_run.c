/* An interpreter of seccomp filters; see the header. */
#include "policy/bpf_run.h"

#include <linux/audit.h>
#include <stddef.h>
#include <string.h>

uint32_t bpf_run(const struct sock_filter *filter, size_t n, const struct seccomp_data *data)
{
	uint32_t a = 0;

	/* jumps only go forward, so this ends */
	for (size_t at = 0; at < n; at++) {
		const struct sock_filter *insn = &filter[at];

		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (insn->k % 4 != 0 || insn->k > sizeof(*data) - sizeof(a))
				return SECCOMP_RET_KILL_PROCESS;
			memcpy(&a, (const char *)data + insn->k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= insn->k;
			break;
		case BPF_JMP | BPF_JA:
			at += insn->k < n - at ? insn->k : n - at;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += a == insn->k ? insn->jt : insn->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			at += a > insn->k ? insn->jt : insn->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			at += a >= insn->k ? insn->jt : insn->jf;
			break;
		case BPF_RET | BPF_K:
			return insn->k;
		default:
			return SECCOMP_RET_KILL_PROCESS;
		}
	}
	return SECCOMP_RET_KILL_PROCESS;
}

uint32_t bpf_run_call(const struct sock_filter *filter, size_t n, int nr)
{
	struct seccomp_data data = {.nr = nr, .arch = AUDIT_ARCH_X86_64};

	return bpf_run(filter, n, &data);
}

/* The accumulator before an instruction, over all the ways that lead to it. */
struct state {
	bool reached, known;
	uint32_t a;
};

static void reach(struct state *to, struct state from)
{
	if (!to->reached)
		*to = from;
	else if (!from.known || from.a != to->a)
		to->known = false;
}

static struct state load(uint32_t offset, int nr)
{
	if (offset == offsetof(struct seccomp_data, nr))
		return (struct state){.reached = true, .known = true, .a = (uint32_t)nr};
	if (offset == offsetof(struct seccomp_data, arch))
		return (struct state){.reached = true, .known = true, .a = AUDIT_ARCH_X86_64};
	return (struct state){.reached = true};
}

static bool jumps(const struct sock_filter *insn, uint32_t a)
{
	return insn->code == (BPF_JMP | BPF_JEQ | BPF_K)   ? a == insn->k
	       : insn->code == (BPF_JMP | BPF_JGT | BPF_K) ? a > insn->k
	                                                   : a >= insn->k;
}

static bool is_refusal(uint32_t answer)
{
	uint32_t action = answer & SECCOMP_RET_ACTION_FULL;

	return action == SECCOMP_RET_ERRNO || action == SECCOMP_RET_USER_NOTIF || action == SECCOMP_RET_KILL_PROCESS ||
	       action == SECCOMP_RET_KILL_THREAD;
}

bool bpf_may_allow(const struct sock_filter *filter, size_t n, int nr)
{
	struct state states[BPF_MAXINSNS + 256] = {
	        {.reached = true}}; /* a conditional jump leads so far behind the end */

	if (n > BPF_MAXINSNS)
		return true;
	for (size_t at = 0; at < n; at++) {
		const struct sock_filter *insn = &filter[at];
		struct state state = states[at];

		if (!state.reached)
			continue;
		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			reach(&states[at + 1], load(insn->k, nr));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			state.a &= insn->k;
			reach(&states[at + 1], state);
			break;
		case BPF_JMP | BPF_JA:
			if (insn->k >= n - at)
				return true;
			reach(&states[at + 1 + insn->k], state);
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
			if (!state.known || jumps(insn, state.a))
				reach(&states[at + 1 + insn->jt], state);
			if (!state.known || !jumps(insn, state.a))
				reach(&states[at + 1 + insn->jf], state);
			break;
		case BPF_RET | BPF_K:
			if (!is_refusal(insn->k))
				return true;
			break;
		default:
			return true;
		}
	}
	for (size_t at = n; at < sizeof(states) / sizeof(states[0]); at++)
		if (states[at].reached)
			return true;
	return false;
}
