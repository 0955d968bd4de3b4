/*
 * Runs a seccomp filter as the kernel would (net/core/filter.c, seccomp_check_filter() in kernel/seccomp.c): what
 * test_seccomp.c asks what a profile does to a call. Anything that a kernel would refuse fails the test.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

static inline uint32_t bpf_eval(const struct sock_filter *filter, size_t n, const struct seccomp_data *data)
{
	uint32_t a = 0;

	assert_in_range(n, 1, BPF_MAXINSNS);
	/* Jumps only go forward, so this ends. */
	for (size_t at = 0; at < n; at++) {
		const struct sock_filter *insn = &filter[at];

		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(insn->k % 4 == 0 && insn->k + 4 <= sizeof(*data));
			memcpy(&a, (const char *)data + insn->k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= insn->k;
			break;
		case BPF_JMP | BPF_JA:
			assert_true(insn->k < n - at);
			at += insn->k;
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
			fail_msg("instruction %zu: unexpected code 0x%02x", at, insn->code);
		}
	}
	fail_msg("ran off the end");
	return 0;
}
