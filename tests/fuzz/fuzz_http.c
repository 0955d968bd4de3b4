/*
 * What strangers write into a request: its target, decoded once more and in another way here; values of headers; and
 * that nothing of either can break out of an answer or of a line of the log.
 */
#include "fuzz.h"

#include "runner/serve/http_log.h"
#include "runner/serve/http_reply.h"
#include "runner/serve/http_route.h"
#include "runner/serve/http_target.h"
#include "runner/serve/http_text.h"

#include <ctype.h>
#include <errno.h>

/* Decodes the first `len` bytes of `raw`; false where there is a % that starts no code. */
static bool decode(const char *raw, size_t len, bool plus, char *ret)
{
	for (size_t i = 0; i < len; i++) {
		unsigned code;

		if (raw[i] != '%') {
			*ret++ = plus && raw[i] == '+' ? ' ' : raw[i];
			continue;
		}
		if (i + 2 >= len || !isxdigit((unsigned char)raw[i + 1]) || !isxdigit((unsigned char)raw[i + 2]))
			return false;
		sscanf(raw + i + 1, "%2x", &code);
		*ret++ = (char)code;
		i += 2;
	}
	*ret = '\0';
	return true;
}

static void assert_parameters(const struct http_target *target, const char *query)
{
	FUZZ_CLEANUP char *name = malloc(strlen(query) + 1), *value = malloc(strlen(query) + 1);

	for (size_t i = 0; i < target->n_pairs; i++) {
		size_t len = strcspn(query, "&"), name_len = strcspn(query, "=&");

		FUZZ_ASSERT(decode(query, name_len, true, name) && strcmp(name, target->pairs[i].name) == 0);
		FUZZ_ASSERT(decode(query + name_len + 1, len > name_len ? len - name_len - 1 : 0, true, value));
		FUZZ_ASSERT(strcmp(value, target->pairs[i].value) == 0);
		FUZZ_ASSERT(name[0] != '\0' && fuzz_is_plain(name, strlen(name), "") &&
		            fuzz_is_plain(value, strlen(value), ""));
		FUZZ_ASSERT(http_target_parameter(target, name) == target->pairs[i].value);
		query += len + (query[len] == '&');
	}
	FUZZ_ASSERT(*query == '\0' && (target->n_pairs > 0) == (http_target_unknown(target, "") != NULL));
}

static void try_target(const char *raw)
{
	const char *mark = strchr(raw, '?'), *fault = NULL;
	size_t len = mark != NULL ? (size_t)(mark - raw) : strlen(raw);
	FUZZ_CLEANUP char *path = malloc(len + 1);
	char variable[HTTP_VARIABLE_MAX + 1];
	struct http_target target;
	int rc = http_target_parse(raw, &target, &fault);

	FUZZ_ASSERT(rc == 0 || (fault != NULL && (rc == -EINVAL || rc == -ENAMETOOLONG)));
	FUZZ_ASSERT((rc == -ENAMETOOLONG) == (strlen(raw) > HTTP_TARGET_MAX));
	if (rc < 0)
		return;
	FUZZ_ASSERT(decode(raw, len, false, path) && strcmp(path, target.path) == 0);
	FUZZ_ASSERT(path[0] == '/' && fuzz_is_plain(path, strlen(path), ""));
	for (const char *at = path; (at = strstr(at, "/.")) != NULL; at++)
		FUZZ_ASSERT(strspn(at + 1, ".") > 2 || strchr("/", at[1 + strspn(at + 1, ".")]) == NULL);
	if (http_pattern_matches("/{id}", path, variable))
		FUZZ_ASSERT(strcmp(variable, path + 1) == 0 && strchr(variable, '/') == NULL && variable[0] != '\0');
	assert_parameters(&target, mark != NULL ? mark + 1 : "");
	http_target_finish(&target);
}

static void try_values(const char *text)
{
	const char *key = http_bearer_parse(text);
	uint64_t length = 1;

	if (key != NULL)
		FUZZ_ASSERT(key >= text + 7 && strcspn(key, " ,\r\n\t\"") == strlen(key) && *key != '\0');
	if (http_parse_length(text, &length))
		FUZZ_ASSERT(length == strtoull(text, NULL, 10));
	else
		FUZZ_ASSERT(length == 1);
	if (http_is_type(text, "a/b"))
		FUZZ_ASSERT(strncasecmp(text, "a/b", 3) == 0);
	if (http_is_token(text))
		FUZZ_ASSERT(http_is_value(text) && strpbrk(text, " :\t") == NULL);
}

/* Of what an answer says of them, and the log. */
static void try_echo(const char *text, unsigned status)
{
	struct http_log entry = {.method = text, .path = text, .peer = "::1", .time_ms = status};
	FUZZ_CLEANUP char *line = http_log_line(&entry), *wire = NULL;
	struct http_reply reply;
	char *body;
	size_t len;

	FUZZ_ASSERT(fuzz_is_json(line, strlen(line)) && fuzz_is_plain(line, strlen(line), ""));
	http_reply_problem(&reply, 100 + status % 900, text, "%s", text);
	FUZZ_ASSERT(fuzz_is_json(reply.body, reply.body_len) && fuzz_is_plain(reply.body, reply.body_len, ""));
	if (http_reply_header(&reply, "X", text))
		FUZZ_ASSERT(strpbrk(text, "\r\n") == NULL);
	wire = http_reply_wire(&reply, &len);
	body = strstr(wire, "\r\n\r\n");
	FUZZ_ASSERT(body != NULL && len == strlen(wire) && strcmp(body + 4, reply.body) == 0);
	http_reply_finish(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	FUZZ_CLEANUP char *target = fuzz_part(&input), *value = fuzz_part(&input);

	try_target(target);
	try_values(value);
	try_echo(target, fuzz_byte(&input) * 4u);
	try_echo(value, 300);
	return 0;
}
