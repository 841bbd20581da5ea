#ifndef ONEVISIT_SCHEMAS_MASK_RECORD_H
#define ONEVISIT_SCHEMAS_MASK_RECORD_H

#include "schemas/record.h"

/* A whole message as operators may see it (DOMAIN 6.9; masks.def says which text how). Masks the texts of the struct
 * in place; the masked ones live in the arena. STATUS_LIMIT when it is full: nothing of the struct is to be shown
 * then. */
MUST_CHECK enum status mask_record(const struct record *record, void *in, struct arena *arena);

#endif
