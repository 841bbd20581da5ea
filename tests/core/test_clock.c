#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/core/clock.h"
#include "schemas/calendar.h"
#include "tests/core/house.h"

/* The clocks of cases. The house opens its doors on 2026-09-30 at 12:00; the
 * first to the seventh of October are a holiday. */

static const int64_t MINUTE = INT64_C(60) * SECOND;
static const int64_t HOUR = INT64_C(3600) * SECOND;
static const int64_t DAY = INT64_C(86400) * SECOND;

static int64_t noon(const char *text)
{
    struct date date = {0, 0, 0};
    cr_assert(date_parse(text_of(text), &date));
    return date_days(date) * DAY + 4 * HOUR;
}

/* ---- what there is to hear ---- */

struct heard {
    char what[40]; /* "DECISION 50", or the fact */
    int64_t time_us;
};

/* The n-th alarm or claim in the branch's feed, from 0; "" where there is none. */
static struct heard heard(struct house *house, int index)
{
    struct heard out = {.what = ""};
    for (int64_t number = 1; number <= feed_last(house, BRANCH); number++) {
        struct feed_row row = feed_at(house, BRANCH, (uint64_t)number);
        bool is_claim = text_is(row.fact, "DEEMED_ACCEPT_CLAIM");
        if ((!text_is(row.fact, "ALARM") && !is_claim) || index-- > 0)
            continue;
        if (is_claim)
            snprintf(out.what, sizeof out.what, "CLAIM");
        else
            snprintf(out.what, sizeof out.what, "%.*s %d", TEXT_ARGS(row.clock), (int)row.stage.value);
        out.time_us = house->journal[row.sequence.value - 1].time_us;
        break;
    }
    return out;
}

static void expect_heard(struct house *house, int index, const char *what, int64_t time_us)
{
    char shown[24];
    struct heard found = heard(house, index);
    cr_expect_str_eq(found.what, what, "alarm %d: %s", index, found.what);
    cr_expect_eq(found.time_us, time_us, "%s at %s", what, time_show(found.time_us, shown, sizeof shown));
}

static void expect_quiet_after(struct house *house, int count)
{
    cr_expect_str_eq(heard(house, count).what, "");
}

static struct case_clock clock_at(struct house *house, const char *id)
{
    struct case_clock clock = {.is_present = false};
    cr_assert(clock_of_case(house->core, the_case(house, id), &clock));
    return clock;
}

static void expect_clock(struct house *house, const char *id, const char *name, const char *owner)
{
    struct case_clock clock = clock_at(house, id);
    cr_expect(text_is(clock.name, name), "%.*s, not %s", TEXT_ARGS(clock.name), name);
    cr_expect(text_is(clock.owner, owner), "%.*s, not %s", TEXT_ARGS(clock.owner), owner);
    cr_expect_gt(clock.due_at.value, clock.started_at.value);
}

/* ---- the houses ---- */

static struct house *house_with_delivered(const char **id)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    house_wait(house, noon("2026-09-30") + 3 * HOUR - house->now_us);
    *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, *id, 1);
    return house;
}

/* Nobody listens meanwhile, so that nothing is sent again and again. */
static void wait_alone(struct house *house, int64_t us)
{
    leaves(house, BRANCH);
    house_wait(house, us);
    branch_comes(house, BRANCH, 0);
}

static void load_rules(struct house *house, const char *clock, const char *kind, int64_t amount, const char *unit)
{
    uint8_t digest[32] = {1};
    struct rule_clock clocks[] = {{.clock = text_of(clock),
                                   .kind = text_of(kind),
                                   .amount = number_of(amount),
                                   .unit = text_of(unit),
                                   .is_present = true}};
    struct fact_rules body = {
        .digest = bytes_of(digest, 32),
        .rules = {.window = text_of(WINDOW), .version = number_of(3), .clocks = {clocks, 1, true}, .is_present = true},
        .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_RULES, .body = &body});
}

