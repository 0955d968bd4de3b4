/* SHA-256 of fields, BLAKE2b of bytes. */
#include "policy/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_digest(void **state)
{
	/* FIPS 180-2, B.1 */
	static const unsigned char abc[DIGEST_BYTES] = {
	        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
	        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
	static const char *const lists[][3] = {{"ab", "c", ""}, {"a", "bc", ""}, {"abc", "", ""}, {"", "abc", ""}};
	unsigned char got[4][DIGEST_BYTES];
	struct digest digest;

	(void)state;
	digest_init(&digest);
	digest_put(&digest, "a", 1);
	digest_put(&digest, "bc", 2);
	digest_end(&digest, got[0]);
	assert_memory_equal(got[0], abc, DIGEST_BYTES);
	for (size_t i = 0; i < 4; i++) {
		digest_init(&digest);
		for (size_t k = 0; k < 3; k++)
			digest_text(&digest, lists[i][k]);
		digest_end(&digest, got[i]);
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(got[i], got[k], DIGEST_BYTES);
	}
}

static void test_fast(void **state)
{
	/* RFC 7693's BLAKE2b, of 32 bytes */
	static const unsigned char abc[DIGEST_BYTES] = {
	        0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72, 0x31, 0x71, 0xef, 0x3f, 0xee, 0x98, 0x57, 0x9b,
	        0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb, 0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19};
	unsigned char got[DIGEST_BYTES];
	struct digest_fast digest;

	(void)state;
	digest_fast_init(&digest);
	digest_fast_put(&digest, "a", 1);
	digest_fast_put(&digest, "bc", 2);
	digest_fast_end(&digest, got);
	assert_memory_equal(got, abc, DIGEST_BYTES);
}

static void test_equal(void **state)
{
	unsigned char a[DIGEST_BYTES] = {1, 2, 3}, b[DIGEST_BYTES] = {1, 2, 3};

	(void)state;
	assert_int_equal(digest_equal(a, b), 1);
	for (size_t bit = 0; bit < 8 * sizeof(b); bit++) {
		b[bit / 8] ^= (unsigned char)(1U << bit % 8);
		assert_int_equal(digest_equal(a, b), 0);
		b[bit / 8] ^= (unsigned char)(1U << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_digest),
	        cmocka_unit_test(test_fast),
	        cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
