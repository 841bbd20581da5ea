#include "broker/core/handler.h"
#include "broker/core/measure.h"
#include "broker/core/word.h"

void on_case_not_accepted(struct turn *turn)
{
    const struct case_not_accepted *answer = turn->event->body;
    if (word_counts(word_take(turn, &(struct word){.event = LIFE_NOT_ACCEPTED})))
        measure_reasons(turn->file, &answer->reasons);
}
