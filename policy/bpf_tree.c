/*
 * The search by number; see the header. It is built from its end, since jumps only go forward: wherever one starts, all
 * that it may lead to is there already, and how far away is known.
 */
#include "policy/bpf_tree.h"

#include <string.h>

/* A jump holds 255; a node is placed after up to two instructions that help it to reach its sides. */
#define REACH 250

struct tree {
	const struct bpf_range *ranges;
	struct sock_filter insns[BPF_MAXINSNS]; /* the last one first */
	size_t n;
	bool overflow;
};

/* Places are counted from the tree's end: the blocks begin at 0, what is in the tree is below. */
static long place_next(const struct tree *tree)
{
	return -(long)tree->n - 1;
}

static long put(struct tree *tree, struct sock_filter insn)
{
	long place = place_next(tree);

	if (tree->n == BPF_MAXINSNS)
		tree->overflow = true;
	else
		tree->insns[tree->n++] = insn;
	return place;
}

/* How far a jump at the next place has to go to `target`. */
static size_t distance(const struct tree *tree, long target)
{
	return (size_t)(target - place_next(tree) - 1);
}

/* `target`, or the place of a long jump to it where it is too far for a conditional one. */
static long bring_near(struct tree *tree, long target)
{
	if (distance(tree, target) <= REACH)
		return target;
	return put(tree, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance(tree, target)));
}

/* The nearest `ret` with this answer that can still be reached, or a new one. */
static long leaf(struct tree *tree, const struct bpf_range *range)
{
	const struct sock_filter ret = BPF_STMT(BPF_RET | BPF_K, range->answer);

	if (range->has_block)
		return (long)range->block;
	for (size_t back = 1; back <= tree->n && back <= REACH; back++)
		if (memcmp(&tree->insns[tree->n - back], &ret, sizeof(ret)) == 0)
			return place_next(tree) + (long)back;
	return put(tree, ret);
}

/* The place of the search among the ranges from `low` to before `high`. */
static long search(struct tree *tree, size_t low, size_t high)
{
	size_t middle = low + (high - low) / 2;
	long below, above;

	if (high - low == 1)
		return leaf(tree, &tree->ranges[low]);
	below = search(tree, low, middle);
	above = search(tree, middle, high);
	below = bring_near(tree, below);
	above = bring_near(tree, above);
	return put(tree, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, tree->ranges[middle].first,
	                                              (uint8_t)distance(tree, above), (uint8_t)distance(tree, below)));
}

void bpf_emit_search(struct bpf_code *code, const struct bpf_range *ranges, size_t n, const struct bpf_code *blocks)
{
	struct tree tree = {.ranges = ranges};
	long start = search(&tree, 0, n);

	/* a single leaf needs no search, and may lie behind */
	if (start != place_next(&tree) + 1)
		put(&tree, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance(&tree, start)));
	code->overflow =
	        code->overflow || tree.overflow || blocks->overflow || tree.n + blocks->n > BPF_MAXINSNS - code->n;
	if (code->overflow)
		return;
	for (size_t i = tree.n; i > 0; i--)
		code->insns[code->n++] = tree.insns[i - 1];
	memcpy(&code->insns[code->n], blocks->insns, blocks->n * sizeof(blocks->insns[0]));
	code->n += blocks->n;
}
