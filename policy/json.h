/*
 * JSON through json-c, which only policy/json.c includes. Parsing is strict, and stricter than json-c: UTF-8 checked,
 * bounded depth, size and number of values, nothing after the value, no key twice in an object, no integer beyond
 * 64 bits, no other number beyond what a double can hold. Building keeps the order of insertion. `struct json_object`
 * is json-c's own; values are reference counted: json_free() gives one up. As in json-c, the JSON value null is the
 * NULL pointer.
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 33 /* values within each other: what lies in as many lists and maps as YAML may have */
#define JSON_BYTES_MAX ((size_t)64 << 20) /* a job with its test data inline fits; json-c counts in int */
#define JSON_VALUES_MAX 1000000           /* each costs json-c some 80 bytes */

struct json_object;

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT, /* a number written without fraction or exponent */
	JSON_DOUBLE,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
	JSON_KIND_MAX,
};

/* Fails with SBX_STAGE_USAGE, `origin` and the offset in the message. The caller owns *ret (NULL for the text null). */
int json_parse(const char *text, size_t len, const char *origin, struct json_object **ret, struct sbx_err *err);
void json_free(struct json_object *json); /* NULL is fine */
static inline void json_freep(struct json_object **json)
{
	json_free(*json);
}

/* Reading. What comes back is borrowed from the value it was read from. */
enum json_kind json_kind_of(const struct json_object *json);
const char *json_kind_name(enum json_kind kind); /* "an object", "a string": as it stands in a message */
/* Whether `object` is an object and has `key`; only then *ret_value is set (NULL for null). */
bool json_find(const struct json_object *object, const char *key, struct json_object **ret_value);
/* Each key in turn until fn returns below 0, which is then returned. `object` must be an object. */
int json_each(struct json_object *object,
              int (*fn)(const char *key, struct json_object *value, void *data, struct sbx_err *err), void *data,
              struct sbx_err *err);
size_t json_length(const struct json_object *array); /* 0 for what is no array */
struct json_object *json_at(const struct json_object *array, size_t index);
/* NULL for what is no string, or holds a NUL. */
const char *json_string_of(struct json_object *json);
/* The bytes of a string, NUL among them perhaps; NULL for what is none. */
const char *json_bytes_of(struct json_object *json, size_t *ret_len);
/* Whether it is an integer of that range. */
bool json_u64_of(const struct json_object *json, uint64_t *ret_value);
bool json_i64_of(const struct json_object *json, int64_t *ret_value);
bool json_bool_of(const struct json_object *json, bool *ret_value); /* whether it is one */
/* Whether it is a number, an integer too: what a double can hold of it. */
bool json_double_of(const struct json_object *json, double *ret_value);

/* Building. Memory exhaustion aborts the process before anything was run or after all was reaped (json-c
 * reports it and these check it). The `add` functions take ownership of `value`; NULL adds null. In strings (of
 * keys too) each byte that is not part of well-formed UTF-8 becomes U+FFFD, so that the text is always valid. */
struct json_object *json_new_object(void);
struct json_object *json_new_array(void);
void json_add(struct json_object *object, const char *key, struct json_object *value);
void json_add_string(struct json_object *object, const char *key, const char *value); /* NULL adds null */
void json_add_u64(struct json_object *object, const char *key, uint64_t value);
void json_add_i64(struct json_object *object, const char *key, int64_t value);
void json_add_bool(struct json_object *object, const char *key, bool value);
void json_append(struct json_object *array, struct json_object *value);
struct json_object *json_new_string(const char *value);
struct json_object *json_new_u64(uint64_t value);
struct json_object *json_new_i64(int64_t value);
struct json_object *json_new_double(double value); /* finite */
struct json_object *json_new_bool(bool value);
/* One owner more, who gives it up by json_free(). */
struct json_object *json_share(struct json_object *json);
/* The text, on one line or (pretty) indented, without escaped slashes; valid until the value is freed or printed again.
 */
const char *json_text(struct json_object *json, bool pretty);
