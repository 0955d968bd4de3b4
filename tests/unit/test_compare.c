/* Output against answer: what is the same, what differs and where, in pieces of every size; and against a plain model.
 */
#include "policy/compare.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct text {
	const char *bytes;
	size_t len;
};

/* A literal with its zeros. */
#define T(literal)                                                                                                     \
	{                                                                                                              \
		literal, sizeof(literal) - 1                                                                           \
	}

struct source {
	struct text text;
	size_t at, piece;
	size_t fails_at; /* with EIO, before this byte */
	bool over;
};

struct outcome {
	int error;
	enum compare_result result;
	struct compare_difference difference;
};

static ssize_t source_read(void *arg, char *buf, size_t size)
{
	struct source *source = arg;
	size_t n = source->text.len - source->at;

	assert_false(source->over);
	n = n < source->piece ? n : source->piece;
	n = n < size ? n : size;
	if (source->at + n > source->fails_at)
		n = source->fails_at - source->at;
	source->over = n == 0;
	if (n == 0 && source->at == source->fails_at)
		return -EIO;
	memcpy(buf, source->text.bytes + source->at, n);
	source->at += n;
	return (ssize_t)n;
}

static struct outcome run(struct text output, struct source *answer, const struct compare_options *options,
                          size_t piece)
{
	static struct compare compare;
	struct outcome outcome = {.result = COMPARE_MAX};

	memset(&compare, 0x5a, sizeof(compare));
	compare_init(&compare, options, source_read, answer);
	for (size_t n; output.len > 0; output.bytes += n, output.len -= n) {
		n = piece < output.len ? piece : output.len;
		compare_put(&compare, output.bytes, n);
	}
	outcome.error = compare_end(&compare, &outcome.result, &outcome.difference);
	return outcome;
}

static struct outcome run_pieces(struct text output, struct text answer, const struct compare_options *options,
                                 size_t put, size_t pull)
{
	struct source source = {.text = answer, .piece = pull, .fails_at = SIZE_MAX};

	return run(output, &source, options, put);
}

static bool same_excerpt(const struct compare_excerpt *a, const struct compare_excerpt *b)
{
	return a->len == b->len && a->cut == b->cut && memcmp(a->bytes, b->bytes, a->len) == 0;
}

static bool same_difference(const struct compare_difference *a, const struct compare_difference *b)
{
	return a->kind == b->kind && a->line == b->line && a->column == b->column && a->answer_line == b->answer_line &&
	       a->offset == b->offset && same_excerpt(&a->got, &b->got) && same_excerpt(&a->wanted, &b->wanted);
}

static void print_outcome(const char *name, const struct outcome *outcome)
{
	const struct compare_difference *d = &outcome->difference;

	print_error("%s: error %d, result %d, %s at %ju:%ju+%ju, answer %ju, got \"%.*s\"%s, wanted \"%.*s\"%s\n", name,
	            outcome->error, outcome->result, compare_kind_name(d->kind), (uintmax_t)d->line,
	            (uintmax_t)d->column, (uintmax_t)d->offset, (uintmax_t)d->answer_line, (int)d->got.len,
	            d->got.bytes, d->got.cut ? "..." : "", (int)d->wanted.len, d->wanted.bytes,
	            d->wanted.cut ? "..." : "");
}

static void assert_outcome(struct text output, struct text answer, const struct outcome *is, const struct outcome *want)
{
	if (is->error == want->error && is->result == want->result &&
	    (is->result == COMPARE_SAME || same_difference(&is->difference, &want->difference)))
		return;
	print_outcome("is", is);
	print_outcome("should be", want);
	fail_msg("output \"%.*s\", answer \"%.*s\"", (int)output.len, output.bytes, (int)answer.len, answer.bytes);
}

/* Options: tolerances are off unless a row has them. */
#define CASE 1U
#define SPACE 2U
#define BYTES (CASE | SPACE)
#define PE 4U
#define NEAR 8U /* by 0.125; only in the tables with places */

