/*
 * Opening what a caller names, in places where a box may have been before: with --box-mode rw or a --bind of the
 * caller's a program can leave symbolic links and FIFOs, and the next command line may lead through them. Launcher
 * only: in a box's user namespace every owner looks like nobody.
 */
#pragma once

#include <sys/types.h>

/*
 * As open(2), close-on-exec, but of symbolic links only those are followed that root made and nobody else can have
 * put there, and those of /proc: their folder is root's and not for others to write, and so is every folder on the way
 * to it, or it is sticky as /tmp is. The way starts at the root, at the current folder, or where a link of /proc leads.
 * Never becomes a controlling terminal. Returns a descriptor or -errno; -ELOOP for any other link.
 */
int path_open(const char *path, int flags, mode_t mode);

/*
 * The path of the same file or folder with no link in it, malloc'ed; or NULL in *ret where `path` has none itself, so
 * that it may be opened with RESOLVE_NO_SYMLINKS as it is. Returns 0 or -errno as path_open() does.
 */
int path_without_links(const char *path, char **ret);

/* What to add to a message about an errno of path_open(). */
#define PATH_LOOP_NOTE(errnum)                                                                                         \
	((errnum) == ELOOP                                                                                             \
	         ? ": it leads through symbolic links without end, or through one that a box may have left: not "      \
	           "root's, or in a folder that is not for root alone to write; name the place itself"                 \
	         : "")
