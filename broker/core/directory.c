#include "broker/core/directory.h"

#include <stdlib.h>

#include "broker/core/memory.h"

void key_file_free(struct key_file *file)
{
    if (file == NULL)
        return;
    free(file->texts);
    free(file);
}

struct key_file *directory_find(const struct core *core, struct text key)
{
    return table_find(&core->keys, key_of_text(key));
}

static struct text text_move(char **end, struct text text)
{
    if (text.data == NULL)
        return text;
    char *start = *end;
    memcpy(start, text.data, text.size);
    *end += text.size;
    return (struct text){start, text.size};
}

static void directory_remove(struct core *core, struct key_file *file)
{
    table_remove(&core->keys, key_of_text(file->row.key));
    key_file_free(file);
}

void directory_keep(struct core *core, const struct directory_row *row)
{
    struct key_file *old = directory_find(core, row->key);
    struct key_file *file = memory_take(sizeof *file);
    file->texts = memory_take((size_t)row->participant.size + row->key.size + row->name.size + row->revoked_why.size);
    char *end = file->texts;
    file->row = *row;
    file->row.participant = text_move(&end, row->participant);
    file->row.key = text_move(&end, row->key);
    file->row.name = text_move(&end, row->name);
    file->row.revoked_why = text_move(&end, row->revoked_why);
    file->stamp = core->stamp;
    if (old != NULL)
        directory_remove(core, old);
    table_put(&core->keys, key_of_text(file->row.key), file);
}

/* Removing changes the table's order, so the walk starts anew after each. */
static struct key_file *directory_stale(const struct core *core)
{
    uint32_t cursor = 0;
    struct key_file *file;
    while ((file = table_next(&core->keys, &cursor)) != NULL)
        if (file->stamp != core->stamp)
            return file;
    return NULL;
}

void directory_replace(struct core *core, const struct directory_row_list *rows)
{
    core->stamp++;
    for (uint32_t i = 0; i < rows->count; i++) {
        directory_keep(core, &rows->items[i]);
        struct row_key key = row_key_participant(rows->items[i].key);
        rows_touch(&core->rows, &key);
    }
    for (struct key_file *file; (file = directory_stale(core)) != NULL;) {
        struct row_key key = row_key_participant(file->row.key);
        rows_delete(&core->rows, &key);
        directory_remove(core, file);
    }
}
