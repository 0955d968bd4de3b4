/*
 * SHA-256 of fields, each with its length before it, so that no two lists of fields are the same bytes. For the compile
 * cache, whose entries a stranger may try to make collide: its sources are the input. For the store of `sbx serve`, and
 * for the keys of its callers, which are compared.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32

/* The library's state, which only digest.c knows. */
struct digest {
	_Alignas(8) unsigned char state[104];
};

void digest_init(struct digest *digest);
/* Bytes as they are: two calls are one with both. */
void digest_put(struct digest *digest, const void *bytes, size_t len);
void digest_field(struct digest *digest, const void *bytes, size_t len);
/* Without its NUL; NULL is another field than "". */
void digest_text(struct digest *digest, const char *text);
void digest_u64(struct digest *digest, uint64_t value);
void digest_end(struct digest *digest, unsigned char ret[DIGEST_BYTES]);

/*
 * BLAKE2b of bytes: as safe, in a third of the time. For what is only ever compared with what this program wrote
 * itself, and is long: the entries of the compile cache.
 */
struct digest_fast {
	_Alignas(64) unsigned char state[384];
};

void digest_fast_init(struct digest_fast *digest);
void digest_fast_put(struct digest_fast *digest, const void *bytes, size_t len);
void digest_fast_end(struct digest_fast *digest, unsigned char ret[DIGEST_BYTES]);

/* 1 where they are the same, else 0, in a time that the bytes do not change. */
unsigned digest_equal(const unsigned char a[DIGEST_BYTES], const unsigned char b[DIGEST_BYTES]);
