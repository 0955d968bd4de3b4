/* The web page, which is in the binary. Called by HTTP workers. */
#include "runner/serve/api.h"
#include "runner/serve/page.h"

#include <string.h>

static bool takes_gzip(const struct http_request *request)
{
	const char *accept = http_header(request, "Accept-Encoding");

	return accept != NULL && strstr(accept, "gzip") != NULL && strstr(accept, "gzip;q=0") == NULL;
}

enum http_outcome api_page(struct http_request *request, struct http_reply *reply)
{
	const char *seen = http_header(request, "If-None-Match");
	const struct page_file *file = page_files;
	const struct page_bytes *bytes;

	while (file->path != NULL && strcmp(file->path, request->target.path) != 0)
		file++;
	if (file->path == NULL) {
		http_reply_problem(reply, 404, NULL, "there is no such file");
		return HTTP_REPLY;
	}
	bytes = file->gzip.bytes != NULL && takes_gzip(request) ? &file->gzip : &file->plain;
	if (seen != NULL && strstr(seen, bytes->etag) != NULL)
		http_reply_static(reply, 304, NULL, NULL, 0);
	else
		http_reply_static(reply, 200, file->type, (const char *)bytes->bytes, bytes->len);
	reply->may_be_kept = true;
	http_reply_header(reply, "ETag", bytes->etag);
	http_reply_header(reply, "Vary", "Accept-Encoding");
	http_reply_header(reply, "Cache-Control", "no-cache");
	if (bytes == &file->gzip && reply->status == 200)
		http_reply_header(reply, "Content-Encoding", "gzip");
	if (strncmp(file->type, "text/html", 9) == 0)
		http_reply_header(reply, "Content-Security-Policy", page_policy);
	return HTTP_REPLY;
}
