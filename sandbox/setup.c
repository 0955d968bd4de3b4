/*
 * The memory of a box that is being built. Taken by box_start(), given back by box_end(), and kept for the next box of
 * this process: what it costs is the faults on its pages and their removal.
 */
#include "sandbox/setup.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GUARD_BYTES 4096UL

struct area {
	struct {
		_Alignas(4096) char guard[GUARD_BYTES];
		char bytes[SETUP_STACK_BYTES];
	} stacks[SETUP_STACK_MAX];
	struct setup setup;
	struct area *next; /* while nobody has it */
};

static struct area *spare; /* no more than there were boxes at once */

static const struct area *area_of(const struct setup *setup)
{
	return (const struct area *)((const char *)setup - offsetof(struct area, setup));
}

static struct area *map_area(void)
{
	struct area *area =
	        mmap(NULL, sizeof(*area), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED)
		return NULL;
	for (int s = 0; s < SETUP_STACK_MAX; s++)
		if (mprotect(area->stacks[s].guard, GUARD_BYTES, PROT_NONE) < 0) {
			munmap(area, sizeof(*area));
			return NULL;
		}
	return area;
}

struct setup *setup_take(void)
{
	struct area *area = spare;

	if (area == NULL) {
		area = map_area();
		return area == NULL ? NULL : &area->setup;
	}
	spare = area->next;
	memset(&area->setup, 0, sizeof(area->setup));
	return &area->setup;
}

void setup_give_back(struct setup *setup)
{
	struct area *area = (struct area *)(uintptr_t)area_of(setup);

	for (size_t i = 0; i < setup->plan->n_mounts; i++)
		free(setup->source[i]);
	area->next = spare;
	spare = area;
}

uint64_t setup_stack(const struct setup *setup, enum setup_stack which)
{
	return (uint64_t)(uintptr_t)area_of(setup)->stacks[which].bytes;
}
