#ifndef ONEVISIT_BROKER_KEEP_REBUILD_H
#define ONEVISIT_BROKER_KEEP_REBUILD_H

#include "broker/keep/keeper.h"

/* Makes the rows of a broker's folder anew from its journal, in a folder of
 * their own, and compares them with those that are stored. The same core steps
 * the records as in the daemon; each is verified on the way: checksum, place in
 * the chain, seal, the digest of its body, the state decided then.
 *
 * The folder is only read. What was made so far is kept in the rows' folder, so
 * that a rebuild that was broken off goes on where it stood. Memory is that of
 * the cases that are open. */
struct rebuild;

struct rebuild_settings {
    const char *folder;      /* of the broker: a copy, or one whose broker stands still */
    const char *rows_folder; /* made when it is not there */
    uint32_t checkpoint_records_max;
};

/* One row that is not what the journal makes of it; data NULL: not there. */
struct rebuild_difference {
    struct bytes key;
    struct bytes stored;
    struct bytes made;
};
/* False ends the comparison. */
typedef bool rebuild_differs(const struct rebuild_difference *difference, void *context);

/* As journal_open; STATUS_SEALED_OTHERWISE when the rows' folder was made from another broker's journal. */
MUST_CHECK enum status rebuild_open(const struct rebuild_settings *settings, struct rebuild **out, char *why);
void rebuild_close(struct rebuild **rebuild);

/* The record the stored rows stand for: where they can be compared. */
uint64_t rebuild_goal(const struct rebuild *rebuild);
/* The last record of the journal. */
uint64_t rebuild_last(const struct rebuild *rebuild);
/* The last record stepped. */
uint64_t rebuild_sequence(const struct rebuild *rebuild);

/* Steps at most `count` records more, up to `until`. STATUS_CORRUPT: the record behind rebuild_sequence is bad, `why`
 * says how. */
MUST_CHECK enum status rebuild_step(struct rebuild *rebuild, uint64_t until, uint32_t count, char *why);
/* Has each record shown that is stepped from here on, after it was stepped. */
typedef void rebuild_seen(const struct journal_entry *entry, const struct step *step, void *context);
void rebuild_watch(struct rebuild *rebuild, rebuild_seen *seen, void *context);
/* Compares all rows, at rebuild_goal and nowhere else (STATUS_USAGE). */
MUST_CHECK enum status rebuild_compare(struct rebuild *rebuild, rebuild_differs *differs, void *context, char *why);

/* Opens a folder for looking alone: what its rows do not hold yet is stepped in memory, nothing is written. Needs the
 * day keys of that tail. */
MUST_CHECK enum status rebuild_look(const char *folder, struct keeper **out, char *why);

/* For looking. */
struct keeper *rebuild_keeper(struct rebuild *rebuild);

#endif
