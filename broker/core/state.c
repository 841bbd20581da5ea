#include "broker/core/state.h"

#include <assert.h>

#include "broker/core/window.h"

struct window_file *core_find_window(const struct core *core, struct text name)
{
    return table_find(&core->windows, key_of_text(name));
}

struct branch_file *core_find_branch(const struct core *core, struct text name)
{
    return table_find(&core->branches, key_of_text(name));
}

struct case_file *core_find_case(const struct core *core, struct text case_id)
{
    return table_find(&core->cases, key_of_text(case_id));
}

struct session *core_find_session(const struct core *core, struct text participant)
{
    return table_find(&core->sessions, key_of_text(participant));
}

struct window_file *core_window(struct core *core, struct text name)
{
    struct window_file *window = core_find_window(core, name);
    if (window == NULL) {
        window = window_new(name);
        table_put(&core->windows, key_of_text(text_of(window->name)), window);
    }
    return window;
}

struct branch_file *core_branch(struct core *core, struct text name)
{
    struct branch_file *branch = core_find_branch(core, name);
    if (branch == NULL) {
        branch = branch_new(name);
        table_put(&core->branches, key_of_text(text_of(branch->name)), branch);
    }
    return branch;
}

/* A row that does not fit the buffer would be our own mistake: all its lists
 * are bounded far below it. */
struct bytes core_encode(struct core *core, const struct record *record, const void *in)
{
    size_t size = 0;
    enum status status = row_encode(record, in, core->buffer, ROW_BUFFER_SIZE, &size);
    assert(status == STATUS_OK);
    return bytes_of(core->buffer, size);
}

struct bytes core_small(const struct core *core, const struct row_key *key)
{
    const struct known_row *row = rows_find(&core->rows, key);
    return row != NULL ? bytes_of(row->value, row->size) : (struct bytes){0};
}

bool core_read(const struct core *core, const struct row_key *key, const struct record *record, struct arena *arena,
               void *out)
{
    struct problems problems;
    struct bytes value = core_small(core, key);
    if (value.data == NULL)
        return false;
    enum status status = row_decode(record, value, arena, out, &problems);
    assert(status == STATUS_OK);
    return true;
}

void core_put(struct core *core, const struct row_key *key, const struct record *record, const void *in)
{
    rows_put(&core->rows, key, core_encode(core, record, in));
}

void core_touch_case(struct core *core, struct case_file *file)
{
    if (!file->is_open && file->is_visiting) {
        file->is_visiting = false;
        core->visiting_count--;
        list_remove(&core->visiting, &file->of_all);
        list_append(&core->closed, &file->of_all);
    }
    struct row_key key = row_key_case(file->row.case_id);
    rows_touch(&core->rows, &key);
}

void core_touch_window(struct core *core, const struct window_file *window)
{
    struct row_key key = row_key_window(text_of(window->name));
    rows_touch(&core->rows, &key);
}

void core_touch_branch(struct core *core, const struct branch_file *branch)
{
    struct row_key key = row_key_branch(text_of(branch->name));
    rows_touch(&core->rows, &key);
}

struct effect *turn_effect(struct turn *turn, enum effect_type type, struct text to)
{
    struct effect *effect = effects_add(turn->effects, type);
    memcpy(effect->to, to.data, to.size);
    bool is_answer =
        type == EFFECT_RECEIPT || type == EFFECT_REJECT || type == EFFECT_ANSWER || type == EFFECT_MATERIAL;
    if (is_answer && turn->event->envelope != NULL && turn->event->envelope->message_id.size == MESSAGE_ID_SIZE)
        memcpy(effect->answers, turn->event->envelope->message_id.data, MESSAGE_ID_SIZE);
    return effect;
}

void turn_reject(struct turn *turn, enum status status)
{
    struct effect *effect = turn_effect(turn, EFFECT_REJECT, turn->event->participant);
    effect->status = status;
    if (status == STATUS_BUSY)
        effect->retry_ms = BUSY_RETRY_MS;
    if (turn->path != NULL)
        memcpy(effect->path, turn->path, strlen(turn->path) + 1);
    if (status == STATUS_WRONG_STATE && turn->file != NULL)
        memcpy(effect->case_id, turn->file->case_id, sizeof effect->case_id);
    if (turn->names_open_case)
        memcpy(effect->case_id, turn->step.case_id, sizeof effect->case_id);
}
