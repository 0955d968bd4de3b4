/*
 * From a definition and the names of files to the argv that is started. No shell ever sees these names, so the only
 * ones to guard against are those that a program takes for something else than a file.
 */
#include "policy/language_argv.h"

#include "policy/language.h"
#include "policy/language_java.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAP_MB_MAX UINT64_C(65536) /* address space for more cannot be had everywhere */

enum placeholder {
	PLACEHOLDER_SOURCES,
	PLACEHOLDER_MAIN,
	PLACEHOLDER_STEM,
	PLACEHOLDER_CLASS,
	PLACEHOLDER_HEAP_MB,
	PLACEHOLDER_MAX, /* none */
};

static const char *const placeholder_names[PLACEHOLDER_MAX] = {
        [PLACEHOLDER_SOURCES] = "{sources}", [PLACEHOLDER_MAIN] = "{main}",       [PLACEHOLDER_STEM] = "{stem}",
        [PLACEHOLDER_CLASS] = "{class}",     [PLACEHOLDER_HEAP_MB] = "{heap_mb}",
};

static enum placeholder placeholder_at(const char *text)
{
	for (enum placeholder p = 0; p < PLACEHOLDER_MAX; p++)
		if (strncmp(text, placeholder_names[p], strlen(placeholder_names[p])) == 0)
			return p;
	return PLACEHOLDER_MAX;
}

const char *language_argv_check(const char *element)
{
	for (const char *at = element + strcspn(element, "{}"); *at != '\0'; at += strcspn(at, "{}")) {
		enum placeholder p = placeholder_at(at);

		if (p == PLACEHOLDER_MAX)
			return "a brace that belongs to none of {sources}, {main}, {stem}, {class}, {heap_mb}";
		if (p == PLACEHOLDER_SOURCES && strcmp(element, placeholder_names[p]) != 0)
			return "{sources} has to be an element of its own";
		at += strlen(placeholder_names[p]);
	}
	return NULL;
}

/* ---- the names of files ---- */

static size_t stem_len(const char *name)
{
	const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');

	return dot != NULL && (slash == NULL || dot > slash) ? (size_t)(dot - name) : strlen(name);
}

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* '-', '+', '@', '/' start options, and files with options in them, of one toolchain or another. */
static bool needs_guard(const char *name)
{
	return !is_alphanumeric(*name) && *name != '_' && (unsigned char)*name < 0x80;
}

static bool is_plain(const char *name)
{
	for (const char *at = name; *at != '\0'; at++)
		if (!is_alphanumeric(*at) && *at != '_' && *at != '/' && (*at != '.' || at == name || at[-1] == '/'))
			return false;
	return true;
}

/* Whether it stays in its folder, whatever is in there. */
static bool is_below(const char *name)
{
	while (*name != '\0') {
		size_t len = strcspn(name, "/");

		if (len == 0 || (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		if (name[len] == '\0')
			return true;
		name += len + 1;
	}
	return false;
}

static int check_name(const struct language *language, const char *name, struct sbx_err *err)
{
	if (!is_below(name))
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%.100s: not a name of a file below the job's folder",
		                *name != '\0' ? name : "\"\"");
	if (language->plain_names && language_is_source(language, name) && !is_plain(name))
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
		                "%.100s: the name of a file in %.40s can have letters, digits, _ and . only", name,
		                language->title);
	return 0;
}

/* `name` with its last component replaced, and without one (NULL) the new name alone. */
static char *renamed(const char *name, const char *stem, const char *extension)
{
	const char *slash = name != NULL ? strrchr(name, '/') : NULL;
	char *text;

	if (asprintf(&text, "%.*s%s%s", slash != NULL ? (int)(slash - name + 1) : 0, name != NULL ? name : "", stem,
	             extension) < 0)
		return NULL;
	return text;
}

static char *java_file_name(const struct language *language, const struct language_file *file)
{
	const char *extension = language->source + stem_len(language->source);
	struct java_source source;

	java_source_read(file->text, file->len, &source);
	if (source.public_type[0] != '\0')
		return renamed(file->name, source.public_type, extension);
	if (file->name != NULL)
		return strdup(file->name);
	return source.main_type[0] != '\0' ? renamed(NULL, source.main_type, extension) : strdup(language->source);
}

bool language_names_by_text(const struct language *language, const char *name)
{
	return language->entry == LANGUAGE_ENTRY_JAVA && (name == NULL || language_is_source(language, name));
}

int language_file_name(const struct language *language, const struct language_file *file, char **ret,
                       struct sbx_err *err)
{
	char *name;

	if (file->name != NULL)
		TRY(check_name(language, file->name, err));
	if (language_names_by_text(language, file->name))
		name = java_file_name(language, file);
	else
		name = strdup(file->name != NULL ? file->name : language->source);
	if (name == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "out of memory");
	*ret = name;
	return 0;
}

/* ---- the commands ---- */

struct values {
	const struct language *language;
	const struct language_file *files;
	size_t n_files;
	const char *main;
	char class[2 * LANGUAGE_CLASS_BYTES]; /* package, '.', type */
	char heap_mb[24];
};

