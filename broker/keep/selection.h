#ifndef ONEVISIT_BROKER_KEEP_SELECTION_H
#define ONEVISIT_BROKER_KEEP_SELECTION_H

#include "broker/keep/keeper.h"

/* Which records of a journal are asked for; all that is said must hold. A record
 * is of a case when its envelope names it, and an application is of the case it
 * opened. */
struct selection {
    uint64_t first;      /* 1: from the beginning */
    uint64_t last;       /* UINT64_MAX: to the end */
    struct number since; /* the broker took it then or later; absent: whenever */
    struct number until; /* and before then */
    struct text case_id; /* data NULL: of any, or of none */
    struct text unit;    /* its body names the unit, or it is of a case on it */
    struct text window;  /* it sent it, or it is of its case */
    struct text branch;  /* likewise */
    struct text type;    /* of message */
};

/* Does it ask for more than a range of records? */
bool selection_is_filtered(const struct selection *selection);
/* Must the rows of cases be known, or bodies be read? Then a keeper is needed. */
bool selection_needs_cases(const struct selection *selection);

/* Looks at record after record; remembers what it knows of cases. */
struct selector;

/* `keeper` may be NULL where selection_needs_cases says false. Both are borrowed. */
MUST_CHECK enum status selector_new(const struct selection *selection, struct keeper *keeper, struct selector **out);
void selector_free(struct selector **selector);

/* One record with what was read of it; valid until the next call. */
struct selected {
    const struct journal_entry *entry;
    struct envelope envelope;
    enum message_type type;
    struct text case_id; /* data NULL: of none */
};

/* `*is_taken`: is this record asked for? Then `out` is filled. STATUS_CORRUPT when its envelope cannot be read. */
MUST_CHECK enum status selector_judge(struct selector *selector, const struct journal_entry *entry,
                                      struct selected *out, bool *is_taken, char *why);

#endif
