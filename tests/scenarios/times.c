#include <string.h>

#include "broker/core/clock.h"
#include "broker/core/rules.h"
#include "schemas/working_time.h"
#include "tests/scenarios/story.h"

/* The sentences about days, calendars and clocks. */

static const int64_t DAY_US = INT64_C(86400) * SECOND;

/* ---- what is done ---- */

/* No branch listens meanwhile, so that its feed is not sent again every few seconds. */
static void wait_alone(struct story *story, int64_t us)
{
    leaves(story->house, BRANCH);
    leaves(story->house, OTHER_BRANCH);
    house_wait(story->house, us);
    story_note_deliveries(story);
    branch_comes(story->house, BRANCH, 0);
    branch_comes(story->house, OTHER_BRANCH, 0);
}

static bool days_pass(struct story *story)
{
    wait_alone(story, number_in(story->words[0]) * DAY_US);
    return true;
}

static bool noon_comes(struct story *story)
{
    struct date date;
    if (!date_parse(text_of(story->words[0]), &date))
        return deny(story, "there is no day", story->words[0]);
    int64_t noon_us = date_days(date) * DAY_US + DAY_US / 6;
    if (noon_us < story->house->now_us)
        return deny(story, "it is past already:", story->words[0]);
    wait_alone(story, noon_us - story->house->now_us);
    return true;
}

/* The embedded calendar with one day changed; the list of days keeps its order. */
static uint32_t days_with(const struct calendar_day *changed, struct calendar_day out[CALENDAR_DAY_COUNT_MAX])
{
    const char *date = NULL;
    bool is_working = false, is_in = false;
    uint32_t count = 0;
    for (uint32_t i = 0; calendar_special(i, &date, &is_working) && count < CALENDAR_DAY_COUNT_MAX - 1; i++) {
        int order = strncmp(date, changed->date.data, changed->date.size);
        if (!is_in && order >= 0)
            out[count++] = *changed;
        is_in |= order >= 0;
        if (order != 0)
            out[count++] =
                (struct calendar_day){.date = text_of(date), .is_working = number_of(is_working), .is_present = true};
    }
    if (!is_in)
        out[count++] = *changed;
    return count;
}

static bool change_calendar(struct story *story, bool is_working)
{
    static struct calendar_day days[CALENDAR_DAY_COUNT_MAX];
    static const uint8_t digest[32] = {7};
    const struct calendar_day changed = {
        .date = text_of(story->words[0]), .is_working = number_of(is_working), .is_present = true};
    const struct fact_calendar body = {.digest = bytes_of(digest, sizeof digest),
                                       .version = text_of("changed"),
                                       .end = text_of("2026-12-31"),
                                       .days = {days, days_with(&changed, days), true},
                                       .is_present = true};
    say(story->house, &(struct said){.who = "K", .type = MESSAGE_FACT_CALENDAR, .body = &body});
    return true;
}

static bool calendar_takes_off(struct story *story)
{
    return change_calendar(story, false);
}

static bool calendar_makes_up(struct story *story)
{
    return change_calendar(story, true);
}

/* The words: window, unit, days. */
static bool says_registrable(struct story *story)
{
    const struct risk_alert body = {.unit = text_of(meant(story->words[1])),
                                    .risk = text_of("registrable"),
                                    .document = text_of("first-registration"),
                                    .time = number_of(story->house->now_us - number_in(story->words[2]) * DAY_US),
                                    .is_present = true};
    say(story->house, &(struct said){.who = meant(story->words[0]), .type = MESSAGE_RISK_ALERT, .body = &body});
    return story->house->step.verdict == VERDICT_STORE || deny(story, "it was refused:", story->words[1]);
}

static const struct sentence acts[] = {
    {"* days pass", days_pass},
    {"noon of * comes", noon_comes},
    {"the calendar takes * off", calendar_takes_off},
    {"the calendar makes * a working day", calendar_makes_up},
    {"* says that * can be registered since * days", says_registrable},
};

const struct sentences story_time_acts = {acts, sizeof acts / sizeof acts[0]};

/* ---- what is claimed ---- */

static bool is_day(struct story *story, int64_t time_us, const char *day)
{
    char shown[24];
    bool is_it = strncmp(time_show(time_us, shown, sizeof shown), day, strlen(day)) == 0;
    return is_it || deny(story, "it is", shown);
}

/* The words: count, first day, last day. */
static bool days_end(struct story *story)
{
    struct date date;
    const struct working_time time = {.calendar = core_calendar(story->house->core)};
    if (!date_parse(text_of(story->words[1]), &date))
        return deny(story, "there is no day", story->words[1]);
    int64_t noon_us = date_days(date) * DAY_US + DAY_US / 6;
    return is_day(story, working_time_after_days(&time, noon_us, number_in(story->words[0])), story->words[2]);
}

/* The words: case, clock, day. */
static bool clock_is(struct story *story)
{
    struct case_clock clock = {.is_present = false};
    if (!is_known(story, 0))
        return false;
    if (!clock_of_case(story->house->core, the_case(story->house, id_at(story, 0)), &clock))
        return deny(story, "no clock runs for", story->words[0]);
    if (!text_is(clock.name, story->words[1]))
        return deny(story, "another clock runs than", story->words[1]);
    return is_day(story, clock.due_at.value, story->words[2]);
}

/* The words: case, version. */
static bool reckons_with(struct story *story)
{
    struct case_clock clock = {.is_present = false};
    bool runs =
        is_known(story, 0) && clock_of_case(story->house->core, the_case(story->house, id_at(story, 0)), &clock);
    return (runs && text_is(clock.calendar, story->words[1])) ||
           deny(story, "it is not reckoned with the calendar", story->words[1]);
}

/* The words: branch, clock, case. */
static bool hears_no_alarm(struct story *story)
{
    const char *branch = meant(story->words[0]);
    if (!is_known(story, 2))
        return false;
    for (int64_t number = 1; number <= feed_last(story->house, branch); number++) {
        struct feed_row row = feed_at(story->house, branch, (uint64_t)number);
        if (text_is(row.fact, "ALARM") && text_is(row.clock, story->words[1]) && text_is(row.case_id, id_at(story, 2)))
            return deny(story, "it heard of", story->words[1]);
    }
    return true;
}

/* The words: times, case. */
static bool was_asked_for_proof(struct story *story)
{
    const struct case_row *row = is_known(story, 1) ? the_case(story->house, id_at(story, 1)) : NULL;
    return (row != NULL && row->pulls.value == number_in(story->words[0])) ||
           deny(story, "that is not how often it was asked for the proof of", story->words[1]);
}

static const struct sentence claims[] = {
    {"* working days after * end on *", days_end},
    {"the clock of * is * until *", clock_is},
    {"the clock of * is reckoned with the calendar *", reckons_with},
    {"the window was asked * times for the proof of *", was_asked_for_proof},
    {"branch * hears no alarm of * of *", hears_no_alarm},
};

const struct sentences story_time_claims = {claims, sizeof claims / sizeof claims[0]};
