#include "broker/core/rules_keep.h"

#include <stdlib.h>

#include "broker/core/memory.h"

void rules_file_free(struct rules_file *file)
{
    if (file == NULL)
        return;
    free(file->bytes);
    free(file->memory);
    free(file);
}

void calendar_file_free(struct calendar_file *file)
{
    if (file == NULL)
        return;
    free(file->bytes);
    free(file->memory);
    free(file);
}

/* Reads the row twice: once to know what its lists take, once into memory of just that size. */
static enum status keep(struct core *core, const struct record *record, struct bytes value, void *out, uint8_t **bytes,
                        uint8_t **memory)
{
    arena_reset(&core->arena);
    enum status status = row_decode(record, value, &core->arena, out, &core->problems);
    if (status != STATUS_OK)
        return status;
    size_t used = core->arena.used;
    *bytes = memory_take(value.size);
    memcpy(*bytes, value.data, value.size);
    *memory = memory_take(used + alignof(max_align_t));
    struct arena arena = arena_over(*memory, used + alignof(max_align_t));
    return row_decode(record, bytes_of(*bytes, value.size), &arena, out, &core->problems);
}

enum status rules_keep(struct core *core, struct text window, struct bytes value)
{
    struct rules_file *file = memory_take(sizeof *file);
    enum status status = keep(core, &record_fact_rules, value, &file->fact, &file->bytes, &file->memory);
    if (status == STATUS_OK && !text_equal(file->fact.rules.window, window))
        status = STATUS_CORRUPT;
    if (status != STATUS_OK) {
        rules_file_free(file);
        return status;
    }
    struct rules_file *before = table_find(&core->rules, key_of_text(window));
    if (before != NULL)
        table_remove(&core->rules, key_of_text(window));
    rules_file_free(before);
    table_put(&core->rules, key_of_text(file->fact.rules.window), file);
    return STATUS_OK;
}

enum status calendar_keep(struct core *core, struct bytes value)
{
    struct calendar_file *file = memory_take(sizeof *file);
    enum status status = keep(core, &record_fact_calendar, value, &file->fact, &file->bytes, &file->memory);
    if (status != STATUS_OK) {
        calendar_file_free(file);
        return status;
    }
    calendar_file_free(core->calendar);
    core->calendar = file;
    return STATUS_OK;
}
