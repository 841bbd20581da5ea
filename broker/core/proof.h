#ifndef ONEVISIT_BROKER_CORE_PROOF_H
#define ONEVISIT_BROKER_CORE_PROOF_H

#include "schemas/codes.h"

/* Two 不动产登记证明号 in any width of brackets and digits: the same one? (DOMAIN 3.6: compare normalised.) */
bool proof_is_same(struct text a, struct text b);

#endif
