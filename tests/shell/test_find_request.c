#include "broker/ops/find_request.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/codes.h"
#include "schemas/envelope.h"
#include "tests/shell/cases.h"

/* Searches over what a keeper has stored. The application of tests/bench has the person OWNER, acted for by AGENT. */

#define OPERATOR "O:wang"
#define OWNER    "370116198506150003"
#define AGENT    "371681197811030009"
#define STRANGER "370614199002280006"
#define UNIT_3   "370102999001GB00001F00010003"

enum { CASES = 5, ARENA_SIZE = 8 << 20 };

static struct keeper *keeper;
static struct effects effects;
static struct case_found found;
static struct arena arena;

static void start(bool keeps_index)
{
    start_broker(keeper, &effects, keeps_index);
    say_hello(keeper, &effects);
    commit(keeper);
}

static void submit_all(void)
{
    for (uint8_t i = 1; i <= CASES; i++)
        cr_assert_eq(submit(keeper, &effects, i).verdict, VERDICT_STORE);
    commit(keeper);
}

static void set_up(void)
{
    make_folder();
    arena = arena_over(malloc(ARENA_SIZE), ARENA_SIZE);
    keeper = open_keeper(16);
}

static void tear_down(void)
{
    keeper_close(&keeper, true);
    effects_fini(&effects);
    free(arena.memory);
    remove_folder();
}

TestSuite(find_request, .init = set_up, .fini = tear_down);

static enum status ask_at(const struct ops_case_find *asked, const char *asker, int64_t time_us)
{
    arena_reset(&arena);
    return find_request_answer(keeper, asked, text_of(asker), time_us, &arena, &found, why);
}

static uint32_t ask(const struct ops_case_find *asked)
{
    cr_assert_eq(ask_at(asked, OPERATOR, now_us(100)), STATUS_OK, "%s", why);
    return found.cases.count;
}

/* The record of the lookup. */
static struct number look_up(const char *who, const char *id)
{
    static uint8_t message_id[16];
    uint8_t body_bytes[512];
    uint8_t envelope_bytes[512];
    size_t body_size = 0;
    size_t envelope_size = 0;
    struct step step;
    const struct ops_citizen_lookup body = {.id = text_of(id), .reason = text_of("audit"), .is_present = true};
    struct event event = {.type = EVENT_MESSAGE,
                          .time_us = now_us(50),
                          .is_replay = true, /* the door is not what is tested here */
                          .participant = text_of(who),
                          .message = MESSAGE_OPS_CITIZEN_LOOKUP,
                          .body = &body};
    message_id[0]++;
    cr_assert_eq(record_encode(&record_ops_citizen_lookup, &body, body_bytes, sizeof body_bytes, &body_size),
                 STATUS_OK);
    digest_sm3(bytes_of(body_bytes, body_size), event.digest);
    const struct envelope envelope = {.version = number_of(1),
                                      .message_id = bytes_of(message_id, sizeof message_id),
                                      .type = text_of("OPS_CITIZEN_LOOKUP"),
                                      .source = text_of(who),
                                      .destination = text_of("K"),
                                      .sent_at = number_of(now_us(50)),
                                      .digest = bytes_of(event.digest, DIGEST_SIZE),
                                      .is_present = true};
    event.envelope = &envelope;
    cr_assert_eq(record_encode(&record_envelope, &envelope, envelope_bytes, sizeof envelope_bytes, &envelope_size),
                 STATUS_OK);
    const struct keeper_bytes bytes = {.envelope = bytes_of(envelope_bytes, envelope_size),
                                       .body = bytes_of(body_bytes, body_size)};
    cr_assert_eq(keeper_step(keeper, &event, &bytes, &effects, &step, why), STATUS_OK, "%s", why);
    cr_assert_eq(step.verdict, VERDICT_STORE);
    commit(keeper);
    return number_of((int64_t)event.sequence);
}

