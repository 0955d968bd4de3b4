/*
 * Text of strangers - a compiler's words, names of tests, what a program printed - on its way into a page of HTML. Used
 * by runner/judge_html.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * As the content of an element or of an attribute in quotes: markup is escaped, control characters come out as
 * their pictures (U+2400 and on), and what is no UTF-8, no character, or turns the direction of what follows, as
 * U+FFFD. A tab stays, and so does the end of a line with `lines`.
 */
void html_print(FILE *out, const char *bytes, size_t len, bool lines);