static struct compare_options options_of(unsigned flags, double absolute, double relative)
{
	return (struct compare_options){
	        .case_sensitive = (flags & CASE) != 0,
	        .space_sensitive = (flags & SPACE) != 0,
	        .presentation = (flags & PE) != 0,
	        .float_absolute = absolute,
	        .float_relative = relative,
	};
}

struct same_row {
	struct text output, answer;
	unsigned flags;
	enum compare_result result;
};

struct number_row {
	const char *output, *answer;
	double absolute, relative;
	bool same;
};

struct place_row {
	struct text output, answer;
	unsigned flags;
	enum compare_result result;
	enum compare_kind kind;
	unsigned line, column, answer_line, offset;
	struct text got, wanted;
};

static const size_t pieces[] = {1, 2, 3, 7, SIZE_MAX};

static struct outcome run_all(struct text output, struct text answer, const struct compare_options *options)
{
	struct outcome first = run_pieces(output, answer, options, SIZE_MAX, SIZE_MAX);

	for (size_t i = 0; i < N(pieces); i++) {
		for (size_t j = 0; j < N(pieces); j++) {
			struct outcome outcome = run_pieces(output, answer, options, pieces[i], pieces[j]);

			assert_outcome(output, answer, &outcome, &first);
		}
	}
	return first;
}

static void results(void **state)
{
	static const struct same_row rows[] = {
	        {T(""), T(""), 0, COMPARE_SAME},
	        {T(""), T(""), BYTES, COMPARE_SAME},
	        {T(""), T(" \n\t\v\f\r"), 0, COMPARE_SAME},
	        {T(" \n\t\v\f\r"), T(""), 0, COMPARE_SAME},
	        {T(""), T("\n"), SPACE, COMPARE_DIFFERENT},
	        {T("\n"), T(""), SPACE | PE, COMPARE_PRESENTATION},
	        {T(""), T("a"), 0, COMPARE_DIFFERENT},
	        {T("a"), T(""), 0, COMPARE_DIFFERENT},
	        {T(" "), T("a"), PE, COMPARE_DIFFERENT},
	        {T("a b c"), T("a b c"), BYTES, COMPARE_SAME},
	        {T("a b c\n"), T("a b c"), 0, COMPARE_SAME},
	        {T("  a\n\nb\tc"), T("a b c\n"), 0, COMPARE_SAME},
	        {T("a b"), T("a b c"), 0, COMPARE_DIFFERENT},
	        {T("a b c"), T("a b"), 0, COMPARE_DIFFERENT},
	        {T("a b c"), T("a b"), PE, COMPARE_DIFFERENT},
	        {T("ab"), T("a b"), BYTES | PE, COMPARE_DIFFERENT},
	        {T("a b"), T("ab"), BYTES | PE, COMPARE_DIFFERENT},
	        {T("ab"), T("abc"), 0, COMPARE_DIFFERENT},
	        {T("abc"), T("ab"), 0, COMPARE_DIFFERENT},
	        {T("1\r\n2\r\n"), T("1\n2\n"), 0, COMPARE_SAME},
	        {T("1\r\n2\r\n"), T("1\n2\n"), SPACE, COMPARE_DIFFERENT},
	        {T("1\n2\n"), T("1\r\n2\r\n"), BYTES | PE, COMPARE_PRESENTATION},
	        {T("1 \n2 \n"), T("1\n2\n"), CASE, COMPARE_SAME},
	        {T("1 \n2 \n"), T("1\n2\n"), SPACE, COMPARE_DIFFERENT},
	        {T("1\n3 \n"), T("1 \n2\n"), SPACE | PE, COMPARE_DIFFERENT},
	        {T("a\n"), T("a"), SPACE, COMPARE_DIFFERENT},
	        {T("a"), T("a\n"), SPACE, COMPARE_DIFFERENT},
	        {T("Yes nO"), T("YES no"), 0, COMPARE_SAME},
	        {T("Yes nO"), T("YES no"), SPACE | PE, COMPARE_SAME},
	        {T("Yes nO"), T("YES no"), CASE, COMPARE_DIFFERENT},
	        {T("Yes nO"), T("YES no"), CASE | PE, COMPARE_PRESENTATION},
	        {T("Yes  nO"), T("YES no"), CASE | PE, COMPARE_PRESENTATION},
	        {T("Yes  nO"), T("YES not"), BYTES | PE, COMPARE_DIFFERENT},
	        {T("@[`{"), T("`{@["), 0, COMPARE_DIFFERENT}, /* the neighbours of the letters */
	        {T("\xe4"), T("\xc4"), 0, COMPARE_DIFFERENT},
	        {T("\xff"), T("\xff"), 0, COMPARE_SAME},
	        {T("\xff"), T(""), 0, COMPARE_DIFFERENT},
	        {T("\xa0"), T(""), 0, COMPARE_DIFFERENT}, /* no white space */
	        {T("a\0b"), T("a\0b"), BYTES, COMPARE_SAME},
	        {T("a\0b"), T("A\0B"), 0, COMPARE_SAME},
	        {T("a\0b"), T("a\0c"), 0, COMPARE_DIFFERENT},
	        {T("a\0"), T("a"), 0, COMPARE_DIFFERENT},
	        {T("\0"), T(""), 0, COMPARE_DIFFERENT},
	        {T("1.0"), T("1"), 0, COMPARE_DIFFERENT},
	        {T("-0"), T("0"), 0, COMPARE_DIFFERENT},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct compare_options options = options_of(rows[i].flags, -1, -1);

		if (run_all(rows[i].output, rows[i].answer, &options).result != rows[i].result)
			fail_msg("row %zu: \"%s\", \"%s\"", i, rows[i].output.bytes, rows[i].answer.bytes);
	}
}

