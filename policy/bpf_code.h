/*
 * An assembler for the part of classic BPF that a seccomp filter needs for conditions on arguments, as struct
 * seccomp_data shows them: 64-bit values, which BPF sees as halves of 32 bits. Used by policy/seccomp.c alone.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BPF_N_ARGS 6

/* OCI's operators, SCMP_CMP_*. */
enum bpf_compare {
	BPF_CMP_NE,
	BPF_CMP_LT,
	BPF_CMP_LE,
	BPF_CMP_EQ,
	BPF_CMP_GE,
	BPF_CMP_GT,
	BPF_CMP_MASKED_EQ,
	BPF_CMP_MAX,
};

struct bpf_cond {
	unsigned index; /* of the argument, below BPF_N_ARGS */
	enum bpf_compare op;
	uint64_t value, value_two; /* with MASKED_EQ the mask, and what is compared with */
};

struct bpf_code {
	struct sock_filter insns[BPF_MAXINSNS];
	size_t n;
	bool overflow; /* more were emitted than fit; what is here is then worthless */
};

/* Where a jump inside of a condition goes, until it is known how far that is. No real offset in one is as large. */
enum { BPF_TO_PASS = 254, BPF_TO_FAIL = 255 };

void bpf_emit(struct bpf_code *code, unsigned op, uint32_t k, unsigned jump_true, unsigned jump_false);
/* The word at `offset` in struct seccomp_data. */
void bpf_emit_load(struct bpf_code *code, size_t offset);
/* `comparison` is BPF_JEQ, BPF_JGT or BPF_JGE. */
void bpf_emit_jump(struct bpf_code *code, unsigned comparison, uint32_t k, unsigned jump_true, unsigned jump_false);
/* Falls through where the condition holds, else goes to BPF_TO_FAIL, which the caller has to bpf_land(). */
void bpf_emit_cond(struct bpf_code *code, const struct bpf_cond *cond);
/* Makes the jumps to `mark` since instruction `start` lead to the next instruction to be emitted. */
void bpf_land(struct bpf_code *code, size_t start, unsigned mark);
