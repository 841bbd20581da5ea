#include "broker/core/disburse.h"

#include "broker/core/feed.h"
#include "broker/core/risk.h"
#include "schemas/kind.h"

static bool lacks(const struct case_row *row, int64_t flag)
{
    return (row->flags.value & flag) == 0;
}

/* A cancellation secures nothing; a prenotice is no mortgage yet, and a bank that lends on it has a policy of its own.
 */
static bool kind_secures(const struct case_row *row)
{
    const struct kind *kind = kind_find(row->kind);
    return kind != NULL && !text_is(text_of(kind->registration), "400") && !text_is(text_of(kind->registration), "700");
}

static bool is_booked(const struct case_row *row)
{
    return row->booked_at.is_present;
}

static bool has_proof(const struct case_row *row)
{
    return row->proof.data != NULL && row->certified_sequence.is_present;
}

static bool is_verified(const struct case_row *row)
{
    return !lacks(row, CASE_PROOF_VERIFIED);
}

static bool was_compared(const struct case_row *row)
{
    return lacks(row, CASE_ECHO_UNKNOWN);
}

static bool echo_is_equal(const struct case_row *row)
{
    return lacks(row, CASE_ECHO_DIFF);
}

static bool rank_is_filed(const struct case_row *row)
{
    return lacks(row, CASE_RANK_DIFF);
}

static bool has_no_risk(const struct case_row *row)
{
    return lacks(row, CASE_RISK);
}

static bool has_no_doubt(const struct case_row *row)
{
    return lacks(row, CASE_IN_DOUBT);
}

static bool has_no_contradiction(const struct case_row *row)
{
    return lacks(row, CASE_CONTRADICTION);
}

static const struct condition {
    const char *what;
    const char *chinese;
    const char *english;
    bool (*holds)(const struct case_row *row);
} conditions[DISBURSE_CONDITION_COUNT] = {
    [DISBURSE_KIND] = {"kind", "登记种类设立或保留抵押权", "this kind of registration gives or keeps a mortgage",
                       kind_secures},
    [DISBURSE_BOOKED] = {"booked", "已登簿", "it is in the book", is_booked},
    [DISBURSE_PROOF] = {"proof", "登记证明已发", "the proof is issued", has_proof},
    [DISBURSE_VERIFIED] = {"verified", "银行已核验登记证明", "the bank has checked the proof", is_verified},
    [DISBURSE_COMPARED] = {"compared", "申请材料可读，登簿内容已与申请核对",
                           "what was filed could be read, so that the booking was compared with it", was_compared},
    [DISBURSE_ECHO] = {"echo", "登簿内容与申请一致", "what was booked is what was filed", echo_is_equal},
    [DISBURSE_RANK] = {"rank", "顺位与申请一致", "the rank is the one filed", rank_is_filed},
    [DISBURSE_RISK] = {"risk", "没有未解除或未阅的风险提示", "no alert stands or is unread", has_no_risk},
    [DISBURSE_DOUBT] = {"doubt", "送达没有疑问", "no delivery is in doubt", has_no_doubt},
    [DISBURSE_CONTRADICTION] = {"contradiction", "窗口的答复前后一致", "the window did not contradict itself",
                                has_no_contradiction},
};

bool disburse_holds(const struct case_row *row, enum disburse_condition condition)
{
    return conditions[condition].holds(row);
}

bool disburse_may(const struct case_row *row)
{
    for (unsigned i = 0; i < DISBURSE_CONDITION_COUNT; i++)
        if (!disburse_holds(row, (enum disburse_condition)i))
            return false;
    return true;
}

/* The newest alert that stands, or the newest that was read. */
static struct number record_of_risk(const struct case_row *row)
{
    struct number newest = {0};
    for (uint32_t i = 0; i < row->risks.count; i++) {
        const struct risk_row *risk = &row->risks.items[i];
        if (risk_row_blocks(risk))
            return risk->alert;
        newest = risk->acknowledged.is_present ? risk->acknowledged : risk->alert;
    }
    return newest;
}

static struct number record_of(const struct case_row *row, enum disburse_condition condition)
{
    switch (condition) {
    case DISBURSE_KIND:
        return row->submitted;
    case DISBURSE_BOOKED:
    case DISBURSE_COMPARED:
    case DISBURSE_ECHO:
    case DISBURSE_RANK:
        return row->booked_sequence;
    case DISBURSE_PROOF:
        return row->certified_sequence;
    case DISBURSE_VERIFIED:
        return row->verified_sequence;
    case DISBURSE_RISK:
        return record_of_risk(row);
    case DISBURSE_DOUBT:
    case DISBURSE_CONTRADICTION:
    case DISBURSE_CONDITION_COUNT:
        break;
    }
    return (struct number){0};
}

enum status disburse_evidence(const struct case_row *row, struct arena *arena, struct disburse_evidence_list *out)
{
    out->items = arena_take(arena, DISBURSE_CONDITION_COUNT * sizeof *out->items);
    if (out->items == NULL)
        return STATUS_LIMIT;
    for (unsigned i = 0; i < DISBURSE_CONDITION_COUNT; i++) {
        out->items[i] = (struct disburse_evidence){.what = text_of(conditions[i].what),
                                                   .holds = number_of(conditions[i].holds(row)),
                                                   .text_zh = text_of(conditions[i].chinese),
                                                   .text_en = text_of(conditions[i].english),
                                                   .sequence = record_of(row, (enum disburse_condition)i),
                                                   .is_present = true};
    }
    out->count = DISBURSE_CONDITION_COUNT;
    out->is_present = true;
    return STATUS_OK;
}

void disburse_tell(struct turn *turn, struct case_file *file)
{
    bool may = disburse_may(&file->row);
    if (may == case_has(file, CASE_MAY_DISBURSE))
        return;
    if (may)
        case_flag(file, CASE_MAY_DISBURSE);
    else
        case_unflag(file, CASE_MAY_DISBURSE);
    feed_append(turn, file, may ? "MAY_DISBURSE" : "DISBURSE_STOPPED");
}
