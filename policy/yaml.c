/*
 * YAML, read: the house's only contact with libyaml. Its events are turned into json.h's tree by recursive descent;
 * what it lets pass and we do not is checked on the way, before anything is built from it.
 */
#include "policy/yaml.h"

#include "policy/json.h"
#include "policy/yaml_scalar.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define SELF SIZE_MAX /* in place of an index: the list or map itself */

struct yaml_mark {
	const struct json_object *parent; /* NULL: the document */
	size_t index;                     /* among its parent's values, in the order of the text */
	size_t line, column;              /* of a map's value: those of its key; from 0 */
};

/* What an alias can stand for. */
struct anchor {
	char *name;
	struct json_object *node; /* borrowed from the tree */
	size_t n_nodes;           /* in it, and how many lists and maps it is high */
	unsigned height;
	bool is_complete; /* or an alias to it stands inside it */
};

struct reader {
	yaml_parser_t parser;
	struct yaml_doc *doc;
	size_t marks_allocated;
	size_t n_nodes, n_aliases, n_anchors;
	unsigned deepest; /* list or map, since the innermost open anchor began */
	struct anchor anchors[YAML_ALIASES_MAX];
};

static int fail_at(const struct reader *reader, yaml_mark_t at, int errnum, struct sbx_err *err, const char *fmt, ...)
        __attribute__((format(printf, 5, 6)));

static int fail_va(const struct yaml_doc *doc, size_t line, size_t column, int errnum, struct sbx_err *err,
                   const char *fmt, va_list args)
{
	char text[sizeof(err->msg)];

	vsnprintf(text, sizeof(text), fmt, args);
	return sbx_fail(err, SBX_STAGE_USAGE, errnum, "%s:%zu:%zu: %s", doc->origin, line + 1, column + 1, text);
}

static int fail_at(const struct reader *reader, yaml_mark_t at, int errnum, struct sbx_err *err, const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = fail_va(reader->doc, at.line, at.column, errnum, err, fmt, args);
	va_end(args);
	return rc;
}

/* libyaml knows the place of a byte that is no text by its offset alone. */
static yaml_mark_t mark_of_offset(const yaml_parser_t *parser, size_t offset)
{
	const unsigned char *text = parser->input.string.start;
	yaml_mark_t mark = {.index = offset};

	for (size_t i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			mark.line++;
			mark.column = 0;
		} else if ((text[i] & 0xc0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

static int fail_by_parser(const struct reader *reader, struct sbx_err *err)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem != NULL ? parser->problem : "not YAML";

	if (parser->error == YAML_MEMORY_ERROR)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "%s: out of memory", reader->doc->origin);
	if (parser->error == YAML_READER_ERROR)
		return fail_at(reader, mark_of_offset(parser, parser->problem_offset), EILSEQ, err, "%s", problem);
	return fail_at(reader, parser->problem_mark, EINVAL, err, "%s%s%s%s", problem,
	               parser->context != NULL ? " (" : "", parser->context != NULL ? parser->context : "",
	               parser->context != NULL ? ")" : "");
}

/* To be deleted by the caller, also after a failure if it was zeroed before. */
static int next_event(struct reader *reader, yaml_event_t *event, struct sbx_err *err)
{
	return yaml_parser_parse(&reader->parser, event) ? 0 : fail_by_parser(reader, err);
}

#define EVENT_CLEANUP __attribute__((cleanup(yaml_event_delete)))
#define JSON_CLEANUP __attribute__((cleanup(json_freep)))

static void add_mark(struct reader *reader, const struct json_object *parent, size_t index, yaml_mark_t at)
{
	struct yaml_doc *doc = reader->doc;

	if (doc->n_marks == reader->marks_allocated) {
		reader->marks_allocated = reader->marks_allocated == 0 ? 64 : 2 * reader->marks_allocated;
		doc->marks = reallocarray(doc->marks, reader->marks_allocated, sizeof(*doc->marks));
		if (doc->marks == NULL)
			abort(); /* as the tree does, which takes far more */
	}
	doc->marks[doc->n_marks++] =
	        (struct yaml_mark){.parent = parent, .index = index, .line = at.line, .column = at.column};
}

static int count_nodes(struct reader *reader, size_t n, yaml_mark_t at, struct sbx_err *err)
{
	if (n > YAML_NODES_MAX - reader->n_nodes)
		return fail_at(reader, at, E2BIG, err, "more than %d values", YAML_NODES_MAX);
	reader->n_nodes += n;
	return 0;
}

static int check_depth(struct reader *reader, unsigned depth, yaml_mark_t at, struct sbx_err *err)
{
	if (depth > YAML_DEPTH_MAX)
		return fail_at(reader, at, E2BIG, err, "more than %d lists and maps within each other", YAML_DEPTH_MAX);
	if (depth > reader->deepest)
		reader->deepest = depth;
	return 0;
}

static struct anchor *find_anchor(struct reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->n_anchors; i++)
		if (strcmp(reader->anchors[i].name, name) == 0)
			return &reader->anchors[i];
	return NULL;
}

