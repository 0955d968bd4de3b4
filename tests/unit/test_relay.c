/* The relays: nothing lost, nothing beyond the budget, nothing that blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct relay relay;
static int in[2], out[2];

static int setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(fcntl(in[0], F_SETFL, O_NONBLOCK), 0);
	relay_init(&relay);
	relay.src = in[0];
	relay.dst = out[1];
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
	return 0;
}

static void put(const char *text)
{
	assert_int_equal(write(in[1], text, strlen(text)), strlen(text));
}

static void assert_out(const char *text)
{
	char buf[64] = "";

	assert_int_equal(read(out[0], buf, sizeof(buf) - 1), strlen(text));
	assert_string_equal(buf, text);
}

static void test_passes_and_ends(void **state)
{
	(void)state;
	assert_int_equal(relay_pump(&relay), RELAY_WAIT_SRC);
	put("hello");
	assert_int_equal(relay_pump(&relay), RELAY_WAIT_SRC);
	assert_out("hello");
	close(in[1]);
	assert_int_equal(relay_pump(&relay), RELAY_DONE);
	assert_int_equal(relay.bytes, 5);
}

static void test_budget_is_exact(void **state)
{
	uint64_t budget = 3;

	(void)state;
	relay.budget = &budget;
	put("abc");
	assert_int_equal(relay_pump(&relay), RELAY_WAIT_SRC);
	assert_int_equal(budget, 0);
	put("d");
	assert_int_equal(relay_pump(&relay), RELAY_OVER);
	assert_out("abc");
	assert_int_equal(relay.bytes, 3);
}

static void test_what_fits_passes_before_over(void **state)
{
	uint64_t budget = 2;

	(void)state;
	relay.budget = &budget;
	put("abcdef");
	assert_int_equal(relay_pump(&relay), RELAY_OVER);
	assert_out("ab");
	assert_int_equal(relay.bytes, 2);
}

static void test_full_receiver_is_waited_for(void **state)
{
	char buf[4096];
	int total = 0;

	(void)state;
	memset(buf, 'x', sizeof(buf));
	/* the receiver is blocking, and is never to block us */
	for (int i = 0; i < 64; i++) {
		assert_int_equal(write(in[1], buf, sizeof(buf)), sizeof(buf));
		if (relay_pump(&relay) == RELAY_WAIT_DST)
			break;
	}
	assert_int_equal(relay_pump(&relay), RELAY_WAIT_DST);
	close(in[1]);
	while (relay_pump(&relay) != RELAY_DONE)
		total += (int)read(out[0], buf, sizeof(buf));
	assert_true(total > 0);
	assert_int_equal(fcntl(out[1], F_GETFL) & O_NONBLOCK, 0);
}

static void test_reader_gone(void **state)
{
	(void)state;
	close(out[0]);
	put("x");
	assert_int_equal(relay_pump(&relay), RELAY_FAILED);
	assert_int_equal(relay.errnum, EPIPE);
	assert_false(relay.reading);
}

static void test_box_may_leave(void **state)
{
	(void)state;
	relay.dst_is_box = true;
	close(out[0]);
	put("x");
	assert_int_equal(relay_pump(&relay), RELAY_DONE);
}

static char seen[64];

static void see(void *arg, const char *bytes, size_t len)
{
	assert_ptr_equal(arg, seen);
	strncat(seen, bytes, len);
}

/* What is written for one that has gone is counted and bounded, and not passed on. */
static void test_goes_on_without_its_receiver(void **state)
{
	uint64_t budget = 10;

	(void)state;
	relay.dst_is_box = relay.goes_on = true;
	relay.passed = see;
	relay.consumer = seen;
	relay.budget = &budget;
	assert_int_equal(fcntl(out[1], F_SETFL, O_NONBLOCK), 0);
	put("one");
	assert_int_equal(relay_pump(&relay), RELAY_WAIT_SRC);
	assert_false(relay.is_deaf);
	close(out[0]);
	out[0] = -1;
	put("two");
	assert_int_equal(relay_pump(&relay), RELAY_WAIT_SRC);
	assert_true(relay.is_deaf);
	assert_int_equal(relay.bytes, 6);
	put("more");
	assert_int_equal(relay_pump(&relay), RELAY_WAIT_SRC);
	assert_string_equal(seen, "one");
	put("!");
	assert_int_equal(relay_pump(&relay), RELAY_OVER);
	assert_int_equal(relay.bytes, 10);
	assert_int_equal(relay.errnum, 0);
}

static void test_closed_receiver(void **state)
{
	(void)state;
	relay.dst = -1;
	assert_int_equal(relay_pump(&relay), RELAY_WAIT_SRC);
	put("x");
	assert_int_equal(relay_pump(&relay), RELAY_FAILED);
	assert_int_equal(relay.errnum, EBADF);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
	        TEST(test_passes_and_ends),
	        TEST(test_budget_is_exact),
	        TEST(test_what_fits_passes_before_over),
	        TEST(test_full_receiver_is_waited_for),
	        TEST(test_reader_gone),
	        TEST(test_box_may_leave),
	        TEST(test_goes_on_without_its_receiver),
	        TEST(test_closed_receiver),
	};

	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
