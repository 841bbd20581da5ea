#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/core/house.h"

/* Rows in and out of memory. */

static struct bytes text_bytes(const char *text)
{
    return bytes_of(text, strlen(text));
}

Test(load, refuses_a_row_that_cannot_be_read)
{
    struct house *house = house_new();
    struct row_key keys[] = {row_key_meta(), row_key_window(text_of(WINDOW)), row_key_branch(text_of(BRANCH)),
                             row_key_case(text_of("SD370102-20260930-105-00001A-G")),
                             row_key_participant(text_of("k"))};
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        cr_expect_eq(core_load(house->core, &keys[i], text_bytes("\x01garbage")), STATUS_CORRUPT);
        cr_expect_eq(core_load(house->core, &keys[i], text_bytes("\x02\x80")), STATUS_NEWER);
        cr_expect_eq(core_load(house->core, &keys[i], (struct bytes){0}), STATUS_CORRUPT);
    }
    struct row_key unknown = {.bytes = "x", .size = 1};
    cr_expect_eq(core_load(house->core, &unknown, text_bytes("\x01\x80")), STATUS_CORRUPT);
    struct row_key open = row_key_open(text_of("short"));
    cr_expect_eq(core_load(house->core, &open, text_bytes("\x01")), STATUS_CORRUPT);
    house_free(house);
}

Test(load, refuses_a_row_offered_that_cannot_be_read)
{
    struct house *house = house_new();
    uint8_t bytes[32] = {1};
    struct row_key keys[] = {row_key_duplicate(text_of(BRANCH), bytes), row_key_business(bytes),
                             row_key_number(text_of(WINDOW), text_of("Y-1")),
                             row_key_case(text_of("SD370102-20260930-105-00001A-G"))};
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        cr_expect_eq(core_offer(house->core, &keys[i], text_bytes("\x01\x80")), STATUS_CORRUPT);
        cr_expect_eq(core_offer(house->core, &keys[i], text_bytes("\x02\x80")), STATUS_NEWER);
    }
    house_free(house);
}

Test(load, an_open_case_without_its_row_is_damage)
{
    struct house *house = house_new();
    struct row_key open = row_key_open(text_of("SD370102-20260930-105-00001A-G"));
    struct row_key wanted;
    cr_assert_eq(core_load(house->core, &open, text_bytes("\x01")), STATUS_OK);
    cr_expect(core_load_wants(house->core, &wanted));
    cr_expect_eq(wanted.bytes[0], 'c');
    cr_expect_eq(core_loaded(house->core), STATUS_CORRUPT);
    house_free(house);
}

Test(load, each_changed_row_comes_once_and_done_forgets_them)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    withdraw(house, id);
    struct table seen = {0};
    struct row_key keys[64];
    struct bytes value;
    uint32_t cursor = 0, count = 0;
    while (core_dirty_next(house->core, &cursor, &keys[count], &value)) {
        struct bytes key = bytes_of(keys[count].bytes, keys[count].size);
        cr_assert_null(table_find(&seen, key));
        table_put(&seen, key, &keys[count]);
        if (key.data[0] == 'o' || key.data[0] == 'k')
            cr_expect_null(value.data, "a closed case is deleted here");
        count++;
    }
    cr_expect_eq(count, core_dirty_count(house->core));
    cr_expect_eq(count, 11, "m c o k b f u x s and two d");
    house_checkpoint(house);
    cr_expect_eq(core_dirty_count(house->core), 0);
    table_fini(&seen);
    house_free(house);
}

