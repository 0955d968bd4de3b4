/*
 * A definition of a language: YAML to a struct language, by the tables of keys below. Called by the generator when sbx
 * is built, and for a caller's own definitions.
 */
#include "policy/language_default.h"

#include "policy/json.h"
#include "policy/language_argv.h"
#include "policy/yaml_map.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What language_load() gives: the language, and the tree that its strings lie in. */
struct loaded {
	struct language language; /* first: a pointer to one is a pointer to the other */
	struct yaml_doc doc;
};

static int read_name(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || *text < 'a' || *text > 'z' ||
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
		return yaml_wanted(place, "a letter and then letters, digits and _, all in lower case", err);
	*(const char **)field = text;
	return 0;
}

static int read_factor(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	double value;

	if (!json_double_of(place->value, &value) || value < 0.001 || value > 1000)
		return yaml_wanted(place, "a number from 0.001 to 1000", err);
	*(uint64_t *)field = (uint64_t)lround(value * 1000);
	return 0;
}

/* An exit status, or a signal's number. */
static int read_byte(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	uint64_t value;

	if (!json_u64_of(place->value, &value) || value == 0 || value > 255)
		return yaml_wanted(place, "a whole number from 1 to 255", err);
	*(unsigned *)field = (unsigned)value;
	return 0;
}

static int read_entry(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text != NULL && strcmp(text, "first") == 0)
		*(enum language_entry *)field = LANGUAGE_ENTRY_FIRST;
	else if (text != NULL && strcmp(text, "java") == 0)
		*(enum language_entry *)field = LANGUAGE_ENTRY_JAVA;
	else
		return yaml_wanted(place, "first or java", err);
	return 0;
}

/* ---- lists: check() says what is wrong with an item, NULL for nothing ---- */

static const char *const no_strings[] = {NULL};

static void free_list(const char *const *list)
{
	if (list != no_strings)
		free((void *)(uintptr_t)list);
}

static int read_list(const struct yaml_place *place, const char *(*check)(const char *item), void *field,
                     struct sbx_err *err)
{
	size_t n = json_length(place->value);
	const char **list;

