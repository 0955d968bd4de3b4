/*
 * What the kernel says of a box and of what it leaves, read from outside. A view is text, so that two can be compared
 * and the first line that differs be shown.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The whole of a small file, cut where it is larger. False where there is none. */
bool view_read(const char *path, char *buf, size_t size);

/*
 * All of a process that has just executed its program that confines it and does not change from run to run: ids,
 * capabilities, filter, signals, priorities, resource limits, namespaces, mounts, descriptors, environment, cgroups
 * with the values of their limits.
 */
void view_take(pid_t pid, char *buf, size_t size);

/* What runs left in the slices: names of leaves that no run holds. Returns how many. */
unsigned view_leaves(char *buf, size_t size);