/* A calendar that knows no holiday at all. */
static void load_plain_calendar(struct house *house)
{
    uint8_t digest[32] = {2};
    struct fact_calendar body = {.digest = bytes_of(digest, 32),
                                 .version = text_of("plain"),
                                 .end = text_of("2026-12-31"),
                                 .days = {NULL, 0, true},
                                 .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_CALENDAR, .body = &body});
}

/* ---- stories ---- */

Test(clock, alarms_come_at_their_moments_and_the_holiday_does_not_count)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    wait_alone(house, noon("2026-10-12") - house->now_us);
    expect_heard(house, 0, "DECISION 50", noon("2026-09-30") + 5 * HOUR);
    expect_heard(house, 1, "DECISION 80", noon("2026-10-08") - 108 * MINUTE);
    expect_heard(house, 2, "DECISION 100", noon("2026-10-08") - HOUR);
    expect_heard(house, 3, "CLAIM", noon("2026-10-08") + 5 * HOUR);
    expect_quiet_after(house, 4);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(clock, alarms_and_the_claim_never_change_the_state)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    int64_t since = the_case(house, id)->since.value;
    wait_alone(house, 10 * DAY);
    expect_state(house, id, "DELIVERED");
    cr_expect_eq(the_case(house, id)->since.value, since);
    cr_expect(has_flag(house, id, CASE_DEEMED_CLAIM));
    cr_expect_not(the_case(house, id)->accepted_at.is_present, "a claim is no acceptance");
    accept(house, id, "Y-1");
    expect_state(house, id, "ACCEPTED");
    house_free(house);
}

Test(clock, an_answer_in_time_leaves_nothing_to_claim)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    accept(house, id, "Y-1");
    wait_alone(house, 3 * DAY);
    cr_expect_not(has_flag(house, id, CASE_DEEMED_CLAIM));
    expect_quiet_after(house, 0);
    house_free(house);
}

Test(clock, no_alarm_is_given_twice_after_a_restart)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    wait_alone(house, 2 * HOUR);
    expect_heard(house, 0, "DECISION 50", noon("2026-09-30") + 5 * HOUR);
    house_restart(house);
    wait_alone(house, MINUTE);
    house_checkpoint(house);
    house_restart(house);
    wait_alone(house, MINUTE);
    expect_quiet_after(house, 1);
    cr_expect_eq(clock_at(house, id).stage.value, 50);
    house_free(house);
}

Test(clock, whoever_was_away_hears_the_last_stage_alone)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    house_checkpoint(house);
    house->now_us = noon("2026-10-08") - HOUR / 2;
    house_restart(house);
    wait_alone(house, MINUTE);
    cr_expect_str_eq(heard(house, 0).what, "DECISION 100");
    expect_quiet_after(house, 1);
    house_free(house);
}

Test(clock, each_state_has_its_clock_and_its_owner)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    expect_clock(house, id, "DELIVERY", "window");
    window_comes(house, WINDOW, 4);
    deliver(house, id, 1);
    expect_clock(house, id, "DECISION", "window");
    ask_supplement(house, id, 1);
    expect_clock(house, id, "SUPPLEMENT", "branch");
    supplement(house, id, 1);
    deliver(house, id, 2);
    expect_clock(house, id, "DECISION", "window");
    accept(house, id, "Y-1");
    expect_clock(house, id, "EXAMINATION", "window");
    simply(house, WINDOW, MESSAGE_SUSPEND, id);
    expect_clock(house, id, "SUSPENSION", "window");
    simply(house, WINDOW, MESSAGE_RESUME, id);
    expect_clock(house, id, "EXAMINATION", "window");
    withdraw(house, id);
    expect_clock(house, id, "WITHDRAWAL", "window");
    book(house, id, "Y-1", UNIT, NULL);
    expect_clock(house, id, "CERTIFICATE", "window");
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
    expect_clock(house, id, "PROOF", "branch");
    struct cert_ack checked = {.is_verified = number_of(true), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &checked});
    expect_clock(house, id, "ARCHIVE", "broker");
    house_free(house);
}

