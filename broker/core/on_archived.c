#include "broker/core/handler.h"
#include "broker/core/word.h"

/* The registry's papers are filed away. The case ends when the branch has checked its proof (FACT_ARCHIVE). */
void on_archived(struct turn *turn)
{
    (void)word_take(turn, &(struct word){.event = LIFE_ARCHIVED});
}
