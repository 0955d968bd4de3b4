/* Used by the tables of `sbx judge`. */
#include "runner/plain.h"

#include "policy/utf8.h"

#include <stdbool.h>
#include <string.h>

void plain_print(FILE *out, const char *bytes, size_t len, const char *allowed)
{
	for (size_t i = 0; i < len;) {
		const unsigned char *c = (const unsigned char *)bytes + i;
		size_t n = utf8_sequence(bytes + i, len - i);
		bool is_control = *c < 0x20 || *c == 0x7f || (n == 2 && c[0] == 0xc2 && c[1] < 0xa0);

		if (n == 0 || (is_control && (*c == '\0' || strchr(allowed, *c) == NULL))) {
			for (size_t k = 0; k < (n == 0 ? 1 : n); k++)
				fprintf(out, "\\x%02x", c[k]);
		} else {
			fwrite(c, 1, n, out);
		}
		i += n == 0 ? 1 : n;
	}
}

/* Bytes of the first `max` characters. */
static size_t cut_len(const char *text, int max, int *ret_width)
{
	size_t len = strlen(text), at = 0;
	int width = 0;

	for (; at < len && width < max; width++) {
		size_t n = utf8_sequence(text + at, len - at);
		at += n == 0 ? 1 : n;
	}
	*ret_width = width;
	return at;
}

int plain_width(const char *text, int max)
{
	int width;

	cut_len(text, max, &width);
	return width;
}

void plain_print_cut(FILE *out, const char *text, int width, int max)
{
	int own;
	size_t len = cut_len(text, max, &own);

	plain_print(out, text, len, "");
	fprintf(out, "%*s", own < width ? width - own : 0, "");
}
