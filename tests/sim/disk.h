#ifndef ONEVISIT_TESTS_SIM_DISK_H
#define ONEVISIT_TESTS_SIM_DISK_H

#include "broker/core/table.h"
#include "broker/store/store.h"
#include "tests/sim/random.h"

/* A disk that the store's seam (broker/store/store.h) and the small files live
 * on. It outlives the broker. What a synced commit wrote stays for ever; rows
 * written without a sync are lost from some point on when the power fails, as a
 * write-ahead log would lose them; a commit under way at a crash is there whole
 * or not at all.
 *
 * A crash is a moment after which nothing takes effect: `effects_left` counts
 * down with every write, commit, checkpoint and send, and at 0 the disk is dead
 * until disk_revive. */
struct disk_record {
    uint8_t *data;
    uint32_t size;
};

struct disk_row {
    struct bytes key;   /* owned */
    struct bytes value; /* owned */
    bool is_there;
    uint64_t written; /* the checkpoint that wrote it last */
};

struct disk_file {
    char path[128];
    uint8_t data[512];
    uint32_t size;
    bool is_folder;
};

enum { DISK_FILE_COUNT_MAX = 64 };

enum disk_trouble { DISK_GOOD, DISK_FAILS_BEFORE, DISK_FAILS_AFTER };

struct disk {
    struct random *random;
    struct disk_record *records;
    uint64_t record_count;
    uint64_t record_capacity;
    struct disk_record *gathered;
    uint32_t gathered_count;
    uint32_t gathered_capacity;
    struct table rows; /* of struct disk_row */
    uint64_t checkpoint;
    struct store *opened;   /* whoever has it open */
    struct disk_undo *undo; /* newest first: rows as they were before writes that are not synced */
    struct disk_file files[DISK_FILE_COUNT_MAX];
    uint32_t file_count;

    bool is_dead;
    int64_t effects_left; /* until it dies; below 0: it lives */
    uint32_t fails_in;    /* commits and checkpoints until one fails; 0: none does */
    enum disk_trouble how;
    uint32_t read_fails_in;
    bool has_failed;       /* a write or read failed since disk_revive */
    bool was_committing;   /* it died in a commit */
    bool is_torn;          /* such a commit may be there */
    bool loses_tail;       /* FEATURE_POWER */
    int64_t free_size;     /* bytes, as the system says */
    int64_t full_since_us; /* nearly full since then; 0: it is not */
    int64_t commit_us;
    int64_t read_us;  /* the longest a read takes; 0: none at all */
    int64_t spent_us; /* by commits and reads, since somebody set it to 0 */
    uint64_t flipped; /* the record whose bit is flipped, 0 for none */
    uint32_t flipped_bit;
    uint64_t commit_count;
    uint64_t turn_count;
};

/* The disk that store_open and the small files use from now on. */
void disk_insert(struct disk *disk);
struct disk *disk_inserted(void);
void disk_fini(struct disk *disk);
/* The journal and the small files, but no rows: to make the rows anew. */
void disk_copy_journal(const struct disk *from, struct disk *to);
/* All of it, and whoever has it open; `from` is nobody's then. */
void disk_move(struct disk *from, struct disk *to);
/* One effect takes place; false when the disk is dead. */
bool disk_effect(struct disk *disk);
/* What a crash leaves. */
void disk_crash(struct disk *disk);
void disk_revive(struct disk *disk);
void disk_flip(struct disk *disk, uint64_t sequence);
void disk_mend(struct disk *disk);
void disk_fill(struct disk *disk, bool is_full, int64_t now_us);
/* Are the rows the same? Where not, `why` names the first key and the checkpoints that wrote it last. */
bool disk_rows_equal(const struct disk *a, const struct disk *b, char *why, size_t size);

#endif
