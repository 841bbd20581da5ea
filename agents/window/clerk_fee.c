#include <stdio.h>
#include <string.h>

#include "agents/window/clerk.h"
#include "agents/window/clerk_act.h"

/* The fee of a case (缴费), which has a state of its own: what is to be paid, where it stands, and what is paid back.
 */

/* ---- the bill: one that was told before ---- */

/* Copies the bill of the last FEE_NOTICE of the case, or the one asked for; false when none was told. */
static bool find_bill(struct clerk_act *act, const char *wanted, char out[65])
{
    bool is_found = false;
    sqlite3_stmt *query = base_query(&act->folder.base, "SELECT body FROM answer WHERE window = ?1 AND case_id = ?2"
                                                        " AND type = 'FEE_NOTICE' ORDER BY id DESC");
    book_bind_text(query, 1, text_of(act->row.window));
    book_bind_text(query, 2, text_of(act->row.case_id));
    while (base_next(&act->folder.base, query)) {
        struct fee_notice notice;
        struct problems problems;
        arena_reset(&act->maker.scratch);
        if (is_found || record_decode(&record_fee_notice, book_bytes(query, 0), &act->maker.scratch, &notice,
                                      &problems) != STATUS_OK)
            continue;
        is_found = !wanted || text_is(notice.bill, wanted);
        if (is_found)
            snprintf(out, 65, "%.*s", TEXT_ARGS(notice.bill));
    }
    book_end(query);
    return is_found;
}

static enum status fill_bill(struct clerk_act *act, struct text *out)
{
    char bill[65];
    const char *wanted = act->words[WORD_BILL];
    if (!find_bill(act, wanted, bill)) {
        snprintf(
            act->why, sizeof act->why,
            "%s%s: 本案没有这样的缴款通知，先用 fee 通知缴费 / no fee notice of this case names it; tell it with `fee`",
            wanted ? "--bill " : act->row.case_id, wanted ? wanted : "");
        return STATUS_WRONG_STATE;
    }
    char *kept = arena_take(&act->arena, sizeof bill);
    if (!kept)
        return STATUS_NO_MEMORY;
    memcpy(kept, bill, sizeof bill);
    *out = text_of(kept);
    return STATUS_OK;
}

/* ---- what is to be paid ---- */

static enum status read_fee_item(struct clerk_act *act, const char *item, struct fee_item *out)
{
    const char *at = item;
    char digits[24];
    int64_t fen = 0;
    *out = (struct fee_item){.name = clerk_part(&at), .is_present = true};
    struct text amount = clerk_part(&at);
    snprintf(digits, sizeof digits, "%.*s", TEXT_ARGS(amount));
    if (!at && out->name.size > 0 && amount.size < sizeof digits &&
        number_parse(digits, 0, INT64_C(999999999999999), &fen)) {
        out->amount = number_of(fen);
        return STATUS_OK;
    }
    snprintf(act->why, sizeof act->why,
             "--item \"%s\": 应为“收费项目|金额（分）” / \"name|amount in fen\" is meant, a whole number", item);
    return STATUS_USAGE;
}

static enum status read_fee_items(struct clerk_act *act, struct fee_notice *out, int64_t *sum)
{
    struct fee_item *items = arena_take(&act->arena, act->item_count * sizeof *items);
    enum status status = items ? STATUS_OK : STATUS_LIMIT;
    *sum = 0;
    if (act->item_count > FEE_ITEM_COUNT_MAX) {
        snprintf(act->why, sizeof act->why, "--item: 最多%d项 / at most %d", FEE_ITEM_COUNT_MAX, FEE_ITEM_COUNT_MAX);
        return STATUS_USAGE;
    }
    for (uint32_t i = 0; i < act->item_count && status == STATUS_OK; i++) {
        status = read_fee_item(act, act->items[i], &items[i]);
        *sum += items[i].amount.value;
    }
    out->items = (struct fee_item_list){items, act->item_count, true};
    return status;
}

/* With items the amount is their sum; whoever says it as well must say the same. */
static enum status fill_amount(struct clerk_act *act, struct fee_notice *out)
{
    int64_t sum = 0;
    enum status status = clerk_fen(act, WORD_AMOUNT, "amount", &out->amount);
    if (status != STATUS_OK || act->item_count == 0)
        return status;
    status = read_fee_items(act, out, &sum);
    if (status != STATUS_OK)
        return status;
    if (out->amount.is_present && out->amount.value != sum) {
        snprintf(act->why, sizeof act->why, "--amount %s: 与各项之和 %lld 分不符 / the items make %lld fen",
                 act->words[WORD_AMOUNT], (long long)sum, (long long)sum);
        return STATUS_USAGE;
    }
    out->amount = number_of(sum);
    return STATUS_OK;
}

