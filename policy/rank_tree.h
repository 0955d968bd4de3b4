/*
 * A set of things in an order that can be asked for places: the first, and how many stand before one. A balanced search
 * tree by weight, so that the number that balances it also counts; its nodes lie in the things themselves. Used by
 * policy/admission.c.
 *
 * Adding, removing and asking take O(log n) steps: no branch is more than 2.5 log2(n + 1) nodes deep, whatever the
 * order in which things come and go.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Not to be moved while it is in a tree. */
struct rank_node {
	struct rank_node *left, *right;
	uint64_t order; /* the caller's, set before it is added and left alone while it is there; no two alike */
	size_t size;    /* of what hangs here, itself included */
};

/* The tree is a pointer to its topmost node, NULL for the empty one. */
void rank_tree_add(struct rank_node **root, struct rank_node *node);
/* `node` is in the tree. */
void rank_tree_remove(struct rank_node **root, struct rank_node *node);
/* The one of the lowest order; NULL for none. */
struct rank_node *rank_tree_first(struct rank_node *root);
/* How many are of a lower order than `node`, which is in the tree. */
size_t rank_tree_before(const struct rank_node *root, const struct rank_node *node);
