/* Any bytes as text of a page, and of a terminal: nothing of them is ever markup, or obeyed. */
#include "fuzz.h"

#include "policy/utf8.h"
#include "runner/html.h"
#include "runner/plain.h"

static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

static void check_html(const char *text, size_t len, bool lines)
{
	FUZZ_ASSERT(fuzz_is_plain(text, len, lines ? "\n\t" : "\t"));
	FUZZ_ASSERT(strpbrk(text, "<>\"'") == NULL);
	for (const char *at = strchr(text, '&'); at != NULL; at = strchr(at + 1, '&')) {
		bool known = strncmp(at, "&#x24", 5) == 0 && strspn(at + 5, "0123456789abcdef") == 2 && at[7] == ';';
		for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
			known = known || strncmp(at, entities[i], strlen(entities[i])) == 0;
		FUZZ_ASSERT(known);
	}
	/* marks that turn the direction of what follows, U+202A to U+202E and U+2066 to U+2069 */
	FUZZ_ASSERT(strstr(text, "\xe2\x80\xae") == NULL && strstr(text, "\xe2\x81\xa6") == NULL);
}

static void try_html(const char *bytes, size_t len, bool lines)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	FUZZ_ASSERT(out != NULL);
	html_print(out, bytes, len, lines);
	FUZZ_ASSERT(fclose(out) == 0 && strlen(text) == size);
	FUZZ_ASSERT((size == 0) == (len == 0));
	check_html(text, size, lines);
	free(text);
}

static void try_plain(const char *bytes, size_t len, const char *allowed)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	FUZZ_ASSERT(out != NULL);
	plain_print(out, bytes, len, allowed);
	FUZZ_ASSERT(fclose(out) == 0 && size >= len && fuzz_is_plain(text, size, allowed));
	free(text);
}

static void try_cut(const char *name, int max)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int width = plain_width(name, max);

	FUZZ_ASSERT(out != NULL && width >= 0 && width <= max);
	plain_print_cut(out, name, max, max);
	FUZZ_ASSERT(fclose(out) == 0 && size >= (size_t)max && fuzz_is_plain(text, size, ""));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	FUZZ_CLEANUP char *bytes = fuzz_bytes((const char *)data, size), *name = fuzz_part(&input);
	bool is_utf8 = true;

	try_html(bytes, size, false);
	try_html(bytes, size, true);
	try_plain(bytes, size, "");
	try_plain(bytes, size, "\n\t");
	try_cut(name, 7);
	for (size_t at = 0, n; at < size && is_utf8; at += n) {
		n = utf8_sequence(bytes + at, size - at);
		is_utf8 = n > 0;
	}
	FUZZ_ASSERT(is_utf8 == fuzz_is_utf8(bytes, size));
	return 0;
}
