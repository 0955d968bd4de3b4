/* YAML as policy/yaml.h reads it: a tree within its bounds, which as JSON says the same, and as YAML again, too. */
#include "fuzz.h"

#include "policy/json.h"
#include "policy/yaml.h"

#include <math.h>

struct tree {
	unsigned depth;
	size_t nodes;
};

static void walk(struct json_object *json, unsigned depth, struct tree *tree);

static int walk_member(const char *key, struct json_object *value, void *data, struct sbx_err *err)
{
	struct tree *tree = data;

	(void)key;
	(void)err;
	walk(value, tree->depth, tree);
	return 0;
}

static void walk(struct json_object *json, unsigned depth, struct tree *tree)
{
	enum json_kind kind = json_kind_of(json);
	struct sbx_err err;
	double number;

	tree->nodes++;
	tree->depth = depth + 1;
	FUZZ_ASSERT(tree->nodes <= YAML_NODES_MAX && depth <= YAML_DEPTH_MAX);
	FUZZ_ASSERT(kind != JSON_STRING || json_string_of(json) != NULL);
	FUZZ_ASSERT(kind != JSON_DOUBLE || (json_double_of(json, &number) && isfinite(number)));
	if (kind == JSON_OBJECT)
		json_each(json, walk_member, tree, &err);
	for (size_t i = 0; i < json_length(json); i++)
		walk(json_at(json, i), depth + 1, tree);
	tree->depth = depth;
}

/* A place can be named of whatever there is. */
static void fail_at(const struct yaml_doc *doc, const char *key)
{
	struct sbx_err err = {0};

	FUZZ_ASSERT(yaml_fail_key(doc, doc->root, key, &err, "%s", "fault") < 0);
	fuzz_assert_error(&err);
	FUZZ_ASSERT(strncmp(err.msg, "fuzz:", 5) == 0 && strstr(err.msg, ": fault") != NULL);
	FUZZ_ASSERT(yaml_fail_item(doc, doc->root, 0, &err, "%s", "fault") < 0);
	fuzz_assert_error(&err);
}

/* JSON is YAML, but that libyaml has a bound on the length of a key and of lines of keys, and folds what is no
 * character. */
static void try_again(struct json_object *root)
{
	FUZZ_CLEANUP char *text = strdup(json_text(root, false));
	struct json_object *json = NULL;
	struct sbx_err err = {0};

	FUZZ_ASSERT(fuzz_is_json(text, strlen(text)));
	FUZZ_ASSERT(json_parse(text, strlen(text), "json", &json, &err) == 0);
	FUZZ_ASSERT(strcmp(json_text(json, false), text) == 0);
	json_free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_CLEANUP char *text = fuzz_bytes((const char *)data, size);
	struct yaml_doc doc = {0}, twice = {0};
	struct tree tree = {0};
	struct sbx_err err = {0};

	if (yaml_load(&doc, text, size, "fuzz", &err) < 0) {
		fuzz_assert_error(&err);
		yaml_finish(&doc);
		return 0;
	}
	walk(doc.root, 0, &tree);
	if (doc.root != NULL) {
		try_again(doc.root);
		fail_at(&doc, "a");
	}
	FUZZ_ASSERT(yaml_load(&twice, text, size, "fuzz", &err) == 0);
	FUZZ_ASSERT(doc.root == NULL || strcmp(json_text(doc.root, false), json_text(twice.root, false)) == 0);
	yaml_finish(&twice);
	yaml_finish(&doc);
	return 0;
}
