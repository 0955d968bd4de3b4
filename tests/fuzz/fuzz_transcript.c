/*
 * What two programs say to each other, as lines of a transcript: with what was escaped put back, it is just what they
 * said, and nothing that they say looks like a line of its own. The input is pieces:
 * who speaks and how long, and the bytes.
 */
#include "fuzz.h"

#include "runner/transcript.h"

#include <sys/mman.h>
#include <unistd.h>

struct said {
	char *bytes;
	size_t len;
	FILE *out;
};

static void said_begin(struct said *said)
{
	*said = (struct said){0};
	said->out = open_memstream(&said->bytes, &said->len);
	FUZZ_ASSERT(said->out != NULL);
}

static int hex(char digit)
{
	const char *at = digit != '\0' ? strchr("0123456789abcdef", digit) : NULL;

	FUZZ_ASSERT(at != NULL);
	return (int)(at - "0123456789abcdef");
}

static char from_hex(const char *two)
{
	return (char)(hex(two[0]) << 4 | hex(two[1]));
}

/* Between two line feeds, behind the time. */
static void read_text(const char *at, const char *end, FILE *out)
{
	bool ended = true;

	while (at < end) {
		if (*at != '\\') {
			fputc(*at++, out);
		} else if (at + 1 == end) {
			ended = false;
			at++;
		} else if (at[1] == '\\') {
			fputc('\\', out);
			at += 2;
		} else {
			FUZZ_ASSERT(at[1] == 'x' && end - at >= 4);
			fputc(from_hex(at + 2), out);
			at += 4;
		}
	}
	if (ended)
		fputc('\n', out);
}

/* A line's head: "[test] [ms] > ". */
static const char *read_head(const char *at, const char *end, const char *prefix, bool *ret_from_program)
{
	size_t len = strlen(prefix);

	FUZZ_ASSERT((size_t)(end - at) > len && memcmp(at, prefix, len) == 0);
	at += len;
	at += strspn(at, "0123456789.");
	FUZZ_ASSERT(end - at >= 4 && at[0] == ']' && at[1] == ' ' && (at[2] == '>' || at[2] == '<') && at[3] == ' ');
	*ret_from_program = at[2] == '>';
	return at + 4;
}

/* Whether all of it is there. */
static bool read_back(const char *text, size_t len, const char *prefix, struct said sides[2])
{
	const char *end = text + len;

	FUZZ_ASSERT(fuzz_is_plain(text, len, "\n"));
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text)), *at;
		bool from_program;
		FUZZ_ASSERT(stop != NULL);
		if (stop + 1 == end && stop - text > 20 && memcmp(stop - 20, "the rest is left out", 20) == 0 &&
		    len > TRANSCRIPT_TEST_BYTES_MAX)
			return false;
		at = read_head(text, stop, prefix, &from_program);
		read_text(at, stop, sides[from_program].out);
		text = stop + 1;
	}
	return true;
}

static void put_all(struct transcript *transcript, struct fuzz_input *input, struct said sides[2])
{
	uint64_t now_ns = 1000;

	while (input->left > 0) {
		uint8_t head = fuzz_byte(input);
		size_t len = head >> 1, times = 1;
		bool from_program = head & 1;
		/* some pieces are many */
		if (len == 127) {
			times = 1 + 4 * (size_t)fuzz_byte(input);
			len = fuzz_byte(input);
		}
		len = len < input->left ? len : input->left;
		char *piece = fuzz_bytes(input->at, len);
		for (size_t i = 0; i < times; i++) {
			transcript_put(transcript, from_program, piece, len, now_ns);
			fwrite(piece, 1, len, sides[from_program].out);
		}
		free(piece);
		input->at += len;
		input->left -= len;
		now_ns += 12345678;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	static struct transcript transcript;
	FUZZ_CLEANUP char *text = NULL;
	struct report_sink sink = {.option = "--transcript", .fd = fuzz_file()};
	struct said wrote[2], read[2];
	struct sbx_err err = {0};
	size_t len;

	for (int i = 0; i < 2; i++) {
		said_begin(&wrote[i]);
		said_begin(&read[i]);
	}
	transcript_init(&transcript);
	FUZZ_ASSERT(transcript_begin(&transcript, "secret/1", 1000) == 0);
	put_all(&transcript, &input, wrote);
	FUZZ_ASSERT(transcript_end(&transcript, &sink, &err) == 0);
	transcript_finish(&transcript);
	text = fuzz_file_text(sink.fd, &len);
	bool is_all = read_back(text, len, "[secret/1] [", read);
	for (int i = 0; i < 2; i++) {
		FUZZ_ASSERT(fclose(wrote[i].out) == 0 && fclose(read[i].out) == 0);
		FUZZ_ASSERT(read[i].len <= wrote[i].len && (!is_all || read[i].len == wrote[i].len));
		FUZZ_ASSERT(memcmp(read[i].bytes, wrote[i].bytes, read[i].len) == 0);
		free(wrote[i].bytes);
		free(read[i].bytes);
	}
	return 0;
}
