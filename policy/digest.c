/* SHA-256 and BLAKE2b, by libsodium. Their state needs no initialisation of the library's: nothing here is random. */
#include "policy/digest.h"

#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(struct digest) >= sizeof(crypto_hash_sha256_state), "");
_Static_assert(DIGEST_BYTES == crypto_hash_sha256_BYTES, "");
_Static_assert(sizeof(struct digest_fast) >= sizeof(crypto_generichash_state), "");
_Static_assert(_Alignof(struct digest_fast) >= _Alignof(crypto_generichash_state), "");

static crypto_hash_sha256_state *state(struct digest *digest)
{
	return (crypto_hash_sha256_state *)(void *)digest->state;
}

void digest_init(struct digest *digest)
{
	crypto_hash_sha256_init(state(digest));
}

void digest_put(struct digest *digest, const void *bytes, size_t len)
{
	crypto_hash_sha256_update(state(digest), bytes, len);
}

void digest_u64(struct digest *digest, uint64_t value)
{
	digest_put(digest, &value, sizeof(value));
}

void digest_field(struct digest *digest, const void *bytes, size_t len)
{
	digest_u64(digest, len);
	digest_put(digest, bytes, len);
}

void digest_text(struct digest *digest, const char *text)
{
	if (text == NULL)
		digest_u64(digest, UINT64_MAX);
	else
		digest_field(digest, text, strlen(text));
}

unsigned digest_equal(const unsigned char a[DIGEST_BYTES], const unsigned char b[DIGEST_BYTES])
{
	return (unsigned)(sodium_memcmp(a, b, DIGEST_BYTES) + 1); /* -1 and 0 are all that it returns */
}

void digest_end(struct digest *digest, unsigned char ret[DIGEST_BYTES])
{
	crypto_hash_sha256_final(state(digest), ret);
}

static crypto_generichash_state *fast_state(struct digest_fast *digest)
{
	return (crypto_generichash_state *)(void *)digest->state;
}

void digest_fast_init(struct digest_fast *digest)
{
	crypto_generichash_init(fast_state(digest), NULL, 0, DIGEST_BYTES);
}

void digest_fast_put(struct digest_fast *digest, const void *bytes, size_t len)
{
	crypto_generichash_update(fast_state(digest), bytes, len);
}

void digest_fast_end(struct digest_fast *digest, unsigned char ret[DIGEST_BYTES])
{
	crypto_generichash_final(fast_state(digest), ret, DIGEST_BYTES);
}
