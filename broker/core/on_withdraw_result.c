#include "broker/core/handler.h"
#include "broker/core/word.h"

static bool result_is_known(struct text result)
{
    return text_is(result, "ok") || text_is(result, "too_late");
}

enum status withdraw_result_judge(struct turn *turn)
{
    const struct withdraw_result *answer = turn->event->body;
    turn->path = "result";
    return result_is_known(answer->result) ? STATUS_OK : STATUS_BAD_BODY;
}

void on_withdraw_result(struct turn *turn)
{
    const struct withdraw_result *answer = turn->event->body;
    bool is_ok = text_is(answer->result, "ok");
    (void)word_take(turn, &(struct word){.event = is_ok ? LIFE_WITHDRAW_OK : LIFE_WITHDRAW_TOO_LATE});
}
