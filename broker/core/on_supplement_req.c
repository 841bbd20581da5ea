#include "broker/core/handler.h"
#include "broker/core/measure.h"
#include "broker/core/round.h"
#include "broker/core/word.h"

/* Rounds count up from 1. The same round with other content cannot be; a round
 * behind a later one was overtaken; one that skips a round is taken, flagged. */
void on_supplement_req(struct turn *turn)
{
    const struct supplement_req *request = turn->event->body;
    struct case_row *row = &turn->file->row;
    int64_t round = request->round.value;
    int64_t last = row->supplement_round.value;
    struct word word = {
        .event = LIFE_SUPPLEMENT_REQ, .is_impossible = (row->rounds.value >> round & 1) != 0, .is_late = round < last};
    if (!word_counts(word_take(turn, &word)))
        return;
    measure_round(turn->file, request);
    row->rounds = number_of(row->rounds.value | INT64_C(1) << round);
    if (round > last) {
        row->supplement_round = number_of(round);
        row->asked = number_of((int64_t)turn->event->sequence);
        row->deadline = request->deadline;
    }
    if (round > last + 1)
        case_flag(turn->file, CASE_OUT_OF_ORDER);
    turn->exceeds = turn->file->base == STATE_SUPP_POST && !round_is_allowed(turn->core, turn->file, round);
}
