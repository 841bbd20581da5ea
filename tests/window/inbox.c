#include "agents/window/inbox.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents/window/person.h"
#include "tests/window/house.h"

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";
static const char other_unit[] = "370102999001GB00001F00010204";

static struct house house;

static void start_person(void)
{
    struct adapter adapter;
    cr_assert_eq(person_open(&adapter), STATUS_OK);
    uint32_t count = house_count(&house, MESSAGE_WINDOW_STATE, "");
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", count + 1);
}

static void submit(const char *case_id, const char *contract)
{
    struct house_delivery delivery = {one_window[0], case_id, 1, MESSAGE_CASE_SUBMIT, house_application(contract, unit),
                                      false};
    house_deliver(&house, &delivery);
}

static void acknowledge_certificate(const char *case_id, int64_t number)
{
    struct cert_ack body = {.is_verified = number_of(0), .why = text_of("digest")};
    struct house_delivery delivery = {
        one_window[0], case_id, number, MESSAGE_CERT_ACK, house_encode(MESSAGE_CERT_ACK, &body), false};
    house_deliver(&house, &delivery);
}

Test(inbox, acknowledges_a_repeated_delivery_again_and_stores_it_once)
{
    char id[31];
    house_open(&house, one_window, 1);
    start_person();
    submit(house_case_id(1, id), "DY-1");
    house_await(&house, MESSAGE_DELIVERED, id, 1);
    submit(id, "DY-1");
    const struct heard *first = house_await(&house, MESSAGE_DELIVERED, id, 1);
    const struct heard *second = house_await(&house, MESSAGE_DELIVERED, id, 2);
    cr_assert_eq(memcmp(first->answers, second->answers, 16), 0);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery"), 1);
    house_close(&house);
}

Test(inbox, takes_a_payment_of_the_branch_as_it_takes_what_else_follows_a_case)
{
    char id[31];
    house_open(&house, one_window, 1);
    start_person();
    submit(house_case_id(1, id), "DY-1");
    house_await(&house, MESSAGE_DELIVERED, id, 1);
    struct fee_paid body = {
        .bill = text_of("F-1"), .amount = number_of(8000), .payment = text_of("P-1"), .is_present = true};
    struct house_delivery delivery = {one_window[0], id, 2, MESSAGE_FEE_PAID, house_encode(MESSAGE_FEE_PAID, &body),
                                      false};
    house_deliver(&house, &delivery);
    house_await(&house, MESSAGE_DELIVERED, id, 2);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE type = 'FEE_PAID'"), 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM odd_delivery"), 0);
    house_close(&house);
}

Test(inbox, keeps_the_same_id_with_other_bytes_apart_and_does_not_acknowledge_it)
{
    char id[31];
    house_open(&house, one_window, 1);
    start_person();
    submit(house_case_id(1, id), "DY-1");
    house_await(&house, MESSAGE_DELIVERED, id, 1);
    submit(id, "DY-2");
    house_await_number(&house, "SELECT count(*) FROM odd_delivery", 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery"), 1);
    cr_assert_eq(house_count(&house, MESSAGE_DELIVERED, id), 1);
    house_close(&house);
}

Test(inbox, does_not_acknowledge_an_origin_that_does_not_match_its_digest)
{
    char id[31];
    house_open(&house, one_window, 1);
    start_person();
    struct house_delivery delivery = {
        one_window[0], house_case_id(1, id), 1, MESSAGE_CASE_SUBMIT, house_application("DY-1", unit), true};
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM odd_delivery", 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery"), 0);
    cr_assert_eq(house_count(&house, MESSAGE_DELIVERED, id), 0);
    house_close(&house);
}

Test(inbox, hands_the_deliveries_of_a_case_in_the_order_of_their_numbers)
{
    char id[31];
    house_open(&house, one_window, 1);
    start_person();
    acknowledge_certificate(house_case_id(1, id), 2);
    house_await(&house, MESSAGE_DELIVERED, id, 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE state = 'new'"), 1);
    submit(id, "DY-1");
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE number = 1 AND state = 'desk'", 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery WHERE number = 2 AND state = 'new'"), 1);
    base_begin(&house.folder.base);
    inbox_set_handed(&house.folder.base, 2, 1);
    cr_assert_eq(base_commit(&house.folder.base), STATUS_OK);
    house.ports[0].look_at = 0;
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE number = 2 AND state = 'held'", 1);
    house_close(&house);
}

