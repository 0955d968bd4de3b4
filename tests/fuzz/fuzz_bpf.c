/*
 * Any bytes as a seccomp filter: running it ends and stays in bounds, and what is certain about it is true. The input
 * is a call and its arguments, then instructions.
 */
#include "fuzz.h"

#include "policy/bpf_run.h"
#include "policy/seccomp.h"

#include <linux/audit.h>

/* Bytes that are no instruction in use would end nearly all runs: most become one that is. */
static unsigned code_of(uint8_t byte)
{
	static const unsigned codes[] = {
	        BPF_LD | BPF_W | BPF_ABS,  BPF_ALU | BPF_AND | BPF_K, BPF_JMP | BPF_JA, BPF_JMP | BPF_JEQ | BPF_K,
	        BPF_JMP | BPF_JGT | BPF_K, BPF_JMP | BPF_JGE | BPF_K, BPF_RET | BPF_K,
	};

	return byte < 8 * sizeof(codes) / sizeof(codes[0]) ? codes[byte / 8] : byte;
}

static struct sock_filter instruction(struct fuzz_input *input)
{
	static const uint32_t answers[] = {SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | 1, SECCOMP_RET_USER_NOTIF,
	                                   SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_LOG};
	struct sock_filter insn = {.code = (uint16_t)code_of(fuzz_byte(input)),
	                           .jt = fuzz_byte(input),
	                           .jf = fuzz_byte(input),
	                           .k = fuzz_byte(input)};

	if (insn.code == (BPF_RET | BPF_K))
		insn.k = answers[insn.k % (sizeof(answers) / sizeof(answers[0]))];
	else if (insn.k >= 0xf0)
		insn.k = UINT32_MAX - (insn.k & 0xf);
	return insn;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	struct seccomp_data call = {.nr = fuzz_byte(&input), .arch = AUDIT_ARCH_X86_64};
	struct sock_filter *filter;
	uint32_t answer;
	size_t n;

	for (size_t i = 0; i < 6; i++)
		call.args[i] = fuzz_byte(&input);
	n = input.left / 4 < BPF_MAXINSNS ? input.left / 4 : BPF_MAXINSNS;
	filter = malloc(n * sizeof(*filter) + (n == 0));
	FUZZ_ASSERT(filter != NULL);
	for (size_t i = 0; i < n; i++)
		filter[i] = instruction(&input);
	answer = bpf_run(filter, n, &call);
	if ((answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW ||
	    (answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_LOG)
		FUZZ_ASSERT(bpf_may_allow(filter, n, call.nr));
	seccomp_bars_sockets(filter, n);
	free(filter);
	return 0;
}
