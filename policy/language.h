/*
 * Languages: how a submission in one is recognised, compiled and run. Each is a YAML file, policy/languages/NAME.yaml;
 * the built-in ones are read when sbx is built (policy/gen_languages.c writes them as tables), so that they cost a
 * start nothing, and language_load() reads a caller's own. Nothing here touches the host: whether a toolchain is
 * installed shows when it is started.
 *
 * A command is an argv, never a line for a shell. In its elements are replaced:
 *   {sources}  all sources, one element each; stands alone
 *   {main}     the source where the program starts
 *   {stem}     that name without its extension
 *   {class}    the class that the JVM starts, with its package
 *   {heap_mb}  the test's memory limit in MiB, at least 1: what a runtime is told that manages a heap of its own
 * Any other brace is an error of the definition. Names of files come from strangers; one that could be taken for an
 * option or a response file gets "./" in front.
 */
#pragma once

#include "sandbox/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LANGUAGE_CLASS_BYTES 256 /* of a type or a package, NUL included */

enum language_entry {
	LANGUAGE_ENTRY_FIRST, /* the source that has the name `source`; where there is none, the first */
	LANGUAGE_ENTRY_JAVA,  /* the first with a `static void main`; public types name their files */
	LANGUAGE_ENTRY_MAX,
};

/* One of the two commands, and the box that it gets. Lists end with NULL, and are never NULL themselves. */
struct language_step {
	const char *const *argv;  /* empty (compile only): nothing to do */
	const char *profile;      /* a name of `sbx policy list` */
	const char *const *env;   /* "K=V", beside the box's own PATH, HOME=/tmp and LANG */
	const char *const *binds; /* paths of the host, read-only in the box too; those it lacks are left out */
	uint64_t pids_max;
	uint64_t open_files_max;
	uint64_t fsize_bytes_max;
	uint64_t tmp_bytes_max;
};

struct language {
	const char *name;              /* "cpp": what --language takes: a-z, 0-9 and _, a letter first */
	const char *title;             /* "C++17 (GCC)" */
	const char *const *extensions; /* ".cpp", ".cc"; no two languages that can be detected have one in common */
	const char *const *packages;   /* of Debian, for "apt-get install" */
	/* argv without placeholders that prints a version in its first line; for the compiler's box, else a run's */
	const char *const *version;
	const char *source; /* "main.cpp": the name of a source that came without one */
	enum language_entry entry;
	bool by_name;     /* never detected (PyPy), so that it can share its extensions with another */
	bool plain_names; /* the toolchain takes sources only whose names are letters, digits, _ and . */

	struct language_step compile; /* in a box where /box can be written */
	uint64_t compile_time_us_max;
	uint64_t compile_memory_bytes_max;

	struct language_step run;       /* /box is read-only */
	uint64_t time_factor_millis;    /* of the test's CPU limit: 1000 is the limit itself */
	uint64_t memory_headroom_bytes; /* on top of the test's memory limit: what the runtime takes for itself */
	/* How the runtime ends a program whose {heap_mb} are used up, which to the kernel is no event; 0: not so. */
	unsigned heap_exit;   /* an exit status */
	unsigned heap_signal; /* the number of a signal */
};

/* The built-in languages by name, ended by a NULL name. Static storage, in the file that gen_languages writes. */
extern const struct language language_builtin[];

/* NULL where there is none of that name. */
const struct language *language_builtin_find(const char *name);

/*
 * One definition from YAML text. Fails with SBX_STAGE_USAGE and "origin:line:column: ..." for broken YAML, an unknown
 * or missing key, a wrong type, a value out of range, an unknown placeholder. *ret is freed by language_free().
 */
int language_load(const char *text, size_t len, const char *origin, struct language **ret, struct sbx_err *err);
void language_free(struct language *language); /* NULL is fine */
static inline void language_freep(struct language **language)
{
	language_free(*language);
}

/*
 * What builds and runs a program that has scripts of its own, which no detection finds and no name: `build`, if it has
 * that, and the `run` that is there then. Static storage.
 */
const struct language *language_scripts(bool has_build);
/*
 * What runs a command that the caller gives himself: nothing is compiled, the limits are those of `sbx run`, and so is
 * the profile. It has no command. Static storage.
 */
const struct language *language_none(void);

/* A file of a submission: its name below /box, and the text of those that language_is_source(). */
struct language_file {
	const char *name;
	const char *text;
	size_t len;
	bool is_executable; /* in the box */
};

/* Whether `name` has an extension of the language. A header, a data file, is none: in the box, but in no command. */
bool language_is_source(const struct language *language, const char *name);

/* Whether `name`, which no language has the extension of, is there for people to read: README, README.txt, notes.md. */
bool language_is_documentation(const char *name);

/*
 * The language of files with these names, among `languages` (ended by a NULL name), by their extensions. Headers (.h,
 * .hh, .hpp, .hxx), documentation and names without an extension are passed over. Fails with SBX_STAGE_USAGE where
 * nothing is left, an extension is nobody's, or two languages are mixed; the message names both files.
 */
int language_detect(const struct language *languages, const char *const *names, size_t n_names,
                    const struct language **ret, struct sbx_err *err);

/*
 * The name under which a source is to be stored below /box, malloc'ed: its own, or where it has none (NULL) the
 * language's `source`. A Java file is called after its public type; one without, and without a name of its own, after
 * its class with `main`, else `source`. Fails with SBX_STAGE_USAGE for a name that is absolute, leaves /box, or that
 * the toolchain cannot take. Two files can get one name: the caller has to look.
 */
int language_file_name(const struct language *language, const struct language_file *file, char **ret,
                       struct sbx_err *err);
/* Whether that depends on the file's text, of one that is called `name` (or NULL). */
bool language_names_by_text(const struct language *language, const char *name);

/* What the placeholders stand for. */
struct language_values {
	const struct language_file *files; /* under the names that language_file_name() gave them */
	size_t n_files;
	uint64_t memory_bytes_max; /* of the test, without headroom; {heap_mb} is 65536 at most */
};

/*
 * A command with its placeholders replaced, ended by NULL: one block of memory, freed with free(). The same for both
 * commands of a language. Fails with SBX_STAGE_USAGE where `values` has no source. A class there always is: of
 * files without one the JVM says so better than we can.
 */
int language_argv(const struct language *language, const char *const *argv, const struct language_values *values,
                  char ***ret, struct sbx_err *err);
