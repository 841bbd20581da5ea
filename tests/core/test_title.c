#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/core/title.h"
#include "tests/core/house.h"

/* Stories of the title query. */

static const int64_t minute = INT64_C(60) * SECOND;

static void registry_comes(struct house *house, const char *window)
{
    static const char *const capabilities[] = {"other", "title"};
    struct text items[] = {text_of(capabilities[0]), text_of(capabilities[1])};
    struct hello *hello = body_of(MESSAGE_HELLO);
    hello->credit = number_of(4);
    hello->capabilities = (struct text_list){items, 2, true};
    struct envelope envelope = {.version = number_of(1),
                                .message_id = bytes_of("0123456789abcdef", 16),
                                .type = text_of("HELLO"),
                                .source = text_of(window),
                                .destination = text_of("K"),
                                .sent_at = number_of(house->now_us),
                                .is_present = true};
    house->effects.count = 0;
    house_step(house,
               &(struct event){
                   .type = EVENT_SESSION_UP, .participant = text_of(window), .envelope = &envelope, .body = hello});
    house_propose(house);
}

static struct house *open_house(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    registry_comes(house, WINDOW);
    return house;
}

static struct title_query question(void)
{
    return (struct title_query){.purpose = text_of("mortgage"),
                                .consent = text_of("C-1"),
                                .district = text_of("370102"),
                                .unit = text_of(UNIT),
                                .owner_name = text_of("张某"),
                                .owner_id_type = text_of("1"),
                                .owner_id = text_of("370116198506150003"),
                                .is_present = true};
}

/* The sequence of the query. */
static uint64_t ask(struct house *house, uint64_t message_id)
{
    const struct title_query query = question();
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_TITLE_QUERY, .body = &query, .message_id = message_id});
    const struct effect *receipt = effect_of(house, EFFECT_RECEIPT, 0);
    return receipt != NULL ? receipt->sequence : 0;
}

static void answer(struct house *house, const char *window, uint64_t query, const char *result, int64_t as_of)
{
    const struct title_result body = {
        .query = number_of((int64_t)query), .result = text_of(result), .as_of = number_of(as_of), .is_present = true};
    say(house, &(struct said){.who = window, .type = MESSAGE_TITLE_RESULT, .body = &body});
}

static const struct case_row *submit_on(struct house *house, const char *branch, uint64_t query)
{
    struct case_submit *body = application(UNIT, "DY-1");
    body->title = number_of((int64_t)query);
    say(house, &(struct said){.who = branch, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE, "%s", status_code(rejection(house)));
    return the_case(house, house->step.case_id);
}

static void expect_refused(struct house *house, enum status status)
{
    cr_expect_eq(rejection(house), status, "%s", status_code(rejection(house)));
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER);
}

Test(title, a_question_goes_to_the_window_and_its_answer_back_to_the_branch)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    const struct effect *asked = effect_of(house, EFFECT_TITLE_ASK, 0);
    cr_assert_not_null(asked);
    cr_expect_str_eq(asked->to, WINDOW);
    cr_expect_eq(asked->sequence, query);
    cr_expect_eq(asked->until_us, house->now_us + 10 * SECOND);
    answer(house, WINDOW, query, "match", house->now_us);
    const struct effect *told = effect_of(house, EFFECT_TITLE_ANSWER, 0);
    cr_assert_not_null(told);
    cr_expect_str_eq(told->to, BRANCH);
    cr_expect_eq(told->sequence, query);
    cr_expect_eq(told->number, query + 1);
    cr_expect_eq(told->until_us, house->now_us + 60 * minute);
    house_wait(house, 20 * SECOND);
    cr_expect_eq(count_effects(house, EFFECT_REJECT), 0, "an answered question times out for nobody");
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(title, a_window_that_keeps_silent_is_a_named_time_out)
{
    struct house *house = open_house();
    ask(house, 7);
    house_wait(house, 9 * SECOND);
    cr_expect_eq(count_effects(house, EFFECT_REJECT), 0);
    house_wait(house, 1 * SECOND);
    cr_assert_eq(count_effects(house, EFFECT_REJECT), 1);
    cr_expect_eq(rejection(house), STATUS_TITLE_TIMEOUT);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->to, BRANCH);
    house_free(house);
}

Test(title, an_answer_after_the_time_out_is_the_answer_all_the_same)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    house_wait(house, 11 * SECOND);
    answer(house, WINDOW, query, "match", house->now_us);
    cr_expect_eq(count_effects(house, EFFECT_TITLE_ANSWER), 1);
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 1);
    house_free(house);
}

