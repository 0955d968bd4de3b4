/*
 * What a language has that says nothing else, as parts of initialisers: for definitions (policy/language_load.c) and
 * for scripts, which are in no language (policy/language_scripts.c).
 */
#pragma once

#include "policy/language.h"

#define LANGUAGE_MIB (UINT64_C(1) << 20)

/* Of struct language_step; both are in MiB. */
#define LANGUAGE_STEP_DEFAULTS(fsize, tmp)                                                                             \
	.pids_max = 64, .open_files_max = 256, .fsize_bytes_max = (fsize)*LANGUAGE_MIB,                                \
	.tmp_bytes_max = (tmp)*LANGUAGE_MIB
#define LANGUAGE_COMPILE_DEFAULTS LANGUAGE_STEP_DEFAULTS(256, 512)
#define LANGUAGE_RUN_DEFAULTS LANGUAGE_STEP_DEFAULTS(64, 64)

/* Of struct language. */
#define LANGUAGE_DEFAULTS                                                                                              \
	.compile_time_us_max = 30 * UINT64_C(1000000), .compile_memory_bytes_max = 2048 * LANGUAGE_MIB,                \
	.time_factor_millis = 1000