Test(clock, runs_in_every_open_state_and_in_no_closed_one)
{
    struct house *house = house_new();
    for (enum lifecycle_state state = 0; state < STATE_COUNT; state++) {
        struct case_clock clock;
        struct case_row row = {.kind = text_of("M01"),
                               .window = text_of(WINDOW),
                               .state = text_of(lifecycle_state(state)->wire),
                               .since = number_of(house->now_us)};
        if (state == STATE_SENT || state == STATE_PARKED)
            row.is_dispatched = number_of(true);
        bool runs = clock_of_case(house->core, &row, &clock);
        cr_expect_eq(runs, lifecycle_is_open(state), "%s", lifecycle_state(state)->name);
        cr_expect(!runs || clock.due_at.value > clock.started_at.value, "%s", lifecycle_state(state)->name);
    }
    house_free(house);
}

Test(clock, the_examination_goes_on_after_what_interrupts_it_and_tells_nothing_twice)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    accept(house, id, "Y-1");
    int64_t due = clock_at(house, id).due_at.value;
    wait_alone(house, noon("2026-10-10") + 4 * HOUR - house->now_us);
    cr_expect_str_eq(heard(house, 0).what, "EXAMINATION 50");
    ask_supplement(house, id, 1);
    wait_alone(house, HOUR);
    supplement(house, id, 1);
    deliver(house, id, 2);
    expect_clock(house, id, "EXAMINATION", "window");
    cr_expect_eq(clock_at(house, id).due_at.value, due);
    wait_alone(house, MINUTE);
    expect_quiet_after(house, 1);
    house_free(house);
}

Test(clock, what_was_promised_holds_within_what_the_law_leaves)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    struct case_accepted body = *(struct case_accepted *)body_of(MESSAGE_CASE_ACCEPTED);
    body.due = text_of("2026-10-11");
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CASE_ACCEPTED, .case_id = id, .body = &body});
    cr_expect_eq(clock_at(house, id).due_at.value, noon("2026-10-12") + 5 * HOUR, "a Sunday moves on");
    const char *other = submit(house, BRANCH, UNIT_2, "DY-2");
    deliver(house, other, 1);
    body.number = text_of("Y-2");
    body.due = text_of("2027-06-30");
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CASE_ACCEPTED, .case_id = other, .body = &body});
    cr_expect_eq(clock_at(house, other).due_at.value, noon("2026-11-17") + 5 * HOUR, "30 working days");
    house_free(house);
}

Test(clock, a_round_of_supplements_ends_when_the_window_said)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    struct supplement_req body = *(struct supplement_req *)body_of(MESSAGE_SUPPLEMENT_REQ);
    body.round = number_of(1);
    body.deadline = number_of(noon("2026-10-20"));
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_SUPPLEMENT_REQ, .case_id = id, .body = &body});
    cr_expect_eq(clock_at(house, id).due_at.value, noon("2026-10-20"));
    wait_alone(house, noon("2026-10-21") - house->now_us);
    expect_heard(house, 2, "SUPPLEMENT 100", noon("2026-10-20"));
    expect_state(house, id, "SUPP_PRE");
    house_restart(house);
    cr_expect_eq(clock_at(house, id).due_at.value, noon("2026-10-20"));
    house_free(house);
}

