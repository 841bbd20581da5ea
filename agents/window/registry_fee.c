#include <stdio.h>
#include <string.h>

#include "agents/window/registry_decision.h"
#include "agents/window/registry_filed.h"

/* The sandbox's fees (DOMAIN 1.6): a bill for a share of the cases, or for every case with a fee where the window's
 * rules say that it books only after the fee is paid. A bill of a case that ends unbooked is void, or paid back. */

static bool is_fee_first(const struct registry *registry, const struct filed *filed)
{
    const struct window_rules *rules = rule_files_of(registry->settings.rules, text_of(filed->window));
    return rules && rules->fee_first.value;
}

static void fee_write(struct registry *registry, const struct filed *filed)
{
    sqlite3_stmt *query =
        base_query(&registry->base, "UPDATE application SET bill = ?2, fee = ?3, paid = ?4 WHERE id = ?1");
    book_bind_number(query, 1, filed->id);
    book_bind_text(query, 2, text_of(filed->bill[0] ? filed->bill : NULL));
    book_bind_number(query, 3, filed->fee);
    book_bind_number(query, 4, filed->paid);
    base_run(&registry->base, query);
}

bool fee_is_asked(const struct registry *registry, const struct filed *filed, const struct case_submit *application)
{
    return registry_fee_of(application) > 0 &&
           (is_fee_first(registry, filed) || registry_tells_fee(&registry->settings, text_of(filed->case_id)));
}

bool fee_is_awaited(const struct registry *registry, const struct filed *filed)
{
    return filed->bill[0] && filed->paid < filed->fee && is_fee_first(registry, filed);
}

enum status fee_tell(struct registry *registry, struct filed *filed, const struct case_submit *application,
                     struct registry_answer *answer)
{
    snprintf(filed->bill, sizeof filed->bill, "JK-%s", filed->number);
    filed->fee = registry_fee_of(application);
    fee_write(registry, filed);
    return registry_answer_fee(filed->bill, application, &registry->answers, answer);
}

enum status fee_end(struct registry *registry, struct filed *filed, struct registry_answer *answer)
{
    if (filed->paid > 0)
        return registry_answer_fee_back(filed->bill, filed->paid, &registry->answers, answer);
    return registry_answer_fee_state(filed->bill, "-1", 0, &registry->answers, answer);
}

static enum status answer_payment(struct registry *registry, const struct filed *filed, bool has_ended,
                                  struct registry_answer *answer)
{
    arena_reset(&registry->answers);
    if (has_ended)
        return registry_answer_fee_back(filed->bill, filed->paid, &registry->answers, answer);
    return registry_answer_fee_state(filed->bill, filed->paid < filed->fee ? "3" : "2", filed->paid, &registry->answers,
                                     answer);
}

enum adapter_outcome fee_take_payment(struct registry *registry, struct filed *filed, const struct adapter_task *task,
                                      int64_t now_us, char why[ADAPTER_WHY_SIZE_MAX])
{
    struct fee_paid payment;
    struct problems problems;
    struct registry_answer answer;
    bool has_ended = strcmp(filed->state, "WITHDRAWN") == 0 || strcmp(filed->state, "REFUSED") == 0;
    arena_reset(&registry->arena);
    if (record_decode(&record_fee_paid, task->origin, &registry->arena, &payment, &problems) != STATUS_OK ||
        !filed->bill[0] || !text_is(payment.bill, filed->bill)) {
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "no such bill was told");
        return ADAPTER_CANNOT;
    }
    filed->paid += payment.amount.value;
    if (answer_payment(registry, filed, has_ended, &answer) != STATUS_OK)
        return ADAPTER_CANNOT;
    fee_write(registry, filed);
    filed_answer(registry, filed, &answer, now_us);
    if (strcmp(filed->state, "UNPAID") == 0 && !fee_is_awaited(registry, filed))
        filed_move(registry, filed, "ACCEPTED", now_us);
    return ADAPTER_TAKEN;
}
