#include "agents/ops/directory_edit.h"

#include <stdio.h>
#include <stdlib.h>

static enum status take_room(struct directory_edit *edit, char *why)
{
    edit->memory = malloc(DIRECTORY_ARENA_SIZE);
    edit->rows = calloc(DIRECTORY_ROWS_MAX, sizeof *edit->rows);
    if (edit->memory && edit->rows)
        return STATUS_OK;
    snprintf(why, DIRECTORY_WHY_SIZE, "out of memory");
    return STATUS_NO_MEMORY;
}

static enum status read_rows(struct directory_edit *edit, bool may_be_new, char *why)
{
    struct fact_directory directory;
    edit->arena = arena_over(edit->memory, DIRECTORY_ARENA_SIZE);
    enum status status = directory_file_read(edit->path, &edit->arena, &directory, why);
    if (status == STATUS_NOT_FOUND && may_be_new)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < directory.rows.count; i++)
        edit->rows[edit->count++] = directory.rows.items[i];
    return STATUS_OK;
}

enum status directory_edit_open(const char *path, bool may_be_new, struct directory_edit *out, char *why)
{
    *out = (struct directory_edit){.path = path, .lock = -1};
    enum status status = take_room(out, why);
    if (status == STATUS_OK)
        status = directory_file_lock(path, &out->lock, why);
    if (status == STATUS_OK)
        status = read_rows(out, may_be_new, why);
    if (status != STATUS_OK)
        directory_edit_close(out);
    return status;
}

enum status directory_edit_add(struct directory_edit *edit, const struct directory_row *row, char *why)
{
    uint32_t active = 0;
    for (uint32_t i = 0; i < edit->count; i++) {
        const struct directory_row *other = &edit->rows[i];
        if (text_equal(other->key, row->key)) {
            snprintf(why, DIRECTORY_WHY_SIZE, "the key of %.*s is in the directory already",
                     TEXT_ARGS(other->participant));
            return STATUS_CONFIG;
        }
        active += text_equal(other->participant, row->participant) && !other->revoked_at.is_present;
    }
    if (active >= DIRECTORY_ACTIVE_KEYS_MAX) {
        snprintf(why, DIRECTORY_WHY_SIZE, "%.*s has %u keys in force already; revoke one first",
                 TEXT_ARGS(row->participant), active);
        return STATUS_LIMIT;
    }
    if (edit->count == DIRECTORY_ROWS_MAX) {
        snprintf(why, DIRECTORY_WHY_SIZE, "the directory is full: %d rows", DIRECTORY_ROWS_MAX);
        return STATUS_LIMIT;
    }
    edit->rows[edit->count++] = *row;
    return STATUS_OK;
}

enum status directory_edit_save(struct directory_edit *edit, char *why)
{
    struct fact_directory directory = {.is_present = true};
    directory.rows.items = edit->rows;
    directory.rows.count = edit->count;
    directory.rows.is_present = true;
    return directory_file_write(edit->path, &directory, why);
}

void directory_edit_close(struct directory_edit *edit)
{
    directory_file_unlock(&edit->lock);
    free(edit->rows);
    free(edit->memory);
    edit->rows = NULL;
    edit->memory = NULL;
}
