/* Looking into a JSON report of `sbx run` without a library. Used by exact.c and the soak. */
#include "tests/bench/bench.h"

#include <stdlib.h>
#include <string.h>

int64_t report_number(const char *report, const char *key)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(report, quoted);
	if (at == NULL || at[strlen(quoted)] < '0' || at[strlen(quoted)] > '9')
		return -1;
	return strtoll(at + strlen(quoted), NULL, 10);
}

bool report_has_verdict(const char *report, const char *verdict, const char *reason)
{
	char text[96];

	snprintf(text, sizeof(text), "\"verdict\":\"%s\",\"reason\":%s", verdict, reason);
	return strstr(report, text) != NULL;
}
