#ifndef ONEVISIT_BROKER_PATROL_H
#define ONEVISIT_BROKER_PATROL_H

#include "broker/keep/keeper.h"

/* Looks at one record of the journal after the other, taken at random, while the
 * broker serves: its checksum and seal, its place in the chain behind the record
 * before it, the digest of its body; that the row of its message knows it; and,
 * where it is its case's newest record, that the case's row is in the state that was
 * decided. `onevisit replay verify` looks at everything, with the broker standing
 * still; the patrol finds rot while it is young. Once it has found something it
 * goes on looking, and what it found first stands until the next start. */
struct patrol {
    struct keeper *keeper; /* borrowed */
    struct journal_reader *reader;
    struct arena arena;
    int64_t interval_us; /* 0: no patrol */
    int64_t next_us;     /* on the monotonic clock */
    uint64_t random;
    uint64_t count;   /* records looked at since the start */
    uint64_t damaged; /* the first one that was wrong; 0 for none */
    char reason[224]; /* what was wrong with it; "" for none */
};

MUST_CHECK enum status patrol_init(struct patrol *patrol, struct keeper *keeper, int64_t interval_ms);
void patrol_fini(struct patrol *patrol);
/* One record, where it is time. Nothing may be gathered. True: this look found the first damage. */
bool patrol_look(struct patrol *patrol, int64_t monotonic_us);
/* A given record; STATUS_CORRUPT with a sentence. */
MUST_CHECK enum status patrol_judge(struct patrol *patrol, uint64_t sequence, char *why);

#endif
