/* UTF-8, as the Unicode standard has it (table 3-7): no overlong forms, no surrogates. */
#pragma once

#include <stddef.h>

/* Length of the well-formed sequence at `bytes`, 0 where there is none. `len` is at least 1. */
size_t utf8_sequence(const char *bytes, size_t len);
