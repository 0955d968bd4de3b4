/* The log's lines. */
#include "runner/serve/http_log.h"

#include "policy/json.h"
#include "runner/serve/http_text.h"
#include "sandbox/fd.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TEXT_MAX 512

static void add_time(struct json_object *line, uint64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	char text[64], whole[96];
	struct tm utc;

	if (gmtime_r(&seconds, &utc) == NULL || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc) == 0)
		return;
	snprintf(whole, sizeof(whole), "%s.%03uZ", text, (unsigned)(time_ms % 1000));
	json_add_string(line, "time", whole);
}

static void add_text(struct json_object *line, const char *key, const char *text)
{
	FREE_CLEANUP char *clean = http_clean(text, TEXT_MAX);

	if (clean != NULL)
		json_add_string(line, key, clean);
}

char *http_log_line(const struct http_log *entry)
{
	struct json_object *line = json_new_object();
	char *text;

	add_time(line, entry->time_ms);
	add_text(line, "method", entry->method);
	add_text(line, "path", entry->path);
	if (entry->status > 0)
		json_add_u64(line, "status", entry->status);
	else
		json_add_string(line, "status", NULL);
	json_add_u64(line, "bytes", entry->bytes);
	json_add_u64(line, "us", entry->duration_us);
	add_text(line, "peer", entry->peer);
	text = strdup(json_text(line, false));
	json_free(line);
	return text;
}
