#include "broker/keep/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/keep/keeper_inside.h"
#include "broker/store/journal_file.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum { GROUP_COUNT = 1024, CHECKPOINT_RECORDS_MAX = 4096, KEY_FILE_SIZE_MAX = 256, DAYS_COUNT_FIRST = 64 };

/* Stands in a folder that is being imported, so that what a killed import left is told from anything else. */
static const char MARK_NAME[] = "IMPORTING";

struct import {
    const struct import_settings *settings;
    import_goes_on *goes_on;
    void *context;
    struct import_result *result;
    struct journal_file_reader *file;
    struct keeper *keeper;
    uint32_t *days; /* of the records, rising */
    uint32_t day_count;
    uint32_t day_capacity;
    uint64_t size_before;             /* bytes of the readings that are done */
    char fresh[SMALL_FILE_PATH_SIZE]; /* folder.new */
    bool is_made;                     /* `fresh` is ours */
    char *why;
};

/* ---- before anything is made ---- */

static enum status judge_folder(const struct import *import, const char *folder)
{
    bool is_empty = true;
    const enum status status = folder_is_empty(folder, &is_empty, import->why);

    if (status != STATUS_OK || is_empty)
        return status;
    why_set(import->why, "%s: not empty: an import makes a folder of its own", folder);
    return STATUS_USAGE;
}

static enum status judge_folders(struct import *import)
{
    const enum status status = judge_folder(import, import->settings->folder);

    return status == STATUS_OK && import->settings->head_folder != NULL
               ? judge_folder(import, import->settings->head_folder)
               : status;
}

static enum status note_day(struct import *import, uint32_t day)
{
    if (import->day_count > 0 && import->days[import->day_count - 1] == day)
        return STATUS_OK;
    if (import->day_count == import->day_capacity) {
        const uint32_t capacity = import->day_capacity > 0 ? import->day_capacity * 2 : DAYS_COUNT_FIRST;
        uint32_t *days = realloc(import->days, capacity * sizeof *days);
        if (days == NULL)
            return STATUS_NO_MEMORY;
        import->days = days;
        import->day_capacity = capacity;
    }
    import->days[import->day_count++] = day;
    return STATUS_OK;
}

static bool may_go_on(struct import *import)
{
    const uint64_t size = journal_file_size(import->file);
    const bool goes_on =
        import->goes_on(import->size_before + journal_file_place(import->file), 2 * size, import->context);

    import->result->is_stopped = !goes_on;
    return goes_on;
}

static enum status open_file(struct import *import)
{
    const enum status status = journal_file_open(import->settings->file, &import->file, import->why);
    const struct journal_file_head *head = status == STATUS_OK ? journal_file_head(import->file) : NULL;

    if (head == NULL)
        return status;
    memcpy(import->result->broker_id, head->broker_id, BROKER_ID_SIZE);
    import->result->is_test = head->is_test;
    if (!head->is_filtered && head->first == 1)
        return STATUS_OK;
    why_set(import->why,
            "%s: records were left out of this file: only a whole journal, from record 1 on, can be imported",
            import->settings->file);
    return STATUS_USAGE;
}

/* The first reading: all of the file is good, and which days it is of. */
static enum status judge_file(struct import *import)
{
    struct journal_file_record record;
    enum status status = open_file(import);

    while (status == STATUS_OK && may_go_on(import)) {
        status = journal_file_next(import->file, &record, import->why);
        if (status == STATUS_OK)
            status = note_day(import, record.day);
    }
    if (status != STATUS_NOT_FOUND)
        return status;
    import->result->records = journal_file_end(import->file)->count;
    import->size_before = journal_file_size(import->file);
    journal_file_reader_free(&import->file);
    if (import->result->records > 0)
        return STATUS_OK;
    why_set(import->why, "%s: holds no record", import->settings->file);
    return STATUS_USAGE;
}

/* ---- keys ---- */

static bool key_is_there(const struct import *import, const char *name)
{
    char path[SMALL_FILE_PATH_SIZE];
    return small_file_path(path, import->settings->keys, name, NULL) == STATUS_OK && small_file_is_there(path);
}

