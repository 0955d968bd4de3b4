/*
 * Text of strangers - a compiler's words, names of files, what a program printed - on its way to a terminal: what a
 * terminal would obey (control characters, those of C1 too) and what is no UTF-8 comes out as \xNN.
 */
#pragma once

#include <stdio.h>

/* Of the control characters those in `allowed` ("\n\t") stay as they are. */
void plain_print(FILE *out, const char *bytes, size_t len, const char *allowed);

/* Characters of `text`, or `max` where it has more. */
int plain_width(const char *text, int max);
/* The first `max` characters of `text`, and spaces up to `width`. */
void plain_print_cut(FILE *out, const char *text, int width, int max);