Test(find_request, finds_the_newest_first_and_all_that_is_asked_must_hold)
{
    start(true);
    submit_all();
    const struct ops_case_find contract = {.contract = text_of("DY-2026-000001"), .is_present = true};
    cr_assert_eq(ask(&contract), CASES);
    for (uint32_t i = 1; i < CASES; i++)
        cr_expect_gt(found.cases.items[i - 1].submitted_at.value, found.cases.items[i].submitted_at.value);

    struct ops_case_find both = contract;
    both.unit = text_of(UNIT_3);
    both.branch = text_of(BRANCH);
    both.window = text_of("W:370102");
    both.certificate = text_of("鲁(2026)济南市不动产权第0012345号");
    cr_expect_eq(ask(&both), 1);
    both.window = text_of("W:370103");
    cr_expect_eq(ask(&both), 0);
    both.window = text_of("W:370102");
    both.state = text_of("open");
    cr_expect_eq(ask(&both), 1);
    both.state = text_of("BOOKED");
    cr_expect_eq(ask(&both), 0);
}

Test(find_request, finds_by_age)
{
    start(true);
    submit_all();
    const struct ops_case_find some = {
        .branch = text_of(BRANCH), .from = number_of(now_us(2)), .until = number_of(now_us(4)), .is_present = true};
    cr_expect_eq(ask(&some), 2);
    const struct ops_case_find by_rows = {
        .state = text_of("open"), .from = number_of(now_us(2)), .until = number_of(now_us(4)), .is_present = true};
    cr_expect_eq(ask(&by_rows), 2, "without an index");
}

Test(find_request, goes_on_where_a_page_ended)
{
    start(true);
    submit_all();
    const struct ops_case_find firsts[] = {{.window = text_of("W:370102"), .count = number_of(2), .is_present = true},
                                           {.state = text_of("open"), .count = number_of(2), .is_present = true}};
    for (int i = 0; i < 2; i++) {
        struct ops_case_find asked = firsts[i];
        char after[CASE_ID_SIZE];
        uint32_t count = 0;
        for (int page = 0; page < 3; page++) {
            count += ask(&asked);
            cr_assert_eq(found.has_more.value, page < 2);
            if (page == 2)
                break;
            memcpy(after, found.next.data, CASE_ID_SIZE);
            asked.after = (struct text){after, CASE_ID_SIZE};
        }
        cr_expect_eq(count, CASES, "each once");
    }
    const struct ops_case_find lost = {
        .window = text_of("W:370102"), .after = text_of("SD370102-20260930-105-00001A-G"), .is_present = true};
    cr_expect_eq(ask_at(&lost, OPERATOR, now_us(100)), STATUS_UNKNOWN_CASE);
}

Test(find_request, finds_one_case_by_its_id_and_holds_it_against_the_rest)
{
    char id[CASE_ID_SIZE];
    start(true);
    submit_all();
    const struct ops_case_find unit = {.unit = text_of(UNIT_3), .is_present = true};
    cr_assert_eq(ask(&unit), 1);
    memcpy(id, found.cases.items[0].case_id.data, CASE_ID_SIZE);
    struct ops_case_find one = {.case_id = {id, CASE_ID_SIZE}, .is_present = true};
    cr_expect_eq(ask(&one), 1);
    one.unit = text_of("370102999001GB00001F00010004");
    cr_expect_eq(ask(&one), 0);
    const struct ops_case_find nobody = {.case_id = text_of("SD370102-20260930-105-00001A-G"), .is_present = true};
    cr_expect_eq(ask(&nobody), 0);
}

Test(find_request, finds_a_person_by_a_lookup_that_is_journaled)
{
    start(true);
    submit_all();
    const struct ops_case_find owner = {.lookup = look_up(OPERATOR, OWNER), .is_present = true};
    cr_expect_eq(ask(&owner), CASES);
    const struct ops_case_find agent = {.lookup = look_up(OPERATOR, AGENT), .is_present = true};
    cr_expect_eq(ask(&agent), CASES);
    const struct ops_case_find stranger = {.lookup = look_up(OPERATOR, STRANGER), .is_present = true};
    cr_expect_eq(ask(&stranger), 0);
}

