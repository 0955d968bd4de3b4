/* A second look at text that json-c has parsed, so nothing here has to understand more than where strings end. */
#include "policy/json_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Behind the string that opens at text[at]; or the offset of a control character in it, *ret_bad set. */
static size_t skip_string(const char *text, size_t len, size_t at, bool *ret_bad)
{
	for (at++; at < len && text[at] != '"'; at++) {
		if ((unsigned char)text[at] < 0x20) {
			*ret_bad = true;
			return at;
		}
		if (text[at] == '\\')
			at++;
	}
	return at + 1;
}

/* Behind the number that starts at text[at]; *ret_bad says that it is an integer of more than 64 bits. */
static size_t skip_number(const char *text, size_t len, size_t at, bool *ret_bad)
{
	bool negative = text[at] == '-', whole = true, fits = true;
	uint64_t value = 0;

	for (at += negative; at < len; at++) {
		unsigned digit = (unsigned)(unsigned char)text[at] - '0';
		if (digit <= 9)
			fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
			       !__builtin_add_overflow(value, digit, &value);
		else if (text[at] == '.' || text[at] == 'e' || text[at] == 'E' || text[at] == '+' || text[at] == '-')
			whole = false;
		else
			break;
	}
	*ret_bad = whole && (!fits || (negative && value > (uint64_t)INT64_MAX + 1));
	return at;
}

static size_t skip_digits(const char *text, size_t len, size_t at)
{
	while (at < len && text[at] >= '0' && text[at] <= '9')
		at++;
	return at;
}

/* Whether it is one by the standard's grammar: json-c takes -04 and 1. as well. */
static bool is_number(const char *text, size_t len)
{
	size_t at = text[0] == '-', start = at;

	at = skip_digits(text, len, at);
	if (at == start || (at - start > 1 && text[start] == '0'))
		return false;
	if (at < len && text[at] == '.') {
		start = ++at;
		at = skip_digits(text, len, at);
		if (at == start)
			return false;
	}
	if (at < len && (text[at] == 'e' || text[at] == 'E')) {
		at++;
		at += at < len && (text[at] == '+' || text[at] == '-');
		start = at;
		at = skip_digits(text, len, at);
		if (at == start)
			return false;
	}
	return at == len;
}

/* Whether a string is a key that has a NUL in it, at which json-c would end it. */
static bool is_cut_key(const char *text, size_t len, size_t start, size_t end)
{
	bool has_nul = false;

	for (size_t at = start; at < end; at++) {
		if (text[at] != '\\')
			continue;
		has_nul = has_nul || (end - at > 6 && memcmp(text + at, "\\u0000", 6) == 0);
		at++;
	}
	while (end < len && strchr(" \t\n\r", text[end]) != NULL && text[end] != '\0')
		end++;
	return has_nul && end < len && text[end] == ':';
}

size_t json_text_values(const char *text, size_t len)
{
	size_t values = 1;
	bool bad;

	for (size_t at = 0; at < len;) {
		if (text[at] == '"')
			at = skip_string(text, len, at, &bad);
		else {
			values += text[at] == ',' || text[at] == '[' || text[at] == '{';
			at++;
		}
	}
	return values;
}

size_t json_text_check(const char *text, size_t len, const char **ret_what, size_t *ret_members)
{
	size_t members = 0;

	for (size_t at = 0; at < len;) {
		size_t start = at;
		bool bad = false;

		if (text[at] == '"') {
			at = skip_string(text, len, at, &bad);
			*ret_what = "control character in a string";
			if (bad)
				return at;
			*ret_what = "NUL in a key";
			if (is_cut_key(text, len, start, at))
				return start;
		} else if (text[at] == '-' || (text[at] >= '0' && text[at] <= '9')) {
			at = skip_number(text, len, at, &bad);
			*ret_what = "number of more than 64 bits";
			if (bad)
				return start;
			*ret_what = "number that is none";
			if (!is_number(text + start, at - start))
				return start;
		} else if (text[at] == '\'') {
			*ret_what = "string in single quotes";
			return at;
		} else if (text[at] == 'N' || text[at] == 'I') {
			*ret_what = "number that is none";
			return at;
		} else {
			members += text[at++] == ':';
		}
	}
	*ret_members = members;
	return len;
}
