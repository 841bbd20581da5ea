#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/core/house.h"

/* Whose turn it is at a window: classes, branches, and never across a unit. */

enum { BULK = 3, GONE_COUNT_MAX = 128 };

static struct house *house_with_limits(uint32_t bulk_queue_count_max, uint32_t branch_queue_count_max)
{
    struct house *house = house_new();
    house->settings.bulk_queue_count_max = bulk_queue_count_max;
    house->settings.branch_queue_count_max = branch_queue_count_max;
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    return house;
}

static struct house *house_with_branches(void)
{
    return house_with_limits(0, 0);
}

/* A contract of its own for each application; the unit by its last digits. */
static struct step hand_in(struct house *house, const char *branch, unsigned unit, int64_t priority)
{
    static unsigned contract_count;
    char number[] = UNIT, contract[16];
    snprintf(number + 24, 5, "%04u", unit % 10000);
    snprintf(contract, sizeof contract, "DY-%u", ++contract_count);
    return say(house, &(struct said){.who = branch,
                                     .type = MESSAGE_CASE_SUBMIT,
                                     .body = application(number, contract),
                                     .priority = priority});
}

struct handed_in {
    char id[CASE_ID_SIZE + 1];
};

static struct handed_in file(struct house *house, const char *branch, unsigned unit, int64_t priority)
{
    struct handed_in handed;
    cr_assert_eq(hand_in(house, branch, unit, priority).verdict, VERDICT_STORE);
    memcpy(handed.id, house->step.case_id, sizeof handed.id);
    return handed;
}

/* The order in which a window that takes one at a time gets everything. */
struct gone {
    char ids[GONE_COUNT_MAX][CASE_ID_SIZE + 1];
    uint32_t count;
};

static void take_everything(struct house *house, struct gone *out)
{
    out->count = 0;
    window_comes(house, WINDOW, 1);
    for (const struct effect *effect; (effect = effect_of(house, EFFECT_DELIVER, 0)) != NULL;) {
        cr_assert_lt(out->count, (uint32_t)GONE_COUNT_MAX);
        memcpy(out->ids[out->count], effect->case_id, sizeof out->ids[0]);
        deliver(house, out->ids[out->count++], 1);
    }
}

static uint32_t place_of(const struct gone *gone, struct handed_in handed)
{
    uint32_t place = 0;
    while (place < gone->count && strcmp(gone->ids[place], handed.id) != 0)
        place++;
    cr_assert_lt(place, gone->count, "it never went");
    return place;
}

