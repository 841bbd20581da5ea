#include "broker/core/handler.h"
#include "broker/core/word.h"

/* See on_suspend.c. */
void on_resume(struct turn *turn)
{
    struct case_row *row = &turn->file->row;
    struct word word = {.event = LIFE_RESUME, .is_part = row->suspensions.value > row->resumptions.value + 1};
    if (word_counts(word_take(turn, &word)))
        row->resumptions = number_of(row->resumptions.value + 1);
}
