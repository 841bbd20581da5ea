#include <string.h>

#include "schemas/echo.h"
#include "tests/scenarios/story.h"

/* The sentences about amounts: what the counter finds before anything is filed, and the book against what was filed. */

enum { FEN_PER_YUAN = 100 };

/* An application of that amount, good until the next one. */
static struct case_submit *application_over(int64_t fen)
{
    struct case_submit *body = application(UNIT, "DY-1");
    body->amount = number_of(fen);
    return body;
}

static bool looks_at(struct story *story)
{
    const struct problems none = {.count = 0};
    const struct check_input input = {.application = application_over(number_in(story->words[0]) * FEN_PER_YUAN),
                                      .problems = &none,
                                      .today = date_of_time(story->house->now_us)};
    check_application(&input, &story->counter);
    return true;
}

/* The words: case, number, yuan booked, yuan filed. */
static bool books_over(struct story *story)
{
    if (!is_known(story, 0))
        return false;
    const int64_t booked_fen = number_in(story->words[2]) * FEN_PER_YUAN;
    struct case_booked *body = body_of(MESSAGE_CASE_BOOKED);
    struct echo_filed filed = {.application = application_over(number_in(story->words[3]) * FEN_PER_YUAN)};
    struct echo echo;
    bool differs = false;
    body->number = text_of(story->words[1]);
    body->booked_at = number_of(story->house->now_us);
    body->units.items[0].number = text_of(the_named(story, story->words[0])->unit);
    body->amount = number_of(booked_fen);
    echo_compare(&filed, body, &echo);
    for (uint32_t i = 0; i < echo.count; i++)
        differs |= strcmp(echo.items[i].path, "bdbzzqse") == 0;
    char window[33];
    snprintf(window, sizeof window, "%.*s", TEXT_ARGS(the_case(story->house, id_at(story, 0))->window));
    say(story->house, &(struct said){.who = window,
                                     .type = MESSAGE_CASE_BOOKED,
                                     .case_id = id_at(story, 0),
                                     .body = body,
                                     .booked_differs = differs});
    return true;
}

static const struct sentence acts[] = {
    {"the counter looks at an application over * yuan", looks_at},
    {"the window books * as * over * yuan where * yuan were filed", books_over},
};

const struct sentences story_counter_acts = {acts, sizeof acts / sizeof acts[0]};

/* ---- what is claimed ---- */

static bool has_found(const struct story *story, const char *id)
{
    for (uint32_t i = 0; i < story->counter.count; i++)
        if (strcmp(finding_row(story->counter.items[i].name)->id, id) == 0 &&
            strcmp(story->counter.items[i].path, "bdbzzqse") == 0)
            return true;
    return false;
}

static bool finds(struct story *story)
{
    return has_found(story, story->words[0]) || deny(story, "the counter does not find", story->words[0]);
}

static bool finds_nothing(struct story *story)
{
    return !has_found(story, "F10") || deny(story, "the counter finds", "F10");
}

static const struct sentence claims[] = {
    {"the counter finds *", finds},
    {"the counter finds nothing against the amount", finds_nothing},
};

const struct sentences story_counter_claims = {claims, sizeof claims / sizeof claims[0]};
