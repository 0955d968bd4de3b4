/* How many programs can run at once without sharing a core. */
#pragma once

/* Physical cores that this process may use; at least 1. A core whose siblings are all allowed counts once. */
unsigned cores_physical(void);
