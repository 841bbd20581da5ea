#ifndef ONEVISIT_AGENTS_CLIENT_RECONCILE_SHOW_H
#define ONEVISIT_AGENTS_CLIENT_RECONCILE_SHOW_H

#include <stdint.h>
#include <stdio.h>

/* Prints what reconcile_json said, for people; nothing where `out` is NULL. The number of differences; below zero when
 * the answer cannot be read. */
int64_t reconcile_show(const char *answer, FILE *out);

#endif
