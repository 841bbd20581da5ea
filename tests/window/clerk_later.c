/* What a person says beside and after the course of a case: its fee, corrections, papers filed away. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>
#include <string.h>

#include "agents/window/clerk.h"
#include "agents/window/person.h"
#include "agents/window/settings.h"
#include "tests/window/house.h"

static const char *const one_window[] = {"W:370102"};

static struct house house;
static char id[31];

typedef int command(int argc, char **argv); /* as main() */

static int run(command *run_command, const char *const *words)
{
    char *argv[24] = {(char *)"onevisit-window"};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)words[argc - 1];
    return run_command(argc, argv);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A case that the registry accepted. */
static void begin(void)
{
    struct adapter adapter;
    house_open(&house, one_window, 1);
    setenv("ONEVISIT_DATA", house.data, 1);
    cr_assert_eq(person_open(&adapter), STATUS_OK);
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", 1);
    struct house_delivery delivery = {one_window[0],
                                      house_case_id(1, id),
                                      1,
                                      MESSAGE_CASE_SUBMIT,
                                      house_application("DY-1", "370102999001GB00001F00010203"),
                                      false};
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'desk'", 1);
    cr_assert_eq(run(clerk_accept, WORDS(id, "--ywh", "N-1")), EXIT_DONE);
}

static void book(void)
{
    cr_assert_eq(run(clerk_book, WORDS(id, "--registrar", "T02", "--proof", "鲁（2026）济南市不动产证明第0000001号")),
                 EXIT_DONE);
}

static int64_t in_state(const char *state)
{
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM docket WHERE state = '%s'", state);
    return house_number(&house, sql);
}

static bool errors_say(const char *sentence)
{
    static char heard[16384];
    fflush(stderr);
    size_t size = fread(heard, 1, sizeof heard - 1, cr_get_redirected_stderr());
    heard[size] = 0;
    return strstr(heard, sentence) != NULL;
}

Test(clerk_later, tells_a_fee_and_that_it_was_paid)
{
    struct fee_notice notice;
    struct fee_confirmed confirmed;
    begin();
    cr_assert_eq(run(clerk_fee, WORDS(id, "--bill", "JK-1", "--item", "不动产登记费|8000", "--item", "工本费|1000",
                                      "--payee", "示例登记中心", "--due", "2026-12-31")),
                 EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_FEE_NOTICE, id, 1), &notice);
    cr_assert(text_is(notice.bill, "JK-1") && text_is(notice.due, "2026-12-31"));
    cr_assert_eq(notice.amount.value, 9000);
    cr_assert_eq(notice.items.count, 2);
    struct fee_paid paid = {.bill = text_of("JK-1"), .amount = number_of(9000), .payment = text_of("PZ-1")};
    struct house_delivery delivery = {one_window[0], id, 2, MESSAGE_FEE_PAID, house_encode(MESSAGE_FEE_PAID, &paid),
                                      false};
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'desk' AND number = 2", 1);
    cr_assert_eq(run(clerk_fee_state, WORDS(id, "--state", "2", "--amount", "9000")), EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_FEE_CONFIRMED, id, 1), &confirmed);
    cr_assert(text_is(confirmed.bill, "JK-1") && text_is(confirmed.state, "2"));
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE state <> 'handed'"), 0);
    cr_assert_eq(in_state("ACCEPTED"), 1, "a fee moves no case");
    house_close(&house);
}

Test(clerk_later, refuses_what_can_be_no_fee, .init = cr_redirect_stderr)
{
    begin();
    cr_assert_eq(run(clerk_fee, WORDS(id, "--item", "登记费|8000")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_fee, WORDS(id, "--bill", "JK-1")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_fee, WORDS(id, "--bill", "JK-1", "--amount", "80.00")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_fee, WORDS(id, "--bill", "JK-1", "--item", "登记费|80元")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_fee, WORDS(id, "--bill", "JK-1", "--amount", "1", "--item", "登记费|8000")),
                 EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_fee_state, WORDS(id, "--state", "2")), EXIT_NO, "no bill was told");
    cr_assert_eq(run(clerk_fee, WORDS(id, "--bill", "JK-1", "--amount", "8000")), EXIT_DONE);
    cr_assert_eq(run(clerk_fee, WORDS(id, "--bill", "JK-1", "--amount", "8000")), EXIT_NO, "told already");
    cr_assert_eq(run(clerk_fee_state, WORDS(id, "--state", "2", "--bill", "JK-2")), EXIT_NO, "another bill");
    cr_assert_eq(run(clerk_fee_state, WORDS(id, "--state", "8")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_fee_state, WORDS(id, "--state", "4")), EXIT_USAGE_WRONG, "that is a refund");
    cr_assert_eq(run(clerk_refund, WORDS(id, "--state", "2", "--amount", "8000")), EXIT_USAGE_WRONG);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE type LIKE 'FEE%'"), 1);
    house_close(&house);
    cr_assert(errors_say("应为以分计的整数"));
}