static void day_name(uint32_t day, char out[32])
{
    snprintf(out, 32, "day-%08u", day);
}

/* All that are missing, as many as the sentence takes. */
static enum status judge_keys(const struct import *import)
{
    char missing[STORE_WHY_SIZE / 2] = "";
    char name[32];
    uint32_t count = 0;

    for (uint32_t i = 0; i <= import->day_count; i++) {
        if (i < import->day_count)
            day_name(import->days[i], name);
        else
            snprintf(name, sizeof name, "mac");
        if (key_is_there(import, name))
            continue;
        const size_t used = strlen(missing);
        snprintf(missing + used, sizeof missing - used, " %s", name);
        count++;
    }
    if (count == 0)
        return STATUS_OK;
    why_set(import->why, "%s: %u keys are missing:%s", import->settings->keys, count, missing);
    return STATUS_NO_KEY;
}

static enum status copy_file(const char *from, const char *to, const char *name, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    uint8_t bytes[KEY_FILE_SIZE_MAX];
    size_t size = 0;
    enum status status = small_file_path(path, from, name, why);

    if (status == STATUS_OK)
        status = small_file_read(path, bytes, sizeof bytes, &size, why);
    if (status == STATUS_OK)
        status = small_file_write(to, name, bytes_of(bytes, (uint32_t)size), why);
    explicit_bzero(bytes, sizeof bytes);
    return status;
}

static enum status copy_keys(const struct import *import)
{
    char keys[SMALL_FILE_PATH_SIZE];
    char name[32];
    enum status status = small_file_path(keys, import->fresh, "keys", import->why);

    if (status == STATUS_OK)
        status = folder_make(keys, import->why);
    if (status == STATUS_OK)
        status = copy_file(import->settings->keys, keys, "mac", import->why);
    for (uint32_t i = 0; i < import->day_count && status == STATUS_OK; i++) {
        day_name(import->days[i], name);
        status = copy_file(import->settings->keys, keys, name, import->why);
    }
    return status;
}

/* ---- making the folder ---- */

/* What a killed import left goes; anything else in the way stays. */
static enum status clear_fresh(struct import *import)
{
    char mark[SMALL_FILE_PATH_SIZE];
    bool is_empty = true;
    enum status status = small_file_path(mark, import->fresh, MARK_NAME, import->why);

    if (status == STATUS_OK)
        status = folder_is_empty(import->fresh, &is_empty, import->why);
    if (status != STATUS_OK || is_empty)
        return status;
    if (small_file_is_there(mark))
        return folder_remove(import->fresh, import->why);
    why_set(import->why, "%s: is in the way: the import makes its folder under this name first", import->fresh);
    return STATUS_USAGE;
}

/* The mark MAKING with the id in it lets the journal finish the folder as that broker's. */
static enum status begin_folder(struct import *import)
{
    const char *folder = import->settings->folder;
    size_t size = strlen(folder);

    while (size > 1 && folder[size - 1] == '/')
        size--;
    const int path_size = snprintf(import->fresh, sizeof import->fresh, "%.*s.new", (int)size, folder);
    if (path_size < 0 || (size_t)path_size >= sizeof import->fresh) {
        why_set(import->why, "the path of the folder is too long");
        return STATUS_CONFIG;
    }
    enum status status = clear_fresh(import);
    if (status == STATUS_OK)
        status = folder_make(import->fresh, import->why);
    import->is_made = status == STATUS_OK;
    if (status == STATUS_OK)
        status = small_file_write(import->fresh, MARK_NAME, bytes_of("", 0), import->why);
    if (status == STATUS_OK)
        status = copy_keys(import);
    if (status == STATUS_OK)
        status =
            small_file_write(import->fresh, "MAKING", bytes_of(import->result->broker_id, BROKER_ID_SIZE), import->why);
    return status;
}

