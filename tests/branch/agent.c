#include "agents/branch/agent.h"
#include "agents/branch/show.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/brokers.h"
#include "agents/branch/day_book.h"
#include "agents/branch/events.h"
#include "agents/branch/outbox.h"
#include "agents/branch/outbox_lane.h"
#include "agents/branch/queries.h"
#include "tests/branch/folder.h"
#include "tests/client/broker_double.h"

#define CASE "SD370102-20260930-105-00001A-G"

static struct folder folder;
static struct book *book;       /* the agent's */
static struct book *other_book; /* a command's, as another process has it */
static struct broker_double broker;
static struct agent *agent;
static const uint8_t filler[32] = {7};
static int64_t later_us; /* added to the clock the agent sees */

static void turn(void *context, int64_t now_us)
{
    agent_turn(context, now_us + later_us);
}

static void start_agent(void)
{
    const struct link_settings settings = {
        .endpoint = broker.endpoint,
        .broker_key = broker.public_key,
        .keys = broker.keys,
        .software = "test 1",
        .is_test = true,
        .heartbeat_ms = 1000,
        .silence_ms_max = 60000,
    };
    book = folder_book(&folder);
    cr_assert_eq(agent_open(broker.context, &settings, book, folder.path, &agent), STATUS_OK);
    broker.turn = turn;
    broker.turn_context = agent;
}

static void stop_agent(void)
{
    agent_close(&agent);
    book_close(&book);
}

static void set_up(void)
{
    folder_start(&folder);
    double_start(&broker, "B:105451099995");
    other_book = folder_book(&folder);
    start_agent();
}

static void tear_down(void)
{
    stop_agent();
    book_close(&other_book);
    double_stop(&broker);
    folder_stop(&folder);
}

TestSuite(agent, .init = set_up, .fini = tear_down, .timeout = 60);

static int64_t submit(const char *body)
{
    uint8_t message_id[16];
    int64_t id = 0;
    cr_assert_eq(book_begin(other_book), STATUS_OK);
    cr_assert_eq(outbox_add(other_book, MESSAGE_CASE_SUBMIT, (struct text){NULL, 0}, bytes_of(body, strlen(body)),
                            clock_now_us(), &id, message_id),
                 STATUS_OK);
    cr_assert_eq(book_commit(other_book), STATUS_OK);
    return id;
}

static void open_session(void)
{
    double_expect(&broker, MESSAGE_HELLO);
    double_say_ack(&broker);
}

static void say_receipt(int64_t sequence)
{
    const struct receipt receipt = {
        .sequence = number_of(sequence),
        .time = number_of(1),
        .chain = bytes_of(filler, 32),
        .mac = bytes_of(filler, 32),
        .case_id = text_of(CASE),
        .is_present = true,
    };
    double_say(&broker, &(struct double_message){.type = MESSAGE_RECEIPT, .body = &receipt, .answers = broker.answers});
}

static void say_reject(enum status status, int64_t retry_ms)
{
    const struct reject reject = {
        .code = text_of(status_code(status)),
        .text_zh = text_of(status_chinese(status)),
        .text_en = text_of(status_english(status)),
        .may_retry = number_of(status_may_retry(status)),
        .retry_ms = {retry_ms, retry_ms > 0},
        .is_present = true,
    };
    double_say(&broker, &(struct double_message){.type = MESSAGE_REJECT, .body = &reject, .answers = broker.answers});
}

/* Takes turns until the row has this state. */
static void await_row(int64_t id, enum outbox_state state)
{
    struct outbox_row row = {0};
    for (int i = 0; i < 2000 && (row.id == 0 || row.state != state); i++) {
        cr_assert(double_hears_nothing(&broker, 1));
        cr_assert_eq(outbox_find(other_book, id, &row), STATUS_OK);
    }
    cr_assert_eq(row.state, state);
    outbox_row_fini(&row);
}

/* ---- the outbox ---- */

