#ifndef ONEVISIT_SCHEMAS_SUPPLEMENT_CHECK_H
#define ONEVISIT_SCHEMAS_SUPPLEMENT_CHECK_H

#include "schemas/message.h"

/* Does the answer to a round of supplements answer all that was asked (DOMAIN
 * 6.4, I8)? Each item's path stands in `changes` or its material in
 * `materials`; an item that names neither is answered by words. Where one item
 * needs a new signature, somebody has signed anew; where none does, nobody need. */
void supplement_check(const struct supplement_req *asked, const struct supplement_submit *answer, struct problems *out);

#endif
