#ifndef ONEVISIT_BROKER_KEEPER_H
#define ONEVISIT_BROKER_KEEPER_H

#include "broker/core/core.h"
#include "broker/store/journal.h"

/* Keeps core and journal in step: reads the rows an event needs, steps the
 * core, appends what it wants stored, commits the group, and writes the
 * changed rows now and then as a checkpoint.
 *
 * Invariants:
 *  K1 core_sequence equals journal_last_sequence between calls;
 *  K2 rows in the store stand for a sequence the journal has on disk;
 *  K3 after an error nothing more is promised: the caller ends the process. */
struct keeper;

enum { KEEPER_WHY_SIZE = STORE_WHY_SIZE };

struct keeper_settings {
    struct journal_options journal;
    struct core_settings core;
    uint32_t checkpoint_records_max;
    /* NULL: the rows lie beside the records, and the tail is stepped when it opens. Else a folder for rows of their
     * own, made anew from a journal that is only read: the caller steps it with keeper_step_again. */
    const char *rows_folder;
};

/* The bytes of the message that is stepped, as they came. */
struct keeper_bytes {
    struct bytes envelope;
    struct bytes body;
    struct bytes chunks[MESSAGE_CHUNK_COUNT_MAX];
    uint32_t chunk_count;
};

/* Opens folder and core, loads the rows and steps the tail of the journal. */
MUST_CHECK enum status keeper_open(const struct keeper_settings *settings, struct keeper **out, char *why);
/* Writes a last checkpoint and the HEAD record when `is_clean`. */
void keeper_close(struct keeper **keeper, bool is_clean);

struct core *keeper_core(struct keeper *keeper);
struct journal *keeper_journal(struct keeper *keeper);
/* Where the rows are: the journal's own store, or the one in `rows_folder`. */
struct store *keeper_rows(struct keeper *keeper);
uint64_t keeper_checkpoint_sequence(const struct keeper *keeper);

/* Offers the core what the event needs. Needed before core_knows; keeper_step does it too. */
MUST_CHECK enum status keeper_prepare(struct keeper *keeper, struct event *event, char *why);
/* What a SUPPLEMENT_SUBMIT leaves open of the round it answers, after keeper_prepare. Nothing where it answers no open
 * round of its sender's own case (the core then refuses it) or the round cannot be read any more. */
MUST_CHECK enum status keeper_supplement_lacks(struct keeper *keeper, const struct event *event, struct problems *out,
                                               char *why);
/* Steps a message (or a volatile event, bytes NULL) and appends it if the core says so; sets event->sequence. */
MUST_CHECK enum status keeper_step(struct keeper *keeper, struct event *event, const struct keeper_bytes *bytes,
                                   struct effects *effects, struct step *out, char *why);
/* Journals and steps a fact of the broker; `body` is the struct of its record. */
MUST_CHECK enum status keeper_step_fact(struct keeper *keeper, enum message_type type, const char *case_id,
                                        const void *body, int64_t now_us, struct effects *effects, char *why);
/* Facts the core proposes, each journaled and stepped, until it has no more. */
MUST_CHECK enum status keeper_step_proposals(struct keeper *keeper, int64_t now_us, struct effects *effects, char *why);

/* Steps a record of the journal again, in its turn: the digest of its body, and the state and the case's thread that
 * were decided then, must come out the same. STATUS_CORRUPT, STATUS_NO_KEY with a sentence. */
MUST_CHECK enum status keeper_step_again(struct keeper *keeper, const struct journal_entry *entry, struct step *out,
                                         char *why);

/* Appends a record as another folder stored it, and steps it again: STATUS_CORRUPT, STATUS_NO_KEY with a sentence. */
MUST_CHECK enum status keeper_take_over(struct keeper *keeper, uint64_t sequence, struct bytes record, char *why);

/* Something waits that must be on disk before any answer (not only LAZY records). */
bool keeper_must_commit(const struct keeper *keeper);
bool keeper_has_gathered(const struct keeper *keeper);
MUST_CHECK enum status keeper_commit(struct keeper *keeper, char *why);
/* Writes the changed rows when they are many enough, or always when `now`. Does
 * nothing while records are gathered and not committed. */
MUST_CHECK enum status keeper_checkpoint(struct keeper *keeper, bool now, char *why);

/* One record with its envelope decoded; both borrow until the next call. */
struct keeper_origin {
    struct journal_entry entry;
    struct envelope envelope;
};
MUST_CHECK enum status keeper_origin(struct keeper *keeper, uint64_t sequence, struct keeper_origin *out, char *why);
/* A row from memory or store, decoded into `out` (arena for its lists); STATUS_NOT_FOUND. */
MUST_CHECK enum status keeper_row(struct keeper *keeper, const struct row_key *key, const struct record *record,
                                  struct arena *arena, void *out, char *why);

#endif
