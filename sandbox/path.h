/*
 * Opening what a caller names, in places where a box may have been before: with --box-mode rw or a --bind of the
 * caller's a program can leave symbolic links and FIFOs, and the next command line may lead through them. Launcher
 * only: in a box's user namespace every owner looks like nobody.
 */
#pragma once

#include <sys/types.h>

/*
 * As open(2), close-on-exec, but of symbolic links only those are followed that root made and nobody else can have
 * moved - every folder on the way to them is root's and not for others to write, or sticky as /tmp is - and those of
 * /proc. Never becomes a controlling terminal. Returns a descriptor or -errno; -ELOOP for any other link.
 */
int path_open(const char *path, int flags, mode_t mode);

/*
 * The path of the same file or folder with no link in it, malloc'ed; or NULL in *ret where `path` has none itself, so
 * that it may be opened with RESOLVE_NO_SYMLINKS as it is. Returns 0 or -errno as path_open() does.
 */
int path_without_links(const char *path, char **ret);

/* What to add to a message about an errno of path_open(). */
#define PATH_LOOP_NOTE(errnum)                                                                                         \
	((errnum) == ELOOP ? ": it leads through a symbolic link that a box may have left, not root's or in a folder " \
	                     "that others can write; name the place itself"                                            \
	                   : "")