static void numbers(void **state)
{
	static const struct number_row rows[] = {
	        {"-0", "0", 0, -1, true},
	        {"0.0e7", "-0", -1, 0, true},
	        {"1.0", "1", 0, -1, true},
	        {"+1.", "1e0", -1, 0, true},
	        {".5", "50E-2", 0, -1, true},
	        {"1e-9", "0", 1e-9, -1, true},
	        {"-1e-9", "0", 1e-9, -1, true},
	        {"1.0000000001e-9", "0", 1e-9, -1, false},
	        {"1e-9", "0", -1, 1e-9, false},
	        {"1000000001", "1e9", -1, 1e-9, true},
	        {"1000000001.001", "1e9", -1, 1e-9, false},
	        {"1000000001", "1e9", 1e-9, -1, false},
	        {"3", "2", -1, 0.5, true},
	        {"3.0000001", "2", -1, 0.5, false},
	        {"1", "2", -1, 0.5, true}, /* of the answer, not of the greater or the output's */
	        {"2", "1", -1, 0.5, false},
	        {"-3", "-2", -1, 0.5, true},
	        {"1.5", "1", 0.5, 0, true}, /* either is enough */
	        {"1.5", "1", 0, 0.5, true},
	        {"1 2 3", "1.1 2.1 3.1", 0.25, -1, true},
	        {"1 2 4", "1.1 2.1 3.1", 0.25, -1, false},
	        {"x", "1", 9, 9, false},
	        {"1x", "1", 9, 9, false},
	        {"1e", "1", 9, 9, false},
	        {"1", "1e", 9, 9, false},
	        {"1,0", "1", 9, 9, false},
	        {"1", "x", 9, 9, false},
	        {"1x", "1X", 9, 9, true}, /* text */
	        {"1x", "1y", 9, 9, false},
	        {"0x10", "16", 0, -1, true},
	        {"0X1P3", "8", 0, -1, true},
	        {"nan", "1", 9, 9, false},
	        {"inf", "1", 9, 9, false},
	        {"nan", "NaN", 9, 9, true}, /* text */
	        {"inf", "INF", 9, 9, true},
	        {"inf", "infinity", 9, 9, false},
	        {"1e999", "2e999", 9, 9, false},
	        {"1e999", "1e308", 9, 9, false},
	        {"1e-999", "0", 0, -1, true},
	        {"1", "", 9, 9, false},
	        {"", "1", 9, 9, false},
	        {"1", "2", NAN, NAN, false},
	        {"1.0", "1", NAN, -1, false},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct number_row *row = &rows[i];
		struct text output = {row->output, strlen(row->output)}, answer = {row->answer, strlen(row->answer)};
		struct compare_options options = options_of(0, row->absolute, row->relative);

		if ((run_all(output, answer, &options).result == COMPARE_SAME) != row->same)
			fail_msg("row %zu: \"%s\", \"%s\"", i, row->output, row->answer);
	}
}

