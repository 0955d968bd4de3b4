/*
 * A route is a way by which a program makes the kernel spend memory. Each pushes until it is refused, or until it took
 * several times the limit that `run` gives it, and lets go of nothing. It answers the errno that refused it, or 0 where
 * nothing did.
 */
#pragma once

#include "tests/threats/attack.h"

/* What a route and its children go to by their own count: one that nothing holds is not to harm a small machine. */
#define ENOUGH (128UL << 20)

/* Counts so many bytes more; false where they would be more than enough. */
bool take(size_t bytes);

/* As many processes as no table of processes holds. */
#define MANY 4000

struct route {
	const char *name;
	int (*push)(const char *arg);
	const char *arg;
	bool in_each; /* goes on in further processes, where one has all the descriptors or addresses it may have */
};

/* Lists that end with {0}, one of each file. */
extern const struct route page_routes[], file_routes[], descriptor_routes[], socket_routes[], task_routes[],
        call_routes[];

/* `fill` in up to `n` children, one after the other, which all stay; fewer where they took enough. */
int in_children(int n, int (*fill)(const char *arg), const char *arg);

/* Up to `n` threads with stacks as small as can be, each of which calls `block` once, and stays in it. */
int in_threads(int n, void *(*block)(void *arg), void *arg);
