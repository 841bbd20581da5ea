#include "broker/keep/rebuild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/keep/keeper_inside.h"
#include "broker/keep/row_cursor.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

/* PROGRESS: the broker's id, the chain of the last record stepped, its sequence (as this machine writes numbers: the
 * folder is of this machine's scratch disk). */
struct place {
    uint8_t broker_id[BROKER_ID_SIZE];
    uint8_t chain[CHAIN_SIZE];
    uint64_t sequence;
};

static const char PROGRESS_NAME[] = "PROGRESS";

struct rebuild {
    struct keeper *keeper;
    struct journal_reader *reader;
    struct place progress;
    char folder[SMALL_FILE_PATH_SIZE];
    uint64_t goal;
    rebuild_seen *seen; /* NULL: nobody watches */
    void *seen_context;
    /* of a call of rebuild_step */
    uint64_t until;
    uint32_t left;
    enum status status;
    char *why;
};

/* ---- opening ---- */

/* What was made must be of this very journal: the same broker, and the same record where it stands. */
static enum status judge_progress(struct rebuild *rebuild, const struct place *place, char *why)
{
    const struct journal *journal = keeper_journal(rebuild->keeper);
    struct journal_entry entry;
    bool is_ours = memcmp(place->broker_id, journal_broker_id(journal), BROKER_ID_SIZE) == 0 &&
                   place->sequence <= journal_last_sequence(journal);

    if (is_ours && place->sequence > 0) {
        const enum status status = journal_read(rebuild->reader, place->sequence, &entry, why);
        if (status != STATUS_OK)
            return status;
        is_ours = memcmp(entry.chain, place->chain, CHAIN_SIZE) == 0;
    }
    if (is_ours)
        return STATUS_OK;
    why_set(why, "%s: what is there was made from another journal: remove it, or name another folder", rebuild->folder);
    return STATUS_SEALED_OTHERWISE;
}

static enum status read_progress(struct rebuild *rebuild, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    struct place progress;
    size_t size = 0;
    enum status status = small_file_path(path, rebuild->folder, PROGRESS_NAME, why);

    if (status == STATUS_OK)
        status = small_file_read(path, (uint8_t *)&progress, sizeof progress, &size, why);
    if (status == STATUS_OK && size != sizeof progress) {
        why_set(why, "%s: not a file of this program", path);
        return STATUS_CORRUPT;
    }
    if (status == STATUS_OK)
        return judge_progress(rebuild, &progress, why);
    if (status != STATUS_NOT_FOUND || keeper_checkpoint_sequence(rebuild->keeper) == 0) {
        why[0] = '\0';
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    }
    why_set(why, "%s: rows without %s: remove the folder, or name another one", rebuild->folder, PROGRESS_NAME);
    return STATUS_CORRUPT;
}

/* An empty folder says whose it will be before the first row is in it. */
static enum status write_progress(struct rebuild *rebuild, char *why)
{
    return small_file_write(rebuild->folder, PROGRESS_NAME, bytes_of(&rebuild->progress, sizeof rebuild->progress),
                            why);
}

static enum status open_keeper(struct rebuild *rebuild, const struct rebuild_settings *settings, char *why)
{
    char rows[SMALL_FILE_PATH_SIZE];
    const struct keeper_settings keeper_settings = {
        .journal = {.folder = settings->folder, .read_only = true},
        .core = keeper_replay_settings,
        .checkpoint_records_max = settings->checkpoint_records_max,
        .rows_folder = rows,
    };
    enum status status = folder_make(rebuild->folder, why);

    if (status == STATUS_OK)
        status = small_file_path(rows, rebuild->folder, "rows", why);
    return status == STATUS_OK ? keeper_open(&keeper_settings, &rebuild->keeper, why) : status;
}

enum status rebuild_open(const struct rebuild_settings *settings, struct rebuild **out, char *why)
{
    struct rebuild *rebuild = calloc(1, sizeof *rebuild);
    enum status status;

    *out = NULL;
    if (rebuild == NULL)
        return STATUS_NO_MEMORY;
    status = small_file_path(rebuild->folder, settings->rows_folder, ".", why);
    if (status == STATUS_OK)
        rebuild->folder[strlen(rebuild->folder) - 2] = '\0'; /* the path was judged; no "/." is wanted */
    if (status == STATUS_OK)
        status = open_keeper(rebuild, settings, why);
    if (status == STATUS_OK)
        status = journal_reader_new(keeper_journal(rebuild->keeper), &rebuild->reader);
    if (status == STATUS_OK)
        status = read_progress(rebuild, why);
    if (status == STATUS_OK) {
        const struct journal *journal = keeper_journal(rebuild->keeper);
        rebuild->goal = store_checkpoint_sequence(journal_store(keeper_journal(rebuild->keeper)));
        memcpy(rebuild->progress.broker_id, journal_broker_id(journal), BROKER_ID_SIZE);
        if (keeper_checkpoint_sequence(rebuild->keeper) == 0)
            status = write_progress(rebuild, why);
    }
    if (status != STATUS_OK)
        rebuild_close(&rebuild);
    *out = rebuild;
    return status;
}

void rebuild_close(struct rebuild **rebuild)
{
    if (*rebuild == NULL)
        return;
    journal_reader_free(&(*rebuild)->reader);
    keeper_close(&(*rebuild)->keeper, false);
    free(*rebuild);
    *rebuild = NULL;
}

uint64_t rebuild_goal(const struct rebuild *rebuild)
{
    return rebuild->goal;
}

