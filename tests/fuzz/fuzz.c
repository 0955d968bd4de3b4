/* Used by the fuzz targets. */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

uint8_t fuzz_byte(struct fuzz_input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return (uint8_t)*input->at++;
}

uint64_t fuzz_u64(struct fuzz_input *input)
{
	uint64_t value = 0;

	for (size_t i = 0; i < sizeof(value); i++)
		value = value << 8 | fuzz_byte(input);
	return value;
}

static char *copy(const char *bytes, size_t len, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);

	FUZZ_ASSERT(text != NULL);
	if (len > 0)
		memcpy(text, bytes, len);
	if (size > len)
		text[len] = '\0';
	return text;
}

char *fuzz_part(struct fuzz_input *input)
{
	size_t len = strnlen(input->at, input->left);
	char *text = copy(input->at, len, len + 1);

	len += len < input->left;
	input->at += len;
	input->left -= len;
	return text;
}

char *fuzz_rest(struct fuzz_input *input, size_t *ret_len)
{
	char *text = copy(input->at, input->left, input->left + 1);

	*ret_len = input->left;
	input->left = 0;
	return text;
}

char *fuzz_bytes(const char *bytes, size_t len)
{
	return copy(bytes, len, len);
}

/* ---- what is to hold ---- */

void fuzz_assert_error(const struct sbx_err *err)
{
	size_t len = strnlen(err->msg, sizeof(err->msg));

	FUZZ_ASSERT(err->stage > SBX_STAGE_NONE && err->stage < SBX_STAGE_MAX);
	FUZZ_ASSERT(len > 0 && len < sizeof(err->msg));
	for (size_t i = 0; i < len; i++)
		FUZZ_ASSERT((unsigned char)err->msg[i] >= 0x20 && err->msg[i] != 0x7f);
}

/* Decodes, and then looks whether the number is one and needed as many bytes. */
static size_t character(const unsigned char *c, size_t len, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = c[0] < 0x80 ? 1 : c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
	uint32_t code = n == 1 ? c[0] : c[0] & (0x7fU >> n);

	if ((c[0] >= 0x80 && c[0] < 0xc0) || c[0] >= 0xf8 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (c[i] & 0x3fU);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret = code;
	return n;
}

bool fuzz_is_plain(const char *text, size_t len, const char *allowed)
{
	for (size_t at = 0; at < len;) {
		uint32_t code;
		size_t n = character((const unsigned char *)text + at, len - at, &code);
		bool is_control = n > 0 && (code < 0x20 || (code >= 0x7f && code < 0xa0));
		if (n == 0 || (is_control && (code == 0 || code > 0x7f || strchr(allowed, (int)code) == NULL)))
			return false;
		at += n;
	}
	return true;
}

bool fuzz_is_utf8(const char *text, size_t len)
{
	for (size_t at = 0, n; at < len; at += n) {
		uint32_t code;
		n = character((const unsigned char *)text + at, len - at, &code);
		if (n == 0)
			return false;
	}
	return true;
}

/* ---- JSON: each returns what is behind it, or NULL ---- */

static const char *json_value(const char *at, const char *end);

static const char *json_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

static const char *json_digits(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at > start ? at : NULL;
}

static const char *json_number(const char *at, const char *end)
{
	if (at < end && *at == '-')
		at++;
	at = at < end && *at == '0' ? at + 1 : json_digits(at, end);
	if (at != NULL && at < end && *at == '.')
		at = json_digits(at + 1, end);
	if (at != NULL && at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at = json_digits(at < end && (*at == '+' || *at == '-') ? at + 1 : at, end);
	}
	return at;
}

static const char *json_string(const char *at, const char *end)
{
	if (at >= end || *at++ != '"')
		return NULL;
	for (; at < end && *at != '"'; at++) {
		if ((unsigned char)*at < 0x20)
			return NULL;
		if (*at != '\\')
			continue;
		if (++at == end || strchr("\"\\/bfnrtu", *at) == NULL || *at == '\0')
			return NULL;
		for (int i = 0; *at == 'u' && i < 4; i++)
			if (at + 1 + i >= end || strchr("0123456789abcdefABCDEF", at[1 + i]) == NULL ||
			    at[1 + i] == '\0')
				return NULL;
	}
	return at < end ? at + 1 : NULL;
}

static const char *json_members(const char *at, const char *end, char close)
{
	at = json_space(at + 1, end);
	if (at < end && *at == close)
		return at + 1;
	for (;;) {
		if (close == '}') {
			at = json_string(json_space(at, end), end);
			at = at != NULL ? json_space(at, end) : NULL;
			if (at == NULL || at == end || *at++ != ':')
				return NULL;
		}
		at = json_value(at, end);
		if (at == NULL || at == end)
			return NULL;
		if (*at == close)
			return at + 1;
		if (*at++ != ',')
			return NULL;
	}
}

static const char *json_word(const char *at, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - at) >= len && memcmp(at, word, len) == 0 ? at + len : NULL;
}

static const char *json_value(const char *at, const char *end)
{
	at = json_space(at, end);
	if (at == end)
		return NULL;
	at = *at == '{'   ? json_members(at, end, '}')
	     : *at == '[' ? json_members(at, end, ']')
	     : *at == '"' ? json_string(at, end)
	     : *at == 't' ? json_word(at, end, "true")
	     : *at == 'f' ? json_word(at, end, "false")
	     : *at == 'n' ? json_word(at, end, "null")
	                  : json_number(at, end);
	return at != NULL ? json_space(at, end) : NULL;
}

bool fuzz_is_json(const char *text, size_t len)
{
	return fuzz_is_utf8(text, len) && json_value(text, text + len) == text + len;
}

/* ---- files ---- */

int fuzz_file(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	FUZZ_ASSERT(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

char *fuzz_file_text(int fd, size_t *ret_len)
{
	off_t len = lseek(fd, 0, SEEK_END);
	char *text = malloc((size_t)len + 1);

	FUZZ_ASSERT(len >= 0 && text != NULL && pread(fd, text, (size_t)len, 0) == len);
	text[len] = '\0';
	*ret_len = (size_t)len;
	return text;
}

int fuzz_folder(void)
{
	static int fd = -1;
	char path[300];
	const char *parent = getenv("TMPDIR");

	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "%.250s/fuzz-XXXXXX", parent != NULL ? parent : "/tmp");
	FUZZ_ASSERT(mkdtemp(path) != NULL);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FUZZ_ASSERT(fd >= 0);
	return fd;
}
