#include <criterion/criterion.h>

#include "broker/core/case.h"
#include "broker/core/directory.h"
#include "tests/core/house.h"

/* The file of a case: what a row must be to become one, and what its lists hold when they are full. */

static const uint8_t *digest_of(unsigned number)
{
    static uint8_t digests[128][DIGEST_SIZE];
    memset(digests[number], (int)number, DIGEST_SIZE);
    return digests[number];
}

static struct case_file *empty_file(void)
{
    return case_new(text_of("SD370102-20260930-105-00001A-G"));
}

Test(core_case, that_is_not_there_can_be_freed)
{
    case_free(NULL);
    key_file_free(NULL);
    struct core *none = NULL;
    core_free(&none);
    cr_expect_null(none);
}

/* ---- from the row ---- */

struct damage {
    const char *state, *before; /* NULL: as it is */
    const char *delivery;       /* NULL: as it is; "": none at all */
};

Test(core_case, of_a_row_that_no_case_can_have_is_damage_and_ends_nothing)
{
    static const struct damage damages[] = {
        {.state = "NONSENSE"},   {.state = "PARKED"}, {.state = "PARKED", .before = "NONSENSE"},
        {.delivery = "NOTHING"}, {.delivery = ""},
    };
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct case_file *file = NULL;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct case_row row = *the_case(house, id);
        struct delivery_row delivery = row.deliveries.items[0];
        row.deliveries.items = &delivery;
        if (damages[i].state != NULL)
            row.state = text_of(damages[i].state);
        row.state_before = text_of(damages[i].before);
        if (damages[i].delivery != NULL && damages[i].delivery[0] == '\0')
            row.deliveries = (struct delivery_row_list){.is_present = true};
        else if (damages[i].delivery != NULL)
            delivery.type = text_of(damages[i].delivery);
        cr_expect_eq(case_of_row(&row, &file), STATUS_CORRUPT, "damage %zu", i);
    }
    cr_expect_null(file);
    house_free(house);
}

Test(core_case, of_a_row_forgets_a_word_this_house_does_not_know)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct case_row row = *the_case(house, id);
    struct seen_row seen[] = {
        {text_of("TELEPATHY"), number_of(1), bytes_of(digest_of(1), DIGEST_SIZE), true},
        {text_of("STATUS"), number_of(1), bytes_of(digest_of(2), DIGEST_SIZE), true},
    };
    row.seen = (struct seen_row_list){seen, 2, true};
    struct case_file *file = NULL;
    cr_assert_eq(case_of_row(&row, &file), STATUS_OK);
    cr_expect_eq(file->row.seen.count, 1);
    cr_expect(case_has_heard(file, LIFE_STATUS, digest_of(2)));
    case_free(file);
    house_free(house);
}

/* ---- full lists ---- */

Test(core_case, hears_more_than_it_remembers_and_forgets_the_oldest)
{
    struct case_file *file = empty_file();
    for (unsigned i = 0; i <= CASE_SEEN_COUNT_MAX; i++)
        case_hear(file, LIFE_BOOKED, digest_of(i), false);
    cr_expect_eq(file->row.seen.count, CASE_SEEN_COUNT_MAX);
    cr_expect_not(case_has_heard(file, LIFE_BOOKED, digest_of(0)));
    cr_expect(case_has_heard(file, LIFE_BOOKED, digest_of(1)));
    cr_expect(case_has_heard(file, LIFE_BOOKED, digest_of(CASE_SEEN_COUNT_MAX)));
    case_free(file);
}

Test(core_case, forgets_progress_before_anything_else_it_heard)
{
    struct case_file *file = empty_file();
    case_hear(file, LIFE_BOOKED, digest_of(100), true);
    for (unsigned i = 0; i < CASE_SEEN_COUNT_MAX; i++)
        case_hear(file, LIFE_STATUS, digest_of(i), true);
    cr_expect(case_has_heard(file, LIFE_BOOKED, digest_of(100)));
    cr_expect_not(case_has_heard(file, LIFE_STATUS, digest_of(0)));
    cr_expect(case_has_heard(file, LIFE_STATUS, digest_of(1)));
    case_free(file);
}

static void add_risk(struct case_file *file, int64_t alert, bool has_ended)
{
    (void)case_add_risk(file, &(struct risk_row){.alert = number_of(alert),
                                                 .risk = text_of("seizure"),
                                                 .document = text_of("（2026）鲁01执1号"),
                                                 .time = number_of(1),
                                                 .has_ended = number_of(has_ended)});
}

Test(core_case, makes_room_for_an_alert_by_one_that_ended_else_by_the_oldest)
{
    struct case_file *file = empty_file();
    for (int64_t i = 1; i <= RISK_COUNT_MAX; i++)
        add_risk(file, i, i == 3);
    add_risk(file, 101, false);
    cr_assert_eq(file->row.risks.count, RISK_COUNT_MAX);
    cr_expect_eq(file->row.risks.items[0].alert.value, 1);
    cr_expect_eq(file->row.risks.items[2].alert.value, 4, "the third had ended");
    add_risk(file, 102, false);
    cr_assert_eq(file->row.risks.count, RISK_COUNT_MAX);
    cr_expect_eq(file->row.risks.items[0].alert.value, 2, "none had ended");
    cr_expect_eq(file->row.risks.items[RISK_COUNT_MAX - 1].alert.value, 102);
    case_free(file);
}

Test(core_case, keeps_the_first_reasons_and_no_more_than_its_measure_can_say)
{
    struct case_file *file = empty_file();
    const struct defect_row first = {
        .family = text_of("first"), .check = text_of("B03"), .avoidable = text_of("yes"), .is_present = true};
    const struct defect_row other = {.family = text_of("other"), .avoidable = text_of("no"), .is_present = true};
    case_add_defect(file, &first);
    for (int i = 0; i < DEFECT_COUNT_MAX; i++)
        case_add_defect(file, &other);
    cr_assert_eq(file->row.defects.count, DEFECT_COUNT_MAX);
    cr_expect(text_is(file->row.defects.items[0].family, "first"));
    case_free(file);
}

Test(core_case, stands_on_each_title_result_once_there_are_several)
{
    struct case_file *file = empty_file();
    for (int64_t i = 1; i <= 3; i++)
        case_stand(file, &(struct stood_row){number_of(i), number_of(10 * i), number_of(20 * i), true});
    cr_expect_eq(file->row.title.value, 1);
    cr_assert_eq(file->row.titles.count, 3);
    for (int64_t i = 1; i <= 3; i++)
        cr_expect_eq(file->row.titles.items[i - 1].query.value, i);
    case_free(file);
}

/* ---- deliveries ---- */

Test(core_case, that_is_booked_still_owes_the_window_a_payment_and_nothing_else)
{
    struct case_file *file = empty_file();
    case_add_delivery(file, MESSAGE_CASE_SUBMIT, 1);
    case_add_delivery(file, MESSAGE_FEE_PAID, 2);
    case_add_delivery(file, MESSAGE_WITHDRAW_REQ, 3);
    case_delivered(file, 0);
    for (int time = 0; time < 2; time++) { /* booked, then certified */
        file->base = time == 0 ? STATE_BOOKED : STATE_CERTIFIED;
        case_void_deliveries(file);
        cr_expect_eq(file->row.deliveries.items[0].is_delivered.value, DELIVERY_DONE);
        cr_expect_eq(file->row.deliveries.items[1].is_delivered.value, DELIVERY_OPEN);
        cr_expect_eq(file->row.deliveries.items[2].is_delivered.value, DELIVERY_VOID);
    }
    case_free(file);
}
