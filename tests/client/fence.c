#include "agents/client/fence.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static char path[96];
static char why[256];
static struct book *book;
static struct fence fence;

static void open_book(void)
{
    static const char *const steps[] = {FENCE_TABLE};
    const struct book_plan plan = {7, steps, 1};
    cr_assert_eq(book_open(path, &plan, &book, why, sizeof why), STATUS_OK, "%s", why);
    cr_assert_eq(fence_init(&fence, book), STATUS_OK);
}

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/onevisit-fence-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.db", folder);
    open_book();
}

static void tear_down(void)
{
    book_close(&book);
    cr_assert_eq(unlink(path), 0);
    rmdir(folder);
}

TestSuite(fence, .init = set_up, .fini = tear_down);

/* HELLO_ACK of a start; `record` tells two starts of one epoch apart, 0: a broker that shows no opening. */
static struct hello_ack ack_of(uint8_t broker, int64_t epoch, uint8_t record)
{
    static uint8_t bytes[4][32];
    memset(bytes[0], broker, 16);
    memset(bytes[1], record, 32);
    memset(bytes[2], record + 1, 32);
    const struct receipt opening = {.sequence = number_of(epoch),
                                    .time = number_of(5),
                                    .chain = bytes_of(bytes[1], 32),
                                    .mac = bytes_of(bytes[2], 32),
                                    .is_present = record != 0};
    return (struct hello_ack){
        .broker = bytes_of(bytes[0], 16), .epoch = number_of(epoch), .opening = opening, .is_present = true};
}

static enum status judge(uint8_t broker, int64_t epoch, uint8_t record)
{
    const struct hello_ack ack = ack_of(broker, epoch, record);
    return fence_judge(&fence, &ack, why, sizeof why);
}

static void meet(uint8_t broker, int64_t epoch, uint8_t record, int64_t now_us)
{
    const struct hello_ack ack = ack_of(broker, epoch, record);
    cr_assert_eq(fence_judge(&fence, &ack, why, sizeof why), STATUS_OK, "%s", why);
    cr_assert_eq(fence_keep(&fence, &ack, now_us), STATUS_OK);
}

Test(fence, serves_a_broker_it_never_met_and_every_later_start_of_it)
{
    meet(1, 3, 30, 1);
    meet(1, 3, 30, 2);
    meet(1, 4, 40, 3);
    meet(1, 1000000, 50, 4);
}

Test(fence, refuses_an_older_start_of_the_same_folder_and_says_both_epochs)
{
    meet(1, 1000000, 50, 1);
    cr_expect_eq(judge(1, 4, 40), STATUS_FENCED);
    cr_expect(strstr(why, "is epoch 4 ") != NULL && strstr(why, "epoch 1000000 ") != NULL, "%s", why);
    cr_expect_eq(judge(1, 1000000, 50), STATUS_OK);
}

Test(fence, refuses_another_start_of_the_same_number)
{
    meet(1, 3, 30, 1);
    cr_expect_eq(judge(1, 3, 31), STATUS_FENCED);
    cr_expect_eq(judge(1, 3, 0), STATUS_OK, "one that shows no opening cannot be told apart");
}

Test(fence, epochs_of_different_folders_are_not_compared)
{
    meet(1, 9, 30, 1);
    cr_expect_eq(judge(2, 1, 31), STATUS_OK);
}

Test(fence, remembers_after_a_restart_and_shows_it_in_hello)
{
    struct hello hello = {0};
    meet(1, 9, 30, 1);
    book_close(&book);
    open_book();
    fence_fill_hello(&fence, &hello);
    cr_assert(hello.epoch.is_present && hello.opening.is_present);
    cr_expect_eq(hello.epoch.value, 9);
    cr_expect_eq(hello.opening.chain.data[0], 30);
    cr_expect_eq(hello.opening.mac.data[31], 31);
    cr_expect_eq(judge(1, 8, 29), STATUS_FENCED);
}

Test(fence, says_nothing_in_the_first_hello_of_all)
{
    struct hello hello = {0};
    fence_fill_hello(&fence, &hello);
    cr_expect_not(hello.epoch.is_present);
    cr_expect_not(hello.opening.is_present);
}

Test(fence, shows_a_refused_broker_the_start_of_its_own_folder_that_was_met)
{
    struct hello hello = {0};
    meet(1, 9, 30, 1);
    meet(2, 4, 60, 2);
    fence_fill_hello(&fence, &hello);
    cr_expect_eq(hello.epoch.value, 4, "of the folder met last");
    cr_expect_eq(judge(1, 8, 29), STATUS_FENCED);
    fence_fill_hello(&fence, &hello);
    cr_expect_eq(hello.epoch.value, 9, "so that the old one sees it and stops");
    cr_expect_eq(hello.opening.chain.data[0], 30);
}
