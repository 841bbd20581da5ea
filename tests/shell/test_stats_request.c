#include "broker/ops/stats_request.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/codes.h"
#include "tests/shell/house.h"

enum { ROW_COUNT = 1101, ARENA_SIZE = 1 << 20 };

static struct keeper *keeper;
static uint8_t arena_memory[ARENA_SIZE];

static void set_up(void)
{
    make_folder();
    keeper = open_keeper(16);
}

static void tear_down(void)
{
    keeper_close(&keeper, true);
    remove_folder();
}

TestSuite(stats_request, .init = set_up, .fini = tear_down);

/* ---- rows ---- */

/* Three days, a third of the cases each, in the order of their ids. */
static const char *const days[] = {"2026-09-29", "2026-09-30", "2026-10-08"};

static void fill_id(uint32_t index, char out[CASE_ID_SIZE + 1])
{
    const struct case_id id = {"370102", {2026, 9, 1}, "105", index};
    cr_assert(case_id_make(&id, out));
}

static void put_measure(uint32_t index)
{
    char id[CASE_ID_SIZE + 1];
    uint8_t value[512];
    size_t size = 0;
    fill_id(index, id);
    struct measure measure = {.case_id = text_of(id),
                              .day = text_of(days[index * 3 / ROW_COUNT]),
                              .window = text_of("W:370102"),
                              .branch = text_of("B:105451099995"),
                              .kind = text_of("M01"),
                              .state = text_of("BOOKED"),
                              .submitted_at = number_of(1790000000000000),
                              .rounds = number_of(0),
                              .returns = number_of(0),
                              .is_present = true};
    cr_assert_eq(row_encode(&record_measure, &measure, value, sizeof value, &size), STATUS_OK);
    const struct row_key key = row_key_measure(measure.day, measure.case_id);
    const struct store_row row = {bytes_of(key.bytes, key.size), bytes_of(value, size)};
    struct store *store = journal_store(keeper_journal(keeper));
    cr_assert_eq(store_checkpoint(store, store_checkpoint_sequence(store), &row, 1, why), STATUS_OK, "%s", why);
}

static void put_all(void)
{
    for (uint32_t index = 0; index < ROW_COUNT; index++)
        put_measure(index);
}

/* ---- pages ---- */

struct place {
    char day[11];
    char case_id[CASE_ID_SIZE + 1];
};

static struct stats_list ask(struct ops_stats *asked)
{
    struct arena arena = arena_over(arena_memory, sizeof arena_memory);
    struct stats_list list;
    cr_assert_eq(stats_request_list(keeper, asked, &arena, &list, why), STATUS_OK, "%s", why);
    return list;
}

static void go_on_after(struct ops_stats *asked, struct place *place, const struct measure *last)
{
    snprintf(place->day, sizeof place->day, "%.*s", TEXT_ARGS(last->day));
    snprintf(place->case_id, sizeof place->case_id, "%.*s", TEXT_ARGS(last->case_id));
    asked->after_day = text_of(place->day);
    asked->after = text_of(place->case_id);
}

/* Reads all pages of the days; each case once, in order, from `first` on. */
static void expect_pages(struct ops_stats asked, uint32_t first, const uint32_t *sizes, uint32_t page_count)
{
    struct place place;
    uint32_t seen = first;
    for (uint32_t page = 0; page < page_count; page++) {
        struct stats_list list = ask(&asked);
        cr_assert_eq(list.measures.count, sizes[page], "page %u has %u", page, list.measures.count);
        cr_expect_eq(list.has_more.value, page + 1 < page_count, "page %u", page);
        for (uint32_t i = 0; i < list.measures.count; i++) {
            char wanted[CASE_ID_SIZE + 1];
            fill_id(seen++, wanted);
            cr_assert(text_is(list.measures.items[i].case_id, wanted), "page %u, row %u: %.*s", page, i,
                      TEXT_ARGS(list.measures.items[i].case_id));
        }
        if (list.measures.count > 0)
            go_on_after(&asked, &place, &list.measures.items[list.measures.count - 1]);
    }
}

static struct ops_stats range(const char *first, const char *last)
{
    return (struct ops_stats){.day_first = text_of(first), .day_last = text_of(last), .is_present = true};
}

Test(stats_request, gives_more_cases_than_a_page_holds_each_once_and_in_order)
{
    put_all();
    expect_pages(range("2026-09-29", "2026-10-08"), 0, (uint32_t[]){500, 500, 101}, 3);
}

Test(stats_request, ends_with_the_last_day_even_where_that_is_the_end_of_a_page)
{
    put_all();
    struct ops_stats asked = range("2026-09-30", "2026-09-30");
    expect_pages(asked, 367, (uint32_t[]){367}, 1);
    asked.count = number_of(367);
    expect_pages(asked, 367, (uint32_t[]){367}, 1);
    asked.count = number_of(183);
    expect_pages(asked, 367, (uint32_t[]){183, 183, 1}, 3);
}

Test(stats_request, has_an_empty_page_for_days_without_a_case)
{
    put_all();
    expect_pages(range("2026-10-01", "2026-10-07"), 0, (uint32_t[]){0}, 1);
}
