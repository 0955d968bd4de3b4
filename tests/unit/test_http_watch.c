/* Deadlines and lingering, on pairs of sockets. */
#include "runner/serve/http_watch.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#define FOREVER_MS 60000 /* what must come has come by then */
#define MS UINT64_C(1000000)

/* Ours is the service's end. */
static void make_pair(int pair[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
}

static struct http_watch *start(unsigned lingering_max, unsigned linger_ms, size_t linger_bytes)
{
	struct http_watch *watch;
	struct sbx_err err;

	assert_int_equal(http_watch_start(lingering_max, linger_ms, linger_bytes, &watch, &err), 0);
	return watch;
}

/* Whether the other end has been closed or shut down, or is so within the time. */
static bool ends(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLHUP};

	return poll(&p, 1, timeout_ms) == 1 && (p.revents & POLLHUP) != 0;
}

static void test_deadlines(void **state)
{
	struct http_watch *watch = start(1, 1000, 1000);
	struct http_watched watched[3];
	int pairs[3][2];

	(void)state;
	for (int i = 0; i < 3; i++)
		make_pair(pairs[i]);
	http_watch_add(watch, &watched[0], pairs[0][0], HTTP_NO_DEADLINE);
	http_watch_add(watch, &watched[1], pairs[1][0], clock_ns() + 50 * MS);
	http_watch_add(watch, &watched[2], pairs[2][0], HTTP_NO_DEADLINE);
	assert_true(ends(pairs[1][1], FOREVER_MS));
	assert_false(ends(pairs[0][1], 0));
	http_watch_remove(watch, &watched[1]);
	http_watch_until(watch, &watched[2], 0);
	assert_true(ends(pairs[2][1], FOREVER_MS));
	http_watch_remove(watch, &watched[0]);
	assert_false(ends(pairs[0][1], 300));
	http_watch_remove(watch, &watched[2]);
	http_watch_stop(watch);
	for (int i = 0; i < 3; i++) {
		close(pairs[i][0]);
		close(pairs[i][1]);
	}
}

/* What a client still sends is read, though the socket it sent it to is closed. */
static void test_lingering(void **state)
{
	struct http_watch *watch = start(10, FOREVER_MS, 1 << 30);
	char bytes[1000] = {0};
	int pair[2];

	(void)state;
	make_pair(pair);
	http_watch_linger(watch, pair[0]);
	close(pair[0]);
	assert_int_equal(read(pair[1], bytes, 1), 0);
	for (int i = 0; i < 2000; i++)
		assert_int_equal(send(pair[1], bytes, sizeof(bytes), MSG_NOSIGNAL), sizeof(bytes));
	close(pair[1]);
	http_watch_stop(watch);
}

/* The client goes before the socket is closed that the duplicate was made of: nothing of it may stay behind. */
static void test_duplicate_that_ends_first(void **state)
{
	struct http_watch *watch = start(1, FOREVER_MS, 1 << 30);
	int pair[2], second[2];

	(void)state;
	make_pair(pair);
	http_watch_linger(watch, pair[0]);
	close(pair[1]);
	usleep(300000);
	close(pair[0]);
	/* its place is free again */
	make_pair(second);
	http_watch_linger(watch, second[0]);
	close(second[0]);
	assert_false(ends(second[1], 300));
	close(second[1]);
	http_watch_stop(watch);
}

static void test_bounds_of_lingering(void **state)
{
	struct http_watch *watch = start(1, 100, 1 << 30), *other = start(1, FOREVER_MS, 100000);
	struct http_watch *last = start(1, FOREVER_MS, 1 << 30);
	char bytes[1000] = {0};
	int pairs[4][2];
	ssize_t n;

	(void)state;
	for (int i = 0; i < 4; i++)
		make_pair(pairs[i]);
	/* of time */
	http_watch_linger(watch, pairs[0][0]);
	close(pairs[0][0]);
	assert_true(ends(pairs[0][1], FOREVER_MS));
	/* of bytes */
	http_watch_linger(other, pairs[1][0]);
	close(pairs[1][0]);
	do
		n = send(pairs[1][1], bytes, sizeof(bytes), MSG_NOSIGNAL);
	while (n > 0);
	/* the end finds bytes that were not read, or comes when all were */
	assert_true(errno == EPIPE || errno == ECONNRESET);
	/* of number: the second has no place, and ends with the socket */
	http_watch_linger(last, pairs[2][0]);
	http_watch_linger(last, pairs[3][0]);
	close(pairs[3][0]);
	assert_true(ends(pairs[3][1], 0));
	http_watch_stop(watch);
	http_watch_stop(other);
	http_watch_stop(last);
	close(pairs[0][1]);
	close(pairs[1][1]);
	close(pairs[2][0]);
	close(pairs[2][1]);
	close(pairs[3][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_deadlines),
	        cmocka_unit_test(test_lingering),
	        cmocka_unit_test(test_duplicate_that_ends_first),
	        cmocka_unit_test(test_bounds_of_lingering),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
