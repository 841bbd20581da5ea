#include "agents/window/clerk.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/window/certificate.h"
#include "agents/window/person.h"
#include "agents/window/settings.h"
#include "tests/window/house.h"

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

static struct house house;
static char id[31];

typedef int command(int argc, char **argv); /* as main() */

/* Runs a command of the program on the house's folder while the daemon runs beside it. */
static int run(command *run_command, const char *const *words)
{
    char *argv[24] = {(char *)"onevisit-window"};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)words[argc - 1];
    return run_command(argc, argv);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void start(void)
{
    struct adapter adapter;
    cr_assert_eq(person_open(&adapter), STATUS_OK);
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", 1);
}

static void begin(void)
{
    house_open(&house, one_window, 1);
    setenv("ONEVISIT_DATA", house.data, 1);
    start();
    struct house_delivery delivery = {
        one_window[0], house_case_id(1, id), 1, MESSAGE_CASE_SUBMIT, house_application("DY-1", unit), false};
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'desk'", 1);
}

static const char *certificate_file(void)
{
    static char path[128];
    uint8_t bytes[CERTIFICATE_SIZE_MAX];
    size_t size = 0;
    snprintf(path, sizeof path, "%s/proof.pdf", house.data);
    cr_assert_eq(certificate_make(&(struct text){"证明", 6}, 1, bytes, &size), STATUS_OK);
    FILE *file = fopen(path, "wbe");
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
    return path;
}

Test(clerk, takes_a_case_to_its_certificate_by_hand)
{
    struct case_booked booked;
    struct cert_issued issued;
    begin();
    cr_assert_eq(run(clerk_accept, WORDS(id, "--ywh", "N-1", "--clerk", "T01")), EXIT_DONE);
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed'"), 1);
    cr_assert_eq(run(clerk_status, WORDS(id, "--step", "初审")), EXIT_DONE);
    cr_assert_eq(run(clerk_book, WORDS(id, "--registrar", "T02", "--proof", "鲁（2026）济南市不动产证明第0000001号",
                                       "--rank", "2")),
                 EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, id, 1), &booked);
    cr_assert(text_is(booked.number, "N-1"));
    cr_assert_eq(booked.amount.value, 80210700);
    cr_assert_eq(booked.units.items[0].rank.value, 2);
    cr_assert_eq(run(clerk_certify, WORDS(id, "--file", certificate_file())), EXIT_DONE);
    const struct heard *heard = house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_decode(&house, heard, &issued);
    cr_assert(text_is(issued.proof, "鲁（2026）济南市不动产证明第0000001号"));
    cr_assert(digest_holds(house.digest, bytes_of(heard->chunk, heard->chunk_size), issued.file_digest));
    house_close(&house);
}

Test(clerk, asks_for_all_supplements_at_once_and_books_what_came)
{
    struct supplement_req request;
    struct case_booked booked;
    begin();
    cr_assert_eq(
        run(clerk_supplement, WORDS(id, "--item", "AMOUNT|金额与合同不符|no|no", "--item", "SQS|请重新签名|yes|yes")),
        EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_SUPPLEMENT_REQ, id, 1), &request);
    cr_assert_eq(request.items.count, 2);
    cr_assert_eq(request.items.items[0].needs_citizen.value, 0);
    cr_assert_eq(request.items.items[1].needs_new_signature.value, 1);
    struct change change = {.path = text_of("bdbzzqse"), .new_value = text_of("70000000"), .is_present = true};
    struct supplement_submit supplement = {.round = number_of(1), .changes = {&change, 1, true}};
    struct house_delivery delivery = {
        one_window[0], id, 2, MESSAGE_SUPPLEMENT_SUBMIT, house_encode(MESSAGE_SUPPLEMENT_SUBMIT, &supplement), false};
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'desk' AND number = 2", 1);
    cr_assert_eq(run(clerk_accept, WORDS(id, "--ywh", "N-1")), EXIT_DONE);
    cr_assert_eq(run(clerk_book, WORDS(id, "--registrar", "T02", "--proof", "鲁（2026）济南市不动产证明第0000001号")),
                 EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, id, 1), &booked);
    cr_assert_eq(booked.amount.value, 70000000);
    house_close(&house);
}

Test(clerk, says_what_is_possible_instead, .init = cr_redirect_stderr)
{
    begin();
    cr_assert_eq(run(clerk_certify, WORDS(id, "--file", "/nowhere")), EXIT_NO);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE case_id IS NOT NULL"), 0);
    house_close(&house);
    fflush(stderr);
    char heard[8192] = "";
    FILE *errors = cr_get_redirected_stderr();
    size_t size = fread(heard, 1, sizeof heard - 1, errors);
    heard[size] = 0;
    cr_assert_not_null(strstr(heard, "is DELIVERED: CERT_ISSUED is not possible now; possible: CASE_ACCEPTED"), "%s",
                       heard);
}

