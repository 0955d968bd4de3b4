/*
 * A program's output against a test's answer, token by token as Kattis' default validator does, or byte for byte. Used
 * by the judge, once per test. Does no I/O: the output is pushed as it comes, the answer pulled when it is needed.
 *
 * A token is what stands between white space, which is isspace() of the C locale; every other byte, NUL too, is just a
 * byte. Case is that of ASCII. Memory is bounded by struct compare, however long lines and tokens are.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* With both flags and no tolerance the texts must agree byte for byte; without the flags, all that counts is tokens. */
struct compare_options {
	bool case_sensitive;
	bool space_sensitive; /* white space must agree exactly, at the ends too; else it only parts tokens */
	bool presentation;    /* tell apart what only these two flags make wrong */
	/*
	 * Below 0 is off; with both off, tokens are never numbers. Otherwise, where the answer's token is a number, the
	 * output's must be one too, and no further off than float_absolute, or than float_relative times the answer's.
	 * A number is all that strtod() takes whole, hex too; but infinities, what overflows to them, NaN and tokens
	 * longer than COMPARE_TOKEN_MAX are text.
	 */
	double float_absolute, float_relative;
};

enum compare_result {
	COMPARE_SAME,
	COMPARE_PRESENTATION,
	COMPARE_DIFFERENT,
	COMPARE_MAX,
};

enum compare_kind {
	COMPARE_TOKEN,   /* text, or text instead of a number */
	COMPARE_NUMBER,  /* too far off */
	COMPARE_CASE,    /* the tokens differ in nothing else */
	COMPARE_SPACE,   /* another white space, or some where there is none, or none where there is some */
	COMPARE_MISSING, /* the output ends before this token of the answer */
	COMPARE_EXTRA,   /* the answer ends before this token of the output */
	COMPARE_KIND_MAX,
};

const char *compare_kind_name(enum compare_kind kind); /* "token", "number", ... */

#define COMPARE_TOKEN_MAX 4096
#define COMPARE_EXCERPT_MAX 64

struct compare_excerpt {
	char bytes[COMPARE_EXCERPT_MAX]; /* as they came, not terminated */
	size_t len;
	bool cut; /* the token is longer */
};

/*
 * The first difference of the kind that decides. Lines and columns count from 1, columns in bytes. The excerpts are the
 * two tokens from their beginning, empty where there is none; for COMPARE_SPACE the single bytes that disagree. Bytes
 * that differ only in case have an `offset` with COMPARE_CASE alone.
 */
struct compare_difference {
	enum compare_kind kind;
	uint64_t line, column; /* in the output, where the token begins */
	uint64_t answer_line;
	uint64_t offset; /* in both tokens, of the first bytes that differ */
	struct compare_excerpt got, wanted;
};

/* The answer's next bytes, up to `size`: how many, 0 at its end, or -errno. Not called again after the last two. */
typedef ssize_t (*compare_read_fn)(void *arg, char *buf, size_t size);

struct compare_token {
	char bytes[COMPARE_TOKEN_MAX + 1]; /* room for the zero that strtod() needs */
	size_t len;
	bool cut;
};

/* All of it is compare.c's own. */
struct compare {
	struct compare_options options;
	compare_read_fn read;
	void *arg;
	int errnum;                 /* of the callback */
	bool over;                  /* no further byte can change the result */
	enum compare_result result; /* so far, and what it rests on: */
	struct compare_difference difference;

	uint64_t line, column, answer_line; /* of the next bytes */
	bool in_token;                      /* of the output */
	/* The token, or what comes next to it: */
	uint64_t token_line, token_column, token_answer_line;
	uint64_t case_offset, text_offset; /* where the two tokens part; UINT64_MAX while they do not */
	struct compare_token got, wanted;

	bool answer_ended;
	size_t begin, end;
	char answer[16 << 10];
};

/* `compare` may be anywhere and needs no finish; `arg` is the callback's and must last until compare_end(). */
void compare_init(struct compare *compare, const struct compare_options *options, compare_read_fn read, void *arg);
/* The next bytes of the output. Once these can change nothing, it returns at once. */
void compare_put(struct compare *compare, const char *bytes, size_t len);
/*
 * The output is complete. Called once. 0, or -errno of the callback. *ret_result is not COMPARE_PRESENTATION unless
 * that was asked for; *ret_difference is left alone with COMPARE_SAME, and both on failure.
 */
int compare_end(struct compare *compare, enum compare_result *ret_result, struct compare_difference *ret_difference);
