/* policy/language*.c: the built-in definitions agree with each other, and what becomes of definitions and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/language.h"
#include "policy/language_argv.h"
#include "policy/language_java.h"
#include "policy/seccomp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEN(table) (sizeof(table) / sizeof((table)[0]))
#define MIB (UINT64_C(1) << 20)

/* ---- the built-in ones ---- */

static void check_step(const struct language *language, const struct language_step *step)
{
	if (seccomp_builtin_find(step->profile) == NULL)
		fail_msg("%s: profile %s", language->name, step->profile);
	for (const char *const *arg = step->argv; *arg != NULL; arg++)
		assert_null(language_argv_check(*arg));
	for (const char *const *env = step->env; *env != NULL; env++)
		assert_non_null(strchr(*env, '='));
	for (const char *const *bind = step->binds; *bind != NULL; bind++)
		assert_int_equal(**bind, '/');
	assert_true(step->pids_max > 0 && step->open_files_max > 0);
	assert_true(step->fsize_bytes_max > 0 && step->tmp_bytes_max > 0);
}

static void test_builtins(void **state)
{
	(void)state;
	for (const struct language *l = language_builtin; l->name != NULL; l++) {
		assert_ptr_equal(language_builtin_find(l->name), l);
		assert_true(*l->title != '\0' && l->packages[0] != NULL && l->extensions[0] != NULL);
		assert_int_equal(l->version[0][0], '/');
		assert_non_null(l->run.argv[0]);
		assert_true(language_is_source(l, l->source));
		check_step(l, &l->compile);
		check_step(l, &l->run);
		assert_string_equal(l->compile.argv[0] != NULL ? l->compile.profile : "compile", "compile");
		assert_true(l->compile_time_us_max > 0 && l->compile_memory_bytes_max > 0);
		assert_true(l->time_factor_millis >= 1000);
	}
	assert_null(language_builtin_find("none"));
}

static void test_builtins_all_there(void **state)
{
	static const char *const names[] = {"bash",       "c",       "cpp",  "csharp", "go",        "haskell", "java",
	                                    "javascript", "kotlin",  "lua",  "ocaml",  "pascal",    "perl",    "php",
	                                    "pypy3",      "python3", "ruby", "rust",   "typescript"};
	size_t n = 0;

	(void)state;
	while (language_builtin[n].name != NULL)
		n++;
	assert_int_equal(n, LEN(names));
	for (size_t i = 0; i < n; i++)
		assert_string_equal(language_builtin[i].name, names[i]);
}

static void test_builtin_extensions_are_unique(void **state)
{
	(void)state;
	for (const struct language *l = language_builtin; l->name != NULL; l++) {
		for (const char *const *extension = l->extensions; *extension != NULL; extension++) {
			const struct language *found = NULL;
			struct sbx_err err = {0};
			char name[32];
			const char *const list[] = {name};

			snprintf(name, sizeof(name), "x%s", *extension);
			assert_int_equal(language_detect(language_builtin, list, 1, &found, &err), 0);
			if (found != l && !l->by_name)
				fail_msg("%s is %s's, and %s's", *extension, l->name, found->name);
			for (const struct language *other = l + 1; other->name != NULL; other++)
				if (!l->by_name && !other->by_name)
					assert_false(language_is_source(other, name));
		}
	}
}

/* ---- loading ---- */

#define HEAD                                                                                                           \
	"name: x1\ntitle: X\nextensions: [.x]\npackages: [x]\nversion: [/bin/x, -v]\nsource: main.x\n" /* 6 lines */
#define RUN "run: {command: [x], profile: default}\n"

