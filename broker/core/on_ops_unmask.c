#include "broker/core/handler.h"
#include "broker/core/unmask.h"

static bool find(struct turn *turn, struct unmask_row *out)
{
    const struct ops_unmask *asked = turn->event->body;
    const struct row_key key = row_key_unmask(asked->scope);
    arena_reset(&turn->core->arena);
    return core_read(turn->core, &key, &record_unmask_row, &turn->core->arena, out);
}

/* A proposal that still waits for a second one who says the same. */
static bool waits(const struct turn *turn, const struct unmask_row *row)
{
    const struct ops_unmask *asked = turn->event->body;
    return row->second.data == NULL && row->minutes.value == asked->minutes.value &&
           turn->event->time_us - row->first_at.value < UNMASK_PROPOSAL_US;
}

enum status ops_unmask_judge(struct turn *turn)
{
    struct unmask_row row;
    turn->path = "scope";
    if (!find(turn, &row))
        return STATUS_OK;
    if (row.second.data != NULL && turn->event->time_us < row.until.value)
        return STATUS_WRONG_STATE; /* allowed already, and it runs */
    turn->path = NULL;
    return waits(turn, &row) && text_equal(row.first, turn->event->participant) ? STATUS_FOUR_EYES : STATUS_OK;
}

void on_ops_unmask(struct turn *turn)
{
    const struct ops_unmask *asked = turn->event->body;
    const struct row_key key = row_key_unmask(asked->scope);
    struct unmask_row row;

    if (find(turn, &row) && waits(turn, &row)) {
        row.second = turn->event->participant;
        row.second_reason = asked->reason;
        row.until = number_of(turn->event->time_us + asked->minutes.value * UNMASK_MINUTE_US);
    } else {
        row = (struct unmask_row){.scope = asked->scope,
                                  .minutes = asked->minutes,
                                  .first = turn->event->participant,
                                  .reason = asked->reason,
                                  .first_at = number_of(turn->event->time_us),
                                  .is_present = true};
    }
    core_put(turn->core, &key, &record_unmask_row, &row);
}
