#include <string.h>

#include "broker/store/journal_state.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum { COPIED_SIZE_MAX = 4096 /* SEAL and the slots of HEAD are smaller */ };

static enum status copy_small(const char *from, const char *to, const char *name, char *why)
{
    uint8_t bytes[COPIED_SIZE_MAX];
    char path[SMALL_FILE_PATH_SIZE];
    size_t size = 0;
    enum status status = small_file_path(path, from, name, why);
    if (status == STATUS_OK)
        status = small_file_read(path, bytes, sizeof bytes, &size, why);
    return status == STATUS_OK ? small_file_write(to, name, bytes_of(bytes, size), why) : status;
}

static enum status copy_store(struct journal *journal, const char *folder, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    const enum status status = small_file_path(path, folder, "db", why);
    return status == STATUS_OK ? store_snapshot(journal->store, path, why) : status;
}

static enum status copy_head(const struct journal *journal, const char *folder, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(path, folder, "head", why);
    if (status == STATUS_OK)
        status = folder_make(path, why);
    if (status == STATUS_OK)
        status = copy_small(journal->head.folder, path, "HEAD.0", why);
    if (status == STATUS_OK)
        status = copy_small(journal->head.folder, path, "HEAD.1", why);
    return status;
}

enum status journal_snapshot(struct journal *journal, const char *folder, char *why)
{
    if (journal->last_sequence != journal->durable_sequence) {
        why_set(why, "%s: records are gathered that are not on disk yet", journal->folder);
        return STATUS_USAGE;
    }
    if (small_file_is_there(folder)) {
        why_set(why, "%s: is there already", folder);
        return STATUS_USAGE;
    }
    enum status status = journal_write_head(journal, why);
    if (status == STATUS_OK)
        status = folder_make(folder, why);
    if (status != STATUS_OK)
        return status;
    status = copy_store(journal, folder, why);
    if (status == STATUS_OK)
        status = copy_head(journal, folder, why);
    if (status == STATUS_OK) /* last: a folder with a SEAL is whole */
        status = copy_small(journal->folder, folder, "SEAL", why);
    if (status != STATUS_OK)
        (void)!folder_remove(folder, NULL);
    return status;
}
