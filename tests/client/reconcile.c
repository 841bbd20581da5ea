#include "agents/client/reconcile.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/codes.h"

#define DAY    "2026-09-30"
#define WINDOW "W:370102"
#define BRANCH "B:105451099995"

/* 12:00 of that day in China. */
static const int64_t NOON_US = INT64_C(1790740800000000);

struct desk {
    struct digest *digest;
    struct reconcile *reconcile;
    struct arena arena;
    uint8_t memory[1 << 19];
};

static struct desk *desk_new(void)
{
    struct desk *desk = calloc(1, sizeof *desk);
    desk->arena = arena_over(desk->memory, sizeof desk->memory);
    cr_assert_eq(digest_new(&desk->digest), STATUS_OK);
    cr_assert_eq(reconcile_new(DAY, desk->digest, &desk->reconcile), STATUS_OK);
    return desk;
}

static void desk_free(struct desk *desk)
{
    reconcile_free(&desk->reconcile);
    digest_free(&desk->digest);
    free(desk);
}

static void add(struct desk *desk, uint32_t counter, const char *kind, int64_t booked_at)
{
    char case_id[CASE_ID_SIZE + 1];
    const struct case_id parts = {"370102", {2026, 9, 30}, "105", counter};
    cr_assert(case_id_make(&parts, case_id));
    const struct recon_row row = {.case_id = text_of(case_id),
                                  .window = text_of(WINDOW),
                                  .branch = text_of(BRANCH),
                                  .kind = text_of(kind),
                                  .state = text_of("BOOKED"),
                                  .booked_at = number_of(booked_at),
                                  .amount = number_of(100),
                                  .is_present = true};
    cr_assert_eq(reconcile_add(desk->reconcile, &row), STATUS_OK);
}

/* What is to be sent next, decoded; NULL when the comparison is done. */
static const void *next(struct desk *desk, enum message_type wanted)
{
    struct problems problems = {0};
    enum message_type type;
    struct bytes body;
    arena_reset(&desk->arena);
    enum status status = reconcile_next(desk->reconcile, &type, &body);
    if (status == STATUS_NOT_FOUND)
        return NULL;
    cr_assert_eq(status, STATUS_OK);
    cr_assert_eq(type, wanted);
    void *out = arena_take(&desk->arena, message_kind(type)->record->struct_size);
    cr_assert_eq(record_decode(message_kind(type)->record, body, &desk->arena, out, &problems), STATUS_OK, "%s",
                 problems.items[0].path);
    return out;
}

static void answer_groups(struct desk *desk, const char *const *kinds, uint32_t count)
{
    static const uint8_t root[RECON_ROOT_SIZE];
    struct recon_group groups[4];
    for (uint32_t i = 0; i < count; i++)
        groups[i] = (struct recon_group){.window = text_of(WINDOW),
                                         .branch = text_of(BRANCH),
                                         .kind = text_of(kinds[i]),
                                         .count = number_of(0),
                                         .amount = number_of(0),
                                         .root = bytes_of(root, sizeof root),
                                         .is_present = true};
    const struct recon_result result = {.day = text_of(DAY), .groups = {groups, count, true}, .is_present = true};
    cr_assert_eq(reconcile_take(desk->reconcile, &result), STATUS_OK);
}

static void answer_part(struct desk *desk, int64_t count)
{
    const struct recon_result result = {.day = text_of(DAY), .count = number_of(count), .is_present = true};
    cr_assert_eq(reconcile_take(desk->reconcile, &result), STATUS_OK);
}

Test(reconcile, the_groups_of_the_day_are_told_summed_up_and_in_order)
{
    struct desk *desk = desk_new();
    add(desk, 3, "M02", NOON_US);
    add(desk, 2, "M01", NOON_US);
    add(desk, 1, "M01", NOON_US);
    add(desk, 4, "M01", NOON_US - INT64_C(86400000000)); /* of the day before */
    const struct recon_open *open = next(desk, MESSAGE_RECON_OPEN);
    cr_assert_eq(open->groups.count, 2);
    cr_expect(text_is(open->groups.items[0].kind, "M01"));
    cr_expect_eq(open->groups.items[0].count.value, 2);
    cr_expect_eq(open->groups.items[0].amount.value, 200);
    cr_expect_eq(open->groups.items[1].count.value, 1);
    desk_free(desk);
}

