#ifndef ONEVISIT_BROKER_CORE_WORD_H
#define ONEVISIT_BROKER_CORE_WORD_H

#include "broker/core/state.h"

/* A word of a window about a case. It is never refused: what cannot be is
 * stored, flagged CONTRADICTION and told to the branch, and changes nothing. */
struct word {
    enum lifecycle_event event;
    struct text number; /* the 业务号 it names; data NULL: none */
    bool is_impossible; /* the handler knows that it cannot be */
    bool is_late;       /* the handler knows that it was overtaken: recorded, nothing moves */
    bool is_part;       /* the handler knows that more must come before anything moves */
};

/* Takes it as the table says and remembers it. OUTCOME_NOTHING for a
 * repetition, OUTCOME_CONTRADICTION when it was not applied. */
enum lifecycle_outcome word_take(struct turn *turn, const struct word *word);
/* Was it applied (so that what it says counts)? */
bool word_counts(enum lifecycle_outcome outcome);
/* Two things the window said do not go together; both are told. */
void word_contradict(struct turn *turn);
/* What was booked is not what was filed: flagged ECHO_DIFF, and told. */
void word_differ(struct turn *turn);

/* The 业务号 a window's message names, data NULL for none. */
struct text word_number(enum message_type type, const void *body);

#endif
