#include "broker/core/unmask.h"

#include <criterion/criterion.h>

#include "tests/core/house.h"

/* An export in clear takes two operators (DOMAIN 6.9). */

#define SECOND_O "O:li"
#define SCOPE    "100-200"

static struct house *house_of_operators(void)
{
    struct house *house = house_new();
    operator_comes(house, OPERATOR);
    operator_comes(house, SECOND_O);
    return house;
}

static void unmask(struct house *house, const char *operator, int64_t minutes)
{
    struct ops_unmask *body = body_of(MESSAGE_OPS_UNMASK);
    body->scope = text_of(SCOPE);
    body->minutes = number_of(minutes);
    body->reason = text_of("审计");
    say(house, &(struct said){.who = operator, .type = MESSAGE_OPS_UNMASK, .body = body});
}

/* Texts borrow from static memory. */
static struct unmask_row row_of(struct house *house)
{
    static uint8_t memory[1 << 12];
    static struct problems problems;
    struct arena arena = arena_over(memory, sizeof memory);
    struct unmask_row row = {.is_present = false};
    const struct row_key key = row_key_unmask(text_of(SCOPE));
    house_checkpoint(house);
    const struct stored *stored = table_find(&house->rows, bytes_of(key.bytes, key.size));
    if (stored != NULL)
        cr_assert_eq(row_decode(&record_unmask_row, stored->value, &arena, &row, &problems), STATUS_OK);
    return row;
}

Test(unmask, takes_a_second_operator_who_says_the_same)
{
    struct house *house = house_of_operators();
    unmask(house, OPERATOR, 30);
    cr_expect(row_of(house).second.data == NULL);
    unmask(house, OPERATOR, 30);
    cr_expect_eq(rejection(house), STATUS_FOUR_EYES);
    unmask(house, SECOND_O, 30);
    const struct unmask_row row = row_of(house);
    cr_expect(text_is(row.first, OPERATOR) && text_is(row.second, SECOND_O));
    cr_expect_eq(row.until.value, house->now_us + 30 * UNMASK_MINUTE_US);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(unmask, of_other_minutes_is_a_new_proposal)
{
    struct house *house = house_of_operators();
    unmask(house, OPERATOR, 30);
    unmask(house, SECOND_O, 600);
    const struct unmask_row row = row_of(house);
    cr_expect(text_is(row.first, SECOND_O) && row.second.data == NULL);
    cr_expect_eq(row.minutes.value, 600);
    house_free(house);
}

Test(unmask, runs_out_and_is_proposed_anew)
{
    struct house *house = house_of_operators();
    unmask(house, OPERATOR, 1);
    unmask(house, SECOND_O, 1);
    unmask(house, OPERATOR, 1);
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE, "it runs already");
    house->now_us += 2 * UNMASK_MINUTE_US;
    unmask(house, OPERATOR, 1);
    const struct unmask_row row = row_of(house);
    cr_expect(text_is(row.first, OPERATOR) && row.second.data == NULL && !row.until.is_present);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(unmask, waits_for_the_second_word_no_longer_than_a_day)
{
    struct house *house = house_of_operators();
    unmask(house, OPERATOR, 30);
    house->now_us += UNMASK_PROPOSAL_US;
    unmask(house, SECOND_O, 30);
    const struct unmask_row row = row_of(house);
    cr_expect(text_is(row.first, SECOND_O) && row.second.data == NULL);
    house_free(house);
}