static enum status open_keeper(struct import *import)
{
    const struct keeper_settings settings = {
        .journal = {.folder = import->fresh, .make_new = true, .is_test = import->result->is_test},
        .core = keeper_replay_settings,
        .checkpoint_records_max = CHECKPOINT_RECORDS_MAX,
    };
    return keeper_open(&settings, &import->keeper, import->why);
}

static enum status settle(struct import *import, bool now)
{
    enum status status = keeper_commit(import->keeper, import->why);
    if (status == STATUS_OK)
        status = keeper_checkpoint(import->keeper, now, import->why);
    return status;
}

/* The second reading. */
static enum status take_records(struct import *import)
{
    struct journal_file_record record;
    enum status status = open_file(import);

    while (status == STATUS_OK && may_go_on(import)) {
        status = journal_file_next(import->file, &record, import->why);
        if (status == STATUS_OK)
            status = keeper_take_over(import->keeper, record.sequence, record.stored, import->why);
        if (status == STATUS_OK && record.sequence % GROUP_COUNT == 0)
            status = settle(import, false);
    }
    return status == STATUS_NOT_FOUND ? settle(import, true) : status;
}

/* Both slots, as a broker's folder has them. */
static enum status write_head(struct import *import)
{
    struct journal *journal = keeper_journal(import->keeper);
    const enum status status = journal_write_head(journal, import->why);

    return status == STATUS_OK ? journal_write_head(journal, import->why) : status;
}

static enum status move_head(const struct import *import)
{
    const char *elsewhere = import->settings->head_folder;
    char head[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(head, import->fresh, "head", import->why);

    if (status != STATUS_OK || elsewhere == NULL)
        return status;
    status = folder_make(elsewhere, import->why);
    if (status == STATUS_OK)
        status = copy_file(head, elsewhere, "HEAD.0", import->why);
    if (status == STATUS_OK)
        status = copy_file(head, elsewhere, "HEAD.1", import->why);
    return status == STATUS_OK ? folder_remove(head, import->why) : status;
}

static void forget_head(const struct import *import)
{
    if (import->settings->head_folder == NULL)
        return;
    (void)!small_file_remove(import->settings->head_folder, "HEAD.0", NULL);
    (void)!small_file_remove(import->settings->head_folder, "HEAD.1", NULL);
}

static enum status give_name(struct import *import)
{
    const char *folder = import->settings->folder;
    char parent[SMALL_FILE_PATH_SIZE];
    enum status status = move_head(import);

    if (status == STATUS_OK)
        status = small_file_remove(import->fresh, MARK_NAME, import->why);
    if (status == STATUS_OK && rename(import->fresh, folder) != 0)
        status = file_error(errno, folder, "cannot rename into place", import->why);
    if (status != STATUS_OK) {
        forget_head(import);
        return status;
    }
    import->is_made = false;
    status = small_file_path(parent, folder, "..", import->why);
    return status == STATUS_OK ? folder_sync(parent, import->why) : status;
}

/* ---- all of it ---- */

static enum status make_folder(struct import *import)
{
    enum status (*const steps[])(struct import *) = {begin_folder, open_keeper, take_records, write_head};
    enum status status = STATUS_OK;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && status == STATUS_OK && !import->result->is_stopped; i++)
        status = steps[i](import);
    keeper_close(&import->keeper, false);
    return status == STATUS_OK && !import->result->is_stopped ? give_name(import) : status;
}

enum status import_run(const struct import_settings *settings, import_goes_on *goes_on, void *context,
                       struct import_result *out, char *why)
{
    struct import import = {.settings = settings, .goes_on = goes_on, .context = context, .result = out, .why = why};
    enum status status;

    *out = (struct import_result){.records = 0};
    why[0] = '\0';
    status = judge_folders(&import);
    if (status == STATUS_OK)
        status = judge_file(&import);
    if (status == STATUS_OK && !out->is_stopped)
        status = judge_keys(&import);
    if (status == STATUS_OK && !out->is_stopped)
        status = make_folder(&import);
    if (import.is_made)
        (void)!folder_remove(import.fresh, NULL);
    journal_file_reader_free(&import.file);
    free(import.days);
    return status;
}
