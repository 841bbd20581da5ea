#include "broker/core/fee.h"
#include "broker/core/handler.h"

/* Of the states of a fee only 退款中, 退款成功 and 退款失败 speak of a refund; another one cannot be. */
void on_fee_refund(struct turn *turn)
{
    const struct fee_refund *refund = turn->event->body;
    bool is_refund = text_is(refund->state, "4") || text_is(refund->state, "5") || text_is(refund->state, "6");
    fee_take(turn, &(struct fee_word){.event = LIFE_FEE_REFUND,
                                      .bill = refund->bill,
                                      .state = is_refund ? refund->state : (struct text){0}});
}