static void test_load(void **state)
{
	static const char text[] =
	        "name: x1\ntitle: X 1\nextensions: [.x, .xx]\npackages: [x, libx-dev]\nversion: [/bin/x, -v]\n"
	        "source: main.xx\nentry: java\nby_name: true\nplain_names: true\n"
	        "compile:\n  command: [x, '{sources}']\n  profile: compile\n  env: [A=b, C=]\n  binds: [/etc/x]\n"
	        "  time: 1m\n  memory: 1.5G\n  pids: 7\n  open_files: 8\n  fsize: 9M\n  tmp: 10M\n"
	        "run:\n  command: [x, '-o{stem}=x', '{heap_mb}']\n  profile: jvm\n  time_factor: 2.5\n"
	        "  memory_headroom: 64M\n  heap_exit: 3\n  heap_signal: 6\n";
	struct language *l = NULL;
	struct sbx_err err = {0};

	(void)state;
	if (language_load(text, strlen(text), "x.yaml", &l, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(l->name, "x1");
	assert_string_equal(l->title, "X 1");
	assert_string_equal(l->extensions[1], ".xx");
	assert_null(l->extensions[2]);
	assert_string_equal(l->packages[1], "libx-dev");
	assert_string_equal(l->version[1], "-v");
	assert_string_equal(l->source, "main.xx");
	assert_int_equal(l->entry, LANGUAGE_ENTRY_JAVA);
	assert_true(l->by_name && l->plain_names);
	assert_string_equal(l->compile.argv[1], "{sources}");
	assert_string_equal(l->compile.env[1], "C=");
	assert_string_equal(l->compile.binds[0], "/etc/x");
	assert_true(l->compile_time_us_max == 60000000 && l->compile_memory_bytes_max == 1536 * MIB);
	assert_true(l->compile.pids_max == 7 && l->compile.open_files_max == 8);
	assert_true(l->compile.fsize_bytes_max == 9 * MIB && l->compile.tmp_bytes_max == 10 * MIB);
	assert_string_equal(l->run.profile, "jvm");
	assert_true(l->time_factor_millis == 2500 && l->memory_headroom_bytes == 64 * MIB);
	assert_true(l->heap_exit == 3 && l->heap_signal == 6);
	language_free(l);
	language_free(NULL);
}

static void test_load_defaults(void **state)
{
	struct language *l = NULL;
	struct sbx_err err = {0};

	(void)state;
	if (language_load(HEAD RUN, strlen(HEAD RUN), "x.yaml", &l, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(l->entry, LANGUAGE_ENTRY_FIRST);
	assert_true(!l->by_name && !l->plain_names);
	assert_null(l->compile.argv[0]);
	assert_null(l->run.env[0]);
	assert_null(l->run.binds[0]);
	assert_true(l->compile_time_us_max == 30000000 && l->compile_memory_bytes_max == 2048 * MIB);
	assert_true(l->compile.fsize_bytes_max == 256 * MIB && l->compile.tmp_bytes_max == 512 * MIB);
	assert_true(l->run.pids_max == 64 && l->run.open_files_max == 256);
	assert_true(l->run.fsize_bytes_max == 64 * MIB && l->run.tmp_bytes_max == 64 * MIB);
	assert_true(l->time_factor_millis == 1000 && l->memory_headroom_bytes == 0);
	assert_true(l->heap_exit == 0 && l->heap_signal == 0);
	language_free(l);
}

static void test_load_refuses(void **state)
{
	static const struct {
		const char *yaml, *message;
	} rows[] = {
	        {"", "x.yaml:1:1: a definition is a map"},
	        {"[a]", "x.yaml:1:1: a definition is a map"},
	        {"name: x1\n  title: X", "x.yaml:2:8: mapping values"},
	        {HEAD, "x.yaml:1:1: \"run\" is missing"},
	        {HEAD "run: {profile: default}", "x.yaml:7:6: \"command\" is missing"},
	        {HEAD "run:\n  command: [x]", "x.yaml:8:3: \"profile\" is missing"},
	        {HEAD RUN "compile: [x]", "x.yaml:8:1: \"compile\" has to be a map"},
	        {HEAD RUN "colour: red", "x.yaml:8:1: no such key: \"colour\""},
	        {HEAD "run:\n  command: [x]\n  profile: a\n  time: 1s\n", "x.yaml:10:3: no such key: \"time\""},
	        {HEAD RUN "by_name: yes", "x.yaml:8:1: \"by_name\" has to be true or false"},
	        {HEAD RUN "entry: last", "x.yaml:8:1: \"entry\" has to be first or java"},
	        {HEAD RUN "entry: 1", "x.yaml:8:1: \"entry\" has to be first or java"},
	        {"name: C++", "x.yaml:1:1: \"name\" has to be a letter"},
	        {"name: ''", "x.yaml:1:1: \"name\" has to be a letter"},
	        {"name: 1", "x.yaml:1:1: \"name\" has to be a letter"},
	        {"title: ''", "x.yaml:1:1: \"title\" has to be a string"},
	        {"title: 17", "x.yaml:1:1: \"title\" has to be a string"},
	        {"title: ~", "x.yaml:1:1: \"title\" has to be a string"},
	        {"extensions: []", "x.yaml:1:1: \"extensions\" has to be a list"},
	        {"extensions: .x", "x.yaml:1:1: \"extensions\" has to be a list"},
	        {"extensions: [.x,\n x]", "x.yaml:2:2: \"extensions\": not an extension"},
	        {"extensions: [.]", "x.yaml:1:14: \"extensions\": not an extension"},
	        {"extensions: [.x.y]", "x.yaml:1:14: \"extensions\": not an extension"},
	        {"extensions: [.x/y]", "x.yaml:1:14: \"extensions\": not an extension"},
	        {"extensions: [.x, 1]", "x.yaml:1:18: \"extensions\": not a string"},
	        {"packages: [-y]", "x.yaml:1:12: \"packages\": not the name of a package"},
	        {"packages: [a b]", "x.yaml:1:12: \"packages\": not the name of a package"},
	        {"version: [x, '{main}']", "x.yaml:1:14: \"version\": no placeholders here"},
	        {"run:\n  command: [x, '{mian}']", "x.yaml:2:16: \"command\": a brace that belongs to none of"},
	        {"run:\n  command: [x, 'a{']", "x.yaml:2:16: \"command\": a brace"},
	        {"run:\n  command: [x, '}']", "x.yaml:2:16: \"command\": a brace"},
	        {"run:\n  command: [x, '{{main}}']", "x.yaml:2:16: \"command\": a brace"},
	        {"run:\n  command: [x, 'a{sources}']", "x.yaml:2:16: \"command\": {sources} has to be an element"},
	        {"run:\n  command: [x, '{sources}b']", "x.yaml:2:16: \"command\": {sources} has to be an element"},
	        {"run: {command: [x, ]", "x.yaml:2:1"},
	        {"run: {command: [x, '']}", "x.yaml:1:20: \"command\": not a string with something in it"},
	        {"run: {env: [A]}", "x.yaml:1:13: \"env\": not of the form NAME=VALUE"},
	        {"run: {env: ['=b']}", "x.yaml:1:13: \"env\": not of the form NAME=VALUE"},
	        {"run: {env: ['A={main}']}", "x.yaml:1:13: \"env\": no placeholders here"},
	        {"run: {binds: [etc]}", "x.yaml:1:15: \"binds\": not an absolute path"},
	        {"run: {pids: 0}", "x.yaml:1:7: \"pids\" has to be a whole number of at least 1"},
	        {"run: {pids: -1}", "x.yaml:1:7: \"pids\" has to be"},
	        {"run: {pids: 1.5}", "x.yaml:1:7: \"pids\" has to be"},
	        {"run: {pids: 4294967296}", "x.yaml:1:7: \"pids\" has to be"},
	        {"run: {tmp: 64}", "x.yaml:1:7: \"tmp\" has to be a size with its unit"},
	        {"run: {tmp: 64X}", "x.yaml:1:7: \"tmp\" has to be a size with its unit"},
	        {"run: {tmp: unlimited}", "x.yaml:1:7: \"tmp\" has to be a size with its unit"},
	        {"compile: {time: unlimited}", "x.yaml:1:11: \"time\" has to be a time with its unit"},
	        {"run: {time_factor: 0}", "x.yaml:1:7: \"time_factor\" has to be a number"},
	        {"run: {time_factor: '2'}", "x.yaml:1:7: \"time_factor\" has to be a number"},
	        {"run: {heap_exit: 256}", "x.yaml:1:7: \"heap_exit\" has to be a whole number from 1 to 255"},
	        {"name: x\ntitle: X\nextensions: [.x]\npackages: [x]\nversion: [x]\nsource: main.y\n" RUN,
	         "x.yaml:6:1: \"source\" has to be a file name with one of the extensions"},
	        {"name: x\ntitle: X\nextensions: [.x]\npackages: [x]\nversion: [x]\nsource: a/b.x\n" RUN,
	         "x.yaml:6:1: \"source\" has to be a file name with one of the extensions"},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct language untouched, *l = &untouched;
		struct sbx_err err = {0};

		if (language_load(rows[i].yaml, strlen(rows[i].yaml), "x.yaml", &l, &err) >= 0)
			fail_msg("not refused: %s", rows[i].yaml);
		assert_ptr_equal(l, &untouched);
		assert_int_equal(err.stage, SBX_STAGE_USAGE);
		if (strncmp(err.msg, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("\"%s\" is not \"%s\"", err.msg, rows[i].message);
	}
}

/* ---- detection ---- */

static void test_detect(void **state)
{
	static const struct {
		const char *names[4];
		const char *wanted; /* a language, or (with a space) the message */
	} rows[] = {
	        {{"a.cpp"}, "cpp"},
	        {{"a.c", "b.c", "c.h"}, "c"},
	        {{"c.hpp", "a.cc", "b.cpp", "Makefile"}, "cpp"},
	        {{"dir.c/a.py"}, "python3"},
	        {{"-o x.c"}, "c"},
	        {{"a#\n.java"}, "java"},
	        {{"A.kt"}, "kotlin"},
	        {{"a.c", "b.cpp"}, "two languages: a.c is C17 (GCC), but b.cpp is C++17 (GCC)"},
	        {{"a.py", "x.h", "b.rb"}, "two languages: a.py is Python 3 (CPython), but b.rb is Ruby"},
	        {{"a.zig"}, "a.zig: no language has the extension .zig"},
	        {{"a.C"}, "a.C: no language has the extension .C"},
	        {{"a.c", "README.md", "doc/notes.MD", "doc/Readme.txt"}, "c"},
	        {{"README.java"}, "java"},
	        {{"README.md"}, "none of the files has the extension of a language"},
	        {{"a.c", "b.txt"}, "b.txt: no language has the extension .txt"},
	        {{"a.h"}, "none of the files has the extension of a language"},
	        {{"main"}, "none of the files has"},
	        {{".c"}, "none of the files has"},
	        {{"x.c/main"}, "none of the files has"},
	        {{NULL}, "none of the files has"},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		const struct language *found = NULL;
		struct sbx_err err = {0};
		size_t n = 0;
		int rc;

		while (n < LEN(rows[i].names) && rows[i].names[n] != NULL)
			n++;
		rc = language_detect(language_builtin, rows[i].names, n, &found, &err);
		assert_int_equal(rc, strchr(rows[i].wanted, ' ') != NULL ? -EINVAL : 0);
		if (rc == 0)
			assert_string_equal(found->name, rows[i].wanted);
		else if (found != NULL || strncmp(err.msg, rows[i].wanted, strlen(rows[i].wanted)) != 0)
			fail_msg("\"%s\" is not \"%s\"", err.msg, rows[i].wanted);
	}
}

/* ---- names ---- */

static void test_file_names(void **state)
{
	static const struct {
		const char *language, *name, *text;
		const char *wanted; /* NULL: refused */
	} rows[] = {
	        {"cpp", NULL, "", "main.cpp"},
	        {"cpp", "a b#\n.cpp", "", "a b#\n.cpp"},
	        {"cpp", "-o x.cpp", "", "-o x.cpp"},
	        {"cpp", "dir/x.h", "", "dir/x.h"},
	        {"cpp", "...cpp", "", "...cpp"},
	        {"cpp", "", "", NULL},
	        {"cpp", "/etc/x.cpp", "", NULL},
	        {"cpp", "../x.cpp", "", NULL},
	        {"cpp", "a/../x.cpp", "", NULL},
	        {"cpp", "a/./x.cpp", "", NULL},
	        {"cpp", "a//x.cpp", "", NULL},
	        {"cpp", "a/", "", NULL},
	        {"cpp", ".", "", NULL},
	        {"go", "a_1.b.go", "", "a_1.b.go"},
	        {"go", "a/b.go", "", "a/b.go"},
	        {"go", "-o.go", "", NULL},
	        {"go", "a b.go", "", NULL},
	        {"go", ".b.go", "", NULL},
	        {"go", "a/.b.go", "", NULL},
	        {"go", "a b.txt", "", "a b.txt"},
	        {"java", NULL, "public class Foo {}", "Foo.java"},
	        {"java", "x.java", "public class Foo {}", "Foo.java"},
	        {"java", "a/x.java", "package a; public class Foo {}", "a/Foo.java"},
	        {"java", "x.java", "class Foo {}", "x.java"},
	        {"java", NULL, "class A {} class B { static void main(String[] a) {} }", "B.java"},
	        {"java", NULL, "class A {}", "Main.java"},
	        {"java", NULL, "", "Main.java"},
	        {"java", "x.txt", "public class Foo {}", "x.txt"},
	        {"java", "../x.java", "public class Foo {}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		const struct language_file file = {rows[i].name, rows[i].text, strlen(rows[i].text), false};
		struct sbx_err err = {0};
		char *name = NULL;
		int rc = language_file_name(language_builtin_find(rows[i].language), &file, &name, &err);

		if (rc == 0 && rows[i].wanted != NULL)
			assert_string_equal(name, rows[i].wanted);
		else if (rc == 0 || rows[i].wanted != NULL || name != NULL)
			fail_msg("row %zu: %s", i, rc == 0 ? name : err.msg);
		free(name);
	}
}

static void test_argv(void **state)
{
	static const struct {
		const char *language;
		const char *names[4];
		uint64_t bytes;
		const char *argv[10], *wanted; /* elements, each in brackets */
	} rows[] = {
	        {"c", {"a.c", "x.h", "-b.c", "d e.c"}, 0, {"cc", "{sources}", "-lm"}, "[cc][a.c][./-b.c][d e.c][-lm]"},
	        {"c", {"@a.c", "+b.c", "_c.c", "\xc3\xa9.c"}, 0, {"{sources}"}, "[./@a.c][./+b.c][_c.c][\xc3\xa9.c]"},
	        {"python3", {"b.py", "a.py"}, 0, {"py", "{main}"}, "[py][b.py]"},
	        {"python3", {"b.py", "main.py"}, 0, {"py", "{main}"}, "[py][main.py]"},
	        {"python3", {"x.txt", "-c.py"}, 0, {"{main}", "x{main}"}, "[./-c.py][x-c.py]"},
	        {"typescript", {"a.b/c.d.ts"}, 0, {"out/{stem}.js", "{stem}"}, "[out/a.b/c.d.js][a.b/c.d]"},
	        {"java", {"A.java"}, 64 * MIB, {"-Xmx{heap_mb}m", "{class}"}, "[-Xmx64m][p.A]"},
	        {"java", {"A.java"}, 2 * MIB - 1, {"{heap_mb}"}, "[1]"},
	        {"java", {"A.java"}, 1, {"{heap_mb}"}, "[1]"},
	        {"java", {"A.java"}, UINT64_MAX, {"{heap_mb}{heap_mb}"}, "[6553665536]"},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct language_file files[4];
		struct language_values values = {files, 0, rows[i].bytes};
		struct sbx_err err = {0};
		char **argv = NULL, text[256] = "";

		for (; values.n_files < 4 && rows[i].names[values.n_files] != NULL; values.n_files++)
			files[values.n_files] = (struct language_file){rows[i].names[values.n_files],
			                                               "package p; public class A {}", 28, false};
		if (language_argv(language_builtin_find(rows[i].language), rows[i].argv, &values, &argv, &err) < 0)
			fail_msg("%s", err.msg);
		for (char **arg = argv; *arg != NULL; arg++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "[%s]", *arg);
		assert_string_equal(text, rows[i].wanted);
		free(argv);
	}
}

static void test_argv_without_source(void **state)
{
	static const char *const argv[] = {"x", NULL};
	const struct language_file header = {.name = "x.h", .text = "", .len = 0};
	const struct language_values values = {.files = &header, .n_files = 1};
	struct sbx_err err = {0};
	char **ret = NULL;

	(void)state;
	assert_int_equal(language_argv(language_builtin_find("c"), argv, &values, &ret, &err), -EINVAL);
	assert_string_equal(err.msg, "no file is a source in C17 (GCC)");
	assert_null(ret);
}

/* Of several files: the class with main; else a public one; else what the source would be called. */
static void test_java_class(void **state)
{
	static const char *const argv[] = {"{class}", "{main}", NULL};
	static const struct {
		const char *first, *second, *class, *main;
	} rows[] = {
	        {"class A { static void main() {} }", "class B { static void main() {} }", "A", "a.java"},
	        {"public class A {}", "package q.r; class B { static void main() {} }", "q.r.B", "b.java"},
	        {"package p; class A {}", "package q; public class B {}", "q.B", "a.java"},
	        {"package p; public class A {}", "package q; public class B {}", "p.A", "a.java"},
	        {"class A {}", "class B {}", "Main", "a.java"},
	        {"", "", "Main", "a.java"},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		const struct language_file files[] = {{"a.java", rows[i].first, strlen(rows[i].first), false},
		                                      {"b.java", rows[i].second, strlen(rows[i].second), false}};
		const struct language_values values = {files, 2, MIB};
		struct sbx_err err = {0};
		char **ret = NULL;

		assert_int_equal(language_argv(language_builtin_find("java"), argv, &values, &ret, &err), 0);
		assert_string_equal(ret[0], rows[i].class);
		assert_string_equal(ret[1], rows[i].main);
		free(ret);
	}
}

static void test_java_source(void **state)
{
	static const struct {
		const char *text, *package, *public_type, *main_type;
	} rows[] = {
	        {"", "", "", ""},
	        {"public class A { public static void main(String[] a) {} }", "", "A", "A"},
	        {"class B {}\npublic final class A {}", "", "A", ""},
	        {"class B { public static void main(String... a) {} }", "", "", "B"},
	        {"package a . b /* c */ .d ; import x.y; public class A {}", "a.b.d", "A", ""},
	        {"// public class X {}\n/* public class Y {} */ public class A {}", "", "A", ""},
	        {"/** \" */ class A { char c = '\"'; String s = \"} public class X {\"; } public class B {}", "", "B",
	         ""},
	        {"class A { char c = '\\''; String s = \"\\\"}\"; char d = '{'; } public class B {}", "", "B", ""},
	        {"class A { String s = \"\"\"\n public \" } \\\"\"\" class X \"\"\"; } public class B {}", "", "B", ""},
	        {"public interface A { static void main(String[] a) {} }", "", "A", "A"},
	        {"public enum A { X { void f() {} }, Y; public static void main(String[] a) {} }", "", "A", "A"},
	        {"public record A(int x) { public static void main(String[] a) {} }", "", "A", "A"},
	        {"public @interface A { }", "", "A", ""},
	        {"public abstract sealed class A<T extends B> permits C {}", "", "A", ""},
	        {"@X({\"a\", \"b\"}) public class A {}", "", "A", ""},
	        {"public @X({\"a\"}) class A {}", "", "A", ""},
	        {"@X(Y.class) class A {}", "", "", ""},
	        {"class A { public static class B { public static void main(String[] a) {} } }", "", "", ""},
	        {"class A { void main() {} static int x; void main(int y) {} }", "", "", ""},
	        {"class A { static int main(String[] a) {} }", "", "", ""},
	        {"class A { static void mainly(String[] a) {} static void main; }", "", "", ""},
	        {"class A { static { } void main(String[] a) {} }", "", "", ""},
	        {"class A { static @X({1}) void main(String[] a) {} }", "", "", "A"},
	        {"class A { void f() { g(() -> { h(); }); } static void main(String[] a) {} }", "", "", "A"},
	        {"class A { void f() { static void main() } } class B { static void main() {} }", "", "", "B"},
	        {"class A {} class B { static void main() {} } class C { static void main() {} }", "", "", "B"},
	        {"class A {} public class B {} public class C {}", "", "B", ""},
	        {"public class \xc3\x84_$1 {}", "", "\xc3\x84_$1", ""},
	        {"}}} ))) public class A {}", "", "A", ""},
	        {"public class", "", "", ""},
	        {"public class A { static void main", "", "A", ""},
	        {"/* public class A {}", "", "", ""},
	        {"\"public class A {}", "", "", ""},
	        {"'\\", "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		/* on the heap without a NUL, so that the sanitizer sees a byte too many */
		size_t len = strlen(rows[i].text);
		char *text = malloc(len + 1);
		struct java_source source;

		assert_non_null(text);
		text = realloc(memcpy(text, rows[i].text, len), len > 0 ? len : 1);
		java_source_read(text, len, &source);
		if (strcmp(source.package, rows[i].package) != 0 ||
		    strcmp(source.public_type, rows[i].public_type) != 0 ||
		    strcmp(source.main_type, rows[i].main_type) != 0)
			fail_msg("%s: package \"%s\", public \"%s\", main \"%s\"", rows[i].text, source.package,
			         source.public_type, source.main_type);
		free(text);
	}
}

static void test_java_long_names(void **state)
{
	char text[2 * LANGUAGE_CLASS_BYTES];
	struct java_source source;

	(void)state;
	for (size_t len = LANGUAGE_CLASS_BYTES - 1; len <= LANGUAGE_CLASS_BYTES; len++) {
		int n = sprintf(text, "public class ");

		memset(text + n, 'A', len);
		java_source_read(text, (size_t)n + len, &source);
		assert_int_equal(strlen(source.public_type), len < LANGUAGE_CLASS_BYTES ? len : 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_builtins),
	        cmocka_unit_test(test_builtins_all_there),
	        cmocka_unit_test(test_builtin_extensions_are_unique),
	        cmocka_unit_test(test_load),
	        cmocka_unit_test(test_load_defaults),
	        cmocka_unit_test(test_load_refuses),
	        cmocka_unit_test(test_detect),
	        cmocka_unit_test(test_file_names),
	        cmocka_unit_test(test_argv),
	        cmocka_unit_test(test_argv_without_source),
	        cmocka_unit_test(test_java_class),
	        cmocka_unit_test(test_java_source),
	        cmocka_unit_test(test_java_long_names),
	};

	return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