static struct compare_excerpt excerpt_of(struct text token)
{
	struct compare_excerpt excerpt = {.len = token.len < COMPARE_EXCERPT_MAX ? token.len : COMPARE_EXCERPT_MAX};

	excerpt.cut = excerpt.len < token.len;
	memcpy(excerpt.bytes, token.bytes, excerpt.len);
	return excerpt;
}

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

static void places(void **state)
{
#define D COMPARE_DIFFERENT
#define P COMPARE_PRESENTATION
	static const struct place_row rows[] = {
	        {T("a b\nc x e\n"), T("a\nb\nc d\n"), 0, D, COMPARE_TOKEN, 2, 3, 3, 0, T("x"), T("d")},
	        {T("hellx z"), T("helloo z"), 0, D, COMPARE_TOKEN, 1, 1, 1, 4, T("hellx"), T("helloo")},
	        {T("hell"), T("hello"), 0, D, COMPARE_TOKEN, 1, 1, 1, 4, T("hell"), T("hello")},
	        {T("\nhello"), T("hell\n"), 0, D, COMPARE_TOKEN, 2, 1, 1, 4, T("hello"), T("hell")},
	        {T("HeLLx"), T("hello"), CASE | PE, D, COMPARE_TOKEN, 1, 1, 1, 4, T("HeLLx"), T("hello")},
	        {T("a HeLLo"), T("a hello"), CASE, D, COMPARE_CASE, 1, 3, 1, 0, T("HeLLo"), T("hello")},
	        {T("a hEL ab"), T("a hel AB"), CASE | PE, P, COMPARE_CASE, 1, 3, 1, 1, T("hEL"), T("hel")},
	        {T("A b"), T("a c"), CASE | PE, D, COMPARE_TOKEN, 1, 3, 1, 0, T("b"), T("c")},
	        {T("a"), T("a b\n"), 0, D, COMPARE_MISSING, 1, 2, 1, 0, T(""), T("b")},
	        {T("a\n\n"), T("a\n\n\nbcd e"), 0, D, COMPARE_MISSING, 3, 1, 4, 0, T(""), T("bcd")},
	        {T("a\n\nbc d"), T("a\n"), 0, D, COMPARE_EXTRA, 3, 1, 2, 0, T("bc"), T("")},
	        {T(" x"), T(""), 0, D, COMPARE_EXTRA, 1, 2, 1, 0, T("x"), T("")},
	        {T("a\tb"), T("a b"), SPACE, D, COMPARE_SPACE, 1, 2, 1, 0, T("\t"), T(" ")},
	        {T("a\n b"), T("a\nb"), SPACE, D, COMPARE_SPACE, 2, 1, 2, 0, T(" "), T("b")},
	        {T("a\nb"), T("a\n b"), SPACE, D, COMPARE_SPACE, 2, 1, 2, 0, T("b"), T(" ")},
	        {T("a\n"), T("a"), SPACE, D, COMPARE_SPACE, 1, 2, 1, 0, T("\n"), T("")},
	        {T("a"), T("a\n"), SPACE | PE, P, COMPARE_SPACE, 1, 2, 1, 0, T(""), T("\n")},
	        {T("a  B"), T("a b  "), BYTES | PE, P, COMPARE_SPACE, 1, 3, 1, 0, T(" "), T("b")},
	        {T("a  b"), T("a b c"), SPACE | PE, D, COMPARE_MISSING, 1, 5, 1, 0, T(""), T("c")},
	        {T("a  b c"), T("a b"), SPACE | PE, D, COMPARE_EXTRA, 1, 6, 1, 0, T("c"), T("")},
	        {T(SIXTY_FOUR), T("x"), 0, D, COMPARE_TOKEN, 1, 1, 1, 0, T(SIXTY_FOUR), T("x")},
	        {T(SIXTY_FOUR "!"), T(SIXTY_FOUR "+"), 0, D, COMPARE_TOKEN, 1, 1, 1, 64, T(SIXTY_FOUR "!"),
	         T(SIXTY_FOUR "+")},
	        {T("1 2.75"), T("1 2.5"), NEAR, D, COMPARE_NUMBER, 1, 3, 1, 2, T("2.75"), T("2.5")},
	        {T("1 two"), T("1 2"), NEAR, D, COMPARE_TOKEN, 1, 3, 1, 0, T("two"), T("2")},
	        {T("1 TWO"), T("1.1 two"), CASE | NEAR, D, COMPARE_CASE, 1, 3, 1, 0, T("TWO"), T("two")},
	        {T("1E0  2"), T("1e0 4"), BYTES | PE | NEAR, D, COMPARE_NUMBER, 1, 6, 1, 0, T("2"), T("4")},
	        {T("1E0  2"), T("1e0 2"), BYTES | PE | NEAR, P, COMPARE_SPACE, 1, 5, 1, 0, T(" "), T("2")},
	};
#undef D
#undef P

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct place_row *row = &rows[i];
		struct compare_options options = options_of(row->flags, row->flags & NEAR ? 0.125 : -1, -1);
		struct outcome outcome = run_all(row->output, row->answer, &options);
		struct outcome want = {0, row->result, {0}};

		want.difference = (struct compare_difference){
		        row->kind,
		        row->line,
		        row->column,
		        row->answer_line,
		        row->offset,
		        excerpt_of(row->got),
		        excerpt_of(row->wanted),
		};
		assert_outcome(row->output, row->answer, &outcome, &want);
	}
}

