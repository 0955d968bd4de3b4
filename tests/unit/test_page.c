/* The web page as it is in the binary: build/gen/page.c, made by runner/serve/page/embed.js. */
#include "runner/serve/page.h"

#include "policy/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct page_file *page_find(const char *path)
{
	for (const struct page_file *file = page_files; file->path != NULL; file++)
		if (strcmp(file->path, path) == 0)
			return file;
	return NULL;
}

/* That of gzip's trailer. */
static uint32_t crc32_of(const unsigned char *bytes, size_t len)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static uint32_t little_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void test_etags(void **state)
{
	(void)state;
	for (const struct page_file *file = page_files; file->path != NULL; file++) {
		unsigned char hash[DIGEST_BYTES];
		char etag[2 * DIGEST_BYTES + 16];
		struct digest digest;
		int n = 1;

		digest_init(&digest);
		digest_put(&digest, file->plain.bytes, file->plain.len);
		digest_end(&digest, hash);
		etag[0] = '"';
		for (size_t i = 0; i < DIGEST_BYTES; i++)
			n += snprintf(etag + n, sizeof(etag) - (size_t)n, "%02x", hash[i]);
		strcpy(etag + n, "\"");
		assert_string_equal(file->plain.etag, etag);
		strcpy(etag + n, "-gzip\"");
		if (file->gzip.bytes != NULL)
			assert_string_equal(file->gzip.etag, etag);
	}
}

static void test_gzip(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct page_file *file = page_files; file->path != NULL; file++) {
		const struct page_bytes *gzip = &file->gzip;

		if (gzip->bytes == NULL)
			continue;
		n++;
		assert_true(gzip->len > 18 && gzip->len < file->plain.len);
		assert_memory_equal(gzip->bytes, "\x1f\x8b\x08", 3);
		assert_int_equal(little_endian(gzip->bytes + gzip->len - 8),
		                 crc32_of(file->plain.bytes, file->plain.len));
		assert_int_equal(little_endian(gzip->bytes + gzip->len - 4), file->plain.len);
	}
	assert_true(n >= 4);
}

/* Each page is there with what it names, and nothing but that may be loaded. */
static void test_pages(void **state)
{
	static const struct {
		const char *page, *script;
	} pages[] = {{"/", "/page/page.js"}, {"/state", "/page/state.js"}};

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		const struct page_file *page = page_find(pages[i].page);
		char tag[64];

		assert_non_null(page);
		assert_string_equal(page->type, "text/html; charset=utf-8");
		snprintf(tag, sizeof(tag), "src=\"%s\"", pages[i].script + 1);
		assert_non_null(memmem(page->plain.bytes, page->plain.len, tag, strlen(tag)));
		assert_non_null(page_find(pages[i].script));
		assert_string_equal(page_find(pages[i].script)->type, "text/javascript; charset=utf-8");
	}
	assert_non_null(page_find("/page/page.css"));
	assert_non_null(page_find("/v1/openapi.json"));
	assert_ptr_equal(strstr(page_policy, "default-src 'none';"), page_policy);
	assert_null(strstr(page_policy, "unsafe"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_etags),
	        cmocka_unit_test(test_gzip),
	        cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
