/* What a Java source says of its own name and of where the program starts. Used by policy/language_argv.c. */
#pragma once

#include "policy/language.h"

/* Empty where there is none, or one of LANGUAGE_CLASS_BYTES and more. Types are those at the top level. */
struct java_source {
	char package[LANGUAGE_CLASS_BYTES];     /* "a.b" */
	char public_type[LANGUAGE_CLASS_BYTES]; /* the first that is public: the file has to have its name */
	char main_type[LANGUAGE_CLASS_BYTES];   /* the first that declares `static void main(` */
};

/* Looks through any bytes, also those that are no Java. Unicode escapes (\u0041) are not seen through. */
void java_source_read(const char *text, size_t len, struct java_source *ret);