static int read_alias(struct reader *reader, const yaml_event_t *event, unsigned depth, struct json_object **ret,
                      struct sbx_err *err)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct anchor *anchor = find_anchor(reader, name);

	if (anchor == NULL)
		return fail_at(reader, event->start_mark, EINVAL, err, "no anchor &%.40s comes before this alias",
		               name);
	if (!anchor->is_complete)
		return fail_at(reader, event->start_mark, EINVAL, err, "alias *%.40s is a part of what it stands for",
		               name);
	if (++reader->n_aliases > YAML_ALIASES_MAX)
		return fail_at(reader, event->start_mark, E2BIG, err, "more than %d aliases", YAML_ALIASES_MAX);
	TRY(count_nodes(reader, anchor->n_nodes, event->start_mark, err));
	TRY(check_depth(reader, depth + anchor->height, event->start_mark, err));
	*ret = json_share(anchor->node);
	return 0;
}

static int read_scalar(struct reader *reader, const yaml_event_t *event, struct json_object **ret, struct sbx_err *err)
{
	const char *text = (const char *)event->data.scalar.value, *tag = (const char *)event->data.scalar.tag;
	const char *what = NULL;
	int rc;

	if (strlen(text) != event->data.scalar.length)
		return fail_at(reader, event->start_mark, EINVAL, err, "a NUL character");
	if (tag == NULL && event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		tag = YAML_STR_TAG;
	rc = yaml_scalar_resolve(text, tag, ret, &what);
	return rc < 0 ? fail_at(reader, event->start_mark, -rc, err, "%.60s: %s", text, what) : 0;
}

static int read_node(struct reader *reader, const yaml_event_t *event, unsigned depth, struct json_object **ret,
                     struct sbx_err *err);

static int read_list(struct reader *reader, const yaml_event_t *start, unsigned depth, struct json_object **ret,
                     struct sbx_err *err)
{
	JSON_CLEANUP struct json_object *list = json_new_array();

	if (start->data.sequence_start.tag != NULL)
		return fail_at(reader, start->start_mark, EINVAL, err, "a list with a tag");
	TRY(check_depth(reader, depth, start->start_mark, err));
	add_mark(reader, list, SELF, start->start_mark);
	for (;;) {
		EVENT_CLEANUP yaml_event_t event = {0};
		struct json_object *item = NULL;

		TRY(next_event(reader, &event, err));
		if (event.type == YAML_SEQUENCE_END_EVENT)
			break;
		TRY(read_node(reader, &event, depth, &item, err));
		add_mark(reader, list, json_length(list), event.start_mark);
		json_append(list, item);
	}
	*ret = list;
	list = NULL;
	return 0;
}

/* The event is a map's key. */
static int check_key(struct reader *reader, const yaml_event_t *event, struct json_object *map, struct sbx_err *err)
{
	const char *key = (const char *)event->data.scalar.value, *tag = (const char *)event->data.scalar.tag;
	struct json_object *other;

	if (event->type != YAML_SCALAR_EVENT)
		return fail_at(reader, event->start_mark, EINVAL, err, "a key that is no plain or quoted text");
	if (event->data.scalar.anchor != NULL || (tag != NULL && strcmp(tag, YAML_STR_TAG) != 0))
		return fail_at(reader, event->start_mark, EINVAL, err, "a key with an anchor or a tag");
	if (event->data.scalar.length == 0)
		return fail_at(reader, event->start_mark, EINVAL, err, "an empty key");
	if (strlen(key) != event->data.scalar.length)
		return fail_at(reader, event->start_mark, EINVAL, err, "a NUL character");
	if (json_find(map, key, &other))
		return fail_at(reader, event->start_mark, EINVAL, err, "key \"%.60s\" is given twice", key);
	return 0;
}

static int read_map(struct reader *reader, const yaml_event_t *start, unsigned depth, struct json_object **ret,
                    struct sbx_err *err)
{
	JSON_CLEANUP struct json_object *map = json_new_object();

	if (start->data.mapping_start.tag != NULL)
		return fail_at(reader, start->start_mark, EINVAL, err, "a map with a tag");
	TRY(check_depth(reader, depth, start->start_mark, err));
	add_mark(reader, map, SELF, start->start_mark);
	for (size_t n = 0;; n++) {
		EVENT_CLEANUP yaml_event_t key = {0}, event = {0};
		struct json_object *value = NULL;

		TRY(next_event(reader, &key, err));
		if (key.type == YAML_MAPPING_END_EVENT)
			break;
		TRY(check_key(reader, &key, map, err));
		TRY(next_event(reader, &event, err));
		TRY(read_node(reader, &event, depth, &value, err));
		add_mark(reader, map, n, key.start_mark);
		json_add(map, (const char *)key.data.scalar.value, value);
	}
	*ret = map;
	map = NULL;
	return 0;
}

/* A scalar, list or map. `depth` counts the lists and maps around it. */
static int read_plain_node(struct reader *reader, const yaml_event_t *event, unsigned depth, struct json_object **ret,
                           struct sbx_err *err)
{
	TRY(count_nodes(reader, 1, event->start_mark, err));
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return read_list(reader, event, depth + 1, ret, err);
	if (event->type == YAML_MAPPING_START_EVENT)
		return read_map(reader, event, depth + 1, ret, err);
	return read_scalar(reader, event, ret, err);
}

static int read_anchored(struct reader *reader, const yaml_event_t *event, const char *name, unsigned depth,
                         struct json_object **ret, struct sbx_err *err)
{
	struct anchor *anchor = &reader->anchors[reader->n_anchors];
	unsigned outer = reader->deepest;
	size_t before = reader->n_nodes;

	if (find_anchor(reader, name) != NULL)
		return fail_at(reader, event->start_mark, EINVAL, err, "anchor &%.40s is given twice", name);
	if (reader->n_anchors == YAML_ALIASES_MAX)
		return fail_at(reader, event->start_mark, E2BIG, err, "more than %d anchors", YAML_ALIASES_MAX);
	*anchor = (struct anchor){.name = strdup(name)};
	if (anchor->name == NULL)
		abort();
	reader->n_anchors++;
	reader->deepest = depth;
	TRY(read_plain_node(reader, event, depth, ret, err));
	anchor->node = *ret;
	anchor->n_nodes = reader->n_nodes - before;
	anchor->height = reader->deepest - depth;
	anchor->is_complete = true;
	if (reader->deepest < outer)
		reader->deepest = outer;
	return 0;
}

static int read_node(struct reader *reader, const yaml_event_t *event, unsigned depth, struct json_object **ret,
                     struct sbx_err *err)
{
	const yaml_char_t *anchor = NULL;

	if (event->type == YAML_ALIAS_EVENT)
		return read_alias(reader, event, depth, ret, err);
	if (event->type == YAML_SCALAR_EVENT)
		anchor = event->data.scalar.anchor;
	else if (event->type == YAML_SEQUENCE_START_EVENT)
		anchor = event->data.sequence_start.anchor;
	else
		anchor = event->data.mapping_start.anchor;
	if (anchor != NULL)
		return read_anchored(reader, event, (const char *)anchor, depth, ret, err);
	return read_plain_node(reader, event, depth, ret, err);
}

/* One document or none, and nothing behind it. */
static int read_stream(struct reader *reader, struct json_object **ret, struct sbx_err *err)
{
	EVENT_CLEANUP yaml_event_t stream = {0}, document = {0}, event = {0}, document_end = {0}, after = {0};
	JSON_CLEANUP struct json_object *root = NULL;

	TRY(next_event(reader, &stream, err));
	TRY(next_event(reader, &document, err));
	if (document.type == YAML_STREAM_END_EVENT)
		return 0;
	TRY(next_event(reader, &event, err));
	TRY(read_node(reader, &event, 0, &root, err));
	add_mark(reader, NULL, 0, event.start_mark);
	TRY(next_event(reader, &document_end, err));
	TRY(next_event(reader, &after, err));
	if (after.type != YAML_STREAM_END_EVENT)
		return fail_at(reader, after.start_mark, EINVAL, err, "a second document");
	*ret = root;
	root = NULL;
	return 0;
}

int yaml_load(struct yaml_doc *doc, const char *text, size_t len, const char *origin, struct sbx_err *err)
{
	struct yaml_doc loaded = {.origin = origin};
	struct reader reader = {.doc = &loaded};
	int rc;

	if (len > YAML_BYTES_MAX)
		return sbx_fail(err, SBX_STAGE_USAGE, EFBIG, "%s: %zu bytes of YAML, more than %zu", origin, len,
		                YAML_BYTES_MAX);
	if (!yaml_parser_initialize(&reader.parser))
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "%s: out of memory", origin);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, len);
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING); /* else a byte order mark may say UTF-16 */
	rc = read_stream(&reader, &loaded.root, err);
	yaml_parser_delete(&reader.parser);
	for (size_t i = 0; i < reader.n_anchors; i++)
		free(reader.anchors[i].name);
	if (rc < 0)
		yaml_finish(&loaded);
	else
		*doc = loaded;
	return rc;
}

