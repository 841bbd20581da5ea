#include "broker/core/handler.h"
#include "broker/core/word.h"

/* The branch hears what was changed; the case stays what it is. */
void on_correction(struct turn *turn)
{
    (void)word_take(turn, &(struct word){.event = LIFE_CORRECTION});
}
