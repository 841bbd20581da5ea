#ifndef ONEVISIT_BROKER_SPACE_H
#define ONEVISIT_BROKER_SPACE_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes free on the disk of a folder, for whoever is not root. False when it cannot be said. */
bool space_free(const char *folder, int64_t *out);

#endif
