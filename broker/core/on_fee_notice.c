#include "broker/core/fee.h"
#include "broker/core/handler.h"

void on_fee_notice(struct turn *turn)
{
    const struct fee_notice *notice = turn->event->body;
    fee_take(turn, &(struct fee_word){.event = LIFE_FEE_NOTICE,
                                      .bill = notice->bill,
                                      .state = text_of(notice->amount.value == 0 ? "0" : "1"),
                                      .amount = notice->amount});
}
