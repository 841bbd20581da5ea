#include "agents/branch/words.h"

#include <string.h>

struct word level_word(enum level level)
{
    switch (level) {
    case LEVEL_OUTBOX:
        return (struct word){"已存于网点", "in outbox"};
    case LEVEL_STORED:
        return (struct word){"已存", "stored"};
    case LEVEL_DELIVERED:
        return (struct word){"已送达窗口", "delivered"};
    case LEVEL_ACCEPTED:
        return (struct word){"已受理", "accepted"};
    case LEVEL_BOOKED:
        return (struct word){"已登簿", "booked"};
    case LEVEL_CERTIFIED:
        return (struct word){"已发证", "certified"};
    case LEVEL_COUNT:
        break;
    }
    return (struct word){"", ""};
}

enum level level_of_name(const char *name)
{
    enum level level = LEVEL_STORED;
    while (level < LEVEL_COUNT && strcmp(level_word(level).english, name) != 0)
        level++;
    return level;
}

/* One row per event of the feed. Every answer of a window shows that it has
 * the case; acceptance, booking and certificate speak for themselves only. */
static const struct event_row_words {
    const char *what;
    enum level level;
    bool ends;
    struct word word;
} event_words[] = {
    {"DELIVERED", LEVEL_DELIVERED, false, {"已送达窗口", "delivered to the window"}},
    {"SUPPLEMENT_DELIVERED", LEVEL_DELIVERED, false, {"补正材料已送达窗口", "supplement at the window"}},
    {"WITHDRAWAL_DELIVERED", LEVEL_DELIVERED, false, {"撤回申请已送达窗口", "withdrawal at the window"}},
    {"FOLLOW_UP_DELIVERED", LEVEL_DELIVERED, false, {"已送达，不再搁置", "got through, goes on"}},
    {"CASE_ACCEPTED", LEVEL_ACCEPTED, false, {"已受理", "accepted"}},
    {"CASE_NOT_ACCEPTED", LEVEL_DELIVERED, true, {"不予受理", "not accepted"}},
    {"SUPPLEMENT_REQ", LEVEL_DELIVERED, false, {"要求补正", "asked to complete"}},
    {"STATUS", LEVEL_DELIVERED, false, {"办理中", "in progress"}},
    {"SUSPEND", LEVEL_DELIVERED, false, {"已暂停", "suspended"}},
    {"RESUME", LEVEL_DELIVERED, false, {"恢复办理", "goes on"}},
    {"WITHDRAW_RESULT", LEVEL_DELIVERED, false, {"撤回答复", "answer to the withdrawal"}},
    {"CASE_REFUSED", LEVEL_DELIVERED, true, {"不予登记", "refused"}},
    {"CASE_BOOKED", LEVEL_BOOKED, false, {"已登簿", "booked"}},
    {"CERT_ISSUED", LEVEL_CERTIFIED, false, {"已发证", "certificate issued"}},
    {"PART_ASKED", LEVEL_STORED, false, {"待我行确认带押过户", "confirm or decline"}},
    {"PART_CONFIRMED", LEVEL_STORED, false, {"原抵押权人已确认", "old bank agrees"}},
    {"PART_DECLINED", LEVEL_STORED, true, {"原抵押权人不同意", "old bank declines"}},
    {"PART_BOOKED", LEVEL_BOOKED, true, {"我行抵押权已注销", "our mortgage ended"}},
    {"PART_ENDED", LEVEL_STORED, true, {"已终止，我行抵押权不变", "ours runs on"}},
    {"IN_DOUBT", LEVEL_STORED, false, {"送达存疑，继续重试", "delivery in doubt"}},
    {"PARKED", LEVEL_STORED, false, {"已搁置，待人工处理", "set aside"}},
    {"REQUEUED", LEVEL_STORED, false, {"重新排队", "queued again"}},
    {"EXPIRED", LEVEL_STORED, true, {"已过期", "expired"}},
    {"RISK_ALERT", LEVEL_STORED, false, {"风险提示！", "ALERT on the property"}},
    {"MAY_DISBURSE", LEVEL_STORED, false, {"可放款（参考）", "may disburse (advice)"}},
    {"DISBURSE_STOPPED", LEVEL_STORED, false, {"不可放款", "disbursing stopped"}},
    {"WITHDRAWN", LEVEL_STORED, true, {"已撤回", "withdrawn"}},
    {"ARCHIVED", LEVEL_STORED, false, {"已归档", "archived"}},
    {"CORRECTION", LEVEL_BOOKED, false, {"登簿已更正", "the book was corrected"}},
    {"FEE_NOTICE", LEVEL_DELIVERED, false, {"缴费通知", "a fee to pay"}},
    {"FEE_CONFIRMED", LEVEL_DELIVERED, false, {"缴费状态", "where the fee stands"}},
    {"FEE_REFUND", LEVEL_DELIVERED, false, {"退款", "fee refund"}},
    {"ALARM", LEVEL_STORED, false, {"时限提醒", "a clock runs out"}},
    {"ROUND_LIMIT", LEVEL_STORED, false, {"补正次数超限", "too many rounds"}},
    {"ROUND_ALLOWED", LEVEL_STORED, false, {"准许再次补正", "one more round"}},
    {"DEEMED_ACCEPT_CLAIM", LEVEL_STORED, false, {"可主张视为受理", "may claim acceptance"}},
    {"ECHO_DIFF", LEVEL_STORED, false, {"登簿与申请不一致", "booked not as filed"}},
    {"CONTRADICTION_SETTLED", LEVEL_STORED, false, {"矛盾已裁定", "contradiction settled"}},
    {"CONTRADICTION", LEVEL_STORED, false, {"信息矛盾，待人工处理", "contradiction"}},
};

static const struct event_row_words *words_of_event(struct text what)
{
    for (size_t i = 0; i < sizeof event_words / sizeof event_words[0]; i++)
        if (text_is(what, event_words[i].what))
            return &event_words[i];
    return NULL;
}

enum level event_level(struct text what)
{
    const struct event_row_words *words = words_of_event(what);
    return words ? words->level : LEVEL_STORED;
}

bool event_ends(struct text what, struct text state)
{
    const struct event_row_words *words = words_of_event(what);
    if (text_is(what, "ARCHIVED")) /* the registry's papers, or the whole case? */
        return text_is(state, "ARCHIVED");
    return (words && words->ends) || (text_is(what, "WITHDRAW_RESULT") && text_is(state, "WITHDRAWN"));
}

struct word event_word(struct text what)
{
    const struct event_row_words *words = words_of_event(what);
    return words ? words->word : (struct word){"其他", "other"};
}

struct word outbox_word(enum outbox_state state)
{
    switch (state) {
    case OUTBOX_WAITING:
        return level_word(LEVEL_OUTBOX);
    case OUTBOX_STORED:
        return level_word(LEVEL_STORED);
    case OUTBOX_REJECTED:
        return (struct word){"被退回", "rejected"};
    }
    return (struct word){"未知", "unknown"};
}