/* `fill` over and over, then `end`: a token that no buffer holds. */
static struct text long_token(char *buf, size_t len, char fill, const char *end)
{
	memset(buf, fill, len);
	memcpy(buf + len - strlen(end), end, strlen(end));
	return (struct text){buf, len};
}

static void long_tokens(void **state)
{
	enum { LEN = 3 * COMPARE_TOKEN_MAX };
	static char output[LEN], answer[LEN];
	static const struct {
		size_t n_output, n_answer;
		const char *end_output, *end_answer;
		unsigned flags;
		enum compare_result result;
		enum compare_kind kind;
		unsigned offset;
	} rows[] = {
	        {LEN, LEN, "x", "x", BYTES, COMPARE_SAME, 0, 0},
	        {LEN, LEN, "x", "X", 0, COMPARE_SAME, 0, 0},
	        {LEN, LEN, "x", "X", CASE, COMPARE_DIFFERENT, COMPARE_CASE, LEN - 1},
	        {LEN, LEN, "x", "X", CASE | PE, COMPARE_PRESENTATION, COMPARE_CASE, LEN - 1},
	        {LEN, LEN, "x", "y", 0, COMPARE_DIFFERENT, COMPARE_TOKEN, LEN - 1},
	        {LEN, LEN, "x ", "x", 0, COMPARE_DIFFERENT, COMPARE_TOKEN, LEN - 2},
	        {LEN - 1, LEN, "0", "0", 0, COMPARE_DIFFERENT, COMPARE_TOKEN, LEN - 1},
	        {LEN, LEN - 1, "0", "0", 0, COMPARE_DIFFERENT, COMPARE_TOKEN, LEN - 1},
	        {LEN, 1, "0", "x", 0, COMPARE_DIFFERENT, COMPARE_TOKEN, 0},
	        {1, LEN, "x", "0", 0, COMPARE_DIFFERENT, COMPARE_TOKEN, 0},
	        /* numbers as far as they fit the buffer, text beyond it */
	        {COMPARE_TOKEN_MAX, COMPARE_TOKEN_MAX, "2", "1", NEAR, COMPARE_SAME, 0, 0},
	        {COMPARE_TOKEN_MAX, 1, "2", "1", NEAR, COMPARE_SAME, 0, 0},
	        {COMPARE_TOKEN_MAX + 1, COMPARE_TOKEN_MAX + 1, "1", "1", NEAR, COMPARE_SAME, 0, 0},
	        {COMPARE_TOKEN_MAX + 1, COMPARE_TOKEN_MAX + 1, "2", "1", NEAR, COMPARE_DIFFERENT, COMPARE_TOKEN,
	         COMPARE_TOKEN_MAX},
	        {COMPARE_TOKEN_MAX + 1, 1, "1", "1", NEAR, COMPARE_DIFFERENT, COMPARE_TOKEN, 0},
	        {1, COMPARE_TOKEN_MAX + 1, "1", "1", NEAR, COMPARE_DIFFERENT, COMPARE_TOKEN, 0},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct text a = long_token(output, rows[i].n_output, '0', rows[i].end_output);
		struct text b = long_token(answer, rows[i].n_answer, '0', rows[i].end_answer);
		struct compare_options options = options_of(rows[i].flags, rows[i].flags & NEAR ? 1 : -1, -1);
		struct outcome outcome = run_all(a, b, &options);

		assert_int_equal(outcome.result, rows[i].result);
		if (outcome.result == COMPARE_SAME)
			continue;
		assert_int_equal(outcome.difference.kind, rows[i].kind);
		assert_int_equal(outcome.difference.offset, rows[i].offset);
		assert_int_equal(outcome.difference.got.cut, rows[i].n_output > COMPARE_EXCERPT_MAX);
		assert_int_equal(outcome.difference.wanted.cut, rows[i].n_answer > COMPARE_EXCERPT_MAX);
	}
}

