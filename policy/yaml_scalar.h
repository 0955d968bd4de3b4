/* YAML 1.2's core schema: what a scalar is by its text. Used by policy/yaml.c alone. */
#pragma once

struct json_object;

/*
 * What `text` is: with the tag ("tag:yaml.org,2002:int") as that says, without one (NULL) as a plain scalar. Returns
 * -errno for text that is not what its tag says, for another tag, and for numbers that JSON cannot hold; then *ret_what
 * says why.
 */
int yaml_scalar_resolve(const char *text, const char *tag, struct json_object **ret, const char **ret_what);
