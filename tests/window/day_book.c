#include "agents/window/day_book.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "agents/window/comparing.h"
#include "tests/window/house.h"

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

static struct house house;
static uint8_t memory[1 << 18];

/* A case that the registry booked and certified; nothing of it was receipted when the broker is mute. */
static void certify(bool is_mute, char id[31])
{
    struct registry_settings settings = {.seed = 1, .accept_ms = 1, .book_ms = 1, .certify_ms = 1};
    house_open(&house, one_window, 1);
    struct adapter adapter = house_sandbox(&house, &settings);
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", 1);
    house.is_mute = is_mute;
    struct house_delivery delivery = {
        one_window[0], house_case_id(1, id), 1, MESSAGE_CASE_SUBMIT, house_application("DY-1", unit), false};
    house_deliver(&house, &delivery);
    house_await_number(&house, "SELECT count(*) FROM docket WHERE state = 'CERTIFIED'", 1);
    if (!is_mute)
        house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
}

/* The day the case was booked on, by the docket. */
static void booked_on(char day[RECON_DAY_SIZE + 1])
{
    sqlite3_stmt *query = base_query(&house.folder.base, "SELECT booked_at FROM docket");
    cr_assert(base_next(&house.folder.base, query));
    recon_day_of(base_number(query, 0), day);
    book_end(query);
}

/* The only booking of the day, as the window's book has it. */
static struct recon_row only_booking(void)
{
    static const uint8_t root[RECON_ROOT_SIZE];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {0};
    struct reconcile *reconcile;
    enum message_type type;
    struct bytes body;
    struct recon_open open;
    struct recon_part part;
    char day[RECON_DAY_SIZE + 1];
    booked_on(day);
    cr_assert_eq(reconcile_new(day, house.digest, &reconcile), STATUS_OK);
    cr_assert_eq(day_book_read(&house.folder.base, text_of(one_window[0]), reconcile), STATUS_OK);
    cr_assert_eq(reconcile_next(reconcile, &type, &body), STATUS_OK);
    cr_assert_eq(record_decode(&record_recon_open, body, &arena, &open, &problems), STATUS_OK);
    cr_assert_eq(open.groups.count, 1);
    struct recon_group wanted = open.groups.items[0];
    wanted.root = bytes_of(root, sizeof root);
    const struct recon_result result = {.groups = {&wanted, 1, true}, .is_present = true};
    cr_assert_eq(reconcile_take(reconcile, &result), STATUS_OK);
    arena_reset(&arena);
    cr_assert_eq(reconcile_next(reconcile, &type, &body), STATUS_OK);
    uint8_t *copy = arena_take(&arena, body.size);
    memcpy(copy, body.data, body.size);
    cr_assert_eq(record_decode(&record_recon_part, bytes_of(copy, body.size), &arena, &part, &problems), STATUS_OK);
    cr_assert_eq(part.rows.count, 1);
    reconcile_free(&reconcile);
    return part.rows.items[0];
}

Test(day_book, has_what_the_window_said_it_booked)
{
    char id[31];
    certify(false, id);
    const struct recon_row row = only_booking();
    cr_expect(text_is(row.case_id, id));
    cr_expect(text_is(row.window, one_window[0]));
    cr_expect(text_is(row.state, "CERTIFIED"));
    cr_expect_not_null(row.proof.data);
    cr_expect_eq(row.is_waiting.value, 0);
    house_close(&house);
}

Test(day_book, marks_what_still_waits_to_be_told)
{
    char id[31];
    certify(true, id);
    cr_expect_eq(only_booking().is_waiting.value, 1);
    house_close(&house);
}

Test(day_book, compares_a_day_for_the_command_line_and_remembers_when)
{
    char id[31];
    char *answer = NULL;
    char *failure = NULL;
    certify(false, id);
    struct base *base = &house.folder.base;
    base_begin(base);
    const int64_t row = comparing_ask(base, text_of(one_window[0]), "2026-09-30", 1);
    house.daemon.comparing.has_new = true;
    const struct heard *open = house_await(&house, MESSAGE_RECON_OPEN, "", 1);
    const struct recon_result result = {.day = text_of("2026-09-30"),
                                        .bookings = number_of(0),
                                        .groups = {.is_present = true},
                                        .count = number_of(0),
                                        .differences = {.is_present = true},
                                        .is_present = true};
    house_say(&house, one_window[0], MESSAGE_RECON_RESULT, &result, open->message_id);
    house_await_number(&house, "SELECT count(*) FROM compared WHERE differences = 0", 1);
    cr_assert(comparing_answer(base, row, &answer, &failure));
    cr_expect_null(failure);
    cr_expect_not_null(strstr(answer, "2026-09-30"));
    free(answer);
    house_close(&house);
}

Test(day_book, a_window_that_is_not_served_here_cannot_be_compared)
{
    char id[31];
    char *answer = NULL;
    char *failure = NULL;
    certify(false, id);
    struct base *base = &house.folder.base;
    base_begin(base);
    const int64_t row = comparing_ask(base, text_of("W:370103"), "2026-09-30", 1);
    house.daemon.comparing.has_new = true;
    house_await_number(&house, "SELECT count(*) FROM comparison WHERE failure IS NOT NULL", 1);
    cr_assert(comparing_answer(base, row, &answer, &failure));
    cr_expect_null(answer);
    free(failure);
    house_close(&house);
}