Test(clerk, refuses_words_that_break_a_rule_of_the_contract)
{
    begin();
    cr_assert_eq(run(clerk_not_accept, WORDS(id, "--family", "LUNCH", "--text", "x")), EXIT_NO);
    cr_assert_eq(run(clerk_accept, WORDS(id)), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_accept, WORDS(id, "--ywh", "N-1", "--due", "2026-02-30")), EXIT_NO);
    cr_assert_eq(run(clerk_supplement, WORDS(id, "--item", "SQS|text")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_accept, WORDS("SD370102-20260930-105-00009Z-0", "--ywh", "N-1")), EXIT_NO);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE case_id IS NOT NULL"), 0);
    cr_assert_eq(run(clerk_not_accept, WORDS(id, "--family", "MATERIAL", "--text", "缺少材料")), EXIT_DONE);
    house_await(&house, MESSAGE_CASE_NOT_ACCEPTED, id, 1);
    house_close(&house);
}

Test(clerk, masks_names_and_numbers_unless_a_reason_is_given, .init = cr_redirect_stdout)
{
    char seen[16384] = "";
    begin();
    cr_assert_eq(run(clerk_inbox, WORDS("--json")), EXIT_DONE);
    cr_assert_eq(run(clerk_show, WORDS(id)), EXIT_DONE);
    cr_assert_eq(run(clerk_show, WORDS(id, "--full")), EXIT_USAGE_WRONG);
    fflush(stdout);
    FILE *output = cr_get_redirected_stdout();
    size_t size = fread(seen, 1, sizeof seen - 1, output);
    seen[size] = 0;
    cr_assert_not_null(strstr(seen, id));
    cr_assert_not_null(strstr(seen, "张*"));
    cr_assert_null(strstr(seen, "张某"));
    cr_assert_null(strstr(seen, "370116198506150003"));
    cr_assert_null(strstr(seen, "1幢203室"));
    cr_assert_eq(run(clerk_show, WORDS(id, "--full", "--reason", "查验身份证")), EXIT_DONE);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM act WHERE what = 'show full' AND reason = '查验身份证'"),
                 1);
    house_close(&house);
}

Test(clerk, answers_a_withdrawal)
{
    struct withdraw_result result;
    begin();
    struct withdraw_req request = {.reason = text_of("不办了"), .agreement = text_of("A-1")};
    struct house_delivery delivery = {
        one_window[0], id, 2, MESSAGE_WITHDRAW_REQ, house_encode(MESSAGE_WITHDRAW_REQ, &request), false};
    house_deliver(&house, &delivery);
    house_await(&house, MESSAGE_DELIVERED, id, 2);
    cr_assert_eq(run(clerk_withdraw_result, WORDS(id)), EXIT_DONE);
    house_decode(&house, house_await(&house, MESSAGE_WITHDRAW_RESULT, id, 1), &result);
    cr_assert(text_is(result.result, "ok"));
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM docket WHERE state = 'WITHDRAWN'"), 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE state <> 'handed'"), 0);
    house_close(&house);
}

Test(clerk, deals_with_cases_on_one_unit_in_the_order_of_their_arrival)
{
    char second[31];
    begin();
    struct house_delivery delivery = {one_window[0],       house_case_id(2, second),        1,
                                      MESSAGE_CASE_SUBMIT, house_application("DY-2", unit), false};
    house_deliver(&house, &delivery);
    house_await(&house, MESSAGE_DELIVERED, second, 1);
    cr_assert_eq(run(clerk_accept, WORDS(second, "--ywh", "N-2")), EXIT_NO);
    cr_assert_eq(run(clerk_accept, WORDS(id, "--ywh", "N-1")), EXIT_DONE);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'desk'", 1);
    cr_assert_eq(run(clerk_accept, WORDS(second, "--ywh", "N-1")), EXIT_NO, "the first case has this number");
    cr_assert_eq(run(clerk_accept, WORDS(second, "--ywh", "N-2")), EXIT_DONE);
    house_await(&house, MESSAGE_CASE_ACCEPTED, second, 1);
    house_close(&house);
}

Test(clerk, needs_not_look_at_a_certificate_that_was_verified)
{
    begin();
    struct cert_ack body = {.is_verified = number_of(1)};
    struct house_delivery delivery = {one_window[0], id, 2, MESSAGE_CERT_ACK, house_encode(MESSAGE_CERT_ACK, &body),
                                      false};
    cr_assert_eq(run(clerk_accept, WORDS(id, "--ywh", "N-1")), EXIT_DONE);
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handed' AND number = 2", 1);
    house_close(&house);
}

Test(clerk, decides_about_what_is_held_only)
{
    begin();
    cr_assert_eq(run(clerk_decide, WORDS(id, "--filed", "--reason", "x")), EXIT_NO);
    base_begin(&house.folder.base);
    inbox_set_state(&house.folder.base, 1, "held", 0, "in doubt");
    cr_assert_eq(base_commit(&house.folder.base), STATUS_OK);
    cr_assert_eq(run(clerk_decide, WORDS(id, "--filed")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_decide, WORDS(id, "--filed", "--not-filed", "--reason", "x")), EXIT_USAGE_WRONG);
    cr_assert_eq(run(clerk_decide, WORDS(id, "--not-filed", "--reason", "looked it up")), EXIT_DONE);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'desk'", 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM act"), 1);
    house_close(&house);
}