static void answer_that_fails(void **state)
{
	static const struct text output = T("one two\n");
	struct compare_options options = options_of(BYTES, 0, 0);

	(void)state;
	for (size_t at = 0; at <= output.len; at++) {
		for (size_t i = 0; i < N(pieces); i++) {
			struct source source = {.text = output, .piece = pieces[i], .fails_at = at};
			struct outcome outcome = run(output, &source, &options, pieces[N(pieces) - 1 - i]);

			assert_int_equal(outcome.error, -EIO);
			assert_int_equal(outcome.result, COMPARE_MAX); /* untouched */
		}
	}
}

/* Output without end after a difference must cost nothing, and the answer's rest is not even read. */
static void nothing_is_read_in_vain(void **state)
{
	static char rest[1 << 20], answer[1 << 20];
	static struct compare compare;
	struct compare_options options = options_of(PE, -1, -1);
	struct source source = {.text = {answer, sizeof(answer)}, .piece = SIZE_MAX, .fails_at = SIZE_MAX};
	struct compare_difference difference;
	enum compare_result result;
	size_t at;

	(void)state;
	memset(answer, 'a', sizeof(answer));
	memset(rest, 'b', sizeof(rest));
	compare_init(&compare, &options, source_read, &source);
	assert_int_equal(source.at, 0);
	compare_put(&compare, "ab", 2);
	compare_put(&compare, rest, sizeof(rest));
	at = source.at;
	assert_true(at < sizeof(answer) / 2);
	assert_true(compare.over);
	assert_int_equal(compare_end(&compare, &result, &difference), 0);
	assert_int_equal(source.at, at);
	assert_int_equal(result, COMPARE_DIFFERENT);
	assert_int_equal(difference.offset, 1);
}

/*
 * The model: both texts in memory, split by strspn(), and the definition taken at its word. The first thing that the
 * flags forbid makes a difference; it is one of presentation when nothing is left to forbid without the flags.
 */
