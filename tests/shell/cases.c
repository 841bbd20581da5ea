#include "tests/shell/cases.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "broker/store/small_file.h"
#include "schemas/envelope.h"

enum { MORNING_US = 1790000000, BODY_SIZE_MAX = 8192, MOMENT_US = 1000000 };

int64_t days_later;

int64_t now_us(int step)
{
    return ((int64_t)MORNING_US + days_later * 86400) * MOMENT_US + step;
}

void say_hello(struct keeper *keeper, struct effects *effects)
{
    struct text version = text_of("1");
    const struct hello hello = {
        .software = text_of("test"), .versions = {&version, 1, true}, .is_test = number_of(1), .is_present = true};
    const uint8_t id[16] = {9};
    const struct envelope envelope = {.message_id = bytes_of(id, 16), .is_present = true};
    struct event event = {.type = EVENT_SESSION_UP,
                          .time_us = now_us(0),
                          .participant = text_of(BRANCH),
                          .message = MESSAGE_HELLO,
                          .envelope = &envelope,
                          .body = &hello};
    struct step step;

    cr_assert_eq(keeper_step(keeper, &event, NULL, effects, &step, why), STATUS_OK, "%s", why);
}

/* An application for a unit of its own; `number` also makes the message id. */
struct step submit(struct keeper *keeper, struct effects *effects, uint8_t number)
{
    static uint8_t memory[1 << 18];
    static uint8_t body[BODY_SIZE_MAX];
    static uint8_t envelope_bytes[512];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {.count = 0};
    struct case_submit application;
    uint8_t id[16] = {number, 1};
    size_t size = 0;
    size_t envelope_size = 0;
    char unit[32];
    json_t *json = json_load_file("tests/bench/application.json", 0, NULL);

    cr_assert_not_null(json, "run from the project's root");
    snprintf(unit, sizeof unit, "370102999001GB00001F0001%04u", number);
    json_object_set_new(json_array_get(json_object_get(json, "units"), 0), "bdcdyh", json_string(unit));
    cr_assert_eq(json_to_msgpack(json, body, sizeof body, &size), STATUS_OK);
    json_decref(json);
    cr_assert_eq(record_decode(&record_case_submit, bytes_of(body, size), &arena, &application, &problems), STATUS_OK);
    struct event event = {.type = EVENT_MESSAGE,
                          .time_us = now_us(number),
                          .participant = text_of(BRANCH),
                          .message = MESSAGE_CASE_SUBMIT,
                          .body = &application};
    digest_sm3(bytes_of(body, size), event.digest);
    const struct envelope envelope = {.version = number_of(1),
                                      .message_id = bytes_of(id, sizeof id),
                                      .type = text_of("CASE_SUBMIT"),
                                      .source = text_of(BRANCH),
                                      .destination = text_of("K"),
                                      .sent_at = number_of(now_us(number)),
                                      .digest = bytes_of(event.digest, DIGEST_SIZE),
                                      .is_present = true};
    cr_assert_eq(record_encode(&record_envelope, &envelope, envelope_bytes, sizeof envelope_bytes, &envelope_size),
                 STATUS_OK);
    event.envelope = &envelope;
    const struct keeper_bytes bytes = {.envelope = bytes_of(envelope_bytes, envelope_size),
                                       .body = bytes_of(body, size)};
    struct step step;
    cr_assert_eq(keeper_step(keeper, &event, &bytes, effects, &step, why), STATUS_OK, "%s", why);
    return step;
}

void commit(struct keeper *keeper)
{
    cr_assert_eq(keeper_commit(keeper, why), STATUS_OK, "%s", why);
}

void start_broker(struct keeper *keeper, struct effects *effects, bool keeps_index)
{
    const struct fact_opened opened = {.software = text_of("onevisitd"),
                                       .epoch = number_of(core_meta(keeper_core(keeper))->epoch.value + 1),
                                       .broker = bytes_of(journal_broker_id(keeper_journal(keeper)), BROKER_ID_SIZE),
                                       .is_test = number_of(true),
                                       .keeps_index = {1, keeps_index},
                                       .is_present = true};
    cr_assert_eq(keeper_step_fact(keeper, MESSAGE_FACT_OPENED, "", &opened, now_us(0), effects, why), STATUS_OK, "%s",
                 why);
}

void keep_cases(uint8_t count, uint32_t checkpoint_records_max)
{
    struct effects effects = {NULL, 0, 0};
    struct keeper *keeper = open_keeper(checkpoint_records_max);

    say_hello(keeper, &effects);
    for (uint8_t i = 1; i <= count; i++) {
        submit(keeper, &effects, i);
        commit(keeper);
        cr_assert_eq(keeper_checkpoint(keeper, false, why), STATUS_OK, "%s", why);
    }
    effects_fini(&effects);
    keeper_close(&keeper, true);
}

void alter_row(const struct row_key *key, struct bytes value)
{
    char path[SMALL_FILE_PATH_SIZE];
    struct store *store = NULL;
    const struct store_row row = {bytes_of(key->bytes, key->size), value};

    cr_assert_eq(small_file_path(path, folder, "db", why), STATUS_OK);
    const struct store_options options = {.folder = path, .must_exist = true};
    cr_assert_eq(store_open(&options, &store, why), STATUS_OK, "%s", why);
    cr_assert_eq(store_checkpoint(store, store_checkpoint_sequence(store), &row, 1, why), STATUS_OK, "%s", why);
    store_close(&store);
}
