/*
 * Conditions on arguments to BPF, called by policy/seccomp.c for each rule that has any. BPF compares 32 bits at a
 * time, so each comparison looks at the high half first and at the low one where that does not decide.
 */
#include "policy/bpf_code.h"

#include <linux/seccomp.h>
#include <stdlib.h>

void bpf_emit(struct bpf_code *code, unsigned op, uint32_t k, unsigned jump_true, unsigned jump_false)
{
	if (code->n == BPF_MAXINSNS) {
		code->overflow = true;
		return;
	}
	code->insns[code->n++] =
	        (struct sock_filter){.code = (uint16_t)op, .jt = (uint8_t)jump_true, .jf = (uint8_t)jump_false, .k = k};
}

void bpf_emit_load(struct bpf_code *code, size_t offset)
{
	bpf_emit(code, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* One half of an argument; the machine is little-endian. */
static void emit_load_arg(struct bpf_code *code, unsigned index, bool high)
{
	bpf_emit_load(code, offsetof(struct seccomp_data, args) + (size_t)8 * index + (high ? 4 : 0));
}

void bpf_emit_jump(struct bpf_code *code, unsigned comparison, uint32_t k, unsigned jump_true, unsigned jump_false)
{
	bpf_emit(code, BPF_JMP | comparison | BPF_K, k, jump_true, jump_false);
}

/* Falls through where (arg & mask) == value. Half masks of zero cost nothing. */
static void emit_masked(struct bpf_code *code, unsigned index, uint64_t mask, uint64_t value)
{
	for (int high = 1; high >= 0; high--) {
		uint32_t half = (uint32_t)(mask >> (high ? 32 : 0));

		if (half == 0)
			continue;
		emit_load_arg(code, index, high);
		if (half != UINT32_MAX)
			bpf_emit(code, BPF_ALU | BPF_AND | BPF_K, half, 0, 0);
		bpf_emit_jump(code, BPF_JEQ, (uint32_t)(value >> (high ? 32 : 0)), 0, BPF_TO_FAIL);
	}
}

/* To `above` where arg > value (`comparison` BPF_JGT) or arg >= value (BPF_JGE), else to `below`. */
static void emit_ordered(struct bpf_code *code, unsigned index, unsigned comparison, uint64_t value, unsigned above,
                         unsigned below)
{
	emit_load_arg(code, index, true);
	bpf_emit_jump(code, BPF_JGT, (uint32_t)(value >> 32), above, 0);
	bpf_emit_jump(code, BPF_JEQ, (uint32_t)(value >> 32), 0, below);
	emit_load_arg(code, index, false);
	bpf_emit_jump(code, comparison, (uint32_t)value, above, below);
}

void bpf_land(struct bpf_code *code, size_t start, unsigned mark)
{
	for (size_t i = start; i < code->n; i++) {
		struct sock_filter *insn = &code->insns[i];

		if (BPF_CLASS(insn->code) != BPF_JMP)
			continue;
		if (insn->jt == mark)
			insn->jt = (uint8_t)(code->n - i - 1);
		if (insn->jf == mark)
			insn->jf = (uint8_t)(code->n - i - 1);
	}
}

void bpf_emit_cond(struct bpf_code *code, const struct bpf_cond *cond)
{
	size_t start = code->n;

	switch (cond->op) {
	case BPF_CMP_MASKED_EQ:
		emit_masked(code, cond->index, cond->value, cond->value_two);
		break;
	case BPF_CMP_EQ:
		emit_masked(code, cond->index, UINT64_MAX, cond->value);
		break;
	case BPF_CMP_NE:
		emit_load_arg(code, cond->index, true);
		bpf_emit_jump(code, BPF_JEQ, (uint32_t)(cond->value >> 32), 0, BPF_TO_PASS);
		emit_load_arg(code, cond->index, false);
		bpf_emit_jump(code, BPF_JEQ, (uint32_t)cond->value, BPF_TO_FAIL, BPF_TO_PASS);
		break;
	case BPF_CMP_GT:
		emit_ordered(code, cond->index, BPF_JGT, cond->value, BPF_TO_PASS, BPF_TO_FAIL);
		break;
	case BPF_CMP_GE:
		emit_ordered(code, cond->index, BPF_JGE, cond->value, BPF_TO_PASS, BPF_TO_FAIL);
		break;
	case BPF_CMP_LE:
		emit_ordered(code, cond->index, BPF_JGT, cond->value, BPF_TO_FAIL, BPF_TO_PASS);
		break;
	case BPF_CMP_LT:
		emit_ordered(code, cond->index, BPF_JGE, cond->value, BPF_TO_FAIL, BPF_TO_PASS);
		break;
	default: /* read_cond() makes no other */
		abort();
	}
	bpf_land(code, start, BPF_TO_PASS);
}
