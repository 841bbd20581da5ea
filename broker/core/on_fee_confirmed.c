#include "broker/core/fee.h"
#include "broker/core/handler.h"

void on_fee_confirmed(struct turn *turn)
{
    const struct fee_confirmed *confirmed = turn->event->body;
    fee_take(turn, &(struct fee_word){.event = LIFE_FEE_CONFIRMED, .bill = confirmed->bill, .state = confirmed->state});
}
