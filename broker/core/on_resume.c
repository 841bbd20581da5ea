#include "broker/core/handler.h"
#include "broker/core/word.h"

void on_resume(struct turn *turn)
{
    (void)word_take(turn, &(struct word){.event = LIFE_RESUME});
}
