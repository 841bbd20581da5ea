#ifndef ONEVISIT_AGENTS_BRANCH_CERTIFICATES_H
#define ONEVISIT_AGENTS_BRANCH_CERTIFICATES_H

#include "agents/client/digest.h"
#include "schemas/message.h"

/* The registration proofs, as files under DATA/certificates. */

enum { CERTIFICATE_NAME_SIZE = 64 };

/* Is `file` what the message says it is: size and SM3? Returns NULL, or what
 * is wrong in a sentence for CERT_ACK and the clerk. */
const char *certificate_judge(struct digest *digest, const struct cert_issued *issued, struct bytes file);

/* Writes `file` as <case>.pdf (.jpg, .png by `mime`), or <case>-<number>.pdf
 * when another file of that name is there, and its name to `name`. When it
 * returns STATUS_OK the file and its folder entry are on disk. */
MUST_CHECK enum status certificate_write(const char *data, struct text case_id, int64_t number, struct text mime,
                                         struct bytes file, char name[CERTIFICATE_NAME_SIZE]);

#endif
