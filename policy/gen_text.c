/* Used by the generators alone. */
#include "policy/gen_text.h"

#include "sandbox/fd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void close_file(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

int gen_read_file(const char *path, size_t max, char **ret_text, size_t *ret_len, struct sbx_err *err)
{
	__attribute__((cleanup(close_file))) FILE *file = fopen(path, "re");
	FREE_CLEANUP char *text = NULL;
	size_t len;

	if (file == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, errno, "%s: %s", path, strerror(errno));
	text = malloc(max + 1);
	if (text == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, ENOMEM, "%s: out of memory", path);
	len = fread(text, 1, max + 1, file);
	if (ferror(file))
		return sbx_fail(err, SBX_STAGE_PLAN, EIO, "%s: cannot be read", path);
	*ret_text = text;
	*ret_len = len;
	text = NULL;
	return 0;
}

void gen_literal(const char *text, size_t len)
{
	printf("\"");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n')
			printf(i + 1 < len ? "\\n\"\n\t\"" : "\\n");
		else if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f || c == '?')
			printf("\\%03o", c);
		else
			printf("%c", c);
	}
	printf("\"");
}
