/*
 * Constants of a package of 2023-07: problem.yaml gives them names, and {{name}} stands for the value in what the
 * package's programs are made of, and in test_group.yaml. Called by runner/problem_files.c and runner/problem_load.c.
 */
#pragma once

#include "policy/yaml_map.h"

#include <stddef.h>

struct json_object;

/* Reader for a table of keys: a map of names to numbers and strings, into a struct json_object * that is borrowed. */
int problem_constants_read(const struct yaml_place *place, void *field, struct sbx_err *err);

/*
 * A copy of the text with the values in place, and a NUL behind, which the caller frees: 1; 0 where there is nothing to
 * replace (`constants` may be NULL). -EFBIG for more than `max` bytes, -ENOMEM. A {{name}} of no constant stays.
 */
int problem_constants_replace(struct json_object *constants, const char *text, size_t len, size_t max, char **ret,
                              size_t *ret_len);
