#ifndef ONEVISIT_AGENTS_OPS_FILE_VERIFY_H
#define ONEVISIT_AGENTS_OPS_FILE_VERIFY_H

#include "agents/ops/settings.h"

/* Verifies a file of journal records on its own: checksums, order, chain, and the digest at its end. With the `folder`
 * of a broker also that it is this broker's, and that the last record of both is the same; NULL for none. What is
 * wrong is said; what is right is printed. */
MUST_CHECK enum exit_code file_verify(const struct settings *settings, const char *path, const char *folder);

#endif
