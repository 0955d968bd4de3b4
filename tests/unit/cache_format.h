/*
 * The format of an entry of the compile cache, written down a second time, so that tests can make entries that are
 * whole, but not what we would write. See runner/cache_entry.c.
 */
#pragma once

#include "policy/digest.h"

#include <stddef.h>
#include <stdint.h>

struct header {
	char magic[8];
	uint64_t len; /* of the records, which follow */
	unsigned char digest[DIGEST_BYTES];
};

struct record {
	uint8_t kind, flag;
	uint16_t name_len;
	uint32_t unused;
	uint64_t len;
};

/* What stands before these records so that the entry is proven. */
static inline struct header header_for(const unsigned char key[DIGEST_BYTES], const void *records, size_t len)
{
	struct header header = {.magic = "sbxcc 2", .len = len};
	struct digest_fast digest;

	digest_fast_init(&digest);
	digest_fast_put(&digest, header.magic, sizeof(header.magic));
	digest_fast_put(&digest, key, DIGEST_BYTES);
	digest_fast_put(&digest, records, len);
	digest_fast_end(&digest, header.digest);
	return header;
}
