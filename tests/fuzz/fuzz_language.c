/* Language definitions in YAML: what is taken can be used for any files. */
#include "fuzz.h"

#include "policy/language.h"
#include "policy/language_argv.h"
#include "policy/seccomp.h"

static void check_step(const struct language_step *step)
{
	FUZZ_ASSERT(step->argv != NULL && step->env != NULL && step->binds != NULL);
	for (const char *const *arg = step->argv; *arg != NULL; arg++)
		FUZZ_ASSERT(language_argv_check(*arg) == NULL);
	for (const char *const *env = step->env; *env != NULL; env++)
		FUZZ_ASSERT(strchr(*env, '=') > *env);
	for (const char *const *bind = step->binds; *bind != NULL; bind++)
		FUZZ_ASSERT(**bind == '/');
	FUZZ_ASSERT(step->pids_max > 0 && step->open_files_max > 0);
	FUZZ_ASSERT(step->fsize_bytes_max > 0 && step->tmp_bytes_max > 0);
}

#define HOSTILE "-o x" /* how the name of a file begins */

static bool is_own(const char *const *argv)
{
	for (; *argv != NULL; argv++)
		if (strncmp(*argv, HOSTILE, strlen(HOSTILE)) == 0)
			return true;
	return false;
}

/* No word of a command that is made of a stranger's file is an option. */
static void check_command(const struct language *language, const char *const *argv, const struct language_file *files)
{
	const struct language_values values = {files, 2, 64 << 20};
	struct sbx_err err = {0};
	char **words = NULL;
	size_t n = 0;

	if (language_argv(language, argv, &values, &words, &err) < 0) {
		fuzz_assert_error(&err);
		return;
	}
	for (; words[n] != NULL; n++)
		FUZZ_ASSERT(strncmp(words[n], HOSTILE, strlen(HOSTILE)) != 0 || is_own(argv));
	while (*argv != NULL) {
		FUZZ_ASSERT(n-- > 0);
		argv++;
	}
	free(words);
}

static void check_language(const struct language *language)
{
	const char *extension = language->extensions[0] != NULL ? language->extensions[0] : "";
	char name[300];
	struct language_file files[2] = {{.text = "class A { static void main(String[] a) {} }"}, {.text = ""}};
	char *names[2] = {0};
	struct sbx_err err = {0};

	FUZZ_ASSERT(language->name != NULL && language->name[0] >= 'a' && language->name[0] <= 'z');
	FUZZ_ASSERT(language->title != NULL && language->entry < LANGUAGE_ENTRY_MAX);
	FUZZ_ASSERT(language->run.argv[0] != NULL);
	for (const char *const *one = language->extensions; *one != NULL; one++) {
		FUZZ_ASSERT((*one)[0] == '.' && (*one)[1] != '\0');
		snprintf(name, sizeof(name), "a%.250s", *one);
		FUZZ_ASSERT(strlen(*one) > 250 || language_is_source(language, name));
	}
	check_step(&language->run);
	if (language->compile.argv[0] != NULL)
		check_step(&language->compile);
	snprintf(name, sizeof(name), HOSTILE "%.250s", extension);
	files[0].name = name;
	files[0].len = strlen(files[0].text);
	if (language_file_name(language, &files[0], &names[0], &err) == 0 &&
	    language_file_name(language, &files[1], &names[1], &err) == 0) {
		files[0].name = names[0];
		files[1].name = names[1];
		check_command(language, language->run.argv, files);
		check_command(language, language->compile.argv, files);
	}
	free(names[0]);
	free(names[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FUZZ_CLEANUP char *text = fuzz_bytes((const char *)data, size);
	struct language *language = NULL;
	struct sbx_err err = {0};

	if (language_load(text, size, "fuzz.yaml", &language, &err) < 0)
		fuzz_assert_error(&err);
	else
		check_language(language);
	language_free(language);
	return 0;
}