void yaml_finish(struct yaml_doc *doc)
{
	json_free(doc->root);
	free(doc->marks);
	*doc = (struct yaml_doc){0};
}

static const struct yaml_mark *find_mark(const struct yaml_doc *doc, const struct json_object *parent, size_t index)
{
	for (size_t i = 0; i < doc->n_marks; i++)
		if (doc->marks[i].parent == parent && doc->marks[i].index == index)
			return &doc->marks[i];
	return NULL;
}

static int fail_in(const struct yaml_doc *doc, const struct json_object *parent, size_t index, struct sbx_err *err,
                   const char *fmt, va_list args)
{
	const struct yaml_mark *mark = find_mark(doc, parent, index);

	if (mark == NULL)
		mark = find_mark(doc, NULL, 0);
	return fail_va(doc, mark != NULL ? mark->line : 0, mark != NULL ? mark->column : 0, EINVAL, err, fmt, args);
}

struct key_search {
	const char *key;
	size_t index;
};

static int is_other_key(const char *key, struct json_object *value, void *data, struct sbx_err *err)
{
	struct key_search *search = data;

	(void)value;
	(void)err;
	if (strcmp(key, search->key) == 0)
		return -EEXIST;
	search->index++;
	return 0;
}

int(yaml_fail_key)(const struct yaml_doc *doc, struct json_object *map, const char *key, struct sbx_err *err,
                   const char *fmt, ...)
{
	struct key_search search = {.key = key};
	bool is_there =
	        key != NULL && json_kind_of(map) == JSON_OBJECT && json_each(map, is_other_key, &search, err) < 0;
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = fail_in(doc, map, is_there ? search.index : SELF, err, fmt, args);
	va_end(args);
	return rc;
}

int(yaml_fail_item)(const struct yaml_doc *doc, struct json_object *list, size_t index, struct sbx_err *err,
                    const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = fail_in(doc, list, index, err, fmt, args);
	va_end(args);
	return rc;
}
