#ifndef ONEVISIT_AGENTS_CLIENT_NUMBER_H
#define ONEVISIT_AGENTS_CLIENT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* A number of the command line, with nothing behind it, within
 * minimum..maximum; else false and *out is left as it was. */
bool number_parse(const char *text, int64_t minimum, int64_t maximum, int64_t *out);

#endif
