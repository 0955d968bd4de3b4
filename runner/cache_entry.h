/*
 * An entry of the compile cache, as one file: what a compiler said, and the folder that it left. Called by
 * compile_cache.c, which knows where entries lie.
 *
 *   header   magic, length of the rest, SHA-256 of magic, key and the rest
 *   records  the compiler's text; then the folder: a record for each file, with its bytes, and for each folder, whose
 *            own records follow up to the one that leads up again; then the end
 *
 * A name is one component, so none can lead out of the folder that is being filled. Numbers are the machine's own: a
 * cache is not carried to another one.
 */
#pragma once

#include "policy/digest.h"

#include <stddef.h>
#include <stdint.h>

#define CACHE_ENTRY_BYTES_MAX (UINT64_C(64) << 20)

struct kept;

/*
 * Writes an entry to an empty file. The folder is one that no box can write to any more. Returns 0 or -errno: -EFBIG
 * for more than CACHE_ENTRY_BYTES_MAX; -EMLINK where there is a symbolic link, or what is neither file nor folder;
 * -ELOOP for folders deeper than WORKSPACE_DEPTH_MAX.
 */
int cache_entry_write(int fd, const unsigned char key[DIGEST_BYTES], int folder_fd, const struct kept *text);

/*
 * Fills an empty folder, which no box can see yet, and `text`, up to its own size. All of the entry is proven before
 * anything is written. Returns 0 or -errno: -EBADMSG for an entry that is damaged, or another key's; then, or where
 * there is no room, the folder may be half full.
 */
int cache_entry_read(int fd, const unsigned char key[DIGEST_BYTES], int folder_fd, struct kept *text);