Test(load, asks_only_for_what_memory_does_not_hold)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    uint8_t mid[16] = {9};
    struct envelope envelope = {.message_id = bytes_of(mid, 16), .case_id = text_of(id), .is_present = true};
    struct case_accepted body = {.number = text_of("Y-1"), .is_present = true};
    struct event event = {.type = EVENT_MESSAGE,
                          .participant = text_of(WINDOW),
                          .message = MESSAGE_CASE_ACCEPTED,
                          .envelope = &envelope,
                          .body = &body};
    struct row_keys needs;
    core_needs(house->core, &event, &needs);
    cr_expect_eq(needs.count, 2, "the duplicate and the number; the case is open");
    for (uint32_t i = 0; i < needs.count; i++)
        cr_expect_eq(core_offer(house->core, &needs.items[i], (struct bytes){0}), STATUS_OK);
    core_needs(house->core, &event, &needs);
    cr_expect_eq(needs.count, 0);
    house_free(house);
}

/* The bytes of a row; valid until the next call. */
static struct bytes bytes_of_row(const struct record *record, const void *row)
{
    static uint8_t buffer[1 << 14];
    size_t size = 0;
    cr_assert_eq(row_encode(record, row, buffer, sizeof buffer, &size), STATUS_OK);
    return bytes_of(buffer, size);
}

Test(load, refuses_a_good_row_under_a_key_it_cannot_have)
{
    static const char long_name[] = "W:3701020000000000000000000000000000";
    const struct window_row window = {
        .state = text_of("open"), .since = number_of(1), .is_up = number_of(0), .is_present = true};
    const struct branch_row branch = {
        .event_last = number_of(0), .event_acknowledged = number_of(0), .is_present = true};
    const struct feed_row feed = {.sequence = number_of(1),
                                  .case_id = text_of("SD370102-20260930-105-00001A-G"),
                                  .state = text_of("QUEUED"),
                                  .is_present = true};
    struct house *house = house_new();
    struct row_key keys[] = {row_key_window(text_of(long_name)), row_key_branch(text_of(long_name)),
                             row_key_urgent(text_of(BRANCH), 1)};
    cr_expect_eq(core_load(house->core, &keys[0], bytes_of_row(&record_window_row, &window)), STATUS_CORRUPT);
    cr_expect_eq(core_load(house->core, &keys[1], bytes_of_row(&record_branch_row, &branch)), STATUS_CORRUPT);
    cr_expect_eq(core_load(house->core, &keys[2], bytes_of_row(&record_feed_row, &feed)), STATUS_CORRUPT,
                 "an urgent event of a branch without a row");
    cr_expect_eq(core_load(house->core, &keys[2], text_bytes("\x01garbage")), STATUS_CORRUPT);
    const struct row_key none = {.size = 0};
    cr_expect_eq(core_load(house->core, &none, text_bytes("\x01\x80")), STATUS_CORRUPT);
    cr_expect_eq(core_offer(house->core, &(struct row_key){.bytes = "?", .size = 1}, text_bytes("\x01\x80")),
                 STATUS_CORRUPT);
    house_free(house);
}

/* A case as the store has it, and the key under which it stands. */
static struct bytes stored_case(struct house *house, const char *id, struct row_key *key)
{
    house_checkpoint(house);
    *key = row_key_case(text_of(id));
    const struct stored *row = table_find(&house->rows, bytes_of(key->bytes, key->size));
    cr_assert_not_null(row);
    return row->value;
}

Test(load, takes_a_case_once_and_only_under_its_own_id)
{
    struct row_key key;
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    struct bytes value = stored_case(house, id, &key);
    const struct case_row *row = the_case(house, id);
    cr_expect_eq(core_offer(house->core, &key, value), STATUS_OK);
    cr_expect_eq(the_case(house, id), row, "what is in memory is newer than what is offered");
    key = row_key_case(text_of("SD370102-20260930-105-00001A-G"));
    cr_expect_eq(core_offer(house->core, &key, value), STATUS_CORRUPT);
    house_free(house);
}

Test(load, a_closed_case_that_is_said_to_be_open_is_damage)
{
    struct row_key key;
    struct core *fresh = NULL;
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    withdraw(house, id);
    struct bytes value = stored_case(house, id, &key);
    struct row_key open = row_key_open(text_of(id));
    cr_assert_eq(core_new(&house->settings, &fresh), STATUS_OK);
    cr_assert_eq(core_load(fresh, &open, text_bytes("\x01")), STATUS_OK);
    cr_assert_eq(core_load(fresh, &key, value), STATUS_OK);
    cr_expect_eq(core_loaded(fresh), STATUS_CORRUPT);
    core_free(&fresh);
    house_free(house);
}

