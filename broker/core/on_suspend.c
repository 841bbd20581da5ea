#include "broker/core/handler.h"
#include "broker/core/word.h"

/* Suspensions and resumptions are counted: a case is suspended as long as the
 * window suspended it more often than it went on with it. So a resumption that
 * comes first is kept for its suspension, and every order ends alike. */

static bool is_resumed_already(const struct case_row *row)
{
    return row->resumptions.value > row->suspensions.value;
}

void on_suspend(struct turn *turn)
{
    struct case_row *row = &turn->file->row;
    struct word word = {.event = LIFE_SUSPEND, .is_late = is_resumed_already(row)};
    if (word_counts(word_take(turn, &word)))
        row->suspensions = number_of(row->suspensions.value + 1);
}
