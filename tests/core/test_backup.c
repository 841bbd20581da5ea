#include <criterion/criterion.h>

#include "tests/core/house.h"

/* A backup is begun and ended by an operator; both stand in the journal. */

#define SECOND_O "O:li"

static struct house *house_with_operators(void)
{
    struct house *house = house_new();
    operator_comes(house, OPERATOR);
    operator_comes(house, SECOND_O);
    return house;
}

static int64_t begin(struct house *house, const char *who)
{
    const struct ops_backup body = {.reason = text_of("每日备份"), .is_present = true};
    cr_assert_eq(say(house, &(struct said){.who = who, .type = MESSAGE_OPS_BACKUP, .body = &body}).verdict,
                 VERDICT_STORE);
    return core_meta(house->core)->sequence.value;
}

static struct step end(struct house *house, const char *who, int64_t backup, int64_t sequence)
{
    const struct ops_backup_done body = {
        .backup = number_of(backup), .sequence = number_of(sequence), .is_present = true};
    return say(house, &(struct said){.who = who, .type = MESSAGE_OPS_BACKUP_DONE, .body = &body});
}

Test(backup, is_known_once_it_was_read_back)
{
    struct house *house = house_with_operators();
    const int64_t backup = begin(house, OPERATOR);
    cr_expect(!core_meta(house->core)->backup.is_present, "begun is not done");
    cr_expect_eq(end(house, OPERATOR, backup, backup).verdict, VERDICT_STORE);
    cr_expect_eq(core_meta(house->core)->backup.value, backup);
    cr_expect(core_meta(house->core)->backup_at.is_present);
    house_free(house);
}

Test(backup, that_another_one_has_overtaken_is_not_ended)
{
    struct house *house = house_with_operators();
    const int64_t first = begin(house, OPERATOR);
    const int64_t second = begin(house, SECOND_O);
    end(house, OPERATOR, first, first);
    cr_expect_eq(rejection(house), STATUS_STALE);
    cr_expect(!core_meta(house->core)->backup.is_present);
    cr_expect_eq(end(house, SECOND_O, second, second).verdict, VERDICT_STORE);
    house_free(house);
}

Test(backup, cannot_end_at_a_record_that_is_not_there_yet)
{
    struct house *house = house_with_operators();
    const int64_t backup = begin(house, OPERATOR);
    end(house, OPERATOR, backup, backup + 1);
    cr_expect_eq(rejection(house), STATUS_STALE);
    house_free(house);
}
