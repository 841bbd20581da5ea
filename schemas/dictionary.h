#ifndef ONEVISIT_SCHEMAS_DICTIONARY_H
#define ONEVISIT_SCHEMAS_DICTIONARY_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/text.h"

/* The closed value lists of the field (DOMAIN 1.1), embedded from
 * dictionaries/<name>.csv. A value nobody listed is refused, never passed
 * through and never replaced by a default. */

enum dictionary {
    DICTIONARY_IDT,
    DICTIONARY_GYFS,
    DICTIONARY_DYFS,
    DICTIONARY_DYBDCLX,
    DICTIONARY_DJLX,
    DICTIONARY_QSZT,
    DICTIONARY_AJZT,
    DICTIONARY_STEP,
    DICTIONARY_MATERIAL,
    DICTIONARY_MIME,
    DICTIONARY_WINDOW_STATE,
    DICTIONARY_REASON,
    DICTIONARY_AVOIDABLE,
    DICTIONARY_FEE_PAYER,
    DICTIONARY_CERT,
    DICTIONARY_LEVEL,
    DICTIONARY_UNIT_OWNERSHIP,
    DICTIONARY_UNIT_PARCEL,
    DICTIONARY_CHANGED_ITEM,
    DICTIONARY_PURPOSE,
    DICTIONARY_TITLE_RESULT,
    DICTIONARY_PART,
    DICTIONARY_FEE_STATE,
    DICTIONARY_PAPER,
    DICTIONARY_CLOCK_UNIT,
    DICTIONARY_RISK,
    DICTIONARY_RECON_CLASS,
    DICTIONARY_RECON_ACTION,
    DICTIONARY_FAILURE,
    DICTIONARY_BANK, /* names only: a bank that is not listed may file as well */
    DICTIONARY_QLLX,
    DICTIONARY_COUNT
};

struct dictionary_entry {
    const char *code;
    const char *chinese;
    const char *english;
};

/* NULL where the list does not hold the code. */
const struct dictionary_entry *dictionary_find(enum dictionary dictionary, struct text code);
bool dictionary_holds(enum dictionary dictionary, struct text code);
/* The list of that name ("qllx", as its file); false where there is none. */
bool dictionary_of_name(struct text name, enum dictionary *out);
/* The entries in the order of the file, e.g. to walk the steps or print the list. */
const struct dictionary_entry *dictionary_entries(enum dictionary dictionary, uint32_t *count);

#endif