Test(reconcile, the_root_depends_on_every_booking_and_not_on_the_order_they_came_in)
{
    uint8_t roots[3][RECON_ROOT_SIZE];
    static const uint32_t orders[3][2] = {{1, 2}, {2, 1}, {1, 3}};
    for (int i = 0; i < 3; i++) {
        struct desk *desk = desk_new();
        add(desk, orders[i][0], "M01", NOON_US);
        add(desk, orders[i][1], "M01", NOON_US);
        const struct recon_open *open = next(desk, MESSAGE_RECON_OPEN);
        memcpy(roots[i], open->groups.items[0].root.data, RECON_ROOT_SIZE);
        desk_free(desk);
    }
    cr_expect_arr_eq(roots[0], roots[1], RECON_ROOT_SIZE);
    cr_expect_neq(memcmp(roots[0], roots[2], RECON_ROOT_SIZE), 0);
}

Test(reconcile, nothing_more_is_told_when_no_group_differs)
{
    struct desk *desk = desk_new();
    add(desk, 1, "M01", NOON_US);
    cr_assert_not_null(next(desk, MESSAGE_RECON_OPEN));
    answer_groups(desk, NULL, 0);
    cr_expect_null(next(desk, MESSAGE_RECON_PART));
    cr_expect_eq(reconcile_difference_count(desk->reconcile), 0);
    desk_free(desk);
}

Test(reconcile, a_group_that_differs_is_told_page_by_page)
{
    static const char *const kinds[] = {"M01"};
    struct desk *desk = desk_new();
    for (uint32_t i = 1; i <= RECON_ROW_COUNT_MAX + 10; i++)
        add(desk, i, "M01", NOON_US);
    add(desk, 1, "M02", NOON_US);
    cr_assert_not_null(next(desk, MESSAGE_RECON_OPEN));
    answer_groups(desk, kinds, 1);
    const struct recon_part *part = next(desk, MESSAGE_RECON_PART);
    cr_expect_eq(part->rows.count, (uint32_t)RECON_ROW_COUNT_MAX);
    cr_expect_eq(part->has_more.value, 1);
    cr_expect_null(part->after.data);
    char last[CASE_ID_SIZE + 1] = "";
    memcpy(last, part->rows.items[part->rows.count - 1].case_id.data, CASE_ID_SIZE);
    answer_part(desk, 2);
    part = next(desk, MESSAGE_RECON_PART);
    cr_expect_eq(part->rows.count, 10);
    cr_expect_eq(part->has_more.value, 0);
    cr_expect(text_is(part->after, last));
    answer_part(desk, 1);
    cr_expect_null(next(desk, MESSAGE_RECON_PART));
    cr_expect_eq(reconcile_difference_count(desk->reconcile), 3);
    desk_free(desk);
}

Test(reconcile, a_group_only_the_broker_has_is_answered_with_no_booking)
{
    static const char *const kinds[] = {"M07"};
    struct desk *desk = desk_new();
    add(desk, 1, "M01", NOON_US);
    cr_assert_not_null(next(desk, MESSAGE_RECON_OPEN));
    answer_groups(desk, kinds, 1);
    const struct recon_part *part = next(desk, MESSAGE_RECON_PART);
    cr_expect_eq(part->rows.count, 0);
    cr_expect_eq(part->has_more.value, 0);
    cr_expect(text_is(part->kind, "M07"));
    answer_part(desk, 1);
    cr_expect_null(next(desk, MESSAGE_RECON_PART));
    desk_free(desk);
}

Test(reconcile, a_day_that_is_none_is_refused)
{
    struct digest *digest;
    struct reconcile *reconcile;
    cr_assert_eq(digest_new(&digest), STATUS_OK);
    cr_expect_eq(reconcile_new("2026-02-30", digest, &reconcile), STATUS_USAGE);
    cr_expect_null(reconcile);
    digest_free(&digest);
}

Test(reconcile, a_comparison_is_due_once_a_day_at_its_minute_in_china)
{
    const int64_t minute_us = 60000000;
    const int64_t day_us = INT64_C(86400000000);
    const int64_t due = reconcile_due_at(WINDOW, 30, NOON_US);
    char day[RECON_DAY_SIZE + 1];
    cr_expect_geq(due, NOON_US - 12 * 60 * minute_us + 30 * minute_us, "not before 00:30");
    cr_expect_lt(due, NOON_US - 12 * 60 * minute_us + 60 * minute_us, "within half an hour");
    cr_expect_eq(reconcile_due_at(WINDOW, 30, due), due);
    cr_expect_eq(reconcile_due_at(WINDOW, 30, due - 1), due - day_us);
    reconcile_day_before(due, 1, day);
    cr_expect_str_eq(day, "2026-09-29");
}

Test(reconcile, the_time_of_the_day_is_hours_and_minutes_or_off)
{
    int64_t minute;
    cr_expect(reconcile_minute_of("23:05", &minute) && minute == 23 * 60 + 5);
    cr_expect(reconcile_minute_of("off", &minute) && minute == RECONCILE_OFF);
    cr_expect_not(reconcile_minute_of("24:00", &minute));
    cr_expect_not(reconcile_minute_of("noon", &minute));
}