Test(clock, the_rules_of_the_window_give_it_another_length_while_it_runs)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    load_rules(house, "DECISION", NULL, 60, "working_minutes");
    cr_expect_eq(clock_at(house, id).due_at.value, noon("2026-09-30") + 4 * HOUR);
    cr_expect_eq(clock_at(house, id).rules_version.value, 3);
    wait_alone(house, 45 * MINUTE);
    expect_heard(house, 0, "DECISION 50", noon("2026-09-30") + 3 * HOUR + 30 * MINUTE);
    load_rules(house, "DECISION", "M99", 1, "minutes");
    cr_expect_eq(clock_at(house, id).due_at.value, noon("2026-10-08") - HOUR, "another kind's rule is not its own");
    wait_alone(house, 12 * HOUR);
    expect_quiet_after(house, 1);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(clock, the_calendar_changes_while_clocks_run)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    wait_alone(house, 3 * HOUR);
    expect_heard(house, 0, "DECISION 50", noon("2026-09-30") + 5 * HOUR);
    load_plain_calendar(house);
    cr_expect(text_is(clock_at(house, id).calendar, "plain"));
    wait_alone(house, DAY);
    expect_heard(house, 1, "DECISION 80", noon("2026-10-01") - 108 * MINUTE);
    expect_heard(house, 2, "DECISION 100", noon("2026-10-01") - HOUR);
    expect_heard(house, 3, "CLAIM", noon("2026-10-01") + 5 * HOUR);
    expect_quiet_after(house, 4);
    house_free(house);
}

Test(clock, the_window_is_told_when_it_is_there)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    house_wait(house, 2 * HOUR + MINUTE);
    const struct effect *effect = effect_of(house, EFFECT_ALARM, 0);
    cr_assert_not_null(effect);
    cr_expect_str_eq(effect->to, WINDOW);
    cr_expect_str_eq(effect->case_id, id);
    cr_expect_eq(effect->number, 50);
    leaves(house, WINDOW);
    leaves(house, BRANCH);
    house_wait(house, 9 * DAY);
    cr_expect_eq(count_effects(house, EFFECT_ALARM), 0);
    house_free(house);
}

/* ---- pre-notices ---- */

static struct case_row prenotice_since(const struct house *house, int64_t days)
{
    return (struct case_row){.kind = text_of("M05"),
                             .window = text_of(WINDOW),
                             .state = text_of("CERTIFIED"),
                             .since = number_of(house->now_us - 200 * DAY),
                             .flags = number_of(CASE_PROOF_VERIFIED),
                             .registrable_at = number_of(house->now_us - days * DAY)};
}

Test(clock, a_pre_notice_has_ninety_days_from_when_the_real_registration_is_possible)
{
    struct house *house = house_new();
    struct case_clock clock = {.is_present = false};
    struct case_row row = prenotice_since(house, 85);
    cr_assert(clock_of_case(house->core, &row, &clock));
    cr_expect(text_is(clock.name, "PRENOTICE"));
    cr_expect_eq(clock.due_at.value, house->now_us + 5 * DAY);
    cr_expect_eq(clock_prenotice_end_us(house->core, &row), house->now_us + 5 * DAY);
    row.kind = text_of("M11");
    cr_expect_eq(clock_prenotice_end_us(house->core, &row), house->now_us + 5 * DAY, "two pre-notices in one likewise");
    row.kind = text_of("M01");
    cr_expect_eq(clock_prenotice_end_us(house->core, &row), 0);
    row.state = text_of("WITHDRAWN");
    cr_expect_eq(clock_prenotice_end_us(house->core, &row), 0, "what is closed has no clock");
    house_free(house);
}

/* The house archives after an hour; a pre-notice waits for its ninety days. */
Test(clock, a_pre_notice_is_not_archived_before_its_ninety_days_are_over)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    struct case_submit *body = application(UNIT_2, "DY-2");
    body->kind = text_of("M05");
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    char flat[CASE_ID_SIZE + 1];
    memcpy(flat, house->step.case_id, sizeof flat);
    deliver(house, flat, 1);
    accept(house, flat, "Y-2");
    book(house, flat, "Y-2", UNIT_2, NULL);
    certify(house, flat, "Y-2", "鲁（2026）济南市不动产证明第0000002号");
    struct cert_ack checked = {.is_verified = number_of(true), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = flat, .body = &checked});
    deliver(house, flat, 2);
    struct risk_alert alert = {.unit = text_of(UNIT_2),
                               .risk = text_of("registrable"),
                               .document = text_of("first"),
                               .time = number_of(house->now_us),
                               .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_RISK_ALERT, .body = &alert});
    int64_t end_us = house->now_us + 90 * DAY;
    wait_alone(house, 90 * DAY - MINUTE);
    expect_state(house, flat, "CERTIFIED");
    cr_expect_eq(clock_at(house, flat).due_at.value, end_us);
    wait_alone(house, 2 * MINUTE);
    expect_state(house, flat, "ARCHIVED");
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "ARCHIVED");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

