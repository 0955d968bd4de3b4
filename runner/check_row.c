/* What a check says, and the small reads that checks have in common. Called by all runner/check_*.c. */
#include "runner/check.h"

#include "sandbox/fd.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const status_names[CHECK_STATUS_MAX] = {
        [CHECK_OK] = "ok",
        [CHECK_WARN] = "warn",
        [CHECK_FAIL] = "fail",
        [CHECK_NA] = "n/a",
};

const char *check_status_name(enum check_status status)
{
	return status_names[status];
}

void check_say(struct check_row *row, enum check_status status, const char *fmt, ...)
{
	va_list args;

	row->status = status;
	va_start(args, fmt);
	vsnprintf(row->reason, sizeof(row->reason), fmt, args);
	va_end(args);
}

void check_fix(struct check_row *row, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(row->fix, sizeof(row->fix), fmt, args);
	va_end(args);
}

void check_say_err(struct check_row *row, enum check_status status, const struct sbx_err *err)
{
	static const char *const leads[] = {"; ask root to run: ", "; run: "};

	check_say(row, status, "%s", err->msg);
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		char *lead = strstr(row->reason, leads[i]);
		if (lead == NULL)
			continue;
		check_fix(row, "%s", lead + strlen(leads[i]));
		*lead = '\0';
		return;
	}
}

bool check_read_line(const char *path, char *buf, size_t size)
{
	int n = fd_read_at(AT_FDCWD, path, buf, size);

	buf[n < 0 ? 0 : strcspn(buf, "\n")] = '\0';
	return n >= 0;
}

long check_read_number(const char *path, long otherwise)
{
	char text[64], *end;
	long value;

	if (!check_read_line(path, text, sizeof(text)))
		return otherwise;
	value = strtol(text, &end, 10);
	return end == text ? otherwise : value;
}