/* As the rows were before contracts were kept. */
static void forget_contract(struct house *house, const char *id)
{
    static uint8_t memory[1 << 14];
    static struct problems problems;
    static uint8_t before[1 << 14];
    struct arena arena = arena_over(memory, sizeof memory);
    struct row_key key;
    struct case_row row;
    struct bytes value = stored_case(house, id, &key);
    memcpy(before, value.data, value.size);
    cr_assert_eq(row_decode(&record_case_row, bytes_of(before, value.size), &arena, &row, &problems), STATUS_OK);
    row.contract_key = (struct bytes){0};
    struct bytes after = bytes_of_row(&record_case_row, &row);
    struct stored *stored = table_find(&house->rows, bytes_of(key.bytes, key.size));
    cr_assert_leq(after.size, stored->value.size);
    memcpy((void *)(uintptr_t)stored->value.data, after.data, after.size);
    stored->value.size = after.size;
}

Test(load, a_case_of_before_contracts_were_kept_lives_on_and_closes)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    forget_contract(house, id);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    cr_expect_null(the_case(house, id)->contract_key.data);
    withdraw(house, id);
    expect_state(house, id, "WITHDRAWN");
    house_free(house);
}

Test(load, closed_cases_that_are_looked_at_leave_memory_again)
{
    enum { CASE_COUNT = 257 }; /* one more than memory keeps for looking */
    static char ids[CASE_COUNT][CASE_ID_SIZE + 1];
    struct house *house = house_new();
    house->is_checked = false;
    branch_comes(house, BRANCH, 0);
    for (int i = 0; i < CASE_COUNT; i++) {
        memcpy(ids[i], submit(house, BRANCH, UNIT, "DY-1"), CASE_ID_SIZE + 1);
        withdraw(house, ids[i]);
        house_checkpoint(house);
    }
    for (int i = 0; i < CASE_COUNT; i++)
        expect_state(house, ids[i], "WITHDRAWN");
    cr_expect_null(core_case(house->core, text_of(ids[0])), "the first one went");
    cr_expect_not_null(core_case(house->core, text_of(ids[1])));
    expect_state(house, ids[0], "WITHDRAWN");
    house_free(house);
}

Test(load, tells_of_no_row_that_is_not_in_memory)
{
    struct house *house = house_new();
    struct bytes value;
    window_comes(house, WINDOW, 1);
    const struct row_key absent[] = {row_key_window(text_of(OTHER_WINDOW)),
                                     row_key_branch(text_of(BRANCH)),
                                     row_key_case(text_of("SD370102-20260930-105-00001A-G")),
                                     row_key_participant(text_of("k")),
                                     row_key_rules(text_of(WINDOW)),
                                     row_key_calendar(),
                                     row_key_unit(text_of(UNIT))};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        cr_expect_not(core_row(house->core, &absent[i], &value), "row %zu", i);
    const struct row_key window = row_key_window(text_of(WINDOW));
    cr_expect(core_row(house->core, &window, &value));
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, FOREIGN_UNIT, "DY-1");
    cr_expect_not(core_row(house->core, &absent[0], &value), "a window that a case waits for and nobody heard of");
    house_free(house);
}

/* ---- settings ---- */

