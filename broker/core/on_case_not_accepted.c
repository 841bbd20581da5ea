#include "broker/core/handler.h"
#include "broker/core/word.h"

void on_case_not_accepted(struct turn *turn)
{
    (void)word_take(turn, &(struct word){.event = LIFE_NOT_ACCEPTED});
}