Test(title, the_same_question_has_the_same_receipt_and_the_answer_again)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    cr_expect_eq(ask(house, 7), query);
    cr_expect(effect_of(house, EFFECT_RECEIPT, 0)->is_duplicate);
    cr_expect_eq(count_effects(house, EFFECT_TITLE_ASK), 0, "it is being answered");
    answer(house, WINDOW, query, "match", house->now_us);
    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    cr_expect_eq(ask(house, 7), query);
    cr_assert_eq(count_effects(house, EFFECT_TITLE_ANSWER), 1);
    cr_expect_eq(effect_of(house, EFFECT_TITLE_ANSWER, 0)->number, query + 1);
    house_free(house);
}

Test(title, the_same_question_after_a_time_out_or_a_restart_is_one_more_try)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    house_wait(house, 11 * SECOND);
    cr_expect_eq(ask(house, 7), query);
    cr_expect_eq(count_effects(house, EFFECT_TITLE_ASK), 1);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    ask(house, 7);
    cr_expect_eq(rejection(house), STATUS_WINDOW_OFFLINE);
    registry_comes(house, WINDOW);
    ask(house, 7);
    cr_expect_eq(count_effects(house, EFFECT_TITLE_ASK), 1);
    house_free(house);
}

Test(title, a_second_answer_of_other_content_is_stored_and_the_first_one_stands)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    int64_t looked = house->now_us;
    answer(house, WINDOW, query, "match", looked);
    answer(house, WINDOW, query, "mismatch", looked + SECOND);
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_eq(count_effects(house, EFFECT_TITLE_ANSWER), 0);
    ask(house, 7);
    cr_expect_eq(effect_of(house, EFFECT_TITLE_ANSWER, 0)->number, query + 1);
    house_free(house);
}

Test(title, a_window_that_comes_back_is_asked_again_until_the_deadline)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    int64_t deadline = effect_of(house, EFFECT_TITLE_ASK, 0)->until_us;
    house_wait(house, 3 * SECOND);
    leaves(house, WINDOW);
    registry_comes(house, WINDOW);
    cr_assert_eq(count_effects(house, EFFECT_TITLE_ASK), 1);
    cr_expect_eq(effect_of(house, EFFECT_TITLE_ASK, 0)->sequence, query);
    cr_expect_eq(effect_of(house, EFFECT_TITLE_ASK, 0)->until_us, deadline);
    house_wait(house, 8 * SECOND);
    registry_comes(house, WINDOW);
    cr_expect_eq(count_effects(house, EFFECT_TITLE_ASK), 0);
    house_free(house);
}

Test(title, a_window_that_is_away_or_does_not_offer_it_is_said_at_once)
{
    struct house *house = open_house();
    leaves(house, WINDOW);
    ask(house, 0);
    expect_refused(house, STATUS_WINDOW_OFFLINE);
    window_comes(house, WINDOW, 4);
    ask(house, 0);
    expect_refused(house, STATUS_TITLE_NOT_OFFERED);
    house_free(house);
}

Test(title, a_question_names_a_unit_or_a_certificate)
{
    struct house *house = open_house();
    struct title_query query = question();
    query.unit = text_of(NULL);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_TITLE_QUERY, .body = &query});
    expect_refused(house, STATUS_BAD_BODY);
    query.certificate = text_of("鲁（2026）济南市不动产权第0012345号");
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_TITLE_QUERY, .body = &query});
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    house_free(house);
}

Test(title, one_branch_has_a_limited_number_of_questions_out)
{
    struct house *house = open_house();
    for (int i = 0; i < TITLE_ASK_COUNT_MAX; i++)
        cr_expect_neq(ask(house, 0), 0);
    ask(house, 0);
    expect_refused(house, STATUS_BUSY);
    house_wait(house, 11 * SECOND);
    cr_expect_neq(ask(house, 0), 0);
    house_free(house);
}

Test(title, only_the_window_asked_may_answer)
{
    struct house *house = open_house();
    registry_comes(house, OTHER_WINDOW);
    uint64_t query = ask(house, 7);
    answer(house, OTHER_WINDOW, query, "match", house->now_us);
    expect_refused(house, STATUS_NOT_YOURS);
    answer(house, WINDOW, query + 100, "match", house->now_us);
    expect_refused(house, STATUS_NOT_FOUND);
    house_free(house);
}

Test(title, a_result_is_good_for_as_long_as_the_stricter_of_house_and_window_says)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    struct title_result body = {.query = number_of((int64_t)query),
                                .result = text_of("match"),
                                .as_of = number_of(house->now_us),
                                .valid_until = number_of(house->now_us + 5 * minute),
                                .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_TITLE_RESULT, .body = &body});
    cr_expect_eq(effect_of(house, EFFECT_TITLE_ANSWER, 0)->until_us, house->now_us + 5 * minute);
    query = ask(house, 8);
    answer(house, WINDOW, query, "match", house->now_us + 30 * minute);
    cr_expect_eq(effect_of(house, EFFECT_TITLE_ANSWER, 0)->until_us, house->now_us + 60 * minute,
                 "a clock that is ahead gains nothing");
    house_free(house);
}

