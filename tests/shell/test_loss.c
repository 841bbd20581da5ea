#include "broker/loss.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/shell/house.h"

/* What peers hold against a folder and its copies: receipts and openings, each with the folder's own MAC. */

#define BRANCH "B:105451099995"

TestSuite(loss, .init = make_folder, .fini = remove_folder);

static int64_t now_us(int step)
{
    return (int64_t)1790000000 * 1000000 + step;
}

/* A receipt as a peer keeps it: with bytes of its own. */
struct held {
    struct receipt receipt;
    uint8_t chain[CHAIN_SIZE];
    uint8_t mac[CHAIN_SIZE];
};

static void make_receipt(struct keeper *keeper, struct held *held, uint64_t sequence, int64_t time_us)
{
    journal_receipt_mac(keeper_journal(keeper), sequence, time_us, held->chain, held->mac);
    held->receipt = (struct receipt){.sequence = number_of((int64_t)sequence),
                                     .time = number_of(time_us),
                                     .chain = bytes_of(held->chain, CHAIN_SIZE),
                                     .mac = bytes_of(held->mac, CHAIN_SIZE),
                                     .is_present = true};
}

static void take_receipt(struct keeper *keeper, struct held *held)
{
    const uint64_t sequence = journal_last_sequence(keeper_journal(keeper));
    struct keeper_origin origin;

    cr_assert_eq(keeper_origin(keeper, sequence, &origin, why), STATUS_OK, "%s", why);
    memcpy(held->chain, origin.entry.chain, CHAIN_SIZE);
    make_receipt(keeper, held, sequence, origin.entry.time_us);
}

/* A start of the broker on the folder, always at the same time. */
static struct keeper *start(bool takes_over, struct held *opening)
{
    struct keeper *keeper = open_keeper(16);
    struct effects effects = {NULL, 0, 0};
    const struct fact_opened opened = {
        .software = text_of("onevisitd"),
        .epoch = number_of(loss_next_epoch(core_meta(keeper_core(keeper))->epoch.value, takes_over)),
        .broker = bytes_of(journal_broker_id(keeper_journal(keeper)), BROKER_ID_SIZE),
        .is_test = number_of(1),
        .takes_over = {1, takes_over},
        .is_present = true};

    cr_assert_eq(keeper_step_fact(keeper, MESSAGE_FACT_OPENED, "", &opened, now_us(1), &effects, why), STATUS_OK, "%s",
                 why);
    cr_assert_eq(keeper_commit(keeper, why), STATUS_OK, "%s", why);
    take_receipt(keeper, opening);
    effects_fini(&effects);
    return keeper;
}

static void run_command(const char *format)
{
    char command[256];
    snprintf(command, sizeof command, format, folder, folder, folder);
    cr_assert_eq(system(command), 0, "%s", command);
}

static struct hello hello_of(int64_t epoch, const struct held *opening)
{
    return (struct hello){.epoch = number_of(epoch), .opening = opening->receipt, .is_present = true};
}

static int64_t epoch_of(struct keeper *keeper)
{
    return core_meta(keeper_core(keeper))->epoch.value;
}

static void judge(struct loss *loss, struct keeper *keeper, const struct hello *hello)
{
    cr_assert_eq(loss_judge(loss, keeper, text_of(BRANCH), hello, why), STATUS_OK, "%s", why);
}

/* ---- receipts ---- */

Test(loss, a_receipt_the_journal_holds_is_no_loss)
{
    struct loss loss = {.is_accepted = false};
    struct held opening;
    struct keeper *keeper = start(false, &opening);
    const struct hello hello = {.last_receipt = opening.receipt, .is_present = true};
    judge(&loss, keeper, &hello);
    cr_assert_eq(loss.service, STATUS_OK, "%s", loss.reason);
    keeper_close(&keeper, true);
}

/* A receipt with our MAC for a record we do not have: only a lost disk makes one. */
static void show_a_lost_receipt(struct loss *loss)
{
    struct held held = {.chain = {1, 2, 3}};
    struct keeper *keeper = open_keeper(16);
    make_receipt(keeper, &held, 77, now_us(77));
    const struct hello hello = {.last_receipt = held.receipt, .is_present = true};
    judge(loss, keeper, &hello);
    keeper_close(&keeper, true);
}

Test(loss, a_receipt_of_ours_without_its_record_stops_the_service)
{
    struct loss loss = {.is_accepted = false};
    show_a_lost_receipt(&loss);
    cr_assert_eq(loss.service, STATUS_BEHIND);
    cr_assert(strstr(loss.reason, "holds receipt 77") != NULL, "%s", loss.reason);
}

Test(loss, the_operator_may_decide_to_go_on)
{
    struct loss loss = {.is_accepted = true};
    show_a_lost_receipt(&loss);
    cr_assert_eq(loss.service, STATUS_OK);
}

