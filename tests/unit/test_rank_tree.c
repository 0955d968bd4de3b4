/* policy/rank_tree.c against a sorted array, and the shape that its header promises. */
#include "policy/rank_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STEPS 30000
#define NODES 400

static uint64_t random_next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* Sizes add up, orders ascend from *last on, and no side is more than three times as heavy as the other. */
static size_t check_shape(const struct rank_node *node, uint64_t *last)
{
	size_t left, right;

	if (node == NULL)
		return 0;
	left = check_shape(node->left, last);
	assert_true(node->order >= *last);
	*last = node->order + 1;
	right = check_shape(node->right, last);
	assert_int_equal(node->size, left + right + 1);
	assert_true(left + 1 <= 3 * (right + 1) && right + 1 <= 3 * (left + 1));
	return node->size;
}

static size_t depth(const struct rank_node *node)
{
	size_t left, right;

	if (node == NULL)
		return 0;
	left = depth(node->left);
	right = depth(node->right);
	return 1 + (left > right ? left : right);
}

/* Those that are in the tree, by their order. */
struct sorted {
	struct rank_node *nodes[NODES];
	size_t n;
};

static void sorted_add(struct sorted *sorted, struct rank_node *node)
{
	size_t at = 0;

	while (at < sorted->n && sorted->nodes[at]->order < node->order)
		at++;
	memmove(&sorted->nodes[at + 1], &sorted->nodes[at], (sorted->n - at) * sizeof(node));
	sorted->nodes[at] = node;
	sorted->n++;
}

static struct rank_node *sorted_take(struct sorted *sorted, size_t at)
{
	struct rank_node *node = sorted->nodes[at];

	sorted->n--;
	memmove(&sorted->nodes[at], &sorted->nodes[at + 1], (sorted->n - at) * sizeof(node));
	return node;
}

/* Mostly grows, then mostly shrinks, and so on, so that it is full and empty again and again. */
static void test_random(void **state)
{
	static struct rank_node nodes[NODES];
	static struct sorted sorted;
	struct rank_node *root = NULL, *spare[NODES];
	uint64_t seed = 1, last;
	size_t n_spare = NODES;

	(void)state;
	for (size_t i = 0; i < NODES; i++)
		spare[i] = &nodes[i];
	for (int step = 0; step < STEPS; step++) {
		bool grows = random_next(&seed) % 8 < (step / 2000 % 2 == 0 ? 6U : 2U);

		if (grows && n_spare > 0) {
			struct rank_node *node = spare[--n_spare];
			node->order = random_next(&seed) << 32 | (uint64_t)step;
			rank_tree_add(&root, node);
			sorted_add(&sorted, node);
		} else if (!grows && sorted.n > 0) {
			spare[n_spare] = sorted_take(&sorted, random_next(&seed) % sorted.n);
			rank_tree_remove(&root, spare[n_spare++]);
		}
		last = 0;
		assert_int_equal(check_shape(root, &last), sorted.n);
		assert_ptr_equal(rank_tree_first(root), sorted.n > 0 ? sorted.nodes[0] : NULL);
		if (sorted.n > 0) {
			size_t at = random_next(&seed) % sorted.n;
			assert_int_equal(rank_tree_before(root, sorted.nodes[at]), at);
		}
	}
}

/* The orders in which a plain tree would be a list: a queue, filled at the end and emptied at its head. */
static void test_queue(void **state)
{
	const size_t n = 100000;
	struct rank_node *nodes = calloc(n, sizeof(*nodes)), *root = NULL;

	(void)state;
	assert_non_null(nodes);
	for (size_t i = 0; i < n; i++) {
		nodes[i].order = i;
		rank_tree_add(&root, &nodes[i]);
	}
	assert_true(depth(root) <= 41); /* 2.5 log2(100001) */
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(rank_tree_first(root), &nodes[i]);
		assert_int_equal(rank_tree_before(root, &nodes[n - 1]), n - 1 - i);
		rank_tree_remove(&root, &nodes[i]);
	}
	assert_null(root);
	free(nodes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_random),
	        cmocka_unit_test(test_queue),
	};

	return cmocka_run_group_tests_name("rank_tree", tests, NULL, NULL);
}
