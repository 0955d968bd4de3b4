/*
 * Weight-balanced trees with the parameters 3 and 2, of which Hirai and Yamamoto ("Balancing weight-balanced trees",
 * 2011) prove that one rotation, single or double, mends what adding or removing one node did.
 */
#include "policy/rank_tree.h"

#include <assert.h>

#define HEAVY_MAX 3  /* how many times the other side's weight a side may have */
#define SINGLE_MAX 2 /* below this, the inner grandchild is light enough for a single rotation */

static size_t size(const struct rank_node *node)
{
	return node != NULL ? node->size : 0;
}

static size_t weight(const struct rank_node *node)
{
	return size(node) + 1;
}

static void count(struct rank_node *node)
{
	node->size = size(node->left) + size(node->right) + 1;
}

/* Both are for a node whose other side is the heavy one, which is there then. */

static struct rank_node *rotate_left(struct rank_node *node)
{
	struct rank_node *top = node->right;

	assert(top != NULL);
	node->right = top->left;
	top->left = node;
	count(node);
	count(top);
	return top;
}

static struct rank_node *rotate_right(struct rank_node *node)
{
	struct rank_node *top = node->left;

	assert(top != NULL);
	node->left = top->right;
	top->right = node;
	count(node);
	count(top);
	return top;
}

/* The topmost node of what hung at `node`, of which a branch has just won or lost one. */
static struct rank_node *balance(struct rank_node *node)
{
	count(node);
	if (weight(node->right) > HEAVY_MAX * weight(node->left)) {
		if (weight(node->right->left) >= SINGLE_MAX * weight(node->right->right))
			node->right = rotate_right(node->right);
		return rotate_left(node);
	}
	if (weight(node->left) > HEAVY_MAX * weight(node->right)) {
		if (weight(node->left->right) >= SINGLE_MAX * weight(node->left->left))
			node->left = rotate_left(node->left);
		return rotate_right(node);
	}
	return node;
}

static struct rank_node *add(struct rank_node *at, struct rank_node *node)
{
	if (at == NULL)
		return node;
	if (node->order < at->order)
		at->left = add(at->left, node);
	else
		at->right = add(at->right, node);
	return balance(at);
}

void rank_tree_add(struct rank_node **root, struct rank_node *node)
{
	node->left = node->right = NULL;
	node->size = 1;
	*root = add(*root, node);
}

/* What is left of `at` without its first node, which is *ret_first. */
static struct rank_node *take_first(struct rank_node *at, struct rank_node **ret_first)
{
	if (at->left == NULL) {
		*ret_first = at;
		return at->right;
	}
	at->left = take_first(at->left, ret_first);
	return balance(at);
}

/* What hangs at `at` without that itself. */
static struct rank_node *join(const struct rank_node *at)
{
	struct rank_node *top, *right;

	if (at->right == NULL)
		return at->left;
	right = take_first(at->right, &top);
	top->left = at->left;
	top->right = right;
	return balance(top);
}

static struct rank_node *remove_from(struct rank_node *at, const struct rank_node *node)
{
	if (at == node)
		return join(at);
	if (node->order < at->order)
		at->left = remove_from(at->left, node);
	else
		at->right = remove_from(at->right, node);
	return balance(at);
}

void rank_tree_remove(struct rank_node **root, struct rank_node *node)
{
	*root = remove_from(*root, node);
}

struct rank_node *rank_tree_first(struct rank_node *root)
{
	while (root != NULL && root->left != NULL)
		root = root->left;
	return root;
}

size_t rank_tree_before(const struct rank_node *root, const struct rank_node *node)
{
	size_t n = 0;

	while (root != node) {
		if (node->order < root->order) {
			root = root->left;
		} else {
			n += size(root->left) + 1;
			root = root->right;
		}
	}
	return n + size(root->left);
}
