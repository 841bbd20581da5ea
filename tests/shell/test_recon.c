#include "broker/recon.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/reconcile.h"
#include "broker/recon_books.h"
#include "tests/shell/house.h"

#define DAY    "2026-09-30"
#define WINDOW "W:370102"
#define BRANCH "B:105451099995"

/* 12:00 of that day in China. */
static const int64_t NOON_US = INT64_C(1790740800000000);

static struct keeper *keeper;
static struct recon *recon;
static struct effects effects;
static struct recon_result result;
static struct recon_refusal refusal;

static void set_up(void)
{
    make_folder();
    keeper = open_keeper(16);
    cr_assert_eq(recon_new(keeper, &recon), STATUS_OK);
}

static void tear_down(void)
{
    recon_free(&recon);
    effects_fini(&effects);
    keeper_close(&keeper, true);
    remove_folder();
}

TestSuite(recon, .init = set_up, .fini = tear_down);

/* ---- books ---- */

/* Borrows static memory, one place a counter. */
static struct recon_row booking(uint32_t counter, const char *kind)
{
    static char ids[1024][CASE_ID_SIZE + 1];
    const struct case_id parts = {"370102", {2026, 9, 30}, "105", counter};
    cr_assert(case_id_make(&parts, ids[counter]));
    return (struct recon_row){.case_id = text_of(ids[counter]),
                              .window = text_of(WINDOW),
                              .branch = text_of(BRANCH),
                              .kind = text_of(kind),
                              .state = text_of("BOOKED"),
                              .number = text_of("Y-1"),
                              .booked_at = number_of(NOON_US),
                              .amount = number_of(100),
                              .is_present = true};
}

static void put(const struct row_key *key, const struct record *record, const void *in)
{
    uint8_t value[2048];
    size_t size = 0;
    struct store *store = journal_store(keeper_journal(keeper));
    cr_assert_eq(row_encode(record, in, value, sizeof value, &size), STATUS_OK);
    const struct store_row row = {bytes_of(key->bytes, key->size), bytes_of(value, size)};
    cr_assert_eq(store_checkpoint(store, store_checkpoint_sequence(store), &row, 1, why), STATUS_OK, "%s", why);
}

/* Into the broker's book of both. */
static void have(const struct recon_row *row)
{
    const struct row_key of_window = row_key_day(text_of(DAY), row->window, row->branch, row->kind, row->case_id);
    const struct row_key of_branch = row_key_day(text_of(DAY), row->branch, row->window, row->kind, row->case_id);
    put(&of_window, &record_recon_row, row);
    put(&of_branch, &record_recon_row, row);
}

/* ---- asking ---- */

static void ask(const char *participant, enum message_type type, const void *body)
{
    const struct intake_message message = {.type = type, .participant = text_of(participant), .body = body};
    if (keeper_has_gathered(keeper))
        cr_assert_eq(keeper_commit(keeper, why), STATUS_OK, "%s", why);
    cr_assert_eq(recon_answer(recon, &message, NOON_US, &effects, &result, &refusal, why), STATUS_OK, "%s", why);
}

static bool digest(struct bytes bytes, uint8_t out[RECON_ROOT_SIZE], void *context)
{
    (void)context;
    digest_sm3(bytes, out);
    return true;
}

/* One group of these rows. */
static void open_with(const char *participant, const struct recon_row *rows, uint32_t count)
{
    static struct recon_sum sum;
    struct recon_group group = {.is_present = false};
    sum = (struct recon_sum){.count = 0};
    for (uint32_t i = 0; i < count; i++)
        cr_assert_eq(recon_sum_add(&sum, &rows[i], digest, NULL), STATUS_OK);
    if (count > 0)
        group = recon_group_of(&rows[0], &sum);
    const struct recon_open open = {.day = text_of(DAY), .groups = {&group, count > 0, true}, .is_present = true};
    ask(participant, MESSAGE_RECON_OPEN, &open);
}

