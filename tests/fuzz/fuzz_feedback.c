/* What a checker left in its folder: score.txt as a number, judgemessage.txt as a text. */
#include "fuzz.h"

#include "runner/feedback.h"
#include "sandbox/fd.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>

/* [+-]digits[.digits][e[+-]digits] with white space around, by hand. */
static bool is_number(const char *text, size_t len)
{
	const char *at = text, *end = text + len, *start;
	size_t digits = 0;

	while (end > at && isspace((unsigned char)end[-1]))
		end--;
	while (at < end && isspace((unsigned char)*at))
		at++;
	at += at < end && (*at == '+' || *at == '-');
	for (; at < end && isdigit((unsigned char)*at); at++)
		digits++;
	if (at < end && *at == '.')
		for (at++; at < end && isdigit((unsigned char)*at); at++)
			digits++;
	if (digits == 0)
		return false;
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at += at < end && (*at == '+' || *at == '-');
		for (start = at; at < end && isdigit((unsigned char)*at);)
			at++;
		if (at == start)
			return false;
	}
	return at == end;
}

static void put(const char *name, const char *text, size_t len)
{
	FD_CLEANUP int fd = openat(fuzz_folder(), name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	FUZZ_ASSERT(fd >= 0 && fd_write_all(fd, text, len) == 0);
}

static void try_number(const char *text, size_t len)
{
	double value = 42.25;
	int rc;

	put("score.txt", text, len);
	rc = feedback_number(fuzz_folder(), "score.txt", &value);
	FUZZ_ASSERT(rc == 1 || rc == -EINVAL);
	FUZZ_ASSERT(rc == 1 || value == 42.25);
	if (rc == 1)
		FUZZ_ASSERT(isfinite(value) && is_number(text, len) && value == strtod(text, NULL));
	else
		FUZZ_ASSERT(len > 400 || !is_number(text, len) || !isfinite(strtod(text, NULL)));
}

static void try_message(const char *text, size_t len, size_t size)
{
	char *buf = malloc(size);

	FUZZ_ASSERT(buf != NULL);
	put("judgemessage.txt", text, len);
	feedback_message(fuzz_folder(), buf, size);
	len = len < size - 1 ? len : size - 1;
	FUZZ_ASSERT(memcmp(buf, text, len) == 0 && buf[len] == '\0');
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	size_t len;
	FUZZ_CLEANUP char *text = fuzz_rest(&input, &len);

	try_number(text, len);
	try_message(text, len, 16);
	try_message(text, len, 1024);
	FUZZ_ASSERT(feedback_number(fuzz_folder(), "none.txt", &(double){0}) == 0);
	return 0;
}
