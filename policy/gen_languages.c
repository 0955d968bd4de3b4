/*
 * Run when sbx is built: `gen_languages policy/languages/bash.yaml ... > languages.c` reads each definition and writes
 * the C file that defines language_builtin[], in the order of the arguments, which is that in which `sbx languages`
 * lists them.
 */
#include "policy/gen_text.h"
#include "policy/language.h"
#include "policy/yaml.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* language.c looks languages up here; the generator has none to look up. */
const struct language language_builtin[] = {{.name = NULL}};

static void write_string(const char *field, const char *text)
{
	printf("\t\t.%s = ", field);
	gen_literal(text, strlen(text));
	printf(",\n");
}

static void write_strings(const char *field, const char *const *list)
{
	printf("\t\t.%s = (const char *const[]){", field);
	for (; *list != NULL; list++) {
		gen_literal(*list, strlen(*list));
		printf(", ");
	}
	printf("NULL},\n");
}

static void write_u64(const char *field, uint64_t value)
{
	printf("\t\t.%s = UINT64_C(%" PRIu64 "),\n", field, value);
}

static void write_step(const char *field, const struct language_step *step)
{
	printf("\t\t.%s = {\n", field);
	write_strings("argv", step->argv);
	write_string("profile", step->profile);
	write_strings("env", step->env);
	write_strings("binds", step->binds);
	write_u64("pids_max", step->pids_max);
	write_u64("open_files_max", step->open_files_max);
	write_u64("fsize_bytes_max", step->fsize_bytes_max);
	write_u64("tmp_bytes_max", step->tmp_bytes_max);
	printf("\t\t},\n");
}

static void write_language(const struct language *language)
{
	printf("\t{\n");
	write_string("name", language->name);
	write_string("title", language->title);
	write_strings("extensions", language->extensions);
	write_strings("packages", language->packages);
	write_strings("version", language->version);
	write_string("source", language->source);
	printf("\t\t.entry = %d,\n\t\t.by_name = %d,\n\t\t.plain_names = %d,\n", language->entry, language->by_name,
	       language->plain_names);
	write_step("compile", &language->compile);
	write_u64("compile_time_us_max", language->compile_time_us_max);
	write_u64("compile_memory_bytes_max", language->compile_memory_bytes_max);
	write_step("run", &language->run);
	write_u64("time_factor_millis", language->time_factor_millis);
	write_u64("memory_headroom_bytes", language->memory_headroom_bytes);
	printf("\t\t.heap_exit = %u,\n\t\t.heap_signal = %u,\n\t},\n", language->heap_exit, language->heap_signal);
}

static int write_file(const char *path, struct sbx_err *err)
{
	FREE_CLEANUP char *text = NULL;
	__attribute__((cleanup(language_freep))) struct language *language = NULL;
	size_t len;

	TRY(gen_read_file(path, YAML_BYTES_MAX, &text, &len, err));
	TRY(language_load(text, len, path, &language, err));
	write_language(language);
	return 0;
}

int main(int argc, char **argv)
{
	struct sbx_err err;

	printf("/* Written by policy/gen_languages.c. */\n#include \"policy/language.h\"\n\n"
	       "const struct language language_builtin[] = {\n");
	for (int i = 1; i < argc; i++) {
		if (write_file(argv[i], &err) < 0) {
			fprintf(stderr, "gen_languages: %s\n", err.msg);
			return 1;
		}
	}
	printf("\t{.name = NULL},\n};\n");
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "gen_languages: cannot write: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
