#ifndef ONEVISIT_BROKER_CORE_PROOF_H
#define ONEVISIT_BROKER_CORE_PROOF_H

#include "broker/core/state.h"

/* Do both name one proof, however it is written? */
bool proof_is_same(struct text a, struct text b);

/* The case of a window that has this proof (row 'z', offered before); false for none. */
bool proof_find_case(const struct core *core, struct text window, struct text proof, char out[CASE_ID_SIZE + 1]);
/* Remembers whose proof it is; who had it first keeps it. */
void proof_keep(struct core *core, const struct case_file *file);

#endif