/* As the command does it: an application for this unit. */
static int64_t submit_for(const char *body, const char *unit)
{
    uint8_t message_id[16];
    int64_t id = 0;
    cr_assert_eq(book_begin(other_book), STATUS_OK);
    cr_assert_eq(outbox_add(other_book, MESSAGE_CASE_SUBMIT, (struct text){NULL, 0}, bytes_of(body, strlen(body)),
                            clock_now_us(), &id, message_id),
                 STATUS_OK);
    cr_assert_eq(outbox_enter_lane(other_book, id, text_of(unit)), STATUS_OK);
    cr_assert_eq(book_commit(other_book), STATUS_OK);
    return id;
}

Test(agent, sends_the_next_application_of_a_unit_when_the_one_before_is_answered)
{
    open_session();
    const int64_t first = submit_for("one", "370102999001GB00001F00010203");
    const int64_t second = submit_for("two", "370102999001GB00001F00010203");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert(bytes_equal(double_body(&broker), bytes_of("one", 3)));
    cr_assert(double_hears_nothing(&broker, 50));
    say_receipt(5);
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert(bytes_equal(double_body(&broker), bytes_of("two", 3)));
    say_receipt(6);
    await_row(first, OUTBOX_STORED);
    await_row(second, OUTBOX_STORED);
}

Test(agent, sends_what_a_command_put_into_the_outbox_and_keeps_the_receipt)
{
    open_session();
    int64_t id = submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert(bytes_equal(double_body(&broker), bytes_of("one", 3)));
    say_receipt(5);
    await_row(id, OUTBOX_STORED);
}

Test(agent, says_of_bulk_that_it_is_bulk_each_time_it_sends_it)
{
    open_session();
    int64_t id = submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_expect_not(broker.envelope.priority.is_present);
    cr_assert_eq(outbox_set_priority(other_book, id, PRIORITY_BULK), STATUS_OK);
    say_reject(STATUS_NO_SESSION, 0);
    open_session();
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_expect_eq(broker.envelope.priority.value, PRIORITY_BULK);
}

Test(agent, sends_the_same_message_again_in_a_new_session)
{
    uint8_t first[16];
    open_session();
    submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    memcpy(first, broker.answers, sizeof first);
    say_reject(STATUS_NO_SESSION, 0);
    open_session();
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert_arr_eq(broker.answers, first, 16);
    cr_assert(bytes_equal(double_body(&broker), bytes_of("one", 3)));
    cr_assert_eq(broker.envelope.attempt.value, 2);
}

Test(agent, sends_the_same_message_again_after_its_process_was_started_anew)
{
    uint8_t first[16];
    open_session();
    submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    memcpy(first, broker.answers, sizeof first);
    stop_agent();
    start_agent();
    open_session();
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert_arr_eq(broker.answers, first, 16);
}

Test(agent, sends_the_same_message_again_when_no_answer_comes)
{
    uint8_t first[16];
    open_session();
    submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    memcpy(first, broker.answers, sizeof first);
    cr_assert(double_hears_nothing(&broker, 20));
    later_us = (int64_t)AGENT_RESEND_MS * 1000;
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert_arr_eq(broker.answers, first, 16);
    cr_assert_eq(broker.envelope.attempt.value, 2);
    later_us = 0;
}

Test(agent, tries_again_after_busy_but_not_before_its_time)
{
    open_session();
    int64_t id = submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    say_reject(STATUS_BUSY, 5000);
    cr_assert(double_hears_nothing(&broker, 50));
    await_row(id, OUTBOX_WAITING);
    later_us = 6000000;
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    later_us = 0;
    say_receipt(5);
    await_row(id, OUTBOX_STORED);
}

Test(agent, records_a_final_reject_and_sends_it_no_more)
{
    open_session();
    int64_t id = submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    say_reject(STATUS_FINDINGS, 0);
    await_row(id, OUTBOX_REJECTED);
    say_reject(STATUS_NO_SESSION, 0);
    open_session();
    cr_assert(double_hears_nothing(&broker, 50));
}

Test(agent, keeps_a_named_number_of_messages_in_flight)
{
    open_session();
    for (int i = 0; i < AGENT_FLIGHT_COUNT_MAX + 3; i++)
        submit("many");
    for (int i = 0; i < AGENT_FLIGHT_COUNT_MAX; i++)
        double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert(double_hears_nothing(&broker, 50));
    say_receipt(1);
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert(double_hears_nothing(&broker, 20));
}

