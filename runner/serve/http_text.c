/* Values of headers, read and checked. Used by http.c and its kin. */
#include "runner/serve/http_text.h"

#include "policy/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define REPLACEMENT "\xef\xbf\xbd"
#define ELLIPSIS "..."

static const char token_signs[] = "!#$%&'*+-.^_`|~";
static const char key_signs[] = "-._~+/";

/* No locale: isalnum() would ask for one. */
static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool http_is_token(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (!is_alnum(*text) && strchr(token_signs, *text) == NULL)
			return false;
	return true;
}

bool http_is_value(const char *text)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return false;
	return true;
}

const char *http_bearer_parse(const char *value)
{
	static const char scheme[] = "Bearer ";
	const char *key, *end;

	if (value == NULL || strncasecmp(value, scheme, strlen(scheme)) != 0)
		return NULL;
	key = value + strlen(scheme);
	key += strspn(key, " ");
	for (end = key; is_alnum(*end) || (*end != '\0' && strchr(key_signs, *end) != NULL);)
		end++;
	if (end == key)
		return NULL;
	return end[strspn(end, "=")] == '\0' ? key : NULL;
}

bool http_is_type(const char *value, const char *type)
{
	size_t len = strlen(type);

	if (value == NULL || strncasecmp(value, type, len) != 0)
		return false;
	value += len;
	value += strspn(value, " \t");
	return *value == '\0' || *value == ';';
}

bool http_parse_length(const char *value, uint64_t *ret_length)
{
	uint64_t length = 0;

	if (*value == '\0')
		return false;
	for (; *value != '\0'; value++) {
		if (*value < '0' || *value > '9' || __builtin_mul_overflow(length, 10, &length) ||
		    __builtin_add_overflow(length, (uint64_t)(*value - '0'), &length))
			return false;
	}
	*ret_length = length;
	return true;
}

void http_time(uint64_t ms, char ret[static HTTP_TIME_BYTES])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm utc;
	size_t n = 0;

	if (gmtime_r(&seconds, &utc) != NULL)
		n = strftime(ret, HTTP_TIME_BYTES - sizeof(".123Z"), "%Y-%m-%dT%H:%M:%S", &utc);
	if (n > 0)
		snprintf(ret + n, HTTP_TIME_BYTES - n, ".%03uZ", (unsigned)(ms % 1000));
	else
		ret[0] = '\0';
}

size_t http_character(const char *text, size_t len)
{
	size_t step = utf8_sequence(text, len);
	const unsigned char *bytes = (const unsigned char *)text;

	if (step == 1)
		return bytes[0] == 0x7f ? 0 : 1;
	return step == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0 ? 0 : step;
}

char *http_clean(const char *text, size_t max)
{
	size_t left = strlen(text), len = 0;
	/* a byte that is none becomes three */
	size_t size = (left < max ? left : max) * strlen(REPLACEMENT) + sizeof(ELLIPSIS);
	const char *start = text;
	char *clean = malloc(size);

	while (clean != NULL && left > 0) {
		size_t step = http_character(text, left);
		const char *from = step > 0 ? text : REPLACEMENT;
		size_t n = step > 0 ? step : strlen(REPLACEMENT);

		if ((size_t)(text - start) + (step > 0 ? step : 1) > max) {
			memcpy(clean + len, ELLIPSIS, strlen(ELLIPSIS));
			len += strlen(ELLIPSIS);
			break;
		}
		memcpy(clean + len, from, n);
		len += n;
		text += step > 0 ? step : 1;
		left -= step > 0 ? step : 1;
	}
	if (clean != NULL)
		clean[len] = '\0';
	return clean;
}
