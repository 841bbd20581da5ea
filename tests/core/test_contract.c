#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/core/house.h"

/* One contract in several cases (check B03). */

#define CONTRACT   "DY-2026-000777"
#define OTHER_UNIT "370102999001GB00001F00010777"

static struct house *new_house(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    return house;
}

static const char *file_in_group(struct house *house, const char *unit, const char *group)
{
    static char id[CASE_ID_SIZE + 1];
    say(house, &(struct said){
                   .who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = application(unit, CONTRACT), .group = group});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    return memcpy(id, house->step.case_id, sizeof id);
}

/* Would another application of this contract find it elsewhere? The row comes from the store, as to the shell. */
static bool is_elsewhere(struct house *house, const char *who, const char *group)
{
    const struct journaled *filed = NULL;
    struct envelope envelope = {.is_present = true};
    struct event event = {.type = EVENT_MESSAGE, .participant = text_of(who), .envelope = &envelope};
    for (uint32_t i = 0; i < house->journal_count; i++)
        if (house->journal[i].type == MESSAGE_CASE_SUBMIT)
            filed = &house->journal[i];
    cr_assert_not_null(filed);
    memcpy(event.contract_key, filed->contract_key, DIGEST_SIZE);
    if (group != NULL)
        envelope.group = text_of(group);
    house_checkpoint(house);
    struct row_key key = row_key_contract(filed->contract_key);
    const struct stored *stored = table_find(&house->rows, bytes_of(key.bytes, key.size));
    cr_assert_eq(core_offer(house->core, &key, stored != NULL ? stored->value : bytes_of(NULL, 0)), STATUS_OK);
    return core_contract_is_elsewhere(house->core, &event);
}

Test(contract, is_elsewhere_while_a_case_under_it_is_open)
{
    struct house *house = new_house();
    const char *id = submit(house, BRANCH, UNIT, CONTRACT);
    cr_expect(is_elsewhere(house, BRANCH, NULL));
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    cr_expect(is_elsewhere(house, OTHER_BRANCH, NULL));
    withdraw(house, id);
    expect_state(house, id, "WITHDRAWN");
    cr_expect_not(is_elsewhere(house, BRANCH, NULL));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(contract, is_at_home_in_the_group_of_its_branch)
{
    struct house *house = new_house();
    file_in_group(house, UNIT, "G-1");
    cr_expect_not(is_elsewhere(house, BRANCH, "G-1"));
    cr_expect(is_elsewhere(house, BRANCH, "G-2"));
    cr_expect(is_elsewhere(house, BRANCH, NULL));
    cr_expect(is_elsewhere(house, OTHER_BRANCH, "G-1"));
    house_free(house);
}

Test(contract, of_a_group_stays_elsewhere_until_its_last_case_has_closed)
{
    struct house *house = new_house();
    char first[CASE_ID_SIZE + 1];
    memcpy(first, file_in_group(house, UNIT, "G-1"), sizeof first);
    const char *second = file_in_group(house, OTHER_UNIT, "G-1");
    withdraw(house, second);
    cr_expect(is_elsewhere(house, BRANCH, NULL));
    withdraw(house, first);
    cr_expect_not(is_elsewhere(house, BRANCH, NULL));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(contract, of_more_cases_than_its_row_holds_is_elsewhere_all_the_same)
{
    enum { CASE_COUNT = 65 };
    static char ids[CASE_COUNT][CASE_ID_SIZE + 1];
    struct house *house = new_house();
    house->is_checked = false;
    for (int i = 0; i < CASE_COUNT; i++) {
        char unit[29];
        snprintf(unit, sizeof unit, "370102999001GB00001F0001%04d", 101 + i);
        memcpy(ids[i], submit(house, BRANCH, unit, CONTRACT), CASE_ID_SIZE + 1);
    }
    withdraw(house, ids[CASE_COUNT - 1]);
    cr_expect(is_elsewhere(house, OTHER_BRANCH, NULL));
    for (int i = 0; i < CASE_COUNT - 1; i++)
        withdraw(house, ids[i]);
    cr_expect_not(is_elsewhere(house, OTHER_BRANCH, NULL));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(contract, and_business_keys_need_room_for_all_of_an_application)
{
    uint8_t bytes[1 << 10];
    size_t whole = 0, size = 0;
    const struct case_submit *body = application(UNIT, CONTRACT);
    struct case_submit without = *body;
    without.mortgagee.uscc = (struct text){0};
    cr_assert_eq(core_contract_key(body, bytes, sizeof bytes, &whole), STATUS_OK);
    cr_expect_eq(core_contract_key(body, bytes, whole - 1, &size), STATUS_LIMIT);
    cr_assert_eq(core_contract_key(&without, bytes, sizeof bytes, &size), STATUS_OK);
    cr_expect_eq(size, whole - body->mortgagee.uscc.size);
    cr_assert_eq(core_business_key(body, bytes, sizeof bytes, &whole), STATUS_OK);
    cr_expect_eq(core_business_key(body, bytes, whole - 1, &size), STATUS_LIMIT);
}
