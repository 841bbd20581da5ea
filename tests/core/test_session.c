#include <criterion/criterion.h>

#include "tests/core/house.h"

/* Who is there, and who hears of it. */

static const struct effect *told_of_window(const struct house *house)
{
    return effect_of(house, EFFECT_WINDOW_STATE, 0);
}

static struct journaled *last_record(struct house *house)
{
    return &house->journal[house->journal_count - 1];
}

static struct window_view view_of(struct house *house, const char *window)
{
    struct window_view view;
    cr_assert(core_window_view(house->core, text_of(window), &view));
    return view;
}

Test(session, a_window_that_comes_and_goes_is_journaled_and_told_to_those_who_wait)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    submit(house, BRANCH, UNIT_2, "DY-2");
    window_comes(house, WINDOW, 0);
    cr_expect_eq(last_record(house)->type, MESSAGE_FACT_WINDOW_LINK);
    cr_assert_eq(count_effects(house, EFFECT_WINDOW_STATE), 1, "one branch, once");
    cr_expect_str_eq(told_of_window(house)->to, BRANCH);
    cr_expect_str_eq(told_of_window(house)->window, WINDOW);
    cr_expect(text_is(view_of(house, WINDOW).state, "open"));
    leaves(house, WINDOW);
    cr_expect_eq(count_effects(house, EFFECT_WINDOW_STATE), 1);
    cr_expect(text_is(view_of(house, WINDOW).state, "offline"));
    house_free(house);
}

Test(session, the_same_window_again_is_no_news)
{
    struct house *house = house_new();
    window_comes(house, WINDOW, 1);
    uint32_t count = house->journal_count;
    window_comes(house, WINDOW, 1);
    cr_expect_eq(house->journal_count, count);
    house_free(house);
}

Test(session, what_a_window_says_of_itself_is_kept_and_passed_on)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    struct window_state body = {.window = text_of(WINDOW),
                                .state = text_of("paused"),
                                .reason = text_of("午休"),
                                .until = number_of(5),
                                .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_WINDOW_STATE, .body = &body});
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_assert_not_null(told_of_window(house));
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 0);
    cr_expect(text_is(view_of(house, WINDOW).state, "paused"));
    branch_comes(house, BRANCH, 0);
    cr_assert_eq(house->effects.count, 2);
    cr_expect_eq(house->effects.items[0].type, EFFECT_ANSWER, "HELLO_ACK first");
    cr_expect_eq(house->effects.items[1].type, EFFECT_WINDOW_STATE);
    house_free(house);
}

Test(session, a_window_speaks_for_itself_alone)
{
    struct house *house = house_new();
    window_comes(house, WINDOW, 0);
    struct window_state body = {.window = text_of(OTHER_WINDOW), .state = text_of("closed"), .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_WINDOW_STATE, .body = &body});
    cr_expect_eq(rejection(house), STATUS_NOT_YOURS);
    house_free(house);
}

Test(session, a_branch_hears_at_hello_of_the_windows_it_waits_for_that_are_away)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, OTHER_WINDOW, 1);
    submit(house, BRANCH, UNIT, "DY-1");
    submit(house, BRANCH, FOREIGN_UNIT, "DY-2");
    branch_comes(house, BRANCH, 0);
    cr_assert_eq(count_effects(house, EFFECT_WINDOW_STATE), 1);
    cr_expect_str_eq(told_of_window(house)->window, WINDOW);
    house_free(house);
}

Test(session, silence_ends_it)
{
    struct house *house = house_new();
    house->settings.silence_ms_max = 10000;
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 1);
    house_wait(house, 6 * SECOND);
    simply(house, WINDOW, MESSAGE_HEARTBEAT, NULL);
    cr_expect_eq(house->effects.count, 0);
    house_wait(house, 6 * SECOND);
    simply(house, BRANCH, MESSAGE_HEARTBEAT, NULL);
    cr_expect_eq(rejection(house), STATUS_NO_SESSION, "silent for twelve seconds");
    cr_expect(text_is(view_of(house, WINDOW).state, "open"), "heard six seconds ago");
    house_wait(house, 5 * SECOND);
    cr_expect(text_is(view_of(house, WINDOW).state, "offline"));
    cr_expect_eq(last_record(house)->type, MESSAGE_FACT_WINDOW_LINK);
    cr_expect_eq(core_wake_us(house->core), INT64_MAX);
    house_free(house);
}