Test(agent, sends_again_what_resend_put_back)
{
    int64_t count = 0;
    uint8_t first[16];
    open_session();
    int64_t id = submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    memcpy(first, broker.answers, sizeof first);
    say_receipt(5);
    await_row(id, OUTBOX_STORED);
    cr_assert_eq(outbox_resend_since_sequence(other_book, 1, &count), STATUS_OK);
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert_arr_eq(broker.answers, first, 16);
}

static int64_t withdraw(void)
{
    uint8_t message_id[16];
    int64_t id = 0;
    cr_assert_eq(book_begin(other_book), STATUS_OK);
    cr_assert_eq(
        outbox_add(other_book, MESSAGE_WITHDRAW_REQ, text_of(CASE), bytes_of("w", 1), clock_now_us(), &id, message_id),
        STATUS_OK);
    cr_assert_eq(book_commit(other_book), STATUS_OK);
    return id;
}

/* An application and its withdrawal were stored, and the broker lost them. */
static void store_and_resend(int64_t *application, int64_t *withdrawal)
{
    int64_t count = 0;
    open_session();
    *application = submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert_null(broker.envelope.case_id.data, "it has none before its receipt");
    say_receipt(5);
    await_row(*application, OUTBOX_STORED);
    *withdrawal = withdraw();
    double_expect(&broker, MESSAGE_WITHDRAW_REQ);
    say_receipt(6);
    await_row(*withdrawal, OUTBOX_STORED);
    cr_assert_eq(outbox_resend_since_sequence(other_book, 1, &count), STATUS_OK);
    cr_assert_eq(count, 2);
}

Test(agent, sends_an_application_again_under_its_case_id_and_what_follows_only_after_it)
{
    int64_t application = 0;
    int64_t withdrawal = 0;
    store_and_resend(&application, &withdrawal);
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    cr_assert(text_is(broker.envelope.case_id, CASE));
    cr_assert(double_hears_nothing(&broker, 20));
    say_receipt(2);
    double_expect(&broker, MESSAGE_WITHDRAW_REQ);
    say_receipt(3);
    await_row(withdrawal, OUTBOX_STORED);
}

Test(agent, tries_again_what_comes_too_early_for_a_broker_that_lost_the_case)
{
    int64_t application = 0;
    int64_t withdrawal = 0;
    store_and_resend(&application, &withdrawal);
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    say_receipt(2);
    double_expect(&broker, MESSAGE_WITHDRAW_REQ);
    say_reject(STATUS_WRONG_STATE, 0);
    cr_assert(double_hears_nothing(&broker, 20));
    await_row(withdrawal, OUTBOX_WAITING);
    later_us = 2000000;
    double_expect(&broker, MESSAGE_WITHDRAW_REQ);
    later_us = 0;
    say_receipt(3);
    await_row(withdrawal, OUTBOX_STORED);
    int64_t other = withdraw(); /* new: its refusal is final */
    double_expect(&broker, MESSAGE_WITHDRAW_REQ);
    say_reject(STATUS_WRONG_STATE, 0);
    await_row(other, OUTBOX_REJECTED);
}

/* ---- HELLO ---- */

static void decode(const struct record *record, void *out)
{
    struct problems problems = {0};
    arena_reset(&broker.arena);
    cr_assert_eq(record_decode(record, double_body(&broker), &broker.arena, out, &problems), STATUS_OK);
}

Test(agent, names_its_last_receipt_and_event_in_hello)
{
    struct hello hello;
    open_session();
    int64_t id = submit("one");
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    say_receipt(5);
    await_row(id, OUTBOX_STORED);
    say_reject(STATUS_NO_SESSION, 0);
    double_expect(&broker, MESSAGE_HELLO);
    decode(&record_hello, &hello);
    cr_assert(hello.last_receipt.is_present);
    cr_assert_eq(hello.last_receipt.sequence.value, 5);
    cr_assert_eq(hello.event_number.value, 0);
}

/* ---- the feed ---- */

static void say_event(int64_t number, const char *fact)
{
    const struct case_event event = {
        .number = number_of(number),
        .sequence = number_of(number),
        .time = number_of(1),
        .state = text_of("DELIVERED"),
        .fact = text_of(fact),
        .is_present = true,
    };
    double_say(&broker, &(struct double_message){.type = MESSAGE_CASE_EVENT, .body = &event, .case_id = text_of(CASE)});
}