Test(queue, a_counter_goes_before_bulk_that_has_waited_longer)
{
    struct house *house = house_with_branches();
    struct gone gone;
    for (unsigned i = 0; i < 20; i++)
        file(house, BRANCH, i, BULK);
    struct handed_in counter = file(house, OTHER_BRANCH, 100, 0);
    take_everything(house, &gone);
    cr_expect_eq(gone.count, 21);
    cr_expect_eq(place_of(&gone, counter), 0);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(queue, a_counter_of_the_flooding_branch_itself_goes_before_its_bulk)
{
    struct house *house = house_with_branches();
    struct gone gone;
    for (unsigned i = 0; i < 20; i++)
        file(house, BRANCH, i, BULK);
    struct handed_in counter = file(house, BRANCH, 100, 0);
    take_everything(house, &gone);
    cr_expect_eq(place_of(&gone, counter), 0);
    house_free(house);
}

Test(queue, branches_take_turns_so_that_a_flood_which_is_not_called_bulk_delays_another_by_one)
{
    for (int64_t priority = 0; priority <= BULK; priority++) {
        struct house *house = house_with_branches();
        struct gone gone;
        for (unsigned i = 0; i < 20; i++)
            file(house, BRANCH, i, priority);
        struct handed_in first = file(house, OTHER_BRANCH, 100, priority);
        struct handed_in second = file(house, OTHER_BRANCH, 101, priority);
        take_everything(house, &gone);
        cr_expect_eq(place_of(&gone, first), 1);
        cr_expect_eq(place_of(&gone, second), 3);
        house_free(house);
    }
}

Test(queue, within_a_branch_and_class_the_order_is_that_of_submitting)
{
    struct house *house = house_with_branches();
    struct handed_in handed[10];
    struct gone gone;
    for (unsigned i = 0; i < 10; i++)
        handed[i] = file(house, BRANCH, 10 - i, i % 2 == 0 ? BULK : 0);
    take_everything(house, &gone);
    for (unsigned i = 2; i < 10; i++)
        cr_expect_gt(place_of(&gone, handed[i]), place_of(&gone, handed[i - 2]));
    house_free(house);
}

Test(queue, bulk_gets_one_turn_in_four_however_many_counters_wait)
{
    struct house *house = house_with_branches();
    struct handed_in bulk[5];
    struct gone gone;
    for (unsigned i = 0; i < 5; i++)
        bulk[i] = file(house, BRANCH, i, BULK);
    for (unsigned i = 0; i < 40; i++)
        file(house, OTHER_BRANCH, 100 + i, 0);
    take_everything(house, &gone);
    for (unsigned i = 0; i < 5; i++)
        cr_expect_eq(place_of(&gone, bulk[i]), 4 * i + 3);
    house_free(house);
}

Test(queue, turns_that_bulk_did_not_want_are_not_saved_up_for_it)
{
    struct house *house = house_with_branches();
    struct handed_in counters[12];
    struct gone gone;
    for (unsigned i = 0; i < 12; i++)
        counters[i] = file(house, OTHER_BRANCH, 100 + i, 0);
    window_comes(house, WINDOW, 1);
    for (unsigned i = 0; i < 5; i++)
        deliver(house, counters[i].id, 1);
    leaves(house, WINDOW);
    struct handed_in bulk = file(house, BRANCH, 1, BULK);
    take_everything(house, &gone);
    cr_expect_eq(place_of(&gone, bulk), 4, "one again, three counters, then bulk");
    house_free(house);
}

Test(queue, a_counter_never_overtakes_bulk_on_its_own_unit)
{
    struct house *house = house_with_branches();
    struct gone gone;
    for (unsigned i = 0; i < 20; i++)
        file(house, BRANCH, i, BULK);
    struct handed_in before = file(house, BRANCH, 50, BULK);
    struct handed_in counter = file(house, OTHER_BRANCH, 50, 0);
    take_everything(house, &gone);
    cr_expect_lt(place_of(&gone, before), place_of(&gone, counter));
    house_free(house);
}

Test(queue, bulk_that_a_counter_waits_for_is_hurried)
{
    struct house *house = house_with_branches();
    struct gone gone;
    for (unsigned i = 0; i < 20; i++)
        file(house, BRANCH, i, BULK);
    struct handed_in before = file(house, BRANCH, 50, BULK);
    struct handed_in counter = file(house, OTHER_BRANCH, 50, 0);
    house_checkpoint(house);
    house_restart(house);
    take_everything(house, &gone);
    cr_expect_eq(place_of(&gone, before), 0);
    cr_expect_eq(place_of(&gone, counter), 1);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

/* An application for two units. */
static struct handed_in file_for_two(struct house *house, const char *branch, unsigned unit, unsigned other,
                                     int64_t priority)
{
    struct handed_in handed;
    char numbers[2][sizeof UNIT] = {UNIT, UNIT};
    char contract[32];
    struct case_submit *body = application(UNIT, "");
    struct unit units[2] = {body->units.items[0], body->units.items[0]};
    snprintf(numbers[0] + 24, 5, "%04u", unit);
    snprintf(numbers[1] + 24, 5, "%04u", other);
    snprintf(contract, sizeof contract, "DY-%u-%u", unit, other);
    units[0].number = text_of(numbers[0]);
    units[1].number = text_of(numbers[1]);
    body->units.items = units;
    body->units.count = 2;
    body->contract = text_of(contract);
    say(house, &(struct said){.who = branch, .type = MESSAGE_CASE_SUBMIT, .body = body, .priority = priority});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    memcpy(handed.id, house->step.case_id, sizeof handed.id);
    return handed;
}

Test(queue, bulk_that_hurried_bulk_waits_for_on_another_unit_is_hurried_too)
{
    for (int is_restarted = 0; is_restarted <= 1; is_restarted++) {
        struct house *house = house_with_branches();
        struct gone gone;
        for (unsigned i = 0; i < 20; i++)
            file(house, BRANCH, i, BULK);
        struct handed_in first = file(house, BRANCH, 60, BULK);
        struct handed_in second = file_for_two(house, BRANCH, 60, 61, BULK);
        struct handed_in third = file_for_two(house, BRANCH, 61, 62, BULK);
        file(house, BRANCH, 63, BULK);
        struct handed_in counter = file(house, OTHER_BRANCH, 62, 0);
        if (is_restarted)
            house_restart(house);
        take_everything(house, &gone);
        cr_expect_eq(place_of(&gone, first), 0);
        cr_expect_eq(place_of(&gone, second), 1);
        cr_expect_eq(place_of(&gone, third), 2);
        cr_expect_leq(place_of(&gone, counter), 4, "at most one turn of bulk in between");
        cr_assert(house_replays_the_same(house));
        house_free(house);
    }
}

Test(queue, the_class_of_a_case_survives_a_restart_from_rows_and_from_the_journal)
{
    for (int is_checkpointed = 0; is_checkpointed <= 1; is_checkpointed++) {
        struct house *house = house_with_branches();
        struct gone gone;
        for (unsigned i = 0; i < 5; i++)
            file(house, BRANCH, i, BULK);
        struct handed_in counter = file(house, OTHER_BRANCH, 100, 0);
        if (is_checkpointed)
            house_checkpoint(house);
        house_restart(house);
        take_everything(house, &gone);
        cr_expect_eq(place_of(&gone, counter), 0);
        cr_expect_eq(gone.count, 6);
        cr_assert(house_replays_the_same(house));
        house_free(house);
    }
}

Test(queue, what_was_sent_before_goes_again_before_anything_new)
{
    struct house *house = house_with_branches();
    struct gone gone;
    window_comes(house, WINDOW, 1);
    struct handed_in bulk = file(house, BRANCH, 1, BULK);
    leaves(house, WINDOW);
    file(house, OTHER_BRANCH, 100, 0);
    take_everything(house, &gone);
    cr_expect_eq(place_of(&gone, bulk), 0);
    house_free(house);
}

Test(queue, who_withdraws_leaves_no_turn_behind)
{
    struct house *house = house_with_branches();
    struct gone gone;
    struct handed_in only = file(house, BRANCH, 100, 0);
    struct handed_in bulk = file(house, OTHER_BRANCH, 1, BULK);
    withdraw(house, only.id);
    expect_state(house, only.id, "WITHDRAWN");
    take_everything(house, &gone);
    cr_expect_eq(gone.count, 1);
    cr_expect_eq(place_of(&gone, bulk), 0);
    house_free(house);
}

Test(queue, bulk_is_busy_before_a_counter_is)
{
    struct house *house = house_with_limits(3, 0);
    for (unsigned i = 0; i < 3; i++)
        file(house, BRANCH, i, BULK);
    hand_in(house, OTHER_BRANCH, 4, BULK);
    cr_expect_eq(rejection(house), STATUS_BUSY);
    cr_expect_gt(effect_of(house, EFFECT_REJECT, 0)->retry_ms, 0);
    file(house, OTHER_BRANCH, 4, 0);
    house_free(house);
}

Test(queue, a_branch_beyond_its_share_is_busy_and_no_other_is)
{
    struct house *house = house_with_limits(0, 3);
    struct handed_in first = file(house, BRANCH, 0, 0);
    for (unsigned i = 1; i < 3; i++)
        file(house, BRANCH, i, 0);
    hand_in(house, BRANCH, 4, 0);
    cr_expect_eq(rejection(house), STATUS_BUSY);
    file(house, OTHER_BRANCH, 4, 0);
    window_comes(house, WINDOW, 8);
    deliver(house, first.id, 1);
    file(house, BRANCH, 5, 0);
    cr_expect_eq(rejection(house), STATUS_OK, "what the window has counts no longer");
    house_free(house);
}

Test(queue, a_house_that_gives_bulk_no_turn_lets_it_go_when_nothing_else_waits)
{
    struct house *house = house_new();
    struct gone gone;
    house->settings.bulk_every = 0;
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    struct handed_in bulk = file(house, BRANCH, 0, BULK);
    for (unsigned i = 1; i <= 10; i++)
        file(house, BRANCH, i, 0);
    take_everything(house, &gone);
    cr_expect_eq(place_of(&gone, bulk), 10);
    house_free(house);
}

Test(queue, one_citizen_behind_several_bulk_cases_hurries_them_all)
{
    enum { BULK_COUNT = 5 };
    struct house *house = house_with_branches();
    struct gone gone;
    for (unsigned i = 0; i < BULK_COUNT; i++)
        file(house, BRANCH, 1, BULK);
    struct handed_in other = file(house, BRANCH, 2, BULK);
    struct handed_in counter = file(house, OTHER_BRANCH, 1, 0);
    take_everything(house, &gone);
    cr_expect_eq(gone.count, BULK_COUNT + 2);
    cr_expect_lt(place_of(&gone, counter), gone.count);
    cr_expect_lt(place_of(&gone, other), gone.count);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}
