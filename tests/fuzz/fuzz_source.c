/*
 * What a submission says of itself: its files' names and languages, the types in a Java source, the line with the
 * verdict that is expected. No name leads out of /box or looks like an option.
 */
#include "fuzz.h"

#include "policy/language.h"
#include "policy/language_java.h"
#include "policy/problem.h"

static void check_name(const char *name)
{
	FUZZ_ASSERT(name[0] != '\0' && name[0] != '/');
	for (const char *at = name; at != NULL; at = strchr(at, '/')) {
		at += *at == '/';
		size_t len = strcspn(at, "/");
		FUZZ_ASSERT(len > 0 && !(len == 1 && at[0] == '.') && !(len == 2 && at[0] == '.' && at[1] == '.'));
		at += len;
		if (*at == '\0')
			break;
	}
}

static bool is_type(const char *name, size_t size)
{
	return strnlen(name, size) < size && strpbrk(name, " \t\n/{}();\"'") == NULL;
}

static void try_java(const char *text, size_t len)
{
	struct java_source java;

	memset(&java, 'x', sizeof(java));
	java_source_read(text, len, &java);
	FUZZ_ASSERT(is_type(java.package, sizeof(java.package)));
	FUZZ_ASSERT(is_type(java.public_type, sizeof(java.public_type)) && strchr(java.public_type, '.') == NULL);
	FUZZ_ASSERT(is_type(java.main_type, sizeof(java.main_type)) && strchr(java.main_type, '.') == NULL);
}

static void try_expect(const char *text, size_t len)
{
	char what[200] = "";
	unsigned set = UINT32_MAX;

	if (problem_expect_source(text, len, &set, what, sizeof(what)) < 0) {
		FUZZ_ASSERT(set == UINT32_MAX && what[0] != '\0' && strnlen(what, sizeof(what)) < sizeof(what));
		return;
	}
	FUZZ_ASSERT(set < 1U << JUDGEMENT_MAX);
	FUZZ_ASSERT(set == PROBLEM_EXPECT_ANY || memmem(text, len, "@", 1) != NULL);
}

static void try_command(const struct language *language, const struct language_values *values,
                        const char *const *command)
{
	struct sbx_err err = {0};
	char **argv = NULL;
	size_t n = 0, n_fixed = 0;

	if (language_argv(language, command, values, &argv, &err) < 0) {
		fuzz_assert_error(&err);
		return;
	}
	while (command[n_fixed] != NULL)
		n_fixed++;
	for (; argv[n] != NULL; n++) {
		/* what is not in the definition stands for a stranger's words */
		bool is_own = false;
		for (size_t i = 0; i < n_fixed; i++)
			is_own |= strcspn(command[i], "{") > 0 &&
			          strncmp(argv[n], command[i], strcspn(command[i], "{")) == 0;
		FUZZ_ASSERT(is_own || (argv[n][0] != '-' && argv[n][0] != '@'));
	}
	FUZZ_ASSERT(n + 1 >= n_fixed);
	free(argv);
}

static void try_language(const struct language *language, const char *name, const char *text, size_t len)
{
	struct language_file file = {.name = name, .text = text, .len = len};
	const struct language_values values = {.files = &file, .n_files = 1, .memory_bytes_max = 64 << 20};
	FUZZ_CLEANUP char *stored = NULL;
	struct sbx_err err = {0};

	if (language_file_name(language, &file, &stored, &err) < 0) {
		fuzz_assert_error(&err);
		return;
	}
	check_name(stored);
	file.name = stored;
	if (!language_is_source(language, stored))
		return;
	try_command(language, &values, language->run.argv);
	if (language->compile.argv[0] != NULL)
		try_command(language, &values, language->compile.argv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	FUZZ_CLEANUP char *name = fuzz_part(&input);
	size_t len = input.left;
	FUZZ_CLEANUP char *text = fuzz_bytes(input.at, len);
	const char *names[] = {name};
	const struct language *found = NULL;
	struct sbx_err err = {0};

	try_java(text, len);
	try_expect(text, len);
	if (language_detect(language_builtin, names, 1, &found, &err) < 0)
		fuzz_assert_error(&err);
	else
		FUZZ_ASSERT(language_is_source(found, name));
	for (const struct language *language = language_builtin; language->name != NULL; language++) {
		try_language(language, name, text, len);
		try_language(language, NULL, text, len);
	}
	return 0;
}