Test(find_request, finds_nobody_by_a_record_that_is_no_lookup_of_the_asker_or_too_old)
{
    start(true);
    submit_all();
    const struct ops_case_find owner = {.lookup = look_up(OPERATOR, OWNER), .is_present = true};
    cr_expect_eq(ask_at(&owner, "O:li", now_us(100)), STATUS_NOT_FOUND, "another one's");
    cr_expect_eq(ask_at(&owner, OPERATOR, now_us(51) + FIND_LOOKUP_US), STATUS_NOT_FOUND, "an hour later");
    const struct ops_case_find application = {.lookup = number_of(2), .is_present = true};
    cr_expect_eq(ask_at(&application, BRANCH, now_us(100)), STATUS_NOT_FOUND, "an application names persons too");
    const struct ops_case_find nothing = {.lookup = number_of(999), .is_present = true};
    cr_expect_eq(ask_at(&nothing, OPERATOR, now_us(100)), STATUS_NOT_FOUND);
}

static bool has_text(struct bytes bytes, const char *text)
{
    return memmem(bytes.data, bytes.size, text, strlen(text)) != NULL;
}

static bool shows_an_id(struct bytes key, struct bytes value, void *context)
{
    uint32_t *count = context;
    *count += has_text(key, OWNER) || has_text(value, OWNER) || has_text(key, AGENT) || has_text(value, AGENT);
    return true;
}

Test(find_request, no_row_shows_the_id_of_a_person)
{
    uint32_t shown = 0;
    start(true);
    submit_all();
    look_up(OPERATOR, OWNER);
    cr_assert_eq(keeper_checkpoint(keeper, true, why), STATUS_OK);
    cr_assert_eq(store_each_row(keeper_rows(keeper), bytes_of("", 0), bytes_of("", 0), false, shows_an_id, &shown, why),
                 STATUS_OK);
    cr_expect_eq(shown, 0);
}

Test(find_request, says_since_when_there_is_an_index)
{
    start(false);
    submit_all();
    const struct ops_case_find all = {.branch = text_of(BRANCH), .is_present = true};
    cr_expect_eq(ask(&all), 0);
    cr_expect_not(found.indexed_from.is_present);
    start(true);
    cr_expect_eq(ask(&all), 0);
    cr_expect_eq(found.indexed_from.value, CASES + 2);
    const struct ops_case_find open = {.state = text_of("open"), .is_present = true};
    cr_expect_eq(ask(&open), CASES, "what needs no index is found all the same");
}

/* Rows of cases as a large store has them: each like the first one. */
static void fill_store(uint32_t count)
{
    const struct ops_case_find unit = {.unit = text_of(UNIT_3), .is_present = true};
    struct store_value value;
    cr_assert_eq(ask(&unit), 1);
    const struct row_key first = row_key_case(found.cases.items[0].case_id);
    cr_assert_eq(store_row(keeper_rows(keeper), bytes_of(first.bytes, first.size), &value, why), STATUS_OK);
    for (uint32_t i = 0; i < count; i++) {
        char id[CASE_ID_SIZE + 1];
        cr_assert(case_id_make(&(struct case_id){"370102", {2026, 1, 1}, "105", i}, id));
        const struct row_key key = row_key_case(text_of(id));
        const struct store_row row = {bytes_of(key.bytes, key.size), value.bytes};
        cr_assert_eq(store_checkpoint(keeper_rows(keeper), core_sequence(keeper_core(keeper)), &row, 1, why),
                     STATUS_OK);
    }
    store_value_fini(&value);
}

Test(find_request, looks_at_so_many_cases_and_says_where_to_go_on)
{
    char after[CASE_ID_SIZE];
    start(true);
    submit_all();
    fill_store(FIND_LOOK_COUNT_MAX);
    struct ops_case_find none = {.state = text_of("REFUSED"), .is_present = true};
    cr_expect_eq(ask(&none), 0);
    cr_assert(found.has_more.value);
    memcpy(after, found.next.data, CASE_ID_SIZE);
    none.after = (struct text){after, CASE_ID_SIZE};
    cr_expect_eq(ask(&none), 0);
    cr_expect_not(found.has_more.value);
}