static int find_main(struct values *values, struct sbx_err *err)
{
	for (size_t i = 0; i < values->n_files; i++) {
		const char *name = values->files[i].name;

		if (strcmp(name, values->language->source) == 0) {
			values->main = name;
			return 0;
		}
		if (values->main == NULL && language_is_source(values->language, name))
			values->main = name;
	}
	return values->main != NULL ? 0
	                            : sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "no file is a source in %.40s",
	                                       values->language->title);
}

/*
 * The class with `main`, else (it may inherit one) a public type; where there is none either, the JVM will say it
 * better than we can.
 */
static void find_class(struct values *values)
{
	const struct language *language = values->language;
	struct java_source source, best = {0};

	for (size_t i = 0; i < values->n_files && best.main_type[0] == '\0'; i++) {
		const struct language_file *file = &values->files[i];

		if (!language_is_source(language, file->name))
			continue;
		java_source_read(file->text, file->len, &source);
		if (source.main_type[0] != '\0' || best.public_type[0] == '\0')
			best = source;
		if (source.main_type[0] != '\0')
			values->main = file->name;
	}
	if (best.main_type[0] == '\0')
		strcpy(best.main_type, best.public_type);
	if (best.main_type[0] == '\0')
		snprintf(best.main_type, sizeof(best.main_type), "%.*s", (int)stem_len(language->source),
		         language->source);
	snprintf(values->class, sizeof(values->class), "%s%s%s", best.package, best.package[0] != '\0' ? "." : "",
	         best.main_type);
}

/* Where an argv is written, or (argv NULL) measured. */
struct sink {
	char **argv;
	char *text;
	size_t n_args, n_bytes;
};

static void put(struct sink *sink, const char *text, size_t len)
{
	if (sink->argv != NULL)
		memcpy(sink->text + sink->n_bytes, text, len);
	sink->n_bytes += len;
}

static void begin_arg(struct sink *sink)
{
	if (sink->argv != NULL)
		sink->argv[sink->n_args] = sink->text + sink->n_bytes;
	sink->n_args++;
}

static void put_name(struct sink *sink, const char *name, size_t len, bool starts_arg)
{
	if (starts_arg && needs_guard(name))
		put(sink, "./", 2);
	put(sink, name, len);
}

static void put_placeholder(struct sink *sink, const struct values *values, enum placeholder p, bool starts_arg)
{
	switch (p) {
	case PLACEHOLDER_MAIN:
		put_name(sink, values->main, strlen(values->main), starts_arg);
		break;
	case PLACEHOLDER_STEM:
		put_name(sink, values->main, stem_len(values->main), starts_arg);
		break;
	case PLACEHOLDER_CLASS:
		put(sink, values->class, strlen(values->class));
		break;
	case PLACEHOLDER_HEAP_MB:
		put(sink, values->heap_mb, strlen(values->heap_mb));
		break;
	case PLACEHOLDER_SOURCES:
	case PLACEHOLDER_MAX:
		break;
	}
}

static void put_sources(struct sink *sink, const struct values *values)
{
	for (size_t i = 0; i < values->n_files; i++) {
		const char *name = values->files[i].name;

		if (!language_is_source(values->language, name))
			continue;
		begin_arg(sink);
		put_name(sink, name, strlen(name) + 1, true);
	}
}

static void put_element(struct sink *sink, const struct values *values, const char *element)
{
	const char *at = element;

	if (placeholder_at(element) == PLACEHOLDER_SOURCES) {
		put_sources(sink, values);
		return;
	}
	begin_arg(sink);
	while (*at != '\0') {
		size_t len = strcspn(at, "{");
		enum placeholder p;

		put(sink, at, len);
		at += len;
		p = placeholder_at(at);
		if (p == PLACEHOLDER_MAX)
			break; /* the end: the loader lets no other brace pass */
		put_placeholder(sink, values, p, at == element);
		at += strlen(placeholder_names[p]);
	}
	put(sink, "", 1);
}

static void put_argv(struct sink *sink, const struct values *values, const char *const *argv)
{
	for (; *argv != NULL; argv++)
		put_element(sink, values, *argv);
}

int language_argv(const struct language *language, const char *const *argv, const struct language_values *values,
                  char ***ret, struct sbx_err *err)
{
	struct values known = {.language = language, .files = values->files, .n_files = values->n_files};
	uint64_t heap_mb = values->memory_bytes_max >> 20;
	struct sink measure = {0}, sink = {0};

	TRY(find_main(&known, err));
	if (language->entry == LANGUAGE_ENTRY_JAVA)
		find_class(&known);
	if (heap_mb > HEAP_MB_MAX)
		heap_mb = HEAP_MB_MAX;
	snprintf(known.heap_mb, sizeof(known.heap_mb), "%" PRIu64, heap_mb > 0 ? heap_mb : 1);
	put_argv(&measure, &known, argv);
	sink.argv = calloc(1, (measure.n_args + 1) * sizeof(*sink.argv) + measure.n_bytes);
	if (sink.argv == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "out of memory");
	sink.text = (char *)(sink.argv + measure.n_args + 1);
	put_argv(&sink, &known, argv);
	*ret = sink.argv;
	return 0;
}
