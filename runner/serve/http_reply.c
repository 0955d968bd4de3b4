/* Answers, and problem documents above all. Used by http.c, and by every handler. */
#include "runner/serve/http_reply.h"

#include "policy/json.h"
#include "runner/serve/http_text.h"
#include "sandbox/fd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBLEM_TYPE "application/problem+json"
#define DETAIL_MAX 500 /* bytes, of the sentence and of the field */

static const struct {
	unsigned status;
	const char *title;
} titles[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {507, "Insufficient Storage"},
};

const char *http_status_title(unsigned status)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Error";
}

void http_reply_static(struct http_reply *reply, unsigned status, const char *type, const char *body, size_t len)
{
	*reply = (struct http_reply){.status = status, .type = type, .body = body, .body_len = len};
}

void http_reply_owned(struct http_reply *reply, unsigned status, const char *type, char *body, size_t len)
{
	http_reply_static(reply, status, type, body, len);
	reply->body_owned = true;
}

void http_reply_stream(struct http_reply *reply, const char *type, const struct http_stream *stream)
{
	http_reply_static(reply, 200, type, NULL, 0);
	reply->stream = *stream;
}

static void add_text(struct json_object *problem, const char *key, const char *text)
{
	FREE_CLEANUP char *clean = http_clean(text, DETAIL_MAX);

	if (clean != NULL)
		json_add_string(problem, key, clean);
}

void http_reply_problem(struct http_reply *reply, unsigned status, const char *field, const char *fmt, ...)
{
	struct json_object *problem = json_new_object();
	char detail[DETAIL_MAX + 1];
	char *text;
	va_list args;

	va_start(args, fmt);
	vsnprintf(detail, sizeof(detail), fmt, args);
	va_end(args);
	json_add_string(problem, "type", "about:blank");
	json_add_string(problem, "title", http_status_title(status));
	json_add_u64(problem, "status", status);
	add_text(problem, "detail", detail);
	if (field != NULL)
		add_text(problem, "field", field);
	text = strdup(json_text(problem, false));
	json_free(problem);
	if (text != NULL)
		http_reply_owned(reply, status, PROBLEM_TYPE, text, strlen(text));
	else
		http_reply_static(reply, status, NULL, NULL, 0);
	if (status == 503) /* whoever knows better says so */
		http_reply_header(reply, "Retry-After", "1");
}

bool http_reply_is_problem(const struct http_reply *reply)
{
	return reply->type != NULL && strcmp(reply->type, PROBLEM_TYPE) == 0;
}

bool http_reply_header(struct http_reply *reply, const char *name, const char *value)
{
	size_t at = 0;

	while (at < reply->n_headers && strcmp(reply->headers[at].name, name) != 0)
		at++;
	if (at == HTTP_HEADERS_MAX || strlen(value) >= HTTP_VALUE_MAX || !http_is_value(value))
		return false;
	reply->headers[at].name = name;
	memcpy(reply->headers[at].value, value, strlen(value) + 1);
	if (at == reply->n_headers)
		reply->n_headers++;
	return true;
}

void http_reply_finish(struct http_reply *reply)
{
	if (reply->body_owned)
		free((char *)(uintptr_t)reply->body);
	if (reply->room.give_back != NULL)
		reply->room.give_back(reply->room.data);
	if (reply->stream.close != NULL)
		reply->stream.close(reply->stream.data);
	*reply = (struct http_reply){.status = 0};
}

char *http_reply_wire(const struct http_reply *reply, size_t *ret_len)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		return NULL;
	fprintf(out, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: %zu\r\n", reply->status,
	        http_status_title(reply->status), reply->body_len);
	fprintf(out, "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n");
	if (reply->type != NULL)
		fprintf(out, "Content-Type: %s\r\n", reply->type);
	for (size_t i = 0; i < reply->n_headers; i++)
		fprintf(out, "%s: %s\r\n", reply->headers[i].name, reply->headers[i].value);
	fprintf(out, "\r\n");
	fwrite(reply->body, 1, reply->body_len, out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	*ret_len = len;
	return text;
}
