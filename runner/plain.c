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