/* ---- which rule, which basis ---- */

Test(clock, a_rule_of_the_kind_goes_before_one_for_all_wherever_it_stands)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    uint8_t digest[32] = {1};
    struct rule_clock clocks[] = {
        {text_of("DELIVERY"), {0}, number_of(9), text_of("minutes"), .is_present = true},
        {text_of("DECISION"), text_of("M02"), number_of(7), text_of("minutes"), .is_present = true},
        {text_of("DECISION"), text_of("M01"), number_of(2), text_of("days"), .is_present = true},
        {text_of("DECISION"), {0}, number_of(5), text_of("minutes"), .is_present = true},
    };
    struct fact_rules body = {
        .digest = bytes_of(digest, 32),
        .rules = {.window = text_of(WINDOW), .version = number_of(3), .clocks = {clocks, 4, true}, .is_present = true},
        .is_present = true};
    say(house, &(struct said){.who = "K", .type = MESSAGE_FACT_RULES, .body = &body});
    struct case_clock clock = clock_at(house, id);
    cr_expect_eq(clock.due_at.value - clock.started_at.value, 2 * DAY);
    house_free(house);
}

Test(clock, a_promise_that_is_no_day_promises_nothing)
{
    struct house *house = house_new();
    struct case_clock with = {.is_present = false}, without = {.is_present = false};
    struct case_row row = {.kind = text_of("M01"),
                           .window = text_of(WINDOW),
                           .state = text_of("ACCEPTED"),
                           .since = number_of(house->now_us)};
    cr_assert(clock_of_case(house->core, &row, &without));
    row.promised = text_of("2026-13-45");
    cr_assert(clock_of_case(house->core, &row, &with));
    cr_expect_eq(with.due_at.value, without.due_at.value);
    house_free(house);
}

static void ask_until(struct house *house, const char *id, int64_t round, int64_t deadline_us)
{
    struct supplement_req body = *(struct supplement_req *)body_of(MESSAGE_SUPPLEMENT_REQ);
    body.round = number_of(round);
    body.deadline = number_of(deadline_us);
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_SUPPLEMENT_REQ, .case_id = id, .body = &body});
}

Test(clock, a_round_asked_for_before_the_last_was_answered_moves_the_end)
{
    const char *id;
    struct house *house = house_with_delivered(&id);
    ask_until(house, id, 1, noon("2026-10-20"));
    ask_until(house, id, 2, noon("2026-10-30"));
    wait_alone(house, noon("2026-10-20") - house->now_us);
    cr_expect_str_eq(heard(house, 0).what, "SUPPLEMENT 50");
    expect_quiet_after(house, 1);
    wait_alone(house, noon("2026-10-30") - house->now_us);
    expect_heard(house, 2, "SUPPLEMENT 100", noon("2026-10-30"));
    house_free(house);
}

Test(clock, each_round_has_alarms_of_its_own)
{
    const char *id;
    int count = 0;
    struct house *house = house_with_delivered(&id);
    for (int64_t round = 1; round <= 2; round++) {
        ask_until(house, id, round, house->now_us + 20 * DAY);
        wait_alone(house, 16 * DAY);
        window_comes(house, WINDOW, 4);
        supplement(house, id, round);
        deliver(house, id, round + 1);
    }
    for (int i = 0; heard(house, i).what[0] != '\0'; i++)
        count += strcmp(heard(house, i).what, "SUPPLEMENT 50") == 0;
    cr_expect_eq(count, 2);
    house_free(house);
}