static struct recon_part part_of(struct recon_row *rows, uint32_t count)
{
    return (struct recon_part){.day = text_of(DAY),
                               .window = text_of(WINDOW),
                               .branch = text_of(BRANCH),
                               .kind = text_of("M01"),
                               .rows = {rows, count, true},
                               .has_more = number_of(false),
                               .is_present = true};
}

static void ask_part(const char *participant, struct recon_row *rows, uint32_t count)
{
    const struct recon_part part = part_of(rows, count);
    ask(participant, MESSAGE_RECON_PART, &part);
}

static struct difference kept(const char *peer, const struct recon_row *row)
{
    static uint8_t memory[1 << 14];
    struct arena arena = arena_over(memory, sizeof memory);
    struct difference difference = {.is_present = false};
    const struct row_key key = row_key_difference(text_of(DAY), text_of(peer), row->case_id);
    const enum status status = keeper_row(keeper, &key, &record_difference, &arena, &difference, why);
    cr_assert(status == STATUS_OK || status == STATUS_NOT_FOUND, "%s", why);
    return status == STATUS_OK ? difference : (struct difference){.is_present = false};
}

/* ---- sums ---- */

Test(recon, equal_sums_name_no_group_and_are_journaled)
{
    struct recon_row rows[] = {booking(1, "M01"), booking(2, "M01")};
    have(&rows[0]);
    have(&rows[1]);
    const uint64_t before = core_sequence(keeper_core(keeper));
    open_with(BRANCH, rows, 2);
    cr_expect_eq(refusal.status, STATUS_OK);
    cr_expect_eq(result.groups.count, 0);
    cr_expect_eq(result.bookings.value, 2);
    cr_expect_eq(core_sequence(keeper_core(keeper)), before + 1);
    open_with(WINDOW, rows, 2);
    cr_expect_eq(result.groups.count, 0);
}

Test(recon, a_group_that_only_one_side_has_or_that_differs_is_named)
{
    struct recon_row rows[] = {booking(1, "M01"), booking(2, "M01")};
    open_with(BRANCH, rows, 1);
    cr_assert_eq(result.groups.count, 1, "only theirs");
    cr_expect_eq(result.groups.items[0].count.value, 0);
    have(&rows[0]);
    open_with(BRANCH, NULL, 0);
    cr_assert_eq(result.groups.count, 1, "only ours");
    cr_expect_eq(result.groups.items[0].count.value, 1);
    rows[0].amount = number_of(101);
    open_with(BRANCH, rows, 1);
    cr_assert_eq(result.groups.count, 1, "another amount");
    cr_expect(text_is(result.groups.items[0].kind, "M01"));
}

Test(recon, groups_of_several_kinds_are_told_apart)
{
    struct recon_row rows[] = {booking(1, "M01"), booking(2, "M02"), booking(3, "M03")};
    for (int i = 0; i < 3; i++)
        have(&rows[i]);
    open_with(WINDOW, &rows[1], 1);
    cr_assert_eq(result.groups.count, 2);
    cr_expect(text_is(result.groups.items[0].kind, "M01"));
    cr_expect(text_is(result.groups.items[1].kind, "M03"));
    cr_expect_eq(result.bookings.value, 3);
}

/* ---- bookings ---- */

Test(recon, each_difference_of_a_page_is_told_and_kept)
{
    struct recon_row ours[] = {booking(1, "M01"), booking(2, "M01"), booking(4, "M01")};
    struct recon_row theirs[] = {booking(2, "M01"), booking(3, "M01"), booking(4, "M01")};
    for (int i = 0; i < 3; i++)
        have(&ours[i]);
    theirs[0].amount = number_of(99);
    ask_part(WINDOW, theirs, 3);
    cr_assert_eq(result.count.value, 3);
    cr_expect(text_is(kept(WINDOW, &ours[0]).class, "only-bank"));
    cr_expect(text_is(kept(WINDOW, &ours[1]).class, "field-diff"));
    cr_expect(text_is(kept(WINDOW, &theirs[1]).class, "only-window"));
    cr_expect_not(kept(WINDOW, &ours[2]).is_present);
}