/* A withdrawal that was never delivered falls away when the case is booked: its number is never seen. */
Test(inbox, does_not_wait_for_a_number_that_fell_away)
{
    char id[31];
    house_open(&house, one_window, 1);
    start_person();
    submit(house_case_id(1, id), "DY-1");
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE number = 1 AND state = 'desk'", 1);
    base_begin(&house.folder.base);
    inbox_set_handed(&house.folder.base, 1, 1);
    cr_assert_eq(base_commit(&house.folder.base), STATUS_OK);
    acknowledge_certificate(id, 3);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE number = 3 AND state = 'held'", 1);
    house_close(&house);
}

/* Cases on one unit go to the registry in the order of their arrival, other units pass by. */
Test(inbox, lets_nothing_overtake_on_a_unit)
{
    char first[31];
    char second[31];
    char third[31];
    house_open(&house, one_window, 1);
    start_person();
    submit(house_case_id(1, first), "DY-1");
    submit(house_case_id(2, second), "DY-2");
    struct house_delivery delivery = {
        one_window[0], house_case_id(3, third), 1, MESSAGE_CASE_SUBMIT, house_application("DY-3", other_unit), false};
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'desk'", 2);
    cr_assert_eq(house_number(&house, "SELECT number_of_new FROM (SELECT count(*) AS number_of_new FROM delivery"
                                      " WHERE state = 'new' AND id = 2)"),
                 1);
    house_close(&house);
}

/* The group is on disk, the process dies before it can say so: the delivery is known when it comes again. */
static void store_and_die(const char *data, struct digest *digest, const struct link_message *message)
{
    char why[512];
    struct folder folder;
    struct arena arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    if (folder_open(&folder, data, FOLDER_TEST, why, sizeof why) != STATUS_OK)
        _exit(1);
    base_begin(&folder.base);
    if (inbox_take(&folder.base, digest, &arena, text_of(one_window[0]), message, 1, why, sizeof why) != INBOX_STORED ||
        base_commit(&folder.base) != STATUS_OK)
        _exit(2);
    raise(SIGKILL);
}

