#include "broker/core/handler.h"
#include "broker/core/measure.h"
#include "broker/core/word.h"

void on_case_refused(struct turn *turn)
{
    const struct case_refused *answer = turn->event->body;
    if (word_counts(word_take(turn, &(struct word){.event = LIFE_REFUSED})))
        measure_reasons(turn->file, &answer->reasons);
}