uint64_t rebuild_last(const struct rebuild *rebuild)
{
    return journal_last_sequence(keeper_journal(rebuild->keeper));
}

uint64_t rebuild_sequence(const struct rebuild *rebuild)
{
    return core_sequence(keeper_core(rebuild->keeper));
}

struct keeper *rebuild_keeper(struct rebuild *rebuild)
{
    return rebuild->keeper;
}

enum status rebuild_look(const char *folder, struct keeper **out, char *why)
{
    const struct keeper_settings settings = {.journal = {.folder = folder, .read_only = true},
                                             .core = keeper_replay_settings,
                                             .checkpoint_records_max = UINT32_MAX};
    return keeper_open(&settings, out, why);
}

/* ---- stepping ---- */

/* Rows first, then the word that they are there: PROGRESS may be behind the rows, never ahead. */
static enum status checkpoint(struct rebuild *rebuild, bool now, char *why)
{
    const uint64_t before = keeper_checkpoint_sequence(rebuild->keeper);
    const enum status status = keeper_checkpoint(rebuild->keeper, now, why);

    return status == STATUS_OK && keeper_checkpoint_sequence(rebuild->keeper) != before ? write_progress(rebuild, why)
                                                                                        : status;
}

static bool step_entry(const struct journal_entry *entry, void *context)
{
    struct rebuild *rebuild = context;
    struct step step;

    rebuild->status = keeper_step_again(rebuild->keeper, entry, &step, rebuild->why);
    if (rebuild->status != STATUS_OK)
        return false;
    if (rebuild->seen != NULL)
        rebuild->seen(entry, &step, rebuild->seen_context);
    rebuild->progress.sequence = entry->sequence;
    memcpy(rebuild->progress.chain, entry->chain, CHAIN_SIZE);
    rebuild->status = checkpoint(rebuild, entry->sequence == rebuild->until, rebuild->why);
    rebuild->left--;
    return rebuild->status == STATUS_OK && rebuild->left > 0 && entry->sequence < rebuild->until;
}

void rebuild_watch(struct rebuild *rebuild, rebuild_seen *seen, void *context)
{
    rebuild->seen = seen;
    rebuild->seen_context = context;
}

/* The walk looks at a record's place in the chain only behind one that it saw: so it begins with the last one stepped.
 */
static bool pass_or_step(const struct journal_entry *entry, void *context)
{
    const struct rebuild *rebuild = context;

    return entry->sequence <= rebuild_sequence(rebuild) || step_entry(entry, context);
}

enum status rebuild_step(struct rebuild *rebuild, uint64_t until, uint32_t count, char *why)
{
    uint64_t bad = 0;

    rebuild->until = until;
    rebuild->left = count;
    rebuild->status = STATUS_OK;
    rebuild->why = why;
    if (count == 0 || rebuild_sequence(rebuild) >= until)
        return STATUS_OK;
    const enum status status =
        journal_walk(rebuild->reader, rebuild_sequence(rebuild), pass_or_step, rebuild, &bad, why);
    return status == STATUS_OK ? rebuild->status : status;
}

/* ---- comparing ---- */

struct side {
    struct row_cursor *cursor;
    struct bytes key;
    struct bytes value;
};

static enum status side_next(struct side *side, char *why)
{
    return row_cursor_next(side->cursor, &side->key, &side->value, why);
}

/* As strcmp; the end is behind all. */
static int key_order(struct bytes a, struct bytes b)
{
    if (a.size == 0 || b.size == 0)
        return (a.size == 0) - (b.size == 0);
    const int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static enum status walk_sides(struct side *stored, struct side *made, rebuild_differs *differs, void *context,
                              char *why)
{
    enum status status = side_next(stored, why);

    if (status == STATUS_OK)
        status = side_next(made, why);
    while (status == STATUS_OK && (stored->key.size > 0 || made->key.size > 0)) {
        const int order = key_order(stored->key, made->key);
        const struct rebuild_difference difference = {.key = order <= 0 ? stored->key : made->key,
                                                      .stored = order <= 0 ? stored->value : bytes_of(NULL, 0),
                                                      .made = order >= 0 ? made->value : bytes_of(NULL, 0)};
        if ((order != 0 || !bytes_equal(stored->value, made->value)) && !differs(&difference, context))
            return STATUS_OK;
        if (order <= 0)
            status = side_next(stored, why);
        if (order >= 0 && status == STATUS_OK)
            status = side_next(made, why);
    }
    return status;
}

enum status rebuild_compare(struct rebuild *rebuild, rebuild_differs *differs, void *context, char *why)
{
    struct side stored = {.cursor = NULL};
    struct side made = {.cursor = NULL};

    if (keeper_checkpoint_sequence(rebuild->keeper) != rebuild->goal) {
        why_set(why, "the rows made stand for record %llu, the stored ones for %llu",
                (unsigned long long)keeper_checkpoint_sequence(rebuild->keeper), (unsigned long long)rebuild->goal);
        return STATUS_USAGE;
    }
    enum status status = row_cursor_new(journal_store(keeper_journal(rebuild->keeper)), &stored.cursor);
    if (status == STATUS_OK)
        status = row_cursor_new(keeper_rows(rebuild->keeper), &made.cursor);
    if (status == STATUS_OK)
        status = walk_sides(&stored, &made, differs, context, why);
    row_cursor_free(&stored.cursor);
    row_cursor_free(&made.cursor);
    return status;
}
