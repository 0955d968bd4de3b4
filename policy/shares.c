/* Room that many hold parts of, each up to a share. Called by `sbx serve`, for bodies and answers. */
#include "policy/shares.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of one holder. In a list: what is too small to matter takes no share, so there are few. */
struct share {
	struct share *next;
	uint64_t held;
	char holder[];
};

static struct share *find(const struct shares *shares, const char *holder)
{
	struct share *share = shares->first;

	while (share != NULL && strcmp(share->holder, holder) != 0)
		share = share->next;
	return share;
}

static struct share *add(struct shares *shares, const char *holder)
{
	size_t size = strlen(holder) + 1;
	struct share *share = malloc(sizeof(*share) + size);

	if (share == NULL)
		return NULL;
	share->held = 0;
	memcpy(share->holder, holder, size);
	share->next = shares->first;
	shares->first = share;
	return share;
}

int shares_take(struct shares *shares, const char *holder, uint64_t bytes, struct shares_part *ret)
{
	struct share *share = find(shares, holder);

	if (bytes == 0) {
		*ret = (struct shares_part){NULL, 0};
		return 0;
	}
	if (bytes > shares->each_max - (share != NULL ? share->held : 0))
		return -EDQUOT;
	if (bytes > shares->all_max - shares->held)
		return -ENOSPC;
	if (share == NULL)
		share = add(shares, holder);
	if (share == NULL)
		return -ENOMEM;
	share->held += bytes;
	shares->held += bytes;
	*ret = (struct shares_part){share, bytes};
	return 0;
}

void shares_give_back(struct shares *shares, struct shares_part *part)
{
	struct share *share = part->share, **link = &shares->first;

	if (share == NULL)
		return;
	share->held -= part->bytes;
	shares->held -= part->bytes;
	*part = (struct shares_part){NULL, 0};
	if (share->held > 0)
		return;
	while (*link != share)
		link = &(*link)->next;
	*link = share->next;
	free(share);
}
