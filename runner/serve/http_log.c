/* The log's lines. */
#include "runner/serve/http_log.h"

#include "policy/json.h"
#include "runner/serve/http_text.h"
#include "sandbox/fd.h"

#include <string.h>

#define TEXT_MAX 512

static void add_text(struct json_object *line, const char *key, const char *text)
{
	FREE_CLEANUP char *clean = http_clean(text, TEXT_MAX);

	if (clean != NULL)
		json_add_string(line, key, clean);
}

char *http_log_line(const struct http_log *entry)
{
	struct json_object *line = json_new_object();
	char time[HTTP_TIME_BYTES], *text;

	http_time(entry->time_ms, time);
	json_add_string(line, "time", time);
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
