#ifndef ONEVISIT_BROKER_KEEP_KEEPER_INSIDE_H
#define ONEVISIT_BROKER_KEEP_KEEPER_INSIDE_H

#include "broker/keep/citizens.h"
#include "broker/keep/filing.h"
#include "broker/keep/keeper.h"

/* What the keeper's files share: keeper.c opens, steps and writes; keeper_again.c
 * steps a record of the journal again. */
struct keeper {
    struct core *core;
    struct journal *journal;
    struct store *rows;     /* the journal's own store, or `rows_own` */
    struct store *rows_own; /* NULL: none */
    struct effects spare;   /* of records that are stepped again: nobody is told twice */
    struct journal_reader *reader;
    struct filing *filing;
    struct arena arena;       /* for decoding what was stored */
    struct arena scratch;     /* for stepping facts and the tail */
    struct citizens citizens; /* of the event that is prepared */
    uint8_t *fact_body;
    uint8_t *row_copy;
    size_t row_copy_capacity;
    uint32_t checkpoint_records_max;
    bool must_commit;
    bool has_gathered;
};

/* What the core asks for and a replay never uses: leases, waits and limits decide what becomes a record, not what a
 * record does. */
extern const struct core_settings keeper_replay_settings;

/* Live, the verdict "not known" is journaled before the booking. In replay it
 * stands there already; where it does not, the filing was read then, and the
 * rows cannot be made again without it. */
MUST_CHECK enum status keeper_settle_booked(struct keeper *keeper, struct event *event, struct effects *effects,
                                            char *why);

#endif
