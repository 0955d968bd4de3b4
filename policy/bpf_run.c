/* An interpreter of seccomp filters; see the header. */
#include "policy/bpf_run.h"

#include <linux/audit.h>
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
