#ifndef ONEVISIT_SCHEMAS_KIND_NOTE_H
#define ONEVISIT_SCHEMAS_KIND_NOTE_H

#include "schemas/text.h"

/* What else must be known of a case by its kind, beside its state: where the
 * law is another than that of a mortgage on a home (DOMAIN 1.5, 1.7). It never
 * says more than the state does, so it holds in every state. */
struct kind_note {
    const char *chinese; /* NULL: nothing */
    const char *english;
};

struct kind_note kind_note(struct text kind);

#endif
