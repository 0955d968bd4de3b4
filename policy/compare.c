/*
 * Output against answer, as a stream: the judge pushes what the program writes, and no more of the answer is read than
 * that calls for. Both texts are walked in step. Bytes that are equal on both sides leave them in step wherever they
 * stand, so equal stretches are skipped by the word; all else goes byte by byte.
 *
 * The texts are always compared without regard to case, and the answer's white space is skipped where it does not
 * match. What the flags forbid is noted on the way: it decides only if nothing worse comes.
 */
#include "policy/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE UINT64_MAX
#define NO_BYTE (-1)

static const char *const kind_names[COMPARE_KIND_MAX] = {
        [COMPARE_TOKEN] = "token", [COMPARE_NUMBER] = "number",   [COMPARE_CASE] = "case",
        [COMPARE_SPACE] = "space", [COMPARE_MISSING] = "missing", [COMPARE_EXTRA] = "extra",
};

const char *compare_kind_name(enum compare_kind kind)
{
	if (kind < 0 || kind >= COMPARE_KIND_MAX)
		return "unknown";
	return kind_names[kind];
}

/* Not isspace() and tolower(): these ask the locale for every byte. */
static bool is_space(int byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static int fold(int byte)
{
	return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

static bool is_token_byte(int byte)
{
	return byte != NO_BYTE && !is_space(byte);
}

static void keep(struct compare_token *token, const char *bytes, size_t len)
{
	size_t room = COMPARE_TOKEN_MAX - token->len;

	if (len > room) {
		token->cut = true;
		len = room;
	}
	memcpy(token->bytes + token->len, bytes, len);
	token->len += len;
}

static void keep_byte(struct compare_token *token, int byte)
{
	char c = (char)byte;

	if (byte != NO_BYTE)
		keep(token, &c, 1);
}

/* The answer's next byte, or NO_BYTE: at its end, after a failure, and when no more need be read. */
static int answer_peek(struct compare *compare)
{
	ssize_t n;

	if (compare->begin == compare->end) {
		if (compare->answer_ended || compare->over)
			return NO_BYTE;
		n = compare->read(compare->arg, compare->answer, sizeof(compare->answer));
		if (n <= 0) {
			compare->answer_ended = n == 0;
			compare->over = n < 0;
			compare->errnum = (int)-n;
			return NO_BYTE;
		}
		compare->begin = 0;
		compare->end = (size_t)n;
	}
	return (unsigned char)compare->answer[compare->begin];
}

static void answer_take(struct compare *compare)
{
	if (compare->answer[compare->begin++] == '\n')
		compare->answer_line++;
}

/* Two tokens that are still empty begin here. */
static void tokens_reset(struct compare *compare)
{
	compare->token_line = compare->line;
	compare->token_column = compare->column;
	compare->token_answer_line = compare->answer_line;
	compare->case_offset = compare->text_offset = NOWHERE;
	compare->got.len = compare->wanted.len = 0;
	compare->got.cut = compare->wanted.cut = false;
}

/* False once the two that are being read differ in any byte. */
static bool tokens_agree(const struct compare *compare)
{
	return compare->case_offset == NOWHERE && compare->text_offset == NOWHERE;
}

static void excerpt(const struct compare_token *token, struct compare_excerpt *ret)
{
	ret->len = token->len < sizeof(ret->bytes) ? token->len : sizeof(ret->bytes);
	ret->cut = ret->len < token->len;
	memcpy(ret->bytes, token->bytes, ret->len);
}

static void differ(struct compare *compare, enum compare_kind kind)
{
	bool mild = compare->options.presentation && (kind == COMPARE_CASE || kind == COMPARE_SPACE);
	enum compare_result result = mild ? COMPARE_PRESENTATION : COMPARE_DIFFERENT;
	uint64_t offset = kind == COMPARE_CASE ? compare->case_offset : compare->text_offset;

	if (compare->over || result <= compare->result)
		return;
	compare->result = result;
	compare->over = result == COMPARE_DIFFERENT;
	compare->difference = (struct compare_difference){
	        .kind = kind,
	        .line = compare->token_line,
	        .column = compare->token_column,
	        .answer_line = compare->token_answer_line,
	        .offset = offset == NOWHERE ? 0 : offset,
	};
	excerpt(&compare->got, &compare->difference.got);
	excerpt(&compare->wanted, &compare->difference.wanted);
}

/* White space, on one side at least, and `got` and the answer's next byte are not the same. */
static void space_differs(struct compare *compare, int got)
{
	if (!compare->options.space_sensitive)
		return;
	tokens_reset(compare);
	keep_byte(&compare->got, got);
	keep_byte(&compare->wanted, answer_peek(compare));
	differ(compare, COMPARE_SPACE);
}

/* Skips the white space that the output does not have before `got`. */
static void answer_skip_space(struct compare *compare, int got)
{
	while (is_space(answer_peek(compare))) {
		space_differs(compare, got);
		answer_take(compare);
	}
}

/* The rest of the answer's token, or as much as is kept of it. */
static void answer_keep_token(struct compare *compare)
{
	int byte;

	while (is_token_byte(byte = answer_peek(compare)) && !compare->wanted.cut) {
		keep_byte(&compare->wanted, byte);
		answer_take(compare);
	}
}

static bool to_number(struct compare_token *token, double *ret)
{
	char *end;

	if (token->cut)
		return false;
	token->bytes[token->len] = '\0';
	*ret = strtod(token->bytes, &end);
	return end == token->bytes + token->len && isfinite(*ret);
}

/* How two tokens differ whose texts do. COMPARE_KIND_MAX: as numbers they agree. */
static enum compare_kind token_kind(struct compare *compare)
{
	double absolute = compare->options.float_absolute, relative = compare->options.float_relative;
	double got, wanted, off;

	if (compare->wanted.len == 0)
		return COMPARE_EXTRA;
	if ((absolute >= 0 || relative >= 0) && to_number(&compare->wanted, &wanted) &&
	    to_number(&compare->got, &got)) {
		off = fabs(got - wanted);
		return off <= absolute || off <= relative * fabs(wanted) ? COMPARE_KIND_MAX : COMPARE_NUMBER;
	}
	return compare->text_offset == NOWHERE ? COMPARE_CASE : COMPARE_TOKEN;
}

static void token_end(struct compare *compare)
{
	enum compare_kind kind;

	compare->in_token = false;
	if (compare->text_offset == NOWHERE && is_token_byte(answer_peek(compare)))
		compare->text_offset = compare->column - compare->token_column;
	if (compare->text_offset != NOWHERE)
		answer_keep_token(compare);
	else if (compare->case_offset == NOWHERE || !compare->options.case_sensitive)
		return;
	kind = token_kind(compare);
	if (kind != COMPARE_KIND_MAX)
		differ(compare, kind);
}

static void token_begin(struct compare *compare, int byte)
{
	answer_skip_space(compare, byte);
	tokens_reset(compare);
	compare->in_token = true;
}

static void put_token_byte(struct compare *compare, int byte)
{
	uint64_t offset;
	int wanted;

	if (!compare->in_token)
		token_begin(compare, byte);
	keep_byte(&compare->got, byte);
	offset = compare->column++ - compare->token_column;
	if (compare->text_offset == NOWHERE) {
		wanted = answer_peek(compare);
		if (fold(byte) == fold(wanted)) {
			if (byte != wanted && compare->case_offset == NOWHERE)
				compare->case_offset = offset;
			keep_byte(&compare->wanted, wanted);
			answer_take(compare);
		} else {
			compare->text_offset = offset;
		}
	}
	/* what is too long for a number cannot become right any more */
	if (compare->text_offset != NOWHERE && compare->got.cut)
		token_end(compare);
}

static void put_space(struct compare *compare, int byte)
{
	if (compare->in_token)
		token_end(compare);
	if (answer_peek(compare) == byte)
		answer_take(compare);
	else
		space_differs(compare, byte);
	compare->column++;
	if (byte == '\n') {
		compare->line++;
		compare->column = 1;
	}
}

static size_t equal_bytes(const char *a, const char *b, size_t len)
{
	size_t n = 0;
	uint64_t x, y;

	for (; len - n >= sizeof(x); n += sizeof(x)) {
		memcpy(&x, a + n, sizeof(x));
		memcpy(&y, b + n, sizeof(y));
		if (x != y)
			break;
	}
	while (n < len && a[n] == b[n])
		n++;
	return n;
}

/* Moves the position past what both texts have. */
static void pass_lines(struct compare *compare, const char *bytes, size_t len)
{
	const char *newline = memrchr(bytes, '\n', len);
	uint64_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += bytes[i] == '\n';
	compare->line += lines;
	compare->answer_line += lines;
	compare->column = newline == NULL ? compare->column + len : (uint64_t)(bytes + len - newline);
}

/* Takes what is equal in both texts; returns its length. */
static size_t put_equal(struct compare *compare, const char *bytes, size_t len)
{
	size_t ahead = compare->end - compare->begin;
	size_t n, token;

	/* where these end is to be judged, and must not be skipped */
	if (compare->in_token && !tokens_agree(compare))
		return 0;
	n = equal_bytes(bytes, compare->answer + compare->begin, len < ahead ? len : ahead);
	for (token = n; token > 0 && !is_space(bytes[token - 1]); token--)
		;
	if (token > 0) {
		pass_lines(compare, bytes, token);
		compare->in_token = false;
	}
	if (token < n) {
		if (!compare->in_token)
			tokens_reset(compare);
		compare->in_token = true;
		keep(&compare->got, bytes + token, n - token);
		keep(&compare->wanted, bytes + token, n - token);
		compare->column += n - token;
	}
	compare->begin += n;
	return n;
}

void compare_init(struct compare *compare, const struct compare_options *options, compare_read_fn read, void *arg)
{
	memset(compare, 0, sizeof(*compare));
	compare->options = *options;
	compare->read = read;
	compare->arg = arg;
	compare->line = compare->column = compare->answer_line = 1;
}

void compare_put(struct compare *compare, const char *bytes, size_t len)
{
	const char *end = bytes + len;

	while (bytes < end && !compare->over) {
		bytes += put_equal(compare, bytes, (size_t)(end - bytes));
		if (bytes == end)
			break;
		if (is_space(*bytes))
			put_space(compare, (unsigned char)*bytes);
		else
			put_token_byte(compare, (unsigned char)*bytes);
		bytes++;
	}
}

int compare_end(struct compare *compare, enum compare_result *ret_result, struct compare_difference *ret_difference)
{
	if (compare->in_token)
		token_end(compare);
	if (!compare->over) {
		answer_skip_space(compare, NO_BYTE);
		tokens_reset(compare);
		answer_keep_token(compare);
		if (compare->wanted.len > 0)
			differ(compare, COMPARE_MISSING);
	}
	if (compare->errnum != 0)
		return -compare->errnum;
	*ret_result = compare->result;
	if (compare->result != COMPARE_SAME)
		*ret_difference = compare->difference;
	return 0;
}
