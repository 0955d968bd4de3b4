/*
 * What all fuzz targets share. A target is a file fuzz_NAME.c with LLVMFuzzerTestOneInput(), which gives the input to a
 * part of sbx that reads what strangers wrote, and asserts what that part promises. `make fuzz` links it with
 * libFuzzer, `make check` with replay.c, which tries the inputs that are kept.
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process where it does not hold, which the fuzzer takes for a crash. */
#define FUZZ_ASSERT(holds)                                                                                             \
	do {                                                                                                           \
		if (!(holds)) {                                                                                        \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds);                     \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

/* What of the input was not taken yet. */
struct fuzz_input {
	const char *at;
	size_t left;
};

static inline struct fuzz_input fuzz_input(const uint8_t *data, size_t size)
{
	return (struct fuzz_input){(const char *)data, size};
}
/* 0 where nothing is left. */
uint8_t fuzz_byte(struct fuzz_input *input);
uint64_t fuzz_u64(struct fuzz_input *input);
/*
 * The next part, up to a NUL or the end, malloc'ed with a NUL behind: as long as it is, so that the address sanitizer
 * sees who reads on.
 */
char *fuzz_part(struct fuzz_input *input);
/* All that is left, with a NUL behind. */
char *fuzz_rest(struct fuzz_input *input, size_t *ret_len);
/* A copy of just these bytes, without any NUL. */
char *fuzz_bytes(const char *bytes, size_t len);

static inline void fuzz_freep(char **text)
{
	free(*text);
}
#define FUZZ_CLEANUP __attribute__((cleanup(fuzz_freep)))

/* A failure has told its stage and a line for a person that a terminal can be shown. */
void fuzz_assert_error(const struct sbx_err *err);

/* As the standards have it, RFC 8259 and RFC 3629: written once more, and not as policy/ does it. */
bool fuzz_is_utf8(const char *text, size_t len);
/* One value, white space around it allowed. */
bool fuzz_is_json(const char *text, size_t len);
/* No control character but those in `allowed`; and UTF-8. */
bool fuzz_is_plain(const char *text, size_t len, const char *allowed);

/* A file in memory that is emptied each time, and what stands in it, malloc'ed with a NUL behind. */
int fuzz_file(void);
char *fuzz_file_text(int fd, size_t *ret_len);
/* A folder below TMPDIR for those who cannot do without, made once for the process, which its caller removes. */
int fuzz_folder(void);
