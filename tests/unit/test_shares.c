/* policy/shares.c: who may hold how much of what all share. */
#include "policy/shares.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void take(struct shares *shares, const char *holder, uint64_t bytes, struct shares_part *ret)
{
	assert_int_equal(shares_take(shares, holder, bytes, ret), 0);
	assert_int_equal(ret->bytes, bytes);
}

static void test_nobody_has_more_than_a_share(void **state)
{
	struct shares shares = {.all_max = 100, .each_max = 50};
	struct shares_part part[4] = {{0}}, none = {0};

	(void)state;
	take(&shares, "alice", 30, &part[0]);
	take(&shares, "alice", 20, &part[1]);
	assert_int_equal(shares_take(&shares, "alice", 1, &none), -EDQUOT);
	take(&shares, "bob", 49, &part[2]);
	assert_int_equal(shares_take(&shares, "bob", 2, &none), -EDQUOT);
	assert_int_equal(shares_take(&shares, "carol", 2, &none), -ENOSPC);
	take(&shares, "carol", 1, &part[3]);
	assert_int_equal(shares.held, 100);
	assert_null(none.share);
	/* the room of one is that of all, and its share its own */
	shares_give_back(&shares, &part[1]);
	assert_int_equal(shares_take(&shares, "bob", 2, &none), -EDQUOT);
	take(&shares, "carol", 20, &part[1]);
	for (int i = 0; i < 4; i++)
		shares_give_back(&shares, &part[i]);
	assert_int_equal(shares.held, 0);
	assert_null(shares.first);
}

static void test_what_is_no_number_of_bytes_that_fits(void **state)
{
	struct shares shares = {.all_max = UINT64_MAX, .each_max = 10};
	struct shares_part part, none = {0};

	(void)state;
	assert_int_equal(shares_take(&shares, "a", UINT64_MAX, &none), -EDQUOT);
	take(&shares, "a", 10, &part);
	assert_int_equal(shares_take(&shares, "a", UINT64_MAX, &none), -EDQUOT);
	shares_give_back(&shares, &part);
	shares_give_back(&shares, &part); /* nothing is left of it */
	assert_int_equal(shares.held, 0);
}

static void test_nothing_is_held_by_nobody(void **state)
{
	struct shares shares = {.all_max = 10, .each_max = 10};
	struct shares_part nothing[2], part;

	(void)state;
	take(&shares, "a", 0, &nothing[0]);
	take(&shares, "a", 0, &nothing[1]);
	assert_null(shares.first);
	take(&shares, "a", 10, &part);
	shares_give_back(&shares, &nothing[0]);
	assert_int_equal(shares.held, 10);
	shares_give_back(&shares, &part);
	shares_give_back(&shares, &nothing[1]);
	assert_null(shares.first);
}

/* In whatever order they come and go. */
static void test_many_holders(void **state)
{
	struct shares shares = {.all_max = 1000, .each_max = 10};
	struct shares_part parts[200] = {{0}};
	char holder[8];

	(void)state;
	for (int round = 0; round < 7; round++) {
		for (int i = 0; i < 200; i++) {
			snprintf(holder, sizeof(holder), "%d", i / 2);
			if (parts[i].share == NULL)
				take(&shares, holder, 5, &parts[i]);
		}
		assert_int_equal(shares.held, 1000);
		for (int i = round; i < 200; i += round % 3 + 1)
			shares_give_back(&shares, &parts[i]);
	}
	for (int i = 0; i < 200; i++)
		shares_give_back(&shares, &parts[i]);
	assert_null(shares.first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_nobody_has_more_than_a_share),
	        cmocka_unit_test(test_what_is_no_number_of_bytes_that_fits),
	        cmocka_unit_test(test_nothing_is_held_by_nobody),
	        cmocka_unit_test(test_many_holders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
