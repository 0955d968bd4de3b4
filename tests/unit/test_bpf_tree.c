/* policy/bpf_tree.c: the search answers as a walk along the ranges does, however many there are and however far apart.
 */
#include "policy/bpf_run.h"
#include "policy/bpf_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RANGES_MAX 1000

/* The same numbers in each run. */
static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static uint32_t answer_for(const struct bpf_range *ranges, size_t n, uint32_t nr)
{
	size_t i = 0;

	while (i + 1 < n && nr >= ranges[i + 1].first)
		i++;
	/* what the blocks of fill() answer */
	return ranges[i].has_block ? SECCOMP_RET_ERRNO | (uint32_t)(ranges[i].block & 0xfff) : ranges[i].answer;
}

static void fill(struct bpf_range *ranges, size_t n, uint32_t kinds, uint32_t blocks_of_8, uint32_t *state,
                 struct bpf_code *blocks)
{
	uint32_t first = 0;

	for (size_t i = 0; i < n; i++) {
		ranges[i] =
		        (struct bpf_range){.first = first, .answer = SECCOMP_RET_ERRNO | next_random(state) % kinds};
		first += 1 + next_random(state) % 3;
		if (next_random(state) % 8 >= blocks_of_8)
			continue;
		ranges[i].has_block = true;
		ranges[i].block = blocks->n;
		bpf_emit(blocks, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)(blocks->n & 0xfff), 0, 0);
	}
}

static void check(size_t n, uint32_t kinds, uint32_t blocks_of_8)
{
	static struct bpf_range ranges[RANGES_MAX];
	struct bpf_code *code = calloc(1, sizeof(*code)), *blocks = calloc(1, sizeof(*blocks));
	uint32_t state = (uint32_t)n * 31 + kinds;

	assert_true(code != NULL && blocks != NULL);
	fill(ranges, n, kinds, blocks_of_8, &state, blocks);
	bpf_emit_load(code, offsetof(struct seccomp_data, nr));
	bpf_emit_search(code, ranges, n, blocks);
	assert_false(code->overflow);
	for (uint32_t nr = 0; nr < 3 * RANGES_MAX; nr++)
		if (bpf_run_call(code->insns, code->n, (int)nr) != answer_for(ranges, n, nr))
			fail_msg("%zu ranges, %u answers, %u of 8 with a block: number %u", n, kinds, blocks_of_8, nr);
	assert_int_equal(bpf_run_call(code->insns, code->n, -1), answer_for(ranges, n, UINT32_MAX));
	free(code);
	free(blocks);
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t n = 1; n < 40; n++)
		for (uint32_t blocks_of_8 = 0; blocks_of_8 <= 8; blocks_of_8++)
			check(n, 3, blocks_of_8);
}

/* Answers that are all different need long jumps; 1000 of them, each with an instruction to find it, are what fits. */
static void test_far_apart(void **state)
{
	(void)state;
	for (size_t n = 100; n <= RANGES_MAX; n += 150)
		for (uint32_t blocks_of_8 = 0; blocks_of_8 <= 8; blocks_of_8 += 4) {
			check(n, 2, blocks_of_8);
			check(n, 4000, blocks_of_8);
		}
}

static void test_shares_answers(void **state)
{
	struct bpf_range ranges[200];
	struct bpf_code *code = calloc(1, sizeof(*code)), *blocks = calloc(1, sizeof(*blocks));

	(void)state;
	assert_true(code != NULL && blocks != NULL);
	for (uint32_t i = 0; i < 200; i++)
		ranges[i] =
		        (struct bpf_range){.first = i, .answer = i % 2 == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO};
	bpf_emit_search(code, ranges, 200, blocks);
	assert_in_range(code->n, 199, 205);
	free(code);
	free(blocks);
}

static void test_no_room(void **state)
{
	struct bpf_range ranges[2] = {{.first = 0, .answer = 1}, {.first = 1, .answer = 2}};
	struct bpf_code *code = calloc(1, sizeof(*code)), *blocks = calloc(1, sizeof(*blocks));

	(void)state;
	assert_true(code != NULL && blocks != NULL);
	code->n = BPF_MAXINSNS - 3;
	bpf_emit_search(code, ranges, 2, blocks);
	assert_false(code->overflow);
	code->n = BPF_MAXINSNS - 2;
	bpf_emit_search(code, ranges, 2, blocks);
	assert_true(code->overflow);
	free(code);
	free(blocks);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_answers),
	        cmocka_unit_test(test_far_apart),
	        cmocka_unit_test(test_shares_answers),
	        cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests_name("bpf_tree", tests, NULL, NULL);
}