static int64_t heard_ack(void)
{
    struct event_ack ack;
    double_expect(&broker, MESSAGE_EVENT_ACK);
    decode(&record_event_ack, &ack);
    return ack.number.value;
}

static bool count_event(const struct event_row *event, void *context)
{
    (void)event;
    ++*(int64_t *)context;
    return true;
}

static int64_t stored_events(void)
{
    int64_t count = 0;
    cr_assert_eq(events_each(other_book, (struct text){NULL, 0}, 0, count_event, &count), STATUS_OK);
    return count;
}

/* Lets the agent greet the session first: an event before that comes again. */
static void open_feed(void)
{
    open_session();
    cr_assert(double_hears_nothing(&broker, 20));
}

Test(agent, acknowledges_an_event_when_it_is_on_disk)
{
    enum level level = LEVEL_OUTBOX;
    bool has_ended = true;
    open_feed();
    say_event(1, "DELIVERED");
    cr_assert_eq(heard_ack(), 1);
    cr_assert_eq(stored_events(), 1);
    cr_assert_eq(events_level(other_book, text_of(CASE), &level, &has_ended), STATUS_OK);
    cr_assert_eq(level, LEVEL_DELIVERED);
    cr_assert_not(has_ended);
}

static bool keep_alarm(const struct event_row *event, void *context)
{
    json_t *json = event_json(event, true);
    const json_t *body = json_object_get(json, "body");
    cr_expect_str_eq(json_string_value(json_object_get(json, "what")), "ALARM");
    cr_expect_str_eq(json_string_value(json_object_get(body, "clock")), "DECISION");
    cr_expect_eq(json_integer_value(json_object_get(body, "stage")), 80);
    json_decref(json);
    ++*(int *)context;
    return true;
}

Test(agent, keeps_which_clock_an_alarm_is_of)
{
    int count = 0;
    const struct case_event event = {
        .number = number_of(1),
        .sequence = number_of(1),
        .time = number_of(1),
        .state = text_of("DELIVERED"),
        .fact = text_of("ALARM"),
        .clock = text_of("DECISION"),
        .stage = number_of(80),
        .is_present = true,
    };
    open_feed();
    double_say(&broker, &(struct double_message){.type = MESSAGE_CASE_EVENT, .body = &event, .case_id = text_of(CASE)});
    cr_assert_eq(heard_ack(), 1);
    cr_assert_eq(events_each(other_book, text_of(CASE), 0, keep_alarm, &count), STATUS_OK);
    cr_assert_eq(count, 1);
}

Test(agent, takes_an_event_right_behind_the_opening_of_the_session)
{
    open_session();
    say_event(1, "DELIVERED");
    say_event(2, "PARKED");
    int64_t heard = heard_ack();
    cr_assert(heard == 2 || heard_ack() == 2, "they may come in two batches");
    cr_assert_eq(stored_events(), 2);
}

Test(agent, ignores_an_event_ahead_of_the_next_one)
{
    open_feed();
    say_event(2, "DELIVERED");
    cr_assert(double_hears_nothing(&broker, 50));
    cr_assert_eq(stored_events(), 0);
    say_event(1, "DELIVERED");
    cr_assert_eq(heard_ack(), 1);
    say_event(2, "PARKED");
    cr_assert_eq(heard_ack(), 2);
}

Test(agent, acknowledges_an_event_it_has_already_and_stores_it_once)
{
    open_feed();
    say_event(1, "DELIVERED");
    cr_assert_eq(heard_ack(), 1);
    say_event(1, "DELIVERED");
    cr_assert_eq(heard_ack(), 1);
    cr_assert_eq(stored_events(), 1);
}

