/*
 * The part of a seccomp filter that finds a call's rule by its number: a binary search over ranges of numbers with one
 * answer. Used by policy/seccomp.c alone.
 *
 * The kernel converts, compiles and probes a filter each time one is loaded, which takes longer the longer it is, and
 * of neighbouring numbers many have one answer: so ranges, and not single calls, are the leaves, and a `ret` serves all
 * leaves with its answer that can reach it.
 */
#pragma once

#include "policy/bpf_code.h"

/* The numbers from `first` up to the next range's. */
struct bpf_range {
	uint32_t first;
	uint32_t answer; /* SECCOMP_RET_*; without a block */
	bool has_block;
	size_t block; /* where it begins in `blocks`, in instructions */
};

/*
 * Emits the search for the number in the accumulator, and `blocks` behind it, whose jumps stay inside of them. The `n`
 * ranges, one at least, are in ascending order; numbers below the first count as its.
 */
void bpf_emit_search(struct bpf_code *code, const struct bpf_range *ranges, size_t n, const struct bpf_code *blocks);
