#include "tests/scenarios/story.h"

/* The sentences about deliveries that the window does not take. */

static bool fails(struct story *story)
{
    if (!is_known(story, 0))
        return false;
    char window[33];
    const struct case_row *row = the_case(story->house, id_at(story, 0));
    struct delivery_failed failed = {.number = number_of(1),
                                     .class = text_of(story->words[1]),
                                     .cause = text_of("the adapter crashed over it"),
                                     .is_present = true};
    snprintf(window, sizeof window, "%.*s", TEXT_ARGS(row->window));
    say(story->house,
        &(struct said){.who = window, .type = MESSAGE_DELIVERY_FAILED, .case_id = id_at(story, 0), .body = &failed});
    return true;
}

static bool is_set_aside(struct story *story)
{
    if (!is_known(story, 0))
        return false;
    const struct case_row *row = the_case(story->house, id_at(story, 0));
    if (!text_is(row->park_class, story->words[1]))
        return deny(story, "it is set aside as another class than", story->words[1]);
    return row->park_attempts.value == number_in(story->words[2]) ||
           deny(story, "it was tried another number of times than", story->words[2]);
}

static const struct sentence acts[] = {{"the window fails to take * as *", fails}};
static const struct sentence claims[] = {{"* is set aside as * after * attempts", is_set_aside}};

const struct sentences story_failure_acts = {acts, sizeof acts / sizeof acts[0]};
const struct sentences story_failure_claims = {claims, sizeof claims / sizeof claims[0]};