Test(agent, asks_for_the_feed_of_a_broker_with_another_data_folder)
{
    struct events_since since;
    open_feed();
    say_event(1, "DELIVERED");
    cr_assert_eq(heard_ack(), 1);
    say_reject(STATUS_NO_SESSION, 0);
    double_expect(&broker, MESSAGE_HELLO);
    double_say_ack_as(&broker, 2, 0, true);
    double_expect(&broker, MESSAGE_EVENTS_SINCE);
    decode(&record_events_since, &since);
    cr_assert_eq(since.number.value, 0);
    say_event(1, "DELIVERED");
    cr_assert_eq(heard_ack(), 1);
    cr_assert_eq(stored_events(), 2);
}

/* What the store may hold from now on: the next insert meets a full disk. */
static void set_pages_max(const char *pragma)
{
    sqlite3_stmt *row = book_statement(book, pragma);
    cr_assert_eq(book_next(book, row), STATUS_OK, "%s", book_why(book));
    book_end(row);
}

Test(agent, acknowledges_nothing_while_the_disk_is_full_and_goes_on_after_it)
{
    struct events_since since;
    struct event_ack ack;
    open_feed();
    set_pages_max("PRAGMA max_page_count = 1"); /* the least: as many as there are now */
    for (int64_t number = 1; number <= 60; number++)
        say_event(number, "DELIVERED");
    /* Batches before the disk was full are acknowledged; after the failed commit it asks for the feed again. */
    while (double_expect_any(&broker) == MESSAGE_EVENT_ACK) {
        decode(&record_event_ack, &ack);
        cr_assert_leq(ack.number.value, stored_events());
    }
    cr_assert_eq(broker.type, MESSAGE_EVENTS_SINCE);
    decode(&record_events_since, &since);
    cr_assert_lt(since.number.value, 60);
    cr_assert_eq(since.number.value, stored_events());
    set_pages_max("PRAGMA max_page_count = 1000000");
    for (int64_t number = since.number.value + 1; number <= 60; number++)
        say_event(number, "DELIVERED");
    int64_t heard = heard_ack();
    while (heard < 60)
        heard = heard_ack();
    cr_assert_eq(stored_events(), 60);
}

/* ---- the certificate ---- */

static const char file_bytes[] = "%PDF-1.4 a proof for tests";

struct certificate_row {
    bool has_file;
    bool has_wrong_digest;
    int64_t size_change;
    bool is_verified;
};

static const struct certificate_row certificate_rows[] = {
    {true, false, 0, true},
    {true, true, 0, false},
    {true, false, 1, false},
    {false, false, 0, false},
};

static void say_certificate(const struct certificate_row *row)
{
    static uint8_t body[2048];
    static uint8_t sm3[SM3_SIZE];
    uint8_t body_sm3[SM3_SIZE];
    size_t size = 0;
    struct bytes file = bytes_of(file_bytes, sizeof file_bytes - 1);
    cr_assert_eq(digest_make(broker.digest, file, sm3), STATUS_OK);
    sm3[0] ^= row->has_wrong_digest ? 1 : 0;
    const struct cert_issued issued = {
        .number = text_of("YWH1"),
        .proof = text_of("鲁（2026）济南市不动产证明第0012345号"),
        .file_digest = bytes_of(sm3, sizeof sm3),
        .file_size = number_of((int64_t)file.size + row->size_change),
        .mime = text_of("application/pdf"),
        .is_present = true,
    };
    cr_assert_eq(record_encode(&record_cert_issued, &issued, body, sizeof body, &size), STATUS_OK);
    cr_assert_eq(digest_make(broker.digest, bytes_of(body, size), body_sm3), STATUS_OK);
    const struct case_event event = {
        .number = number_of(1),
        .sequence = number_of(9),
        .time = number_of(1),
        .state = text_of("CERTIFIED"),
        .origin_type = text_of("CERT_ISSUED"),
        .origin_id = bytes_of(filler, 16),
        .origin_source = text_of("W:370102"),
        .origin_digest = bytes_of(body_sm3, sizeof body_sm3),
        .is_present = true,
    };
    double_say(&broker, &(struct double_message){
                            .type = MESSAGE_CASE_EVENT,
                            .body = &event,
                            .case_id = text_of(CASE),
                            .chunks = {bytes_of(body, size), file},
                            .chunk_count = row->has_file ? 2 : 1,
                        });
}