Test(recon, a_page_is_held_against_what_it_spans_alone)
{
    struct recon_row ours[5];
    for (uint32_t i = 0; i < 5; i++) {
        ours[i] = booking(i + 1, "M01");
        have(&ours[i]);
    }
    struct recon_part part = part_of(&ours[1], 2);
    part.after = ours[0].case_id;
    part.has_more = number_of(true);
    ask(WINDOW, MESSAGE_RECON_PART, &part);
    cr_expect_eq(result.count.value, 0);
    cr_expect_eq(result.bookings.value, 2, "neither the one before it nor those behind it");
    part = part_of(&ours[4], 1);
    part.after = ours[2].case_id;
    ask(WINDOW, MESSAGE_RECON_PART, &part);
    cr_assert_eq(result.count.value, 1);
    cr_expect(text_equal(result.differences.items[0].case_id, ours[3].case_id));
}

Test(recon, more_differences_than_one_record_holds_are_all_kept)
{
    enum { COUNT = 250 };
    struct recon_row first = booking(1, "M01");
    struct recon_row last = booking(COUNT, "M01");
    for (uint32_t i = 1; i <= COUNT; i++) {
        const struct recon_row row = booking(i, "M01");
        have(&row);
    }
    ask_part(BRANCH, NULL, 0);
    cr_expect_eq(result.count.value, COUNT);
    cr_expect_eq(result.differences.count, (uint32_t)RECON_DIFFERENCE_COUNT_MAX);
    cr_expect(text_is(kept(BRANCH, &first).class, "only-window"));
    cr_expect(text_is(kept(BRANCH, &last).class, "only-window"));
}

/* ---- lags ---- */

Test(recon, a_lag_is_closed_by_the_sums_or_by_the_page_that_show_it_made_up)
{
    struct recon_row ours = booking(1, "M01");
    struct recon_row theirs = ours;
    for (int by_page = 0; by_page < 2; by_page++) {
        ours.state = text_of("CERTIFIED");
        have(&ours);
        ask_part(WINDOW, &theirs, 1);
        cr_assert(text_is(kept(WINDOW, &ours).class, "state-lag"));
        cr_assert(text_is(kept(WINDOW, &ours).state, "open"));
        if (by_page != 0)
            ask_part(WINDOW, &ours, 1);
        else
            open_with(WINDOW, &ours, 1);
        cr_expect(text_is(kept(WINDOW, &ours).state, "closed"), "by page: %d", by_page);
    }
}

/* ---- refusals ---- */

Test(recon, a_participant_speaks_of_its_own_book_alone)
{
    struct recon_row row = booking(1, "M01");
    open_with("B:999999999999", &row, 1);
    cr_expect_eq(refusal.status, STATUS_NOT_YOURS);
    ask_part("W:370103", &row, 1);
    cr_expect_eq(refusal.status, STATUS_NOT_YOURS);
}

Test(recon, rows_of_another_group_day_or_order_are_refused)
{
    struct recon_row rows[] = {booking(1, "M02"), booking(2, "M01"), booking(1, "M01")};
    ask_part(WINDOW, rows, 1);
    cr_expect_eq(refusal.status, STATUS_BAD_BODY, "of another group");
    ask_part(WINDOW, &rows[1], 2);
    cr_expect_eq(refusal.status, STATUS_BAD_BODY, "out of order");
    rows[2].booked_at = number_of(NOON_US + INT64_C(86400000000));
    ask_part(WINDOW, &rows[2], 1);
    cr_expect_eq(refusal.status, STATUS_BAD_BODY, "of another day");
    struct recon_part part = part_of(NULL, 0);
    part.has_more = number_of(true);
    ask(WINDOW, MESSAGE_RECON_PART, &part);
    cr_expect_eq(refusal.status, STATUS_BAD_BODY, "more behind nothing");
}

Test(recon, a_day_to_come_has_no_book)
{
    const struct recon_open open = {.day = text_of("2026-10-02"), .groups = {.is_present = true}, .is_present = true};
    ask(WINDOW, MESSAGE_RECON_OPEN, &open);
    cr_expect_eq(refusal.status, STATUS_BAD_BODY);
    cr_expect_str_eq(refusal.path, "day");
}