Test(session, after_a_restart_a_window_that_was_there_is_away_until_it_says_hello)
{
    struct house *house = house_new();
    window_comes(house, WINDOW, 1);
    house_checkpoint(house);
    house_restart(house);
    cr_expect(text_is(view_of(house, WINDOW).state, "offline"));
    house_propose(house);
    cr_expect_eq(last_record(house)->type, MESSAGE_FACT_WINDOW_LINK);
    window_comes(house, WINDOW, 1);
    cr_expect_eq(house->journal_count, 3);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(session, leaving_twice_is_leaving_once)
{
    struct house *house = house_new();
    window_comes(house, WINDOW, 1);
    leaves(house, WINDOW);
    leaves(house, WINDOW);
    leaves(house, "B:105452099997");
    cr_expect_eq(house->journal_count, 2);
    house_free(house);
}

Test(session, a_window_is_shown_with_city_and_county)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    struct window_view view = view_of(house, WINDOW);
    cr_expect(text_is(view.name, "济南市历下区"));
    cr_expect_eq(view.queued.value, 1);
    cr_expect_eq(view.open.value, 1);
    cr_expect(view.oldest.is_present);
    cr_expect(text_is(view_of(house, "W:371724").state, "offline"), "nobody ever heard of it");
    house_free(house);
}

/* ---- what a HELLO leaves out, or says too much of ---- */

static void greet(struct house *house, const char *who, const struct envelope *envelope, const struct hello *hello)
{
    house->effects.count = 0;
    house_step(house, &(struct event){
                          .type = EVENT_SESSION_UP, .participant = text_of(who), .envelope = envelope, .body = hello});
}

Test(session, a_window_that_names_no_credit_gets_nothing_yet)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    struct hello *hello = body_of(MESSAGE_HELLO);
    hello->credit = (struct number){0};
    greet(house, WINDOW, NULL, hello);
    house_propose(house);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0);
    const struct credit credit = {.deliveries = number_of(1), .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CREDIT, .body = &credit});
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    house_free(house);
}

Test(session, credit_of_one_who_is_no_window_is_nothing)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const struct credit credit = {.deliveries = number_of(1), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CREDIT, .body = &credit});
    cr_expect_eq(house->effects.count, 0);
    house_free(house);
}

Test(session, a_branch_ahead_of_its_urgent_feed_is_told_that_the_broker_is_behind)
{
    struct house *house = house_new();
    for (int64_t held = 0; held < 2; held++) {
        struct hello *hello = body_of(MESSAGE_HELLO);
        hello->event_number = number_of(0);
        hello->urgent_number = number_of(held);
        greet(house, BRANCH, NULL, hello);
        cr_expect_eq(rejection(house), held == 0 ? STATUS_OK : STATUS_BEHIND);
    }
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "urgent_number");
    house_free(house);
}

Test(session, an_answer_to_a_greeting_without_an_id_answers_none)
{
    static const uint8_t none[MESSAGE_ID_SIZE];
    struct house *house = house_new();
    const struct envelope envelope = {.is_present = true};
    greet(house, BRANCH, &envelope, body_of(MESSAGE_HELLO));
    cr_assert_not_null(effect_of(house, EFFECT_ANSWER, 0));
    cr_expect_eq(memcmp(effect_of(house, EFFECT_ANSWER, 0)->answers, none, sizeof none), 0);
    house_free(house);
}

Test(session, a_window_that_just_came_counts_as_open_before_its_fact_is_journaled)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    greet(house, WINDOW, NULL, body_of(MESSAGE_HELLO));
    greet(house, BRANCH, NULL, body_of(MESSAGE_HELLO));
    cr_expect_eq(count_effects(house, EFFECT_WINDOW_STATE), 0);
    house_propose(house);
    house_free(house);
}

Test(session, of_somebody_who_is_no_part_of_the_house_gives_no_case)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    operator_comes(house, "X:9");
    simply(house, "X:9", MESSAGE_STATUS_QUERY, id);
    cr_expect_eq(rejection(house), STATUS_NOT_YOURS);
    house_free(house);
}
