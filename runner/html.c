/* Text for a page of HTML. */
#include "runner/html.h"

#include "policy/utf8.h"

#include <stdint.h>

#define REPLACEMENT "\xef\xbf\xbd"

static uint32_t code_point(const unsigned char *c, size_t n)
{
	uint32_t code = n == 1 ? c[0] : c[0] & (0x7fU >> n);

	for (size_t i = 1; i < n; i++)
		code = code << 6 | (c[i] & 0x3fU);
	return code;
}

/* Of those that are well-formed: what a page may not hold, what is not seen, and what makes text look like another. */
static bool is_hidden(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
	        {0x80, 0x9f},     {0x61c, 0x61c},   {0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},
	        {0xfdd0, 0xfdef}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return (code & 0xfffe) == 0xfffe;
}

static const char *entity(uint32_t code)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void print_character(FILE *out, const char *bytes, size_t n, bool lines)
{
	uint32_t code = code_point((const unsigned char *)bytes, n);

	if (entity(code) != NULL)
		fputs(entity(code), out);
	else if (code == '\t' || (code == '\n' && lines))
		fputc((int)code, out);
	else if (code < 0x20 || code == 0x7f)
		fprintf(out, "&#x%x;", code == 0x7f ? 0x2421 : 0x2400 + code);
	else if (is_hidden(code))
		fputs(REPLACEMENT, out);
	else
		fwrite(bytes, 1, n, out);
}

void html_print(FILE *out, const char *bytes, size_t len, bool lines)
{
	for (size_t i = 0; i < len;) {
		size_t n = utf8_sequence(bytes + i, len - i);

		if (n == 0)
			fputs(REPLACEMENT, out);
		else
			print_character(out, bytes + i, n, lines);
		i += n == 0 ? 1 : n;
	}
}
