#ifndef ONEVISIT_BROKER_STORE_JOURNAL_RECENT_H
#define ONEVISIT_BROKER_STORE_JOURNAL_RECENT_H

#include "broker/store/journal.h"

/* The newest records in plain form, so that what is delivered right after its
 * commit is neither read nor unsealed. A ring over one piece of memory: the
 * oldest make room for the newest. Whatever is gathered and not yet committed is
 * in it, since JOURNAL_GATHERED_SIZE_MAX and one record's waste at the end of
 * the ring are less than JOURNAL_RECENT_SIZE_MAX.
 *
 * Invariants: sequences are last - count + 1 .. last; entries of this lap lie
 * below `next`, those of the lap before at `next` or above. */
struct recent_entry {
    struct journal_entry entry; /* points into the memory */
    uint32_t offset;
    uint32_t size;
};

struct journal_recent {
    uint8_t *memory;
    struct recent_entry *entries; /* by sequence % JOURNAL_RECENT_COUNT_MAX */
    uint64_t last;
    uint32_t count;
    uint32_t next; /* offset where the next one goes */
};

MUST_CHECK enum status journal_recent_init(struct journal_recent *recent);
void journal_recent_fini(struct journal_recent *recent);
/* Copies the entry. */
void journal_recent_put(struct journal_recent *recent, const struct journal_entry *entry);
/* NULL when it is not there; valid until the next put. */
const struct recent_entry *journal_recent_find(const struct journal_recent *recent, uint64_t sequence);

/* Bytes of sender, state, envelope, body and chunks together. */
uint32_t journal_entry_content_size(const struct journal_entry *entry);
/* Copies them to `memory`, one behind the other, and lets `entry` point there. Absent stays absent. */
void journal_entry_move(struct journal_entry *entry, uint8_t *memory);

#endif
