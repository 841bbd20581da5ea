#include "broker/core/group.h"

#include "schemas/lifecycle.h"

enum { GROUP_ARENA_SIZE = 2048 };

/* The cases so far, which borrow from the row. */
static uint32_t group_cases(const struct core *core, const struct row_key *key, struct text out[GROUP_CASE_COUNT_MAX])
{
    uint8_t memory[GROUP_ARENA_SIZE];
    struct arena arena = arena_over(memory, sizeof memory);
    struct group_row row;
    if (!core_read(core, key, &record_group_row, &arena, &row))
        return 0;
    uint32_t count = row.cases.count < GROUP_CASE_COUNT_MAX ? row.cases.count : GROUP_CASE_COUNT_MAX;
    memcpy(out, row.cases.items, count * sizeof *out);
    return count;
}

enum status group_judge(struct turn *turn)
{
    struct text cases[GROUP_CASE_COUNT_MAX];
    struct text group = turn->event->envelope->group;
    if (group.data == NULL)
        return STATUS_OK;
    struct row_key key = row_key_group(turn->event->participant, group);
    if (group_cases(turn->core, &key, cases) < GROUP_CASE_COUNT_MAX)
        return STATUS_OK;
    turn->path = "grp";
    return STATUS_LIMIT;
}

void group_join(struct turn *turn, struct case_file *file)
{
    struct text cases[GROUP_CASE_COUNT_MAX];
    struct text group = turn->event->envelope->group;
    if (group.data == NULL)
        return;
    struct row_key key = row_key_group(file->row.branch, group);
    uint32_t count = group_cases(turn->core, &key, cases);
    if (count == GROUP_CASE_COUNT_MAX)
        return;
    cases[count++] = file->row.case_id;
    struct group_row row = {.cases = {cases, count, true}, .is_present = true};
    case_keep_text(&file->row.group, group);
    core_put(turn->core, &key, &record_group_row, &row);
}

static bool is_in_the_book(enum lifecycle_state state)
{
    return state != STATE_COUNT && (lifecycle_state(state)->class == CLASS_BOOK || state == STATE_ARCHIVED);
}

struct group_word group_word_of(const struct text *states, uint32_t count)
{
    uint32_t booked_count = 0;
    uint32_t open_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        enum lifecycle_state state = lifecycle_state_of(states[i]);
        bool is_booked = is_in_the_book(state);
        booked_count += is_booked;
        open_count += !is_booked && state != STATE_COUNT && lifecycle_is_open(state);
    }
    if (count > 0 && booked_count == count)
        return (struct group_word){"booked", "全部登簿", "all booked"};
    if (booked_count > 0)
        return (struct group_word){"partly_booked", "部分登簿", "partly booked"};
    if (open_count > 0)
        return (struct group_word){"open", "办理中，均未登簿", "under way, none booked"};
    return (struct group_word){"ended", "已结束，均未登簿", "ended, none booked"};
}
