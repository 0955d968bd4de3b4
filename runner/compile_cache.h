/*
 * The folder of --compile-cache: entries by key, shared by all judges of one user, bounded. Called by judge_cache.c,
 * which knows what goes into a key.
 *
 *   HEX.entry  one entry (runner/cache_entry.h), HEX its key; complete, since it gets this name last. When it was used
 *              last is its modification time
 *   HEX.new    one that is being written, locked by its writer: what is not locked is a killed judge's, and removed
 *
 * Who makes room locks the folder. Readers lock nothing: an entry that is removed stays whole for those who have opened
 * it. Other files are left alone.
 */
#pragma once

#include "policy/digest.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stdint.h>

#define COMPILE_CACHE_BYTES (UINT64_C(1) << 30) /* of all entries, where the caller does not say */
#define COMPILE_CACHE_ENTRIES_MAX 16384

struct kept;

struct compile_cache {
	int fd; /* -1: there is none */
	uint64_t bytes_max;
	unsigned char key[DIGEST_BYTES]; /* of the compile that is under way */
	struct sbx_err error;            /* the first reason why something was not kept; stage SBX_STAGE_NONE */
};

/*
 * The folder must be the caller's own, and for nobody else to write: what lies in it is run as if it had just been
 * compiled. Fails with SBX_STAGE_USAGE, and names the command that mends it.
 */
int compile_cache_open(struct compile_cache *cache, const char *path, uint64_t bytes_max, struct sbx_err *err);
void compile_cache_finish(struct compile_cache *cache);

/* Whether there is something under cache->key. */
bool compile_cache_has(const struct compile_cache *cache);
/*
 * Looks for cache->key: true where there is a whole entry, and its content is in the empty folder and in `text`. One
 * that is damaged is removed. On false, the folder may be half full.
 */
bool compile_cache_get(struct compile_cache *cache, int folder_fd, struct kept *text);
/* Keeps a sealed folder under cache->key, and makes room for it first. A failure is put down in cache->error. */
void compile_cache_put(struct compile_cache *cache, int folder_fd, const struct kept *text);
