#include "broker/core/handler.h"
#include "broker/core/word.h"

void on_suspend(struct turn *turn)
{
    (void)word_take(turn, &(struct word){.event = LIFE_SUSPEND});
}
