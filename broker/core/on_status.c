#include "broker/core/handler.h"
#include "broker/core/word.h"

void on_status(struct turn *turn)
{
    (void)word_take(turn, &(struct word){.event = LIFE_STATUS});
}