Test(clerk_later, pays_back_after_a_withdrawal)
{
    struct fee_refund refund;
    begin();
    cr_assert_eq(run(clerk_fee, WORDS(id, "--bill", "JK-1", "--amount", "8000")), EXIT_DONE);
    struct withdraw_req request = {.reason = text_of("不办了"), .agreement = text_of("A-1")};
    struct house_delivery delivery = {
        one_window[0], id, 2, MESSAGE_WITHDRAW_REQ, house_encode(MESSAGE_WITHDRAW_REQ, &request), false};
    house_deliver(&house, &delivery);
    house_await(&house, MESSAGE_DELIVERED, id, 2);
    cr_assert_eq(run(clerk_withdraw_result, WORDS(id)), EXIT_DONE);
    cr_assert_eq(run(clerk_refund, WORDS(id, "--state", "5", "--amount", "8000", "--reason", "已撤回")), EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_FEE_REFUND, id, 1), &refund);
    cr_assert(text_is(refund.bill, "JK-1") && text_is(refund.state, "5"));
    cr_assert_eq(in_state("WITHDRAWN"), 1);
    house_close(&house);
}

Test(clerk_later, corrects_fields_of_the_booking_with_values_of_their_kind)
{
    struct correction correction;
    begin();
    book();
    cr_assert_eq(run(clerk_correct, WORDS(id, "--ywh", "G-1", "--ground", "笔误", "--item", "dbfw|本金|本金及利息",
                                          "--item", "units/0/dyqsw|1|2", "--item", "bdbzzqse||80000000")),
                 EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_CORRECTION, id, 1), &correction);
    cr_assert_eq(correction.changes.count, 3);
    cr_assert(text_is(correction.changes.items[0].new_value, "\"本金及利息\""));
    cr_assert(text_is(correction.changes.items[0].old_value, "\"本金\""));
    cr_assert(text_is(correction.changes.items[1].new_value, "2"));
    cr_assert_null(correction.changes.items[2].old_value.data);
    cr_assert_eq(in_state("BOOKED"), 1, "the case stays what it is");
    house_close(&house);
}

Test(clerk_later, refuses_corrections_that_no_book_could_hold, .init = cr_redirect_stderr)
{
    begin();
    cr_assert_eq(run(clerk_correct, WORDS(id, "--ywh", "G-1", "--ground", "x", "--item", "dbfw|a|b")), EXIT_NO,
                 "nothing is booked");
    book();
    cr_assert_eq(run(clerk_correct, WORDS(id, "--ywh", "G-1", "--ground", "x")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_correct, WORDS(id, "--ground", "x", "--item", "dbfw|a|b")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_correct, WORDS(id, "--ywh", "G-1", "--ground", "x", "--item", "dbfw|a")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_correct, WORDS(id, "--ywh", "G-1", "--ground", "x", "--item", "colour|a|b")),
                 EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_correct, WORDS(id, "--ywh", "G-1", "--ground", "x", "--item", "bdbzzqse||80万元")),
                 EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_correct, WORDS(id, "--ywh", "G-1", "--ground", "x", "--item", "dyfs||3")), EXIT_USAGE_WRONG);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE type = 'CORRECTION'"), 0);
    house_close(&house);
    cr_assert(errors_say("登簿内容没有此字段"));
}

Test(clerk_later, files_the_papers_away_when_the_certificate_is_there)
{
    struct archived archived;
    begin();
    cr_assert_eq(run(clerk_archive, WORDS(id, "--number", "DA-1")), EXIT_NO, "it is not booked");
    book();
    base_begin(&house.folder.base);
    base_run(&house.folder.base, base_query(&house.folder.base, "UPDATE docket SET state = 'CERTIFIED'"));
    cr_assert_eq(base_commit(&house.folder.base), STATUS_OK);
    cr_assert_eq(run(clerk_archive, WORDS(id)), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_archive, WORDS(id, "--number", "DA-1")), EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_ARCHIVED, id, 1), &archived);
    cr_assert(text_is(archived.number, "DA-1"));
    cr_assert_eq(in_state("ARCHIVED"), 1);
    cr_assert_eq(run(clerk_archive, WORDS(id, "--number", "DA-2")), EXIT_NO, "once is enough");
    house_close(&house);
}
