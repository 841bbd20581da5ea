#include "broker/core/index.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/core/house.h"

/* By what an operator finds a case. */

#define CONTRACT "DY-1"
#define NUMBER   "2026-0001"
#define PROOF    "鲁（2026）济南市不动产证明第0012345号"

static void start_broker(struct house *house, bool keeps_index)
{
    static const uint8_t id[16] = {7};
    struct fact_opened body = {.software = text_of("onevisitd"),
                               .epoch = number_of(core_meta(house->core)->epoch.value + 1),
                               .broker = bytes_of(id, sizeof id),
                               .is_test = number_of(1),
                               .keeps_index = {1, keeps_index},
                               .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_OPENED, .body = &body});
}

static struct house *open_house(bool keeps_index)
{
    struct house *house = house_new();
    start_broker(house, keeps_index);
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    operator_comes(house, OPERATOR);
    return house;
}

static uint32_t count_rows(struct house *house, char prefix)
{
    uint32_t cursor = 0;
    uint32_t count = 0;
    house_checkpoint(house);
    for (const struct stored *row; (row = table_next(&house->rows, &cursor)) != NULL;)
        count += row->key.bytes[0] == (uint8_t)prefix && row->value.data != NULL;
    return count;
}

static bool is_under(struct house *house, const char *case_id, enum index_kind kind, const char *value)
{
    const uint64_t sequence = (uint64_t)the_case(house, case_id)->submitted.value;
    const struct row_key key = row_key_index(kind, bytes_of(value, strlen(value)), sequence, text_of(case_id));
    house_checkpoint(house);
    return table_find(&house->rows, bytes_of(key.bytes, key.size)) != NULL;
}

TestSuite(index);

Test(index, finds_a_case_by_what_it_was_filed_with)
{
    struct house *house = open_house(true);
    const char *case_id = submit(house, BRANCH, UNIT, CONTRACT);
    cr_expect(is_under(house, case_id, INDEX_UNIT, UNIT));
    cr_expect(is_under(house, case_id, INDEX_CONTRACT, CONTRACT));
    cr_expect(is_under(house, case_id, INDEX_BRANCH, BRANCH));
    cr_expect(is_under(house, case_id, INDEX_WINDOW, WINDOW));
    cr_expect_not(is_under(house, case_id, INDEX_UNIT, UNIT_2));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(index, finds_a_case_by_number_and_proof_once_they_are_known)
{
    struct house *house = open_house(true);
    const char *case_id = submit(house, BRANCH, UNIT, CONTRACT);
    deliver(house, case_id, 1);
    cr_expect_not(is_under(house, case_id, INDEX_NUMBER, NUMBER));
    accept(house, case_id, NUMBER);
    cr_expect(is_under(house, case_id, INDEX_NUMBER, NUMBER));
    cr_expect_not(is_under(house, case_id, INDEX_CERTIFICATE, PROOF));
    book(house, case_id, NUMBER, UNIT, PROOF);
    cr_expect(is_under(house, case_id, INDEX_CERTIFICATE, PROOF));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(index, has_each_person_once_and_by_the_hash_alone)
{
    const uint8_t hashes[3][DIGEST_SIZE] = {{1}, {2}, {1}};
    struct house *house = open_house(true);
    const char *case_id = submit(house, BRANCH, UNIT, CONTRACT);
    const uint32_t before = count_rows(house, 'I');
    struct case_file *file = core_find_case(house->core, text_of(case_id));
    for (int i = 0; i < 3; i++)
        index_put(house->core, file, INDEX_CITIZEN, bytes_of(hashes[i], DIGEST_SIZE));
    cr_expect_eq(count_rows(house, 'I'), before + 2);
    house_free(house);
}

Test(index, begins_with_the_first_start_of_a_program_that_keeps_it)
{
    struct house *house = open_house(false);
    const char *before = submit(house, BRANCH, UNIT, CONTRACT);
    cr_expect_eq(count_rows(house, 'I'), 0);
    cr_expect_not(core_meta(house->core)->indexed_from.is_present);
    start_broker(house, true);
    const int64_t begun = (int64_t)core_sequence(house->core);
    start_broker(house, true);
    const char *behind = submit(house, BRANCH, UNIT_2, "DY-2");
    cr_expect_eq(core_meta(house->core)->indexed_from.value, begun, "the second such start begins nothing");
    cr_expect_not(is_under(house, before, INDEX_UNIT, UNIT));
    cr_expect(is_under(house, behind, INDEX_UNIT, UNIT_2));
    cr_assert(house_replays_the_same(house));
    house_restart(house);
    cr_expect_eq(core_meta(house->core)->indexed_from.value, begun);
    house_free(house);
}

Test(index, knows_a_certificate_however_it_is_written)
{
    char a[CERTIFICATE_NUMBER_SIZE_MAX];
    char b[CERTIFICATE_NUMBER_SIZE_MAX];
    cr_expect(bytes_equal(index_value_of_certificate(text_of(PROOF), a),
                          index_value_of_certificate(text_of("鲁(2026)济南市不动产证明第0012345号"), b)));
    cr_expect(bytes_equal(index_value_of_certificate(text_of("no number"), a), bytes_of("no number", 9)));
}

Test(index, takes_the_longest_value_there_is)
{
    char value[200];
    memset(value, 'x', sizeof value);
    const struct row_key key =
        row_key_index(INDEX_CONTRACT, bytes_of(value, sizeof value), 1, text_of("SD370102-20260930-105-00001A-G"));
    cr_expect_leq(key.size, ROW_KEY_SIZE_MAX);
}

/* ---- who looks up persons ---- */

static void look_up(struct house *house, const char *who)
{
    const struct ops_citizen_lookup body = {
        .id = text_of("370116198506150003"), .reason = text_of("an auditor asks"), .is_present = true};
    say(house, &(struct said){.who = who, .type = MESSAGE_OPS_CITIZEN_LOOKUP, .body = &body});
}

static uint32_t count_alarms(const struct house *house)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < house->journal_count; i++)
        count += house->journal[i].type == MESSAGE_FACT_LOOKUP_RATE;
    return count;
}

