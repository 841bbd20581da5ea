#ifndef ONEVISIT_BROKER_KEYFILE_H
#define ONEVISIT_BROKER_KEYFILE_H

#include <stddef.h>

#include "schemas/status.h"

/* Reads the secret CURVE key (41 bytes with the closing zero) of a participant
 * from its key file in `folder`; refuses a file others may read. */
MUST_CHECK enum status keyfile_secret(const char *folder, const char *participant, char secret_key[41], char *why,
                                      size_t why_size);

#endif