Test(inbox, keeps_what_it_stored_over_a_kill_before_the_acknowledgement)
{
    char id[31];
    int state = 0;
    uint8_t message_id[16];
    uint8_t sm3[SM3_SIZE];
    house_open(&house, one_window, 1);
    house_case_id(1, id);
    struct bytes origin = house_application("DY-1", unit);
    cr_assert_eq(digest_make(house.digest, bytes_of(id, 30), sm3), STATUS_OK);
    memcpy(message_id, sm3, 15);
    message_id[15] = 1;
    cr_assert_eq(digest_make(house.digest, origin, sm3), STATUS_OK);
    struct case_deliver deliver = {.sequence = number_of(1),
                                   .time = number_of(1),
                                   .number = number_of(1),
                                   .origin_type = text_of("CASE_SUBMIT"),
                                   .origin_id = bytes_of(message_id, 16),
                                   .origin_source = text_of("B:105451099995"),
                                   .origin_digest = bytes_of(sm3, sizeof sm3)};
    struct link_message message = {.envelope = {.message_id = bytes_of(message_id, 16), .case_id = text_of(id)},
                                   .type = MESSAGE_CASE_DELIVER,
                                   .body = &deliver,
                                   .body_bytes = house_encode(MESSAGE_CASE_DELIVER, &deliver),
                                   .chunks = {origin},
                                   .chunk_count = 1};
    pid_t child = fork();
    if (child == 0)
        store_and_die(house.data, house.digest, &message);
    cr_assert_eq(waitpid(child, &state, 0), child);
    cr_assert(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL);
    start_person();
    submit(id, "DY-1");
    house_await(&house, MESSAGE_DELIVERED, id, 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM delivery"), 1);
    house_close(&house);
}

/* A delivery as the daemon takes it, into a folder without a daemon; its row. */
static int64_t take_in(struct folder *folder, uint32_t counter, const char *of_unit, bool is_bulk)
{
    static struct arena arena;
    char id[31], contract[16], why[512];
    uint8_t message_id[16] = {0}, sm3[SM3_SIZE];
    if (arena.memory == NULL)
        arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    snprintf(contract, sizeof contract, "DY-%u", counter);
    message_id[0] = (uint8_t)counter;
    struct bytes origin = house_application(contract, of_unit);
    cr_assert_eq(digest_make(house.digest, origin, sm3), STATUS_OK);
    struct case_deliver deliver = {.sequence = number_of(counter),
                                   .time = number_of(1),
                                   .number = number_of(1),
                                   .origin_type = text_of("CASE_SUBMIT"),
                                   .origin_id = bytes_of(message_id, 16),
                                   .origin_source = text_of("B:105451099995"),
                                   .origin_digest = bytes_of(sm3, sizeof sm3)};
    struct link_message message = {
        .envelope = {.message_id = bytes_of(message_id, 16), .case_id = text_of(house_case_id(counter, id))},
        .type = MESSAGE_CASE_DELIVER,
        .body = &deliver,
        .body_bytes = house_encode(MESSAGE_CASE_DELIVER, &deliver),
        .chunks = {origin},
        .chunk_count = 1};
    if (is_bulk)
        message.envelope.priority = number_of(PRIORITY_BULK);
    base_begin(&folder->base);
    cr_assert_eq(inbox_take(&folder->base, house.digest, &arena, text_of(one_window[0]), &message, 1, why, sizeof why),
                 INBOX_STORED, "%s", why);
    return inbox_row_of(&folder->base, text_of(one_window[0]), text_of(id), 1);
}

static struct folder folder_of_house(void)
{
    struct folder folder;
    char why[512];
    house_open(&house, one_window, 1);
    cr_assert_eq(folder_open(&folder, house.data, FOLDER_TEST, why, sizeof why), STATUS_OK, "%s", why);
    return folder;
}

Test(inbox, hands_what_comes_from_a_counter_before_bulk_and_bulk_in_its_turn)
{
    struct folder folder = folder_of_house();
    int64_t ready[8];
    const int64_t bulk = take_in(&folder, 1, unit, true);
    const int64_t more_bulk = take_in(&folder, 2, "370102999001GB00001F00010209", true);
    const int64_t counter = take_in(&folder, 3, other_unit, false);
    cr_assert_eq(inbox_ready(&folder.base, text_of(one_window[0]), 10, false, ready, 8), 3);
    cr_expect_eq(ready[0], counter);
    cr_expect_eq(ready[1], bulk);
    cr_expect_eq(ready[2], more_bulk);
    cr_assert_eq(inbox_ready(&folder.base, text_of(one_window[0]), 10, true, ready, 8), 2);
    cr_expect_eq(ready[0], bulk);
    cr_expect_eq(ready[1], counter);
    cr_assert_eq(inbox_ready(&folder.base, text_of(one_window[0]), 10, true, ready, 1), 1);
    cr_expect_eq(ready[0], bulk);
    folder_close(&folder);
    house_close(&house);
}

Test(inbox, hurries_bulk_that_a_counter_waits_for_on_its_unit_and_lets_nothing_overtake_there)
{
    struct folder folder = folder_of_house();
    int64_t ready[8];
    const int64_t bulk = take_in(&folder, 1, other_unit, true);
    const int64_t before = take_in(&folder, 2, unit, true);
    take_in(&folder, 3, unit, false);
    cr_assert_eq(inbox_ready(&folder.base, text_of(one_window[0]), 10, false, ready, 8), 2);
    cr_expect_eq(ready[0], before);
    cr_expect_eq(ready[1], bulk);
    folder_close(&folder);
    house_close(&house);
}

/* It concerns one more unit. */
static void stands_on(struct folder *folder, int64_t delivery, const char *of_unit)
{
    sqlite3_stmt *query = base_query(&folder->base, "INSERT INTO lane VALUES(?1, ?2, ?3)");
    book_bind_text(query, 1, text_of(one_window[0]));
    book_bind_text(query, 2, text_of(of_unit));
    book_bind_number(query, 3, delivery);
    base_run(&folder->base, query);
}

Test(inbox, hurries_what_hurried_bulk_waits_for_on_another_unit)
{
    struct folder folder = folder_of_house();
    int64_t ready[8];
    const int64_t bulk = take_in(&folder, 1, "370102999001GB00001F00010209", true);
    const int64_t first = take_in(&folder, 2, other_unit, true);
    const int64_t second = take_in(&folder, 3, unit, true);
    stands_on(&folder, second, other_unit);
    take_in(&folder, 4, unit, false);
    cr_assert_eq(inbox_ready(&folder.base, text_of(one_window[0]), 10, false, ready, 8), 2);
    cr_expect_eq(ready[0], first);
    cr_expect_eq(ready[1], bulk);
    folder_close(&folder);
    house_close(&house);
}

Test(inbox, takes_no_more_credit_than_the_inbox_has_room_for)
{
    char id[31];
    struct credit credit;
    house_open(&house, one_window, 1);
    start_person();
    for (uint32_t i = 0; i < 101; i++) /* one after the other on one unit: only the first leaves the inbox */
        submit(house_case_id(i, id), "DY-1");
    house_await(&house, MESSAGE_DELIVERED, "", 101);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'new'", 100);
    house_decode(&house, house_await(&house, MESSAGE_CREDIT, "", 1), &credit);
    cr_assert_eq(credit.deliveries.value, 0);
    house_close(&house);
}