Test(index, an_operator_who_looks_up_many_persons_is_told_once_an_hour)
{
    struct house *house = open_house(true);
    struct text names[LOOKUP_RATE_COUNT_MAX];
    for (int i = 0; i < 5; i++)
        look_up(house, OPERATOR);
    cr_expect_eq(count_alarms(house), 0, "as many as are allowed");
    look_up(house, OPERATOR);
    cr_expect_eq(count_alarms(house), 1);
    const struct effect *told = effect_of(house, EFFECT_LOOKUP_RATE, 0);
    cr_assert_not_null(told);
    cr_expect_str_eq(told->to, OPERATOR);
    cr_expect_eq(told->number, 6);
    for (int i = 0; i < 20; i++)
        look_up(house, OPERATOR);
    cr_expect_eq(count_alarms(house), 1);
    cr_expect_eq(core_lookup_alarms(house->core, house->now_us, names), 1);
    house_checkpoint(house);
    house_restart(house);
    operator_comes(house, OPERATOR);
    cr_expect_eq(core_lookup_alarms(house->core, house->now_us, names), 1, "a restart forgets nothing");
    house->now_us += INT64_C(3601) * SECOND;
    for (int i = 0; i < 6; i++)
        look_up(house, OPERATOR);
    cr_expect_eq(count_alarms(house), 2, "and so it is in the next hour");
    house->now_us += INT64_C(86401) * SECOND;
    cr_expect_eq(core_lookup_alarms(house->core, house->now_us, names), 0, "named for a day");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(index, a_lookup_of_a_person_is_journaled_and_receipted)
{
    struct house *house = open_house(true);
    look_up(house, OPERATOR);
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 1);
    cr_expect_eq(house->journal[house->journal_count - 1].type, MESSAGE_OPS_CITIZEN_LOOKUP);
    cr_expect_str_eq(house->journal[house->journal_count - 1].sender, OPERATOR);
    house_free(house);
}
