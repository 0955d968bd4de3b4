/*
 * YAML through libyaml, which only policy/yaml.c includes: one document becomes the tree that policy/json.h reads, so
 * that there is one kind of reader. As strict as JSON is here, and bounded, since problem packages come from strangers.
 *
 * Plain scalars are what YAML 1.2's core schema makes of them: null, booleans (true and false, not yes and no),
 * integers (exact, of 64 bits; 0o17 and 0x1f too), numbers, else strings. Quoted and block scalars are strings. Keys
 * are strings, as they are written. Beyond YAML's own rules these are errors: a second document, a key that is given
 * twice or is no scalar, tags but !!str, !!int, !!float, !!bool and !!null, an anchor that is given twice, infinity,
 * not-a-number, a NUL, and more than the bounds below. "<<" is a key like any other.
 */
#pragma once

#include "sandbox/err.h"

#include <stddef.h>

#define YAML_BYTES_MAX ((size_t)1 << 20)
#define YAML_DEPTH_MAX 32 /* lists and maps within each other */
#define YAML_NODES_MAX                                                                                                 \
	100000              /* scalars but keys, lists and maps, where each alias counts as all that it stands for     \
	                     */
#define YAML_ALIASES_MAX 64 /* and as many anchors */

struct json_object;

/* A document that was read. Zeroed, it is the empty one, which yaml_finish() takes too. */
struct yaml_doc {
	struct json_object *root; /* NULL is null; an aliased part of the tree has several parents */
	const char *origin;       /* the caller's: has to outlive it */
	struct yaml_mark *marks;  /* where each value stands */
	size_t n_marks;
};

/* Fails with SBX_STAGE_USAGE and "origin:line:column: ...", both counted from 1, columns in characters. */
int yaml_load(struct yaml_doc *doc, const char *text, size_t len, const char *origin, struct sbx_err *err);
void yaml_finish(struct yaml_doc *doc);

/*
 * For those who find fault with what the document says: fail with SBX_STAGE_USAGE, EINVAL and "origin:line:column: ",
 * then the text. The position is that of `key` in `map`, or of the map itself where it has no such key (or key is
 * NULL); that of an item of `list`. Where the parent is NULL it is the document's.
 */
int yaml_fail_key(const struct yaml_doc *doc, struct json_object *map, const char *key, struct sbx_err *err,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
int yaml_fail_item(const struct yaml_doc *doc, struct json_object *list, size_t index, struct sbx_err *err,
                   const char *fmt, ...) __attribute__((format(printf, 5, 6)));
#ifdef __clang_analyzer__ /* as with sbx_fail() */
#define yaml_fail_key(...) ((void)yaml_fail_key(__VA_ARGS__), -1)
#define yaml_fail_item(...) ((void)yaml_fail_item(__VA_ARGS__), -1)
#endif
