#ifndef ONEVISIT_BROKER_KEEP_CITIZENS_H
#define ONEVISIT_BROKER_KEEP_CITIZENS_H

#include "broker/core/event.h"
#include "broker/store/journal.h"

/* The persons of an application, by the keyed hashes of their ids: owners,
 * those they had it from, debtors, and who acts for any of them. The core has no
 * key, so the shell makes them, live and in replay alike. */
enum { CITIZEN_COUNT_MAX = 2 * 2 * MORTGAGOR_COUNT_MAX + DEBTOR_COUNT_MAX + 3 };

struct citizens {
    uint8_t hashes[CITIZEN_COUNT_MAX][DIGEST_SIZE];
    uint32_t count;
};

/* However it is written: blanks count for nothing, a small x as a large one. False: the folder's key is missing. */
MUST_CHECK bool citizen_hash(const struct journal *journal, struct text id, uint8_t out[DIGEST_SIZE]);
/* STATUS_NO_KEY likewise. */
MUST_CHECK enum status citizens_of(const struct journal *journal, const struct case_submit *application,
                                   struct citizens *out);

#endif