static const struct core_settings *broken_settings(const struct core_settings *good, unsigned number)
{
    static struct core_settings settings;
    settings = *good;
    struct number_pair {
        int64_t *place;
        int64_t value;
    } pairs[] = {
        {&settings.lease_ms, 0},         {&settings.lease_ms_max, settings.lease_ms - 1},
        {&settings.feed_retry_ms, 0},    {&settings.silence_ms_max, 0},
        {&settings.title_timeout_ms, 0}, {&settings.archive_ms, -1},
        {&settings.proof_pull_ms, 0},    {&settings.proof_pull_ms_max, settings.proof_pull_ms - 1},
    };
    enum { PAIR_COUNT = sizeof pairs / sizeof pairs[0] };
    if (number < PAIR_COUNT)
        *pairs[number].place = pairs[number].value;
    if (number == PAIR_COUNT)
        settings.feed_in_flight_max = 0;
    if (number == PAIR_COUNT + 1)
        settings.delivery_attempts_max = 0;
    if (number == PAIR_COUNT + 2)
        settings.queue_count_max = 0;
    if (number == PAIR_COUNT + 3)
        settings.open_count_max = 0;
    return number < PAIR_COUNT + 4 ? &settings : NULL;
}

Test(load, each_setting_that_makes_no_sense_is_refused)
{
    struct house *house = house_new();
    struct core *core = NULL;
    const struct core_settings *settings;
    unsigned count = 0;
    for (; (settings = broken_settings(&house->settings, count)) != NULL; count++) {
        cr_expect_eq(core_new(settings, &core), STATUS_CONFIG, "setting %u", count);
        cr_expect_null(core);
    }
    cr_expect_eq(count, 12);
    house->settings.proof_pull_count_max = 0;
    house->settings.proof_pull_ms = 0;
    cr_assert_eq(core_new(&house->settings, &core), STATUS_OK, "nobody asks for proofs, so no time is wanted");
    core_free(&core);
    house_free(house);
}

static void load_directory(struct house *house, const char *const *participants, const char *const *keys,
                           uint32_t count)
{
    struct directory_row rows[4] = {0};
    for (uint32_t i = 0; i < count; i++)
        rows[i] = (struct directory_row){
            .participant = text_of(participants[i]), .key = text_of(keys[i]), .is_present = true};
    uint8_t digest[32] = {1};
    struct fact_directory body = {.digest = bytes_of(digest, 32), .rows = {rows, count, true}, .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_DIRECTORY, .body = &body});
}

Test(load, a_new_directory_replaces_the_old_one_and_survives_a_restart)
{
    static const char *const keys[] = {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                       "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                                       "cccccccccccccccccccccccccccccccccccccccc"};
    static const char *const who[] = {BRANCH, WINDOW, OPERATOR};
    struct house *house = house_new();
    load_directory(house, who, keys, 2);
    house_checkpoint(house);
    load_directory(house, who + 1, keys + 1, 2);
    house_restart(house);
    cr_expect_null(core_participant_of_key(house->core, text_of(keys[0])));
    const struct directory_row *row = core_participant_of_key(house->core, text_of(keys[2]));
    cr_assert_not_null(row);
    cr_expect(text_is(row->participant, OPERATOR));
    cr_expect_eq(core_meta(house->core)->directory_sequence.value, 2);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(load, a_start_of_the_broker_is_in_the_meta_row)
{
    struct house *house = house_new();
    uint8_t id[16] = {7};
    struct fact_opened body = {.software = text_of("onevisitd"),
                               .epoch = number_of(3),
                               .broker = bytes_of(id, 16),
                               .is_test = number_of(1),
                               .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_OPENED, .body = &body});
    house_checkpoint(house);
    house_restart(house);
    cr_expect_eq(core_meta(house->core)->epoch.value, 3);
    cr_expect_eq(core_meta(house->core)->broker.data[0], 7);
    cr_expect_eq(core_sequence(house->core), 1);
    house_free(house);
}

/* ---- case ids are never given twice ---- */

static void open_folder(struct house *house, int64_t epoch, uint8_t first_byte, bool accepts_loss)
{
    uint8_t id[16] = {first_byte};
    struct fact_opened body = {.software = text_of("onevisitd"),
                               .epoch = number_of(epoch),
                               .broker = bytes_of(id, 16),
                               .is_test = number_of(1),
                               .accepts_loss = number_of(accepts_loss),
                               .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_OPENED, .body = &body});
}