Test(title, a_case_says_on_which_answer_it_stands)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    int64_t looked = house->now_us - SECOND;
    answer(house, WINDOW, query, "match", looked);
    house_checkpoint(house);
    const struct case_row *row = submit_on(house, BRANCH, query);
    cr_expect_eq(row->title.value, (int64_t)query);
    cr_expect_eq(row->title_as_of.value, looked);
    cr_expect_eq(row->title_valid_until.value, looked + 60 * minute);
    uint8_t memory[4096];
    struct arena arena = arena_over(memory, sizeof memory);
    struct case_status status;
    cr_assert_eq(core_case_status(house->core, row, &arena, &status), STATUS_OK);
    cr_expect_eq(status.title.query.value, (int64_t)query);
    cr_expect_eq(status.title.valid_until.value, looked + 60 * minute);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(title, a_case_stands_on_no_answer_of_another_branch_and_on_none_that_never_came)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    cr_expect_not(submit_on(house, BRANCH, query)->title.is_present);
    answer(house, WINDOW, query, "match", house->now_us);
    struct case_submit *body = application(UNIT_2, "DY-2");
    body->title = number_of((int64_t)query);
    say(house, &(struct said){.who = OTHER_BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_expect_not(the_case(house, house->step.case_id)->title.is_present);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

/* UNIT stands on `query`, UNIT_2 on `own`. */
static const struct case_row *submit_two(struct house *house, uint64_t query, uint64_t own)
{
    struct case_submit *body = application(UNIT, "DY-1");
    struct unit units[2] = {body->units.items[0], body->units.items[0]};
    units[1].number = text_of(UNIT_2);
    units[1].title = number_of((int64_t)own);
    body->units = (struct unit_list){units, 2, true};
    body->title = number_of((int64_t)query);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE, "%s", status_code(rejection(house)));
    return the_case(house, house->step.case_id);
}

static void expect_titles(struct house *house, const struct case_row *row, uint64_t first, uint64_t second)
{
    uint8_t memory[8192];
    struct arena arena = arena_over(memory, sizeof memory);
    struct case_status status;
    cr_assert_eq(core_case_status(house->core, row, &arena, &status), STATUS_OK);
    cr_expect_eq(status.title.query.value, (int64_t)first);
    cr_assert_eq(status.titles.count, 2);
    cr_expect_eq(status.titles.items[0].query.value, (int64_t)first);
    cr_expect_eq(status.titles.items[1].query.value, (int64_t)second);
    cr_expect_eq(status.titles.items[1].as_of.value, row->titles.items[1].as_of.value);
    cr_expect_gt(status.titles.items[1].valid_until.value, status.titles.items[0].valid_until.value);
}

Test(title, a_case_of_several_units_says_all_answers_it_stands_on)
{
    struct house *house = open_house();
    uint64_t first = ask(house, 7);
    uint64_t second = ask(house, 8);
    answer(house, WINDOW, first, "match", house->now_us - SECOND);
    answer(house, WINDOW, second, "match", house->now_us);
    house_checkpoint(house);
    expect_titles(house, submit_two(house, first, second), first, second);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(title, units_that_share_an_answer_are_one_and_an_answer_that_never_came_is_none)
{
    struct house *house = open_house();
    uint64_t first = ask(house, 7);
    uint64_t silent = ask(house, 8);
    answer(house, WINDOW, first, "match", house->now_us);
    const struct case_row *row = submit_two(house, first, first);
    cr_expect_eq(row->title.value, (int64_t)first);
    cr_expect_eq(row->titles.count, 0);
    house_free(house);
    house = open_house();
    first = ask(house, 7);
    silent = ask(house, 8);
    answer(house, WINDOW, first, "match", house->now_us);
    row = submit_two(house, silent, first);
    cr_expect_eq(row->title.value, (int64_t)first);
    cr_expect_eq(row->titles.count, 0);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(title, an_application_stands_on_a_limited_number_of_answers)
{
    struct case_submit *body = application(UNIT, "DY-1");
    struct unit units[TITLE_STAND_COUNT_MAX + 8];
    uint64_t queries[TITLE_STAND_COUNT_MAX];
    for (int i = 0; i < TITLE_STAND_COUNT_MAX + 8; i++) {
        units[i] = body->units.items[0];
        units[i].title = number_of(100 + i);
    }
    body->units = (struct unit_list){units, TITLE_STAND_COUNT_MAX + 8, true};
    cr_expect_eq(title_queries(body, queries), TITLE_STAND_COUNT_MAX);
    cr_expect_eq(queries[TITLE_STAND_COUNT_MAX - 1], 100 + TITLE_STAND_COUNT_MAX - 1);
}

/* ---- whom nobody can ask, and who asks too often ---- */

Test(title, a_window_that_never_came_is_said_at_once)
{
    struct house *house = open_house();
    struct title_query query = question();
    query.district = text_of("370103");
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_TITLE_QUERY, .body = &query});
    expect_refused(house, STATUS_WINDOW_OFFLINE);
    house_free(house);
}

Test(title, an_older_journal_may_name_a_question_and_a_district_that_are_no_more)
{
    struct house *house = open_house();
    const struct title_result body = {
        .query = number_of(99), .result = text_of("match"), .as_of = number_of(1), .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_TITLE_RESULT, .body = &body, .is_old = true});
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    struct case_submit *application_body = application(UNIT, "DY-1");
    application_body->district = text_of("999999");
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = application_body, .is_old = true});
    cr_expect_eq(core_open_count(house->core), 0);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(title, a_case_stands_on_no_answer_of_another_window)
{
    struct house *house = open_house();
    uint64_t query = ask(house, 7);
    answer(house, WINDOW, query, "match", house->now_us);
    struct case_submit *body = application(FOREIGN_UNIT, "DY-1");
    body->title = number_of((int64_t)query);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_expect_not(the_case(house, house->step.case_id)->title.is_present);
    body = application(UNIT, "DY-2");
    body->title = number_of(99);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_expect_not(the_case(house, house->step.case_id)->title.is_present, "nobody asked that");
    house_free(house);
}