	if (n == 0)
		return yaml_wanted(place, "a list with something in it", err);
	for (size_t i = 0; i < n; i++) {
		const char *item = json_string_of(json_at(place->value, i));
		const char *wrong = item == NULL || *item == '\0' ? "not a string with something in it" : check(item);

		if (wrong != NULL)
			return yaml_fail_item(place->doc, place->value, i, err, "\"%s\": %s", place->key, wrong);
	}
	list = calloc(n + 1, sizeof(*list));
	if (list == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		list[i] = json_string_of(json_at(place->value, i));
	*(const char *const **)field = list;
	return 0;
}

static const char *check_extension(const char *item)
{
	/* a file's begins at its last dot */
	return item[0] != '.' || item[1] == '\0' || strpbrk(item + 1, "./") != NULL ? "not an extension, as .cpp"
	                                                                            : NULL;
}

static const char *check_package(const char *item)
{
	return item[strspn(item, "abcdefghijklmnopqrstuvwxyz0123456789+-.")] != '\0' || item[0] == '-'
	               ? "not the name of a package"
	               : NULL;
}

static const char *check_literal(const char *item)
{
	return item[strcspn(item, "{}")] != '\0' ? "no placeholders here" : NULL;
}

static const char *check_env(const char *item)
{
	return strchr(item, '=') == NULL || item[0] == '=' ? "not of the form NAME=VALUE" : check_literal(item);
}

static const char *check_path(const char *item)
{
	return item[0] != '/' ? "not an absolute path" : check_literal(item);
}

static int read_extensions(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_list(place, check_extension, field, err);
}

static int read_packages(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_list(place, check_package, field, err);
}

static int read_version(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_list(place, check_literal, field, err);
}

static int read_argv(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_list(place, language_argv_check, field, err);
}

static int read_env(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_list(place, check_env, field, err);
}

static int read_paths(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	return read_list(place, check_path, field, err);
}

/* ---- the keys ---- */

#define FIELD(name) offsetof(struct language, name)

static const struct yaml_key compile_keys[] = {
        {"command", read_argv, FIELD(compile.argv), NULL, true},
        {"profile", yaml_read_string, FIELD(compile.profile), NULL, true},
        {"env", read_env, FIELD(compile.env), NULL, false},
        {"binds", read_paths, FIELD(compile.binds), NULL, false},
        {"pids", yaml_read_count, FIELD(compile.pids_max), NULL, false},
        {"open_files", yaml_read_count, FIELD(compile.open_files_max), NULL, false},
        {"fsize", yaml_read_size, FIELD(compile.fsize_bytes_max), NULL, false},
        {"tmp", yaml_read_size, FIELD(compile.tmp_bytes_max), NULL, false},
        {"time", yaml_read_duration, FIELD(compile_time_us_max), NULL, false},
        {"memory", yaml_read_size, FIELD(compile_memory_bytes_max), NULL, false},
        {.name = NULL},
};

static const struct yaml_key run_keys[] = {
        {"command", read_argv, FIELD(run.argv), NULL, true},
        {"profile", yaml_read_string, FIELD(run.profile), NULL, true},
        {"env", read_env, FIELD(run.env), NULL, false},
        {"binds", read_paths, FIELD(run.binds), NULL, false},
        {"pids", yaml_read_count, FIELD(run.pids_max), NULL, false},
        {"open_files", yaml_read_count, FIELD(run.open_files_max), NULL, false},
        {"fsize", yaml_read_size, FIELD(run.fsize_bytes_max), NULL, false},
        {"tmp", yaml_read_size, FIELD(run.tmp_bytes_max), NULL, false},
        {"time_factor", read_factor, FIELD(time_factor_millis), NULL, false},
        {"memory_headroom", yaml_read_size, FIELD(memory_headroom_bytes), NULL, false},
        {"heap_exit", read_byte, FIELD(heap_exit), NULL, false},
        {"heap_signal", read_byte, FIELD(heap_signal), NULL, false},
        {.name = NULL},
};

static const struct yaml_key language_keys[] = {
        {"name", read_name, FIELD(name), NULL, true},
        {"title", yaml_read_string, FIELD(title), NULL, true},
        {"extensions", read_extensions, FIELD(extensions), NULL, true},
        {"packages", read_packages, FIELD(packages), NULL, true},
        {"version", read_version, FIELD(version), NULL, true},
        {"source", yaml_read_string, FIELD(source), NULL, true},
        {"entry", read_entry, FIELD(entry), NULL, false},
        {"by_name", yaml_read_bool, FIELD(by_name), NULL, false},
        {"plain_names", yaml_read_bool, FIELD(plain_names), NULL, false},
        {"compile", NULL, 0, compile_keys, false},
        {"run", NULL, 0, run_keys, true},
        {.name = NULL},
};

static void set_defaults(struct language *language)
{
	*language = (struct language){
	        LANGUAGE_DEFAULTS,
	        .extensions = no_strings,
	        .packages = no_strings,
	        .version = no_strings,
	        .compile = {LANGUAGE_COMPILE_DEFAULTS, .argv = no_strings, .profile = "default", .env = no_strings,
	                    .binds = no_strings},
	        .run = {LANGUAGE_RUN_DEFAULTS, .argv = no_strings, .profile = "default", .env = no_strings,
	                .binds = no_strings},
	};
}

static int read_document(struct loaded *loaded, struct sbx_err *err)
{
	const struct language *language = &loaded->language;
	struct json_object *root = loaded->doc.root;

	if (json_kind_of(root) != JSON_OBJECT)
		return yaml_fail_key(&loaded->doc, NULL, NULL, err, "a definition is a map");
	TRY(yaml_read_map(&loaded->doc, root, language_keys, &loaded->language, err));
	if (!language_is_source(language, language->source) || strchr(language->source, '/') != NULL)
		return yaml_fail_key(&loaded->doc, root, "source", err,
		                     "\"source\" has to be a file name with one of the extensions");
	return 0;
}

int language_load(const char *text, size_t len, const char *origin, struct language **ret, struct sbx_err *err)
{
	struct loaded *loaded = calloc(1, sizeof(*loaded));
	int rc;

	if (loaded == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "%s: out of memory", origin);
	set_defaults(&loaded->language);
	rc = yaml_load(&loaded->doc, text, len, origin, err);
	if (rc == 0)
		rc = read_document(loaded, err);
	if (rc < 0)
		language_free(&loaded->language);
	else
		*ret = &loaded->language;
	return rc;
}

void language_free(struct language *language)
{
	struct loaded *loaded = (struct loaded *)language;

	if (language == NULL)
		return;
	free_list(language->extensions);
	free_list(language->packages);
	free_list(language->version);
	for (int i = 0; i < 2; i++) {
		const struct language_step *step = i == 0 ? &language->compile : &language->run;

		free_list(step->argv);
		free_list(step->env);
		free_list(step->binds);
	}
	yaml_finish(&loaded->doc);
	free(loaded);
}
