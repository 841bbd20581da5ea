#include "broker/core/fee.h"

#include "broker/core/word.h"

static const struct fee_state {
    const char *name;
    unsigned rank;   /* how far the bill has come */
    bool is_payable; /* money is awaited */
    bool is_settled; /* another bill may follow */
} fee_states[] = {
    {"0", 1, false, true},  /* 不收费 */
    {"1", 2, true, false},  /* 未缴费 */
    {"3", 3, true, false},  /* 部分缴费 */
    {"2", 4, false, true},  /* 已缴费 */
    {"7", 5, false, true},  /* 已核验 */
    {"4", 6, false, false}, /* 退款中 */
    {"6", 7, false, false}, /* 退款失败 */
    {"5", 8, false, true},  /* 退款成功 */
    {"-1", 9, false, true}, /* 已作废 */
};

static const struct fee_state *state_named(struct text name)
{
    for (size_t i = 0; name.data != NULL && i < sizeof fee_states / sizeof fee_states[0]; i++)
        if (text_is(name, fee_states[i].name))
            return &fee_states[i];
    return NULL;
}

static bool is_same_bill(const struct case_file *file, struct text bill)
{
    return file->row.fee_bill.data != NULL && text_equal(file->row.fee_bill, bill);
}

/* A bill of nothing is only ever void; one that asks for money never becomes free. */
static bool goes_together(struct text one, struct text other)
{
    return text_is(one, "0") == text_is(other, "0") || text_is(one, "-1") || text_is(other, "-1");
}

static bool amount_fits(const struct case_file *file, const struct fee_word *said)
{
    return !said->amount.is_present || !file->row.fee_amount.is_present ||
           said->amount.value == file->row.fee_amount.value;
}

static bool fee_can_be(const struct case_file *file, const struct fee_word *said)
{
    const struct fee_state *now = state_named(file->row.fee_state);
    if (state_named(said->state) == NULL)
        return false;
    if (now == NULL)
        return true;
    if (!is_same_bill(file, said->bill))
        return now->is_settled;
    return goes_together(file->row.fee_state, said->state) && amount_fits(file, said);
}

static void fee_keep(struct case_file *file, const struct fee_word *said, bool is_late)
{
    if (!is_same_bill(file, said->bill)) {
        case_keep_text(&file->row.fee_bill, said->bill);
        file->row.fee_amount = (struct number){0};
    }
    if (said->amount.is_present)
        file->row.fee_amount = said->amount;
    if (!is_late)
        case_keep_text(&file->row.fee_state, said->state);
}

void fee_take(struct turn *turn, const struct fee_word *said)
{
    struct case_file *file = turn->file;
    const struct fee_state *now = state_named(file->row.fee_state);
    const struct fee_state *named = state_named(said->state);
    bool can_be = fee_can_be(file, said);
    bool is_late = can_be && now != NULL && is_same_bill(file, said->bill) && named->rank < now->rank;
    struct word word = {.event = said->event, .is_impossible = !can_be};
    if (word_counts(word_take(turn, &word)))
        fee_keep(file, said, is_late);
}

bool fee_is_awaited(const struct case_row *row)
{
    const struct fee_state *now = state_named(row->fee_state);
    return now != NULL && now->is_payable;
}

bool fee_is_payable(const struct case_file *file, struct text bill)
{
    return fee_is_awaited(&file->row) && is_same_bill(file, bill);
}
