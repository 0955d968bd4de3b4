/* UTF-8 by the standard's own table. Used where texts of strangers are read or shown. */
#include "policy/utf8.h"

size_t utf8_sequence(const char *bytes, size_t len)
{
	const unsigned char *text = (const unsigned char *)bytes;
	unsigned char first = text[0];
	unsigned char low = 0x80, high = 0xbf; /* of the second byte */
	size_t n;

	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	n = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (n > len)
		return 0;
	if (first == 0xe0)
		low = 0xa0; /* below: overlong */
	else if (first == 0xed)
		high = 0x9f; /* above: surrogates */
	else if (first == 0xf0)
		low = 0x90; /* below: overlong */
	else if (first == 0xf4)
		high = 0x8f; /* above: no such character */
	if (text[1] < low || text[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return n;
}
