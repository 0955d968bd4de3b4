/* What language_load() and the commands' expansion have to agree on: placeholders. */
#pragma once

/* What is wrong with the placeholders of this element of a command; NULL where nothing is. */
const char *language_argv_check(const char *element);
