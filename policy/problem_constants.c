/* Replacing constants. */
#include "policy/problem_constants.h"

#include "policy/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define NUMBER_BYTES 40

static int check_one(const char *name, struct json_object *value, void *data, struct sbx_err *err)
{
	const struct yaml_place *place = data;
	double number;

	if (strspn(name, LETTERS) == 0 || name[strspn(name, LETTERS "0123456789")] != '\0')
		return yaml_fail_key(place->doc, place->value, name, err,
		                     "a constant is called by letters, digits and _, no digit first");
	if (json_string_of(value) == NULL && !json_double_of(value, &number))
		return yaml_fail_key(place->doc, place->value, name, err, "a constant has to be a number or a string");
	return 0;
}

int problem_constants_read(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	struct yaml_place copy = *place;

	if (json_kind_of(place->value) != JSON_OBJECT)
		return yaml_wanted(place, "a map", err);
	TRY(json_each(place->value, check_one, &copy, err));
	*(struct json_object **)field = place->value;
	return 0;
}

/* A number in as many digits as tell it from every other one. */
static const char *text_of(struct json_object *value, char buf[NUMBER_BYTES])
{
	double number = 0;

	if (json_kind_of(value) != JSON_DOUBLE)
		return json_kind_of(value) == JSON_STRING ? json_string_of(value) : json_text(value, false);
	json_double_of(value, &number);
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(buf, NUMBER_BYTES, "%.*g", digits, number);
		if (strtod(buf, NULL) == number)
			break;
	}
	return buf;
}

/* The value of the sequence that starts at `at`, and its length; NULL for none. */
static struct json_object *find(struct json_object *constants, const char *at, const char *end, size_t *ret_len)
{
	struct json_object *value = NULL;
	const char *name = at + 2, *stop = name;
	char *copy;

	while (stop < end && *stop != '\0' && strchr(LETTERS "0123456789", *stop) != NULL)
		stop++;
	if (stop == name || end - stop < 2 || stop[0] != '}' || stop[1] != '}')
		return NULL;
	copy = strndup(name, (size_t)(stop - name));
	if (copy == NULL)
		abort(); /* as building a value does */
	if (!json_find(constants, copy, &value))
		value = NULL;
	free(copy);
	*ret_len = (size_t)(stop + 2 - at);
	return value;
}

struct sink {
	char *bytes; /* NULL: only measured */
	size_t len;
};

static void put(struct sink *sink, const char *text, size_t len)
{
	if (sink->bytes != NULL)
		memcpy(sink->bytes + sink->len, text, len);
	sink->len += len;
}

/* Stops when there is more than `max`. */
static void write_all(struct json_object *constants, const char *text, size_t len, size_t max, struct sink *sink)
{
	const char *end = text + len;

	while (text < end && sink->len <= max) {
		const char *at = memmem(text, (size_t)(end - text), "{{", 2);
		char buf[NUMBER_BYTES];
		struct json_object *value;
		size_t skip = 1;
		put(sink, text, (size_t)((at != NULL ? at : end) - text));
		if (at == NULL)
			return;
		value = find(constants, at, end, &skip);
		if (value != NULL) {
			const char *by = text_of(value, buf);
			put(sink, by, strlen(by));
		} else {
			skip = 1;
			put(sink, at, 1); /* "{{{a}}" has one further on */
		}
		text = at + skip;
	}
}

int problem_constants_replace(struct json_object *constants, const char *text, size_t len, size_t max, char **ret,
                              size_t *ret_len)
{
	struct sink measure = {0}, sink = {0};

	if (constants == NULL || memmem(text, len, "{{", 2) == NULL)
		return 0;
	write_all(constants, text, len, max, &measure);
	if (measure.len > max)
		return -EFBIG;
	sink.bytes = malloc(measure.len + 1);
	if (sink.bytes == NULL)
		return -ENOMEM;
	write_all(constants, text, len, max, &sink);
	sink.bytes[sink.len] = '\0';
	*ret = sink.bytes;
	*ret_len = sink.len;
	return 1;
}
