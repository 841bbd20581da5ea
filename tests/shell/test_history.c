#include "broker/history.h"

#include <criterion/criterion.h>

static const struct {
    const char *before;
    const char *type;
    const char *after;
    bool stands_still;
} rows[] = {
    {"DELIVERED", "CASE_ACCEPTED", "ACCEPTED", false},
    {"DELIVERED", "CASE_ACCEPTED", "DELIVERED", true}, /* another case has this 业务号 */
    {"ACCEPTED", "CASE_ACCEPTED", "ACCEPTED", false},  /* said again */
    {"ACCEPTED", "CASE_BOOKED", "BOOKED", false},
    {"REFUSED", "CASE_BOOKED", "REFUSED", true},
    {"CERTIFIED", "CASE_REFUSED", "CERTIFIED", true},
    {"BOOKED", "CERT_ISSUED", "BOOKED", true},
    {"REVIEW", "STATUS", "REVIEW", false}, /* claims no state of its own */
    {"CERTIFIED", "CERT_ACK", "CERTIFIED", false},
};

Test(history, knows_a_word_that_did_not_come_true)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_eq(history_stands_still(text_of(rows[i].before), text_of(rows[i].type), text_of(rows[i].after)),
                     rows[i].stands_still, "%s %s %s", rows[i].before, rows[i].type, rows[i].after);
}
