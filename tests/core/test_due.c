#include <criterion/criterion.h>

#include "tests/core/house.h"

/* What comes due by itself: archiving at the end of a case. */

#define HOUR (INT64_C(3600) * SECOND)

static struct house *house_with_certified(char id[CASE_ID_SIZE + 1])
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    memcpy(id, submit(house, BRANCH, UNIT, "DY-1"), CASE_ID_SIZE + 1);
    deliver(house, id, 1);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT, NULL);
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
    return house;
}

static void check_proof(struct house *house, const char *id, bool is_verified)
{
    struct cert_ack body = {.is_verified = number_of(is_verified), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &body});
}

Test(due, a_certified_case_rests_when_its_proof_was_checked_and_time_has_passed)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    check_proof(house, id, true);
    deliver(house, id, 2);
    house_wait(house, HOUR - SECOND);
    expect_state(house, id, "CERTIFIED");
    house_wait(house, 2 * SECOND);
    expect_state(house, id, "ARCHIVED");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "ARCHIVED");
    cr_expect_eq(core_open_count(house->core), 0);
    house_checkpoint(house);
    submit(house, BRANCH, UNIT, "DY-1");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(due, an_unchecked_proof_keeps_its_case_open)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    house_wait(house, 10 * HOUR);
    expect_state(house, id, "CERTIFIED");
    house_free(house);
}

Test(due, a_proof_that_failed_its_check_keeps_its_case_open_until_it_holds)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    check_proof(house, id, false);
    deliver(house, id, 2);
    house_wait(house, 10 * HOUR);
    expect_state(house, id, "CERTIFIED");
    check_proof(house, id, true);
    deliver(house, id, 3);
    house_wait(house, HOUR);
    expect_state(house, id, "ARCHIVED");
    house_free(house);
}

Test(due, a_check_the_window_does_not_have_keeps_its_case_open)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    leaves(house, WINDOW);
    check_proof(house, id, true);
    house_wait(house, 10 * HOUR);
    expect_state(house, id, "CERTIFIED");
    house_free(house);
}

Test(due, a_restart_does_not_forget_what_is_due)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_certified(id);
    check_proof(house, id, true);
    deliver(house, id, 2);
    house_checkpoint(house);
    house_restart(house);
    house_wait(house, 2 * HOUR);
    expect_state(house, id, "ARCHIVED");
    house_free(house);
}