static bool certificate_is_on_disk(void)
{
    char path[192];
    char found[64] = "";
    snprintf(path, sizeof path, "%s/certificates/" CASE ".pdf", folder.path);
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(found, 1, sizeof found, file) : 0;
    if (file)
        fclose(file);
    return size == sizeof file_bytes - 1 && memcmp(found, file_bytes, size) == 0;
}

static void judge_certificate(const struct certificate_row *row)
{
    struct cert_ack ack;
    enum level level = LEVEL_OUTBOX;
    bool has_ended = false;
    open_feed();
    say_certificate(row);
    cr_assert_eq(heard_ack(), 1);
    cr_assert_eq(certificate_is_on_disk(), row->is_verified);
    double_expect(&broker, MESSAGE_CERT_ACK);
    cr_assert(text_is(broker.envelope.case_id, CASE));
    decode(&record_cert_ack, &ack);
    cr_assert_eq(ack.is_verified.value, row->is_verified);
    cr_assert_eq(ack.why.data == NULL, row->is_verified);
    cr_assert_eq(events_level(other_book, text_of(CASE), &level, &has_ended), STATUS_OK);
    cr_assert_eq(level, row->is_verified ? LEVEL_CERTIFIED : LEVEL_BOOKED);
}

Test(agent, stores_a_certificate_and_says_that_it_verified)
{
    judge_certificate(&certificate_rows[0]);
}

Test(agent, says_that_a_certificate_with_another_digest_did_not_verify)
{
    judge_certificate(&certificate_rows[1]);
}

Test(agent, says_that_a_certificate_of_another_size_did_not_verify)
{
    judge_certificate(&certificate_rows[2]);
}

Test(agent, says_that_a_certificate_without_its_file_did_not_verify)
{
    judge_certificate(&certificate_rows[3]);
}

Test(agent, queues_one_acknowledgement_when_the_certificate_comes_twice)
{
    open_feed();
    say_certificate(&certificate_rows[0]);
    cr_assert_eq(heard_ack(), 1);
    double_expect(&broker, MESSAGE_CERT_ACK);
    say_certificate(&certificate_rows[0]);
    cr_assert_eq(heard_ack(), 1);
    cr_assert(double_hears_nothing(&broker, 50));
}

Test(agent, acknowledges_a_certificate_while_bulk_is_in_flight)
{
    uint8_t message_id[16];
    int64_t id = 0;
    open_feed();
    cr_assert_eq(book_begin(other_book), STATUS_OK);
    cr_assert_eq(outbox_add(other_book, MESSAGE_CASE_SUBMIT, (struct text){NULL, 0}, bytes_of("bulk", 4),
                            clock_now_us(), &id, message_id),
                 STATUS_OK);
    cr_assert_eq(outbox_set_priority(other_book, id, PRIORITY_BULK), STATUS_OK);
    cr_assert_eq(book_commit(other_book), STATUS_OK);
    double_expect(&broker, MESSAGE_CASE_SUBMIT);
    say_certificate(&certificate_rows[0]);
    cr_assert_eq(heard_ack(), 1);
    double_expect(&broker, MESSAGE_CERT_ACK);
}

Test(agent, takes_the_certificate_of_a_message_it_has_from_a_broker_that_lost_it_as_an_event_alone)
{
    open_feed();
    say_certificate(&certificate_rows[0]);
    cr_assert_eq(heard_ack(), 1);
    double_expect(&broker, MESSAGE_CERT_ACK);
    say_reject(STATUS_NO_SESSION, 0);
    double_expect(&broker, MESSAGE_HELLO);
    double_say_ack_as(&broker, 2, 0, true);
    double_expect(&broker, MESSAGE_EVENTS_SINCE);
    double_expect(&broker, MESSAGE_CERT_ACK); /* the one that has no receipt yet */
    cr_assert(double_hears_nothing(&broker, 20));
    say_certificate(&certificate_rows[0]);
    cr_assert_eq(heard_ack(), 1);
    cr_assert(double_hears_nothing(&broker, 50), "no second CERT_ACK");
    cr_assert_eq(stored_events(), 2);
    cr_assert(certificate_is_on_disk());
}

/* ---- questions ---- */