Test(load, a_new_folder_gives_case_ids_from_a_place_of_its_own)
{
    int64_t places[2];
    for (uint8_t i = 0; i < 2; i++) {
        struct house *house = house_new();
        open_folder(house, 1, (uint8_t)(i + 1), false);
        places[i] = core_meta(house->core)->case_counter.value;
        house_free(house);
    }
    cr_expect_neq(places[0], places[1]);
    cr_expect_geq(llabs(places[0] - places[1]), 1 << 20, "far apart");
}

Test(load, a_restart_goes_on_counting_and_an_accepted_loss_skips)
{
    struct house *house = house_new();
    open_folder(house, 1, 1, false);
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    int64_t counter = core_meta(house->core)->case_counter.value;
    open_folder(house, 2, 1, false);
    cr_expect_eq(core_meta(house->core)->case_counter.value, counter);
    open_folder(house, 3, 1, true);
    cr_expect_eq(core_meta(house->core)->case_counter.value, counter + (1 << 20));
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(load, a_broker_that_takes_over_from_a_copy_gives_none_of_its_case_ids)
{
    struct house *house = house_new();
    uint8_t id[16] = {1};
    struct fact_opened body = {.software = text_of("onevisitd"),
                               .epoch = number_of(1000000),
                               .broker = bytes_of(id, 16),
                               .is_test = number_of(1),
                               .takes_over = number_of(1),
                               .is_present = true};
    open_folder(house, 1, 1, false);
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    int64_t counter = core_meta(house->core)->case_counter.value;
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_OPENED, .body = &body});
    cr_expect_eq(core_meta(house->core)->case_counter.value, counter + (1 << 20));
    cr_expect_eq(core_meta(house->core)->epoch.value, 1000000);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(load, the_counter_begins_again_after_its_last_number)
{
    struct house *house = house_new();
    open_folder(house, 1, 0xff, false);
    for (int64_t epoch = 2; epoch < 2 + 1024; epoch++)
        open_folder(house, epoch, 0xff, true);
    cr_expect_leq(core_meta(house->core)->case_counter.value, CASE_ID_COUNTER_MAX);
    branch_comes(house, BRANCH, 0);
    cr_expect_str_eq(state_of(house, submit(house, BRANCH, UNIT, "DY-1")), "QUEUED");
    house_free(house);
}

Test(load, more_needs_than_one_round_takes_are_asked_for_in_the_next)
{
    enum { UNIT_COUNT = 200 };
    static char numbers[UNIT_COUNT][29];
    static struct unit units[UNIT_COUNT];
    struct house *house = house_new();
    struct case_submit *body = application(UNIT, "DY-1");
    for (int i = 0; i < UNIT_COUNT; i++) {
        snprintf(numbers[i], sizeof numbers[i], "370102999001GB00001F0001%04d", 101 + i);
        units[i] = body->units.items[0];
        units[i].number = text_of(numbers[i]);
        units[i].title = number_of(1000 + i);
    }
    body->units = (struct unit_list){units, UNIT_COUNT, true};
    uint8_t mid[16] = {9};
    struct envelope envelope = {.message_id = bytes_of(mid, 16), .is_present = true};
    struct event event = {.type = EVENT_MESSAGE,
                          .participant = text_of(BRANCH),
                          .message = MESSAGE_CASE_SUBMIT,
                          .envelope = &envelope,
                          .body = body};
    static struct row_keys needs;
    uint32_t total = 0, rounds = 0;
    for (; core_needs(house->core, &event, &needs), needs.count > 0; rounds++) {
        cr_assert_leq(needs.count, (uint32_t)ROW_NEEDS_MAX);
        for (uint32_t i = 0; i < needs.count; i++)
            cr_assert_eq(core_offer(house->core, &needs.items[i], (struct bytes){0}), STATUS_OK);
        total += needs.count;
    }
    cr_expect_eq(rounds, 2);
    cr_expect_eq(total, UNIT_COUNT + TITLE_STAND_COUNT_MAX + 3, "units, titles, message, business key and contract");
    house_free(house);
}
