/*
 * The codes by which a package names programming languages: those of the format's table, whether sbx has the language
 * or not, since a package is not only for sbx; and those of sbx itself, of which PyPy's is in no table.
 */
#include "policy/language.h"
#include "policy/problem.h"

#include <string.h>

bool problem_knows_language(const char *code)
{
	static const char *const codes[] = {
	        "ada",          "algol68",    "apl",         "bash", "c",       "cgmp",   "cobol",      "cpp",
	        "cppgmp",       "crystal",    "csharp",      "d",    "dart",    "elixir", "erlang",     "forth",
	        "fortran",      "fsharp",     "gerbil",      "go",   "haskell", "java",   "javaalgs4",  "javascript",
	        "julia",        "kotlin",     "lisp",        "lua",  "modula2", "nim",    "objectivec", "ocaml",
	        "octave",       "odin",       "pascal",      "perl", "php",     "prolog", "python2",    "python3",
	        "python3numpy", "racket",     "ruby",        "rust", "scala",   "simula", "smalltalk",  "snobol",
	        "swift",        "typescript", "visualbasic", "zig",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(codes[i], code) == 0)
			return true;
	return language_builtin_find(code) != NULL;
}