Test(agent, asks_the_broker_what_the_command_line_asks)
{
    char *answer = NULL;
    char *failure = NULL;
    int64_t id = 0;
    open_feed();
    cr_assert_eq(queries_ask(other_book, text_of(CASE), 1, &id), STATUS_OK);
    double_expect(&broker, MESSAGE_STATUS_QUERY);
    cr_assert(text_is(broker.envelope.case_id, CASE));
    say_reject(STATUS_UNKNOWN_CASE, 0);
    for (int i = 0; i < 2000 && queries_take(other_book, id, &answer, &failure) == STATUS_NOT_FOUND; i++)
        cr_assert(double_hears_nothing(&broker, 1));
    cr_assert_null(answer);
    cr_assert_not_null(failure);
    cr_assert_eq(strncmp(failure, "UNKNOWN_CASE", 12), 0);
    free(failure);
}

/* ---- comparing the books ---- */

Test(agent, compares_the_days_before_with_the_broker_by_itself)
{
    struct recon_open open;
    char wanted[RECON_DAY_SIZE + 1];
    int64_t compared_us = 0;
    open_feed();
    agent_compare_daily(agent, RECONCILE_MINUTE);
    cr_assert(double_hears_nothing(&broker, 20), "what waits goes first");
    later_us = INT64_C(31000000);
    double_expect(&broker, MESSAGE_RECON_OPEN);
    decode(&record_recon_open, &open);
    const int64_t due_us = reconcile_due_at("B:105451099995", RECONCILE_MINUTE, clock_now_us() + later_us);
    reconcile_day_before(due_us, RECONCILE_DAYS_BACK, wanted);
    cr_assert(text_is(open.day, wanted), "%.*s", TEXT_ARGS(open.day));
    const struct recon_result result = {.day = open.day,
                                        .bookings = number_of(0),
                                        .groups = {.is_present = true},
                                        .count = number_of(0),
                                        .differences = {.is_present = true},
                                        .is_present = true};
    double_say(&broker,
               &(struct double_message){.type = MESSAGE_RECON_RESULT, .body = &result, .answers = broker.answers});
    for (int i = 0; i < 2000 && day_book_compared_at(other_book, wanted, &compared_us) == STATUS_NOT_FOUND; i++)
        cr_assert(double_hears_nothing(&broker, 1));
    cr_assert_geq(compared_us, due_us);
}

Test(agent, asks_for_another_day_only_after_the_one_under_way)
{
    char *answer = NULL;
    char *failure = NULL;
    int64_t id = 0;
    open_feed();
    cr_assert_eq(queries_ask_day(other_book, "2026-09-29", 1, &id), STATUS_OK);
    double_expect(&broker, MESSAGE_RECON_OPEN);
    cr_assert_eq(queries_ask_day(other_book, "2026-09-30", 1, &id), STATUS_OK);
    for (int i = 0; i < 2000 && queries_take(other_book, id, &answer, &failure) == STATUS_NOT_FOUND; i++)
        cr_assert(double_hears_nothing(&broker, 1));
    cr_assert_null(answer);
    cr_assert_not_null(strstr(failure, "another day"));
    free(failure);
}

/* ---- a broker that lost data ---- */

Test(agent, takes_up_the_feed_of_a_broker_that_lost_data_after_resend)
{
    struct hello hello;
    open_feed();
    say_event(1, "DELIVERED");
    cr_assert_eq(heard_ack(), 1);
    say_event(2, "PARKED");
    cr_assert_eq(heard_ack(), 2);
    cr_assert_eq(brokers_mark_lost(other_book), STATUS_OK);
    say_reject(STATUS_NO_SESSION, 0);
    double_expect(&broker, MESSAGE_HELLO);
    decode(&record_hello, &hello);
    cr_assert_not(hello.event_number.is_present, "a broker that lost event 2 would refuse this HELLO");
    cr_assert_not(hello.last_receipt.is_present);
    double_say_ack(&broker); /* acknowledged: 0 */
    cr_assert(double_hears_nothing(&broker, 20));
    say_event(1, "DELIVERED"); /* the very event we have */
    cr_assert_eq(heard_ack(), 1);
    cr_assert_eq(stored_events(), 2);
    say_event(2, "EXPIRED"); /* number 2 again, another event */
    cr_assert_eq(heard_ack(), 2);
    cr_assert_eq(stored_events(), 3);
}
