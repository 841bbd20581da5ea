#include "broker/core/handler.h"
#include "broker/core/word.h"

void on_case_accepted(struct turn *turn)
{
    const struct case_accepted *accepted = turn->event->body;
    struct word word = {.event = LIFE_ACCEPTED, .number = accepted->number};
    if (!word_counts(word_take(turn, &word)))
        return;
    struct case_row *row = &turn->file->row;
    row->accepted_at = accepted->accepted_at;
    row->accepted_here = number_of(turn->event->time_us);
    case_keep_text(&row->promised, accepted->due);
    if (row->booked_at.is_present && row->booked_at.value < row->accepted_at.value)
        word_differ(turn);
}
