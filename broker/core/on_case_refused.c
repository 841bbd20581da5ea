#include "broker/core/handler.h"
#include "broker/core/word.h"

void on_case_refused(struct turn *turn)
{
    (void)word_take(turn, &(struct word){.event = LIFE_REFUSED});
}