struct side {
	const char *text, *gap, *token; /* white space, and the token behind it */
	size_t n_gap, n_token;
};

#define SPACES " \t\n\v\f\r"

static void side_next(struct side *side)
{
	side->gap = side->token + side->n_token;
	side->n_gap = strspn(side->gap, SPACES);
	side->token = side->gap + side->n_gap;
	side->n_token = strcspn(side->token, SPACES);
}

static uint64_t line_of(const char *text, const char *at)
{
	uint64_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

static struct compare_difference model_difference(enum compare_kind kind, const struct side *got, const char *got_at,
                                                  size_t n_got, const struct side *wanted, const char *wanted_at,
                                                  size_t n_wanted)
{
	struct compare_difference difference = {.kind = kind, .line = line_of(got->text, got_at), .column = 1};

	for (const char *p = got_at; p > got->text && p[-1] != '\n'; p--)
		difference.column++;
	difference.answer_line = line_of(wanted->text, wanted_at);
	difference.got = excerpt_of((struct text){got_at, n_got});
	difference.wanted = excerpt_of((struct text){wanted_at, n_wanted});
	return difference;
}

/* Digits with a point among them or none, and an exponent; the alphabet has no letters for the other kinds. */
static bool model_number(const char *token, size_t len, double *ret)
{
	char buf[32];
	const char *p = buf;
	size_t whole, fraction = 0;

	snprintf(buf, sizeof(buf), "%.*s", (int)len, token);
	*ret = atof(buf);
	p += *p == '-';
	p += whole = strspn(p, "0123456789");
	if (*p == '.')
		p += 1 + (fraction = strspn(p + 1, "0123456789"));
	if (whole + fraction == 0)
		return false;
	if (*p == 'e' || *p == 'E') {
		p += 1 + (p[1] == '-');
		if (!isdigit((unsigned char)*p))
			return false;
		p += strspn(p, "0123456789");
	}
	return *p == '\0' && !isinf(*ret);
}

static bool model_tokens(const struct side *got, const struct side *wanted, const struct compare_options *options,
                         enum compare_kind *ret)
{
	double a, b;
	bool same_text = got->n_token == wanted->n_token && strncasecmp(got->token, wanted->token, got->n_token) == 0;

	if (got->n_token == wanted->n_token && memcmp(got->token, wanted->token, got->n_token) == 0)
		return true;
	if ((options->float_absolute >= 0 || options->float_relative >= 0) &&
	    model_number(wanted->token, wanted->n_token, &b)) {
		*ret = COMPARE_NUMBER;
		if (model_number(got->token, got->n_token, &a))
			return fabs(a - b) <= options->float_absolute ||
			       fabs(a - b) <= options->float_relative * fabs(b);
	}
	*ret = same_text ? COMPARE_CASE : COMPARE_TOKEN;
	return same_text && !options->case_sensitive;
}

/* Whether there is a difference, and the first. */
static bool model_first(const char *output, const char *answer, const struct compare_options *options,
                        struct compare_difference *ret)
{
	struct side got = {.text = output, .token = output}, wanted = {.text = answer, .token = answer};

	for (;;) {
		enum compare_kind kind;
		size_t n = 0;

		side_next(&got);
		side_next(&wanted);
		while (n < got.n_gap && n < wanted.n_gap && got.gap[n] == wanted.gap[n])
			n++;
		if (options->space_sensitive && (n < got.n_gap || n < wanted.n_gap)) {
			*ret = model_difference(COMPARE_SPACE, &got, got.gap + n, got.gap[n] != '\0', &wanted,
			                        wanted.gap + n, wanted.gap[n] != '\0');
			return true;
		}
		if (got.n_token == 0 && wanted.n_token == 0)
			return false;
		if (got.n_token == 0)
			kind = COMPARE_MISSING;
		else if (wanted.n_token == 0)
			kind = COMPARE_EXTRA;
		else if (model_tokens(&got, &wanted, options, &kind))
			continue;
		*ret = model_difference(kind, &got, got.token, got.n_token, &wanted, wanted.token, wanted.n_token);
		if (kind == COMPARE_CASE)
			while (got.token[ret->offset] == wanted.token[ret->offset])
				ret->offset++;
		else
			while (ret->offset < got.n_token && ret->offset < wanted.n_token &&
			       strncasecmp(got.token + ret->offset, wanted.token + ret->offset, 1) == 0)
				ret->offset++;
		return true;
	}
}

static struct outcome model(const char *output, const char *answer, const struct compare_options *options)
{
	struct compare_options lax = *options;
	struct outcome outcome = {.result = COMPARE_SAME};

	lax.case_sensitive = lax.space_sensitive = false;
	if (!model_first(output, answer, options, &outcome.difference))
		return outcome;
	outcome.result = COMPARE_DIFFERENT;
	if (options->presentation && !model_first(output, answer, &lax, &outcome.difference))
		outcome.result = COMPARE_PRESENTATION;
	return outcome;
}

static unsigned below(unsigned n)
{
	return (unsigned)random() % n;
}

static void random_text(char *text, size_t len)
{
	static const char alphabet[] = "  \n\taAeE10.-";

	for (size_t i = 0; i < len; i++)
		text[i] = alphabet[below(sizeof(alphabet) - 1)];
	text[len] = '\0';
}

/* Most outputs are answers with a few changes: two random texts are hardly ever the same. */
static void random_change(char *text, size_t size)
{
	size_t len = strlen(text), at = below((unsigned)len + 1);

	switch (below(4)) {
	case 0:
		text[at] = isalpha((unsigned char)text[at]) ? (char)(text[at] ^ ' ') : text[at];
		break;
	case 1:
		if (at < len)
			memmove(text + at, text + at + 1, len - at);
		break;
	case 2:
		if (len + 1 < size) {
			memmove(text + at + 1, text + at, len - at + 1);
			text[at] = " \n1"[below(3)];
		}
		break;
	default:
		if (at < len)
			random_text(text + at, len - at);
	}
}

static void agrees_with_the_model(void **state)
{
	static const double tolerances[] = {-1, -1, 0, 0.5, 1};
	unsigned seen[COMPARE_MAX] = {0}, kinds[COMPARE_KIND_MAX] = {0};

	(void)state;
	srandom(1);
	for (unsigned i = 0; i < 20000; i++) {
		char output[24], answer[24];
		struct compare_options options =
		        options_of(below(8), tolerances[below(N(tolerances))], tolerances[below(N(tolerances))]);
		struct outcome want, is;

		random_text(answer, below(20));
		strcpy(output, answer);
		for (unsigned n = below(4); n > 0; n--)
			random_change(output, sizeof(output));
		want = model(output, answer, &options);
		is = run_pieces((struct text){output, strlen(output)}, (struct text){answer, strlen(answer)}, &options,
		                1 + below(24), 1 + below(24));
		assert_outcome((struct text){output, strlen(output)}, (struct text){answer, strlen(answer)}, &is,
		               &want);
		seen[want.result]++;
		if (want.result != COMPARE_SAME)
			kinds[want.difference.kind]++;
	}
	for (size_t i = 0; i < N(seen); i++)
		assert_true(seen[i] > 500);
	for (size_t i = 0; i < N(kinds); i++)
		assert_true(kinds[i] > 100);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(compare_kind_name(COMPARE_TOKEN), "token");
	assert_string_equal(compare_kind_name(COMPARE_EXTRA), "extra");
	assert_string_equal(compare_kind_name(COMPARE_KIND_MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(results),
	        cmocka_unit_test(numbers),
	        cmocka_unit_test(places),
	        cmocka_unit_test(long_tokens),
	        cmocka_unit_test(answer_that_fails),
	        cmocka_unit_test(nothing_is_read_in_vain),
	        cmocka_unit_test(agrees_with_the_model),
	        cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
