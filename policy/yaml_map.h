/*
 * A YAML map by a table of its keys: what language definitions and problem packages are read with. Every mistake is
 * told with its place, "origin:line:column: ...", and fails with SBX_STAGE_USAGE.
 */
#pragma once

#include "policy/yaml.h"
#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/* A value, and where it stands. */
struct yaml_place {
	const struct yaml_doc *doc;
	struct json_object *map;
	const char *key;
	struct json_object *value;
};

/* A table of them ends with a NULL name. */
struct yaml_key {
	const char *name;
	int (*read)(const struct yaml_place *place, void *field, struct sbx_err *err);
	size_t offset; /* of the field, in what is read into */
	const struct yaml_key
	        *inner; /* instead of `read`: the value is a map with these keys, their fields in the same */
	bool is_needed;
};

/* Fails for a `map` that is none, a key that is not in the table, and one that is needed and missing. */
int yaml_read_map(const struct yaml_doc *doc, struct json_object *map, const struct yaml_key *keys, void *into,
                  struct sbx_err *err);

/* "KEY" has to be `what`. */
int yaml_wanted(const struct yaml_place *place, const char *what, struct sbx_err *err);

/* Readers for tables. */
int yaml_read_string(const struct yaml_place *place, void *field, struct sbx_err *err); /* const char *; not empty */
int yaml_read_bool(const struct yaml_place *place, void *field, struct sbx_err *err);
int yaml_read_size(const struct yaml_place *place, void *field, struct sbx_err *err);     /* uint64_t; with its unit */
int yaml_read_duration(const struct yaml_place *place, void *field, struct sbx_err *err); /* uint64_t, us; likewise */
int yaml_read_count(const struct yaml_place *place, void *field, struct sbx_err *err);    /* uint64_t; 1 to INT32_MAX */
int yaml_read_ignored(const struct yaml_place *place, void *field, struct sbx_err *err); /* anything; nothing is kept */
