/*
 * Output against answer: in whatever pieces they come, and against a plain model. The input is a byte of options, three
 * of how to cut, two of how long the output is, then output and answer.
 */
#include "fuzz.h"

#include "policy/compare.h"

#include <ctype.h>
#include <strings.h>

struct text {
	const char *bytes;
	size_t len;
};

struct source {
	struct text text;
	size_t piece;
	bool over;
};

struct outcome {
	enum compare_result result;
	struct compare_difference difference;
};

static ssize_t source_read(void *arg, char *buf, size_t size)
{
	struct source *source = arg;
	size_t n = source->text.len < source->piece ? source->text.len : source->piece;

	FUZZ_ASSERT(!source->over && size > 0);
	n = n < size ? n : size;
	source->over = n == 0;
	if (n > 0)
		memcpy(buf, source->text.bytes, n);
	source->text.bytes += n;
	source->text.len -= n;
	return (ssize_t)n;
}

static struct outcome run(struct text output, struct text answer, const struct compare_options *options, size_t put,
                          size_t pull)
{
	static struct compare compare;
	struct source source = {answer, pull, false};
	struct outcome outcome = {.result = COMPARE_MAX};

	memset(&compare, 0x5a, offsetof(struct compare, answer));
	compare_init(&compare, options, source_read, &source);
	while (output.len > 0) {
		size_t n = put < output.len ? put : output.len;
		/* by itself, so that reading on is seen */
		char *piece = fuzz_bytes(output.bytes, n);
		compare_put(&compare, piece, n);
		free(piece);
		output.bytes += n;
		output.len -= n;
	}
	FUZZ_ASSERT(compare_end(&compare, &outcome.result, &outcome.difference) == 0);
	return outcome;
}

static bool same_excerpt(const struct compare_excerpt *a, const struct compare_excerpt *b)
{
	return a->len == b->len && a->cut == b->cut && memcmp(a->bytes, b->bytes, a->len) == 0;
}

static bool same_outcome(const struct outcome *one, const struct outcome *other)
{
	const struct compare_difference *a = &one->difference, *b = &other->difference;

	if (one->result != other->result || one->result == COMPARE_SAME)
		return one->result == other->result;
	return a->kind == b->kind && a->line == b->line && a->column == b->column && a->answer_line == b->answer_line &&
	       a->offset == b->offset && same_excerpt(&a->got, &b->got) && same_excerpt(&a->wanted, &b->wanted);
}

/* ---- the model ---- */

static struct text next_token(struct text *text)
{
	struct text token;

	while (text->len > 0 && isspace((unsigned char)*text->bytes)) {
		text->bytes++;
		text->len--;
	}
	token.bytes = text->bytes;
	token.len = 0;
	while (text->len > 0 && !isspace((unsigned char)*text->bytes)) {
		token.len++;
		text->bytes++;
		text->len--;
	}
	return token;
}

static bool same_bytes(struct text a, struct text b, bool case_sensitive)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (case_sensitive ? a.bytes[i] != b.bytes[i]
		                   : tolower((unsigned char)a.bytes[i]) != tolower((unsigned char)b.bytes[i]))
			return false;
	return true;
}

static bool same_tokens(struct text output, struct text answer, bool case_sensitive)
{
	for (;;) {
		struct text got = next_token(&output), wanted = next_token(&answer);
		if (!same_bytes(got, wanted, case_sensitive))
			return false;
		if (got.len == 0)
			return true;
	}
}

static enum compare_result model(struct text output, struct text answer, const struct compare_options *options)
{
	bool same = options->space_sensitive ? same_bytes(output, answer, options->case_sensitive)
	                                     : same_tokens(output, answer, options->case_sensitive);

	if (same)
		return COMPARE_SAME;
	return options->presentation && same_tokens(output, answer, false) ? COMPARE_PRESENTATION : COMPARE_DIFFERENT;
}

/* ---- the rest ---- */

static void check_difference(const struct outcome *outcome, struct text output)
{
	const struct compare_difference *difference = &outcome->difference;
	uint64_t lines = 1;

	for (size_t i = 0; i < output.len; i++)
		lines += output.bytes[i] == '\n';
	FUZZ_ASSERT(difference->kind < COMPARE_KIND_MAX && compare_kind_name(difference->kind) != NULL);
	FUZZ_ASSERT(difference->line >= 1 && difference->line <= lines && difference->column >= 1);
	FUZZ_ASSERT(difference->answer_line >= 1);
	FUZZ_ASSERT(difference->got.len <= COMPARE_EXCERPT_MAX && difference->wanted.len <= COMPARE_EXCERPT_MAX);
	FUZZ_ASSERT(difference->kind != COMPARE_MISSING || difference->got.len == 0);
	FUZZ_ASSERT(difference->kind != COMPARE_EXTRA || difference->wanted.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const double tolerances[] = {-1, 0, 1e-6, 0.5};
	struct fuzz_input input = fuzz_input(data, size);
	uint8_t flags = fuzz_byte(&input);
	const struct compare_options options = {
	        .case_sensitive = flags & 1,
	        .space_sensitive = flags & 2,
	        .presentation = flags & 4,
	        .float_absolute = tolerances[flags >> 3 & 3],
	        .float_relative = tolerances[flags >> 5 & 3],
	};
	size_t put = 1U + fuzz_byte(&input), pull = 1U + fuzz_byte(&input), repeat = fuzz_byte(&input);
	size_t len = (size_t)fuzz_byte(&input) << 8 | fuzz_byte(&input);
	struct text output = {input.at, len < input.left ? len : input.left};
	struct text answer = {input.at + output.len, input.left - output.len};
	FUZZ_CLEANUP char *long_text = malloc(COMPARE_TOKEN_MAX + 256 + size);
	struct outcome whole, pieces;

	FUZZ_ASSERT(long_text != NULL);
	/* in some, the output is so long before it begins to differ that it cannot be kept */
	if (repeat > 200) {
		memset(long_text, 'x', COMPARE_TOKEN_MAX + repeat - 228);
		memcpy(long_text + COMPARE_TOKEN_MAX + repeat - 228, output.bytes, output.len);
		output = (struct text){long_text, COMPARE_TOKEN_MAX + repeat - 228 + output.len};
	}
	whole = run(output, answer, &options, SIZE_MAX, SIZE_MAX);
	pieces = run(output, answer, &options, put, pull);
	FUZZ_ASSERT(same_outcome(&whole, &pieces));
	FUZZ_ASSERT(whole.result != COMPARE_PRESENTATION || options.presentation);
	if (whole.result != COMPARE_SAME)
		check_difference(&whole, output);
	if (options.float_absolute < 0 && options.float_relative < 0)
		FUZZ_ASSERT(whole.result == model(output, answer, &options));
	/* a number that is right to the bit is right with any tolerance, and nothing is right that a strict look allows
	 * not */
	FUZZ_ASSERT(run(answer, answer, &options, put, pull).result == COMPARE_SAME);
	return 0;
}