static enum status fill_fee(struct clerk_act *act, void *body)
{
    struct fee_notice *out = body;
    char bill[65];
    if (!clerk_want(act, WORD_BILL, "bill"))
        return STATUS_USAGE;
    if (find_bill(act, act->words[WORD_BILL], bill)) {
        snprintf(act->why, sizeof act->why, "--bill %s: 该缴款通知已发出 / this bill was told already",
                 act->words[WORD_BILL]);
        return STATUS_WRONG_STATE;
    }
    *out = (struct fee_notice){.bill = clerk_text(act, WORD_BILL),
                               .payee = clerk_text(act, WORD_PAYEE),
                               .due = clerk_text(act, WORD_DUE),
                               .is_present = true};
    enum status status = fill_amount(act, out);
    if (status == STATUS_OK && !out->amount.is_present) {
        snprintf(act->why, sizeof act->why,
                 "须填 --amount 或 --item / say --amount or --item; 0 is a case without a fee");
        return STATUS_USAGE;
    }
    return status;
}

CLERK_COMMAND(fee, FEE_NOTICE, "Tells what is to be paid (缴费通知).",
              CLERK_WORD(BILL, "bill", "N", "缴款通知书号 (needed)"),
              CLERK_WORD(ITEM, "item", "ITEM", "\"收费项目|amount in fen\"; once for each fee"),
              CLERK_WORD(AMOUNT, "amount", "FEN", "the sum, where there are no items; 0: no fee (不收费)"),
              CLERK_WORD(PAYEE, "payee", "T", "收款单位"), CLERK_WORD(DUE, "due", "DATE", "缴款期限 YYYY-MM-DD"))

/* ---- where it stands ---- */

static enum status judge_state(struct clerk_act *act, bool is_refund)
{
    const char *state = act->words[WORD_STATE];
    bool speaks_of_refund = strcmp(state, "4") == 0 || strcmp(state, "5") == 0 || strcmp(state, "6") == 0;
    if (dictionary_holds(DICTIONARY_FEE_STATE, text_of(state)) && speaks_of_refund == is_refund)
        return STATUS_OK;
    snprintf(act->why, sizeof act->why, "--state %s: %s", state,
             is_refund
                 ? "应为 4 退款中、5 退款成功、6 退款失败 / 4, 5 or 6 is meant"
                 : "应为 0 不收费、1 未缴费、2 已缴费、3 部分缴费、7 已核验、-1 已作废 / 0, 1, 2, 3, 7 or -1 is meant");
    return STATUS_USAGE;
}

static enum status fill_fee_state(struct clerk_act *act, void *body)
{
    struct fee_confirmed *out = body;
    if (!clerk_want(act, WORD_STATE, "state"))
        return STATUS_USAGE;
    *out = (struct fee_confirmed){.state = clerk_text(act, WORD_STATE), .is_present = true};
    enum status status = judge_state(act, false);
    if (status == STATUS_OK)
        status = clerk_fen(act, WORD_AMOUNT, "amount", &out->amount);
    return status == STATUS_OK ? fill_bill(act, &out->bill) : status;
}

CLERK_COMMAND(fee_state, FEE_CONFIRMED, "Tells where the fee stands (缴费状态).",
              CLERK_WORD(STATE, "state", "S",
                         "0 不收费, 1 未缴费, 2 已缴费, 3 部分缴费, 7 已核验 or -1 已作废 (needed)"),
              CLERK_WORD(BILL, "bill", "N", "缴款通知书号 (the last one told)"),
              CLERK_WORD(AMOUNT, "amount", "FEN", "what was paid, in fen"))

static enum status fill_refund(struct clerk_act *act, void *body)
{
    struct fee_refund *out = body;
    if (!clerk_want(act, WORD_STATE, "state") || !clerk_want(act, WORD_AMOUNT, "amount"))
        return STATUS_USAGE;
    *out = (struct fee_refund){
        .state = clerk_text(act, WORD_STATE), .reason = clerk_text(act, WORD_REASON), .is_present = true};
    enum status status = judge_state(act, true);
    if (status == STATUS_OK)
        status = clerk_fen(act, WORD_AMOUNT, "amount", &out->amount);
    return status == STATUS_OK ? fill_bill(act, &out->bill) : status;
}

CLERK_COMMAND(refund, FEE_REFUND, "Tells of a fee that is paid back (退款).",
              CLERK_WORD(STATE, "state", "S", "4 退款中, 5 退款成功 or 6 退款失败 (needed)"),
              CLERK_WORD(AMOUNT, "amount", "FEN", "what is paid back, in fen (needed)"),
              CLERK_WORD(BILL, "bill", "N", "缴款通知书号 (the last one told)"),
              CLERK_WORD(REASON, "reason", "T", "why"))
