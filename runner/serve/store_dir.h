/* The folder of a store: who has it, and the files in it. Called by runner/serve/store.c. -errno with SBX_STAGE_STORE.
 */
#pragma once

#include "runner/serve/store.h"

#define STORE_DB "serve.db"

/* Opens dir_fd, files_fd and lock_fd, makes an empty database file where there is none, and sets the path. On failure
 * what is open stays so, for store_finish(). */
int store_dir_open(struct store *store, const char *dir, struct sbx_err *err);
void store_dir_finish(struct store *store);

bool store_is_id(const char *id);
bool store_is_name(const char *name);

/* The size of a file, or -ENOENT for what is no regular file of this name, too. */
int store_dir_size(const struct store *store, const char *name, uint64_t *ret);
/* Removes each file that `keep` does not want; stops when that returns below 0, and returns that. */
int store_dir_sweep(struct store *store, int dir_fd,
                    int (*keep)(struct store *store, const char *name, struct sbx_err *err), struct sbx_err *err);
