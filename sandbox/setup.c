/* The memory of a box that is being built. Mapped by box_start(), unmapped by box_end(). */
#include "sandbox/setup.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#define GUARD_BYTES 4096UL

struct area {
	struct {
		_Alignas(4096) char guard[GUARD_BYTES];
		char bytes[SETUP_STACK_BYTES];
	} stacks[SETUP_STACK_MAX];
	struct setup setup;
};

static const struct area *area_of(const struct setup *setup)
{
	return (const struct area *)((const char *)setup - offsetof(struct area, setup));
}

struct setup *setup_map(void)
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
	return &area->setup;
}

void setup_unmap(struct setup *setup)
{
	if (setup == NULL)
		return;
	for (size_t i = 0; i < setup->plan->n_mounts; i++)
		free(setup->source[i]);
	munmap((void *)(uintptr_t)area_of(setup), sizeof(struct area));
}

uint64_t setup_stack(const struct setup *setup, enum setup_stack which)
{
	return (uint64_t)(uintptr_t)area_of(setup)->stacks[which].bytes;
}
