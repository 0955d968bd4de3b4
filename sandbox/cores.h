/*
 * The cores that this process may use, in the order in which programs are to be spread over them: first one thread of
 * each physical core, then the others. Looked at once per process.
 */
#pragma once

/* Physical cores among them; at least 1. */
unsigned cores_physical(void);
/* The number of the n-th (from 0; beyond the last it begins anew), or -errno. */
int cores_nth(unsigned n);
