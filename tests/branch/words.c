#include "agents/branch/words.h"

#include <criterion/criterion.h>

static const struct {
    const char *what;
    const char *state;
    enum level level;
    bool ends;
} rows[] = {
    {"DELIVERED", "DELIVERED", LEVEL_DELIVERED, false},
    {"CASE_ACCEPTED", "ACCEPTED", LEVEL_ACCEPTED, false},
    {"CASE_NOT_ACCEPTED", "NOT_ACCEPTED", LEVEL_DELIVERED, true},
    {"SUPPLEMENT_REQ", "SUPP_PRE", LEVEL_DELIVERED, false},
    {"STATUS", "REVIEW", LEVEL_DELIVERED, false},
    {"CASE_REFUSED", "REFUSED", LEVEL_DELIVERED, true},
    {"CASE_BOOKED", "BOOKED", LEVEL_BOOKED, false},
    {"CERT_ISSUED", "CERTIFIED", LEVEL_CERTIFIED, false},
    {"WITHDRAW_RESULT", "WITHDRAWN", LEVEL_DELIVERED, true},
    {"WITHDRAW_RESULT", "BOOKED", LEVEL_DELIVERED, false},
    {"WITHDRAWN", "WITHDRAWN", LEVEL_STORED, true},
    {"EXPIRED", "EXPIRED", LEVEL_STORED, true},
    {"PARKED", "PARKED", LEVEL_STORED, false},
    {"PART_ASKED", "SUBMITTED", LEVEL_STORED, false},
    {"PART_CONFIRMED", "QUEUED", LEVEL_STORED, false},
    {"PART_DECLINED", "EXPIRED", LEVEL_STORED, true},
    {"PART_BOOKED", "BOOKED", LEVEL_BOOKED, true},
    {"PART_ENDED", "WITHDRAWN", LEVEL_STORED, true},
    {"ALARM", "DELIVERED", LEVEL_STORED, false},
    {"DEEMED_ACCEPT_CLAIM", "DELIVERED", LEVEL_STORED, false}, /* a claim is no acceptance */
    {"SOMETHING_NEWER", "BOOKED", LEVEL_STORED, false},        /* the broker's state is no evidence */
};

Test(words, claim_no_more_than_the_event_says)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(event_level(text_of(rows[i].what)), rows[i].level, "%s", rows[i].what);
        cr_expect_eq(event_ends(text_of(rows[i].what), text_of(rows[i].state)), rows[i].ends, "%s", rows[i].what);
    }
}

Test(words, name_the_levels_one_may_wait_for)
{
    cr_assert_eq(level_of_name("stored"), LEVEL_STORED);
    cr_assert_eq(level_of_name("certified"), LEVEL_CERTIFIED);
    cr_assert_eq(level_of_name("in outbox"), LEVEL_COUNT);
    cr_assert_eq(level_of_name("finished"), LEVEL_COUNT);
}

/* Chinese characters take two columns of the screen. */
static int columns_of(const char *text)
{
    int columns = 0;
    for (const char *at = text; *at; at++)
        columns += ((unsigned char)*at & 0xc0) == 0x80 ? 0 : (unsigned char)*at >= 0xe1 ? 2 : 1;
    return columns;
}

Test(words, leave_a_blank_before_the_state_behind_them)
{
    static const char *const events[] = {"DELIVERED",
                                         "FOLLOW_UP_DELIVERED",
                                         "CASE_ACCEPTED",
                                         "CASE_NOT_ACCEPTED",
                                         "SUPPLEMENT_REQ",
                                         "STATUS",
                                         "SUSPEND",
                                         "RESUME",
                                         "WITHDRAW_RESULT",
                                         "CASE_REFUSED",
                                         "CASE_BOOKED",
                                         "CERT_ISSUED",
                                         "IN_DOUBT",
                                         "PARKED",
                                         "REQUEUED",
                                         "EXPIRED",
                                         "WITHDRAWN",
                                         "CONTRADICTION",
                                         "PART_ASKED",
                                         "PART_CONFIRMED",
                                         "PART_DECLINED",
                                         "PART_BOOKED",
                                         "PART_ENDED",
                                         "RISK_ALERT",
                                         "MAY_DISBURSE",
                                         "DISBURSE_STOPPED",
                                         "ROUND_LIMIT",
                                         "ROUND_ALLOWED",
                                         "CONTRADICTION_SETTLED",
                                         "ALARM",
                                         "DEEMED_ACCEPT_CLAIM",
                                         "ECHO_DIFF",
                                         "ARCHIVED"};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct word word = event_word(text_of(events[i]));
        cr_expect_str_neq(word.english, "other", "%s has no words", events[i]);
        cr_expect_lt(columns_of(word.chinese) + 1 + columns_of(word.english), 38, "%s", events[i]);
    }
}
