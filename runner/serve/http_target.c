/* Paths and parameters of requests, written by strangers. Used by http.c. */
#include "runner/serve/http_target.h"

#include "runner/serve/http_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_text(const char *text)
{
	size_t len = strlen(text), step;

	for (; len > 0; text += step, len -= step) {
		step = http_character(text, len);
		if (step == 0 || (unsigned char)*text < 0x20)
			return false;
	}
	return true;
}

/* Decodes in place, which only makes it shorter. `refused` is what no %XX may stand for, `space` what does for one. */
static const char *decode(char *text, char refused, char space)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (*from != '%') {
			*to++ = *from == space ? ' ' : *from;
			continue;
		}
		/* the second is looked at only where the first is no end of the text */
		int high = hex_digit(from[1]), low = high < 0 ? -1 : hex_digit(from[2]);

		if (low < 0)
			return "a '%' is not followed by two hexadecimal digits";
		*to = (char)(high * 16 + low);
		if (*to == '\0' || *to == refused)
			return "a character is encoded that may not be";
		to++;
		from += 2;
	}
	*to = '\0';
	return is_text(text) ? NULL : "it is not UTF-8 text without control characters";
}

static bool has_dots(const char *path)
{
	while (*path == '/') {
		size_t len = strcspn(++path, "/");

		if ((len == 1 || len == 2) && strspn(path, ".") >= len)
			return true;
		path += len;
	}
	return false;
}

static const char *parse_path(char *path)
{
	const char *fault;

	if (path[0] != '/')
		return "the path does not start with '/'";
	if (strchr(path, '#') != NULL)
		return "a '#' has no place in a request";
	fault = decode(path, '/', '\0');
	if (fault != NULL)
		return fault;
	/* after decoding, since %2e is a dot, too */
	return has_dots(path) ? "the path has a segment of dots" : NULL;
}

static const char *parse_pair(struct http_target *target, char *name)
{
	char *value = strchr(name, '=');
	const char *fault;

	if (target->n_pairs == HTTP_PAIRS_MAX)
		return "there are too many parameters";
	if (value != NULL)
		*value++ = '\0';
	else
		value = name + strlen(name);
	if (*name == '\0')
		return "a parameter has no name";
	fault = decode(name, '\0', '+');
	if (fault == NULL)
		fault = decode(value, '\0', '+');
	if (fault != NULL)
		return fault;
	if (http_target_parameter(target, name) != NULL)
		return "a parameter is given twice";
	target->pairs[target->n_pairs++] = (struct http_pair){name, value};
	return NULL;
}

static const char *parse_query(struct http_target *target, char *query)
{
	while (query != NULL) {
		char *next = strchr(query, '&');
		const char *fault;

		if (next != NULL)
			*next++ = '\0';
		fault = parse_pair(target, query);
		if (fault != NULL)
			return fault;
		query = next;
	}
	return NULL;
}

int http_target_parse(const char *raw, struct http_target *ret_target, const char **ret_fault)
{
	struct http_target target = {.n_pairs = 0};
	const char *fault;
	char *query;

	if (strlen(raw) > HTTP_TARGET_MAX) {
		*ret_fault = "the path and its parameters are too long";
		return -ENAMETOOLONG;
	}
	target.text = strdup(raw);
	if (target.text == NULL) {
		*ret_fault = "out of memory";
		return -ENOMEM;
	}
	target.path = target.text;
	query = strchr(target.text, '?');
	if (query != NULL)
		*query++ = '\0';
	fault = parse_path(target.text);
	if (fault == NULL)
		fault = parse_query(&target, query);
	if (fault != NULL) {
		http_target_finish(&target);
		*ret_fault = fault;
		return -EINVAL;
	}
	*ret_target = target;
	return 0;
}

void http_target_finish(struct http_target *target)
{
	free(target->text);
	*target = (struct http_target){.n_pairs = 0};
}

const char *http_target_parameter(const struct http_target *target, const char *name)
{
	for (size_t i = 0; i < target->n_pairs; i++)
		if (strcmp(target->pairs[i].name, name) == 0)
			return target->pairs[i].value;
	return NULL;
}

static bool is_among(const char *name, const char *known)
{
	size_t len = strlen(name);

	for (;; known++) {
		size_t n = strcspn(known, " ");

		if (n == len && memcmp(known, name, len) == 0)
			return true;
		known += n;
		if (*known == '\0')
			return false;
	}
}

const char *http_target_unknown(const struct http_target *target, const char *known)
{
	for (size_t i = 0; i < target->n_pairs; i++)
		if (!is_among(target->pairs[i].name, known))
			return target->pairs[i].name;
	return NULL;
}