static void load_rules(struct house *house, struct number title_minutes)
{
    uint8_t digest[32] = {1};
    struct fact_rules body = {.digest = bytes_of(digest, 32),
                              .rules = {.window = text_of(WINDOW),
                                        .version = number_of(1),
                                        .title_minutes = title_minutes,
                                        .is_present = true},
                              .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_RULES, .body = &body});
}

Test(title, a_result_is_good_for_as_long_as_the_rules_of_its_window_say)
{
    for (int is_said = 0; is_said < 2; is_said++) {
        struct house *house = open_house();
        load_rules(house, (struct number){10, is_said == 1});
        struct title_result body = {.query = number_of((int64_t)ask(house, 7)),
                                    .result = text_of("match"),
                                    .as_of = number_of(house->now_us),
                                    .valid_until = number_of(house->now_us + 600 * minute),
                                    .is_present = true};
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_TITLE_RESULT, .body = &body});
        cr_expect_eq(effect_of(house, EFFECT_TITLE_ANSWER, 0)->until_us,
                     house->now_us + (is_said == 1 ? 10 : 60) * minute, "the window's own word is longer");
        house_free(house);
    }
}

/* Each question is answered at once, so that more may be asked. */
static void ask_often(struct house *house, int times)
{
    for (int i = 0; i < times; i++)
        answer(house, WINDOW, ask(house, 0), "match", house->now_us);
}

static uint32_t alarms(struct house *house)
{
    struct text names[TITLE_RATE_COUNT_MAX];
    return core_title_alarms(house->core, house->now_us, names);
}

Test(title, who_asks_unusually_often_raises_an_alarm_for_a_day)
{
    struct house *house = open_house();
    ask_often(house, 40);
    cr_expect_eq(alarms(house), 0);
    ask_often(house, 1);
    cr_expect_eq(alarms(house), 1);
    house_wait(house, 24 * 60 * minute);
    cr_expect_eq(alarms(house), 0);
    house_free(house);
}

Test(title, a_house_without_a_limit_raises_no_alarm)
{
    struct house *house = house_new();
    house->settings.title_hour_count_max = 0;
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    registry_comes(house, WINDOW);
    ask_often(house, 60);
    cr_expect_eq(alarms(house), 0);
    house_free(house);
}

Test(title, an_hour_that_ends_before_anybody_looked_raises_no_alarm)
{
    struct house *house = open_house();
    const struct title_query query = question();
    ask_often(house, 40);
    for (int i = 0; i < 2; i++) {
        say(house, &(struct said){.who = BRANCH, .type = MESSAGE_TITLE_QUERY, .body = &query, .is_busy = true});
        house->now_us += 60 * minute;
    }
    house_propose(house);
    cr_expect_eq(alarms(house), 0);
    house_free(house);
}

Test(title, no_more_branches_are_named_than_a_list_holds)
{
    struct house *house = open_house();
    for (int i = 0; i <= TITLE_RATE_COUNT_MAX; i++) {
        char branch[PARTICIPANT_SIZE_MAX];
        snprintf(branch, sizeof branch, "B:1054510%05d", i);
        const struct fact_title_rate fact = {
            .branch = text_of(branch), .since = number_of(house->now_us), .count = number_of(41), .is_present = true};
        house_step_fact(house, MESSAGE_FACT_TITLE_RATE, "", &fact);
    }
    cr_expect_eq(alarms(house), TITLE_RATE_COUNT_MAX);
    house_free(house);
}
