#include "agents/branch/booked.h"

#include <criterion/criterion.h>

#include "agents/branch/outbox.h"
#include "tests/branch/folder.h"

#define CASE "SD370102-20260930-105-00001A-G"

static struct folder folder;
static struct book *book;

static void set_up(void)
{
    folder_start(&folder);
    book = folder_book(&folder);
}

static void tear_down(void)
{
    book_close(&book);
    folder_stop(&folder);
}

TestSuite(booked, .init = set_up, .fini = tear_down, .timeout = 60);

static void file_message(enum message_type type, const char *json_text)
{
    uint8_t body[4096];
    uint8_t message_id[16];
    size_t size = 0;
    int64_t id = 0;
    json_t *json = json_loads(json_text, 0, NULL);

    cr_assert_not_null(json);
    cr_assert_eq(json_to_msgpack(json, body, sizeof body, &size), STATUS_OK);
    json_decref(json);
    cr_assert_eq(book_begin(book), STATUS_OK);
    cr_assert_eq(outbox_add(book, type, text_of(CASE), bytes_of(body, size), 1000, &id, message_id), STATUS_OK);
    cr_assert_eq(book_commit(book), STATUS_OK);
}

static void file_application(void)
{
    json_t *json = json_load_file("tests/bench/application.json", 0, NULL);
    char *text = json_dumps(json, JSON_COMPACT);

    cr_assert_not_null(text, "run from the project's root");
    file_message(MESSAGE_CASE_SUBMIT, text);
    free(text);
    json_decref(json);
}

static enum status compare(int64_t amount, struct echo *out)
{
    uint8_t body[1024];
    size_t size = 0;
    struct booked_unit unit = {.number = text_of("370102999001GB00001F00010203"), .is_present = true};
    const struct case_booked booked = {.number = text_of("YW-1"),
                                       .booked_at = number_of(1),
                                       .units = {&unit, 1, true},
                                       .estate_type = text_of("2"),
                                       .mortgagor = text_of("张某"),
                                       .method = text_of("1"),
                                       .registration = text_of("100"),
                                       .amount = number_of(amount),
                                       .term_start = text_of("2026-09-30"),
                                       .term_end = text_of("2056-09-30"),
                                       .district = text_of("370102"),
                                       .office = text_of("o"),
                                       .registrar = text_of("r"),
                                       .status = text_of("1"),
                                       .is_present = true};
    cr_assert_eq(record_encode(&record_case_booked, &booked, body, sizeof body, &size), STATUS_OK);
    const struct event_row event = {
        .case_id = text_of(CASE), .what = text_of("CASE_BOOKED"), .body = bytes_of(body, size)};
    return booked_compare(book, &event, out);
}

Test(booked, is_held_against_what_this_branch_filed)
{
    struct echo echo;

    file_application();
    cr_assert_eq(compare(80210700, &echo), STATUS_OK);
    cr_assert_eq(echo.count, 0);
    cr_assert_eq(compare(80210701, &echo), STATUS_OK);
    cr_assert_eq(echo.count, 1);
    cr_assert_str_eq(echo.items[0].path, "bdbzzqse");
    cr_assert_str_eq(echo.items[0].booked, "80210701");
}

Test(booked, is_held_against_the_supplements_too)
{
    struct echo echo;

    file_application();
    file_message(MESSAGE_SUPPLEMENT_SUBMIT, "{\"round\":1,\"changes\":[{\"path\":\"bdbzzqse\",\"new\":\"80210701\"}]}");
    cr_assert_eq(compare(80210701, &echo), STATUS_OK);
    cr_assert_eq(echo.count, 0);
    cr_assert_eq(compare(80210700, &echo), STATUS_OK);
    cr_assert_eq(echo.count, 1);
}

Test(booked, says_so_when_the_case_was_filed_elsewhere)
{
    struct echo echo;

    cr_assert_eq(compare(80210700, &echo), STATUS_NOT_FOUND);
}