Test(loss, a_receipt_or_an_opening_with_a_foreign_mac_says_nothing)
{
    struct loss loss = {.is_accepted = false};
    struct held held = {.chain = {1}};
    struct keeper *keeper = open_keeper(16);
    make_receipt(keeper, &held, 77, now_us(1));
    held.mac[0] ^= 1;
    struct hello hello = hello_of(9, &held);
    hello.last_receipt = held.receipt;
    judge(&loss, keeper, &hello);
    cr_assert_eq(loss.service, STATUS_OK);
    keeper_close(&keeper, true);
}

/* ---- two copies of one folder ---- */

Test(loss, a_take_over_goes_up_beyond_all_restarts_of_the_one_it_replaces)
{
    cr_expect_eq(loss_next_epoch(0, false), 1);
    cr_expect_eq(loss_next_epoch(41, false), 42);
    cr_expect_eq(loss_next_epoch(41, true), EPOCH_TAKE_OVER_STEP);
    cr_expect_eq(loss_next_epoch(EPOCH_TAKE_OVER_STEP, false), EPOCH_TAKE_OVER_STEP + 1);
    cr_expect_eq(loss_next_epoch(EPOCH_TAKE_OVER_STEP + 7, true), 2 * EPOCH_TAKE_OVER_STEP);
}

Test(loss, an_opening_of_the_own_past_is_no_reason_to_stop)
{
    struct loss loss = {.is_accepted = false};
    struct held first;
    struct held second;
    struct keeper *keeper = start(false, &first);
    keeper_close(&keeper, true);
    keeper = start(false, &second);
    const struct hello hello = hello_of(1, &first);
    judge(&loss, keeper, &hello);
    const struct hello again = hello_of(2, &second);
    judge(&loss, keeper, &again);
    cr_assert_eq(loss.service, STATUS_OK, "%s", loss.reason);
    keeper_close(&keeper, true);
}

/* The old broker starts once; a copy of its folder starts as `takes_over` says; then the folder is the old one again.
 */
static int64_t start_on_a_copy(bool takes_over, struct held *of_copy)
{
    struct held opening;
    struct keeper *keeper = start(false, &opening);
    keeper_close(&keeper, true);
    run_command("cp -r '%s' '%s.old'");
    keeper = start(takes_over, of_copy);
    const int64_t epoch = epoch_of(keeper);
    keeper_close(&keeper, true);
    run_command("rm -r '%s' && mv '%s.old' '%s'");
    return epoch;
}

Test(loss, a_broker_that_is_shown_a_higher_epoch_of_a_copy_serves_nobody_even_if_loss_is_accepted)
{
    struct loss loss = {.is_accepted = true};
    struct held of_copy;
    const int64_t epoch = start_on_a_copy(true, &of_copy);
    struct keeper *keeper = open_keeper(16); /* as it was: no new start */
    const struct hello hello = hello_of(epoch, &of_copy);
    cr_assert_gt(epoch, epoch_of(keeper));
    judge(&loss, keeper, &hello);
    cr_expect_eq(loss.service, STATUS_FENCED);
    cr_expect(strstr(loss.reason, "epoch 1000000") != NULL && strstr(loss.reason, "this is epoch 1:") != NULL, "%s",
              loss.reason);
    keeper_close(&keeper, true);
}

Test(loss, two_starts_of_the_same_number_on_two_copies_are_told_apart)
{
    struct loss loss = {.is_accepted = false};
    struct held of_copy;
    struct held own;
    const int64_t epoch = start_on_a_copy(false, &of_copy);
    struct keeper *keeper = start(false, &own);
    const struct hello good = hello_of(epoch, &own);
    const struct hello other = hello_of(epoch, &of_copy);
    cr_assert_eq(epoch, epoch_of(keeper));
    cr_assert_eq(of_copy.receipt.sequence.value, own.receipt.sequence.value);
    cr_assert_eq(of_copy.receipt.time.value, own.receipt.time.value, "even in the same microsecond");
    judge(&loss, keeper, &good);
    cr_expect_eq(loss.service, STATUS_OK, "%s", loss.reason);
    judge(&loss, keeper, &other);
    cr_expect_eq(loss.service, STATUS_FENCED);
    keeper_close(&keeper, true);
}

Test(loss, the_one_that_took_over_goes_on_when_it_is_shown_an_opening_of_the_old_one)
{
    struct loss loss = {.is_accepted = false};
    struct held of_copy;
    struct held own;
    const int64_t epoch = start_on_a_copy(false, &of_copy);
    struct keeper *keeper = start(true, &own);
    const struct hello hello = hello_of(epoch, &of_copy);
    judge(&loss, keeper, &hello);
    cr_expect_eq(loss.service, STATUS_OK, "%s", loss.reason);
    keeper_close(&keeper, true);
}

Test(loss, a_receipt_of_the_old_one_that_the_copy_lacks_is_a_loss_also_after_a_take_over)
{
    struct loss loss = {.is_accepted = false};
    struct held of_copy;
    struct held own;
    const int64_t epoch = start_on_a_copy(false, &of_copy);
    struct keeper *keeper = start(true, &own);
    struct hello hello = hello_of(epoch, &of_copy);
    hello.last_receipt = of_copy.receipt;
    judge(&loss, keeper, &hello);
    cr_expect_eq(loss.service, STATUS_BEHIND);
    keeper_close(&keeper, true);
}
