#include "broker/core/session.h"

#include <stdlib.h>

#include "broker/core/delivery.h"
#include "broker/core/feed.h"
#include "broker/core/memory.h"
#include "broker/core/pull.h"
#include "broker/core/timer.h"
#include "broker/core/title.h"
#include "broker/core/urgent.h"

static void session_watch(struct core *core, struct session *session)
{
    timer_set(&core->timers, &session->timer, session->heard_us + us_of_ms(core->settings.silence_ms_max));
}

static struct session *session_open(struct core *core, struct text participant)
{
    struct session *session = memory_take(sizeof *session);
    memcpy(session->participant, participant.data, participant.size);
    session->timer = (struct timer){.node.owner = &session->timer, .kind = TIMER_SESSION};
    unsigned role = participant_role(participant);
    if (role == ROLE_WINDOW)
        session->window = core_window(core, participant);
    if (role == ROLE_BRANCH)
        session->branch = core_branch(core, participant);
    table_put(&core->sessions, key_of_text(text_of(session->participant)), session);
    return session;
}

void session_check_link(struct core *core, struct window_file *window)
{
    bool was_up = window->row.is_present && window->row.is_up.value != 0;
    if (was_up != (window->session != NULL))
        list_append(&core->link_due, &window->of_link);
}

void session_down(struct turn *turn, struct text participant)
{
    struct core *core = turn->core;
    struct session *session = core_find_session(core, participant);
    if (session == NULL)
        return;
    timer_clear(&core->timers, &session->timer);
    table_remove(&core->sessions, key_of_text(text_of(session->participant)));
    if (session->window != NULL) {
        session->window->session = NULL;
        session->window->credit = 0;
        delivery_recall(core, session->window);
        session_check_link(core, session->window);
    }
    if (session->branch != NULL) {
        session->branch->session = NULL;
        timer_clear(&core->timers, &session->branch->timer);
        timer_clear(&core->timers, &session->branch->urgent.timer);
    }
    free(session);
}

void session_hear(struct turn *turn, struct session *session)
{
    session->heard_us = turn->event->time_us;
}

/* The timer is not moved with every message: when it fires it looks. */
void session_timer_fired(struct turn *turn, struct session *session)
{
    int64_t end_us = session->heard_us + us_of_ms(turn->core->settings.silence_ms_max);
    if (end_us > turn->event->time_us)
        session_watch(turn->core, session);
    else
        session_down(turn, text_of(session->participant));
}

static void tell_window_state(struct turn *turn, const struct branch_file *branch, const struct window_file *window)
{
    struct effect *effect = turn_effect(turn, EFFECT_WINDOW_STATE, text_of(branch->name));
    memcpy(effect->window, window->name, sizeof effect->window);
}

void session_tell_branches(struct turn *turn, struct window_file *window)
{
    uint64_t stamp = ++turn->core->stamp;
    for (struct list_node *node = window->cases.first; node != NULL; node = node->next) {
        struct branch_file *branch = ((struct case_file *)node->owner)->branch;
        if (branch->session == NULL || branch->stamp == stamp)
            continue;
        branch->stamp = stamp;
        tell_window_state(turn, branch, window);
    }
}

static bool window_is_open(const struct window_file *window)
{
    return window->session != NULL && (!window->row.is_present || text_is(window->row.state, "open"));
}

/* A branch hears of the windows it waits for, where they are not open. */
static void branch_hears_of_windows(struct turn *turn, struct branch_file *branch)
{
    uint64_t stamp = ++turn->core->stamp;
    for (struct list_node *node = branch->cases.first; node != NULL; node = node->next) {
        struct window_file *window = ((struct case_file *)node->owner)->window;
        if (window->stamp == stamp || window_is_open(window))
            continue;
        window->stamp = stamp;
        tell_window_state(turn, branch, window);
    }
}

static bool hello_offers(const struct hello *hello, const char *capability)
{
    for (uint32_t i = 0; i < hello->capabilities.count; i++)
        if (text_is(hello->capabilities.items[i], capability))
            return true;
    return false;
}

static void window_comes(struct turn *turn, struct session *session, const struct hello *hello)
{
    struct window_file *window = session->window;
    window->session = session;
    window->credit = hello->credit.is_present ? (uint32_t)hello->credit.value : 0;
    session->offers_title = hello_offers(hello, "title");
    session_check_link(turn->core, window);
    list_append(&turn->core->pumping, &window->of_pump);
    title_window_comes(turn, window);
    pull_window_comes(turn->core, window);
}

static void branch_comes(struct turn *turn, struct session *session, const struct hello *hello)
{
    struct branch_file *branch = session->branch;
    branch->session = session;
    uint64_t start = (uint64_t)branch->row.event_acknowledged.value;
    uint64_t held = hello->event_number.is_present ? (uint64_t)hello->event_number.value : 0;
    branch_hears_of_windows(turn, branch);
    feed_rewind(turn, branch, held > start ? held : start);
    start = (uint64_t)branch->row.urgent_acknowledged.value;
    held = hello->urgent_number.is_present ? (uint64_t)hello->urgent_number.value : 0;
    urgent_rewind(turn, branch, held > start ? held : start);
}

/* A branch that holds an event nobody here ever gave: something was lost. Where it says so; NULL for nowhere. */
static const char *branch_is_ahead(const struct core *core, struct text participant, const struct hello *hello)
{
    if (participant_role(participant) != ROLE_BRANCH)
        return NULL;
    const struct branch_file *branch = core_find_branch(core, participant);
    if (hello->event_number.is_present &&
        hello->event_number.value > (branch != NULL ? branch->row.event_last.value : 0))
        return "event_number";
    if (hello->urgent_number.is_present &&
        hello->urgent_number.value > (branch != NULL ? branch->row.urgent_last.value : 0))
        return "urgent_number";
    return NULL;
}

void session_up(struct turn *turn)
{
    const struct event *event = turn->event;
    const struct hello *hello = event->body;
    session_down(turn, event->participant);
    const char *ahead = branch_is_ahead(turn->core, event->participant, hello);
    if (ahead != NULL) {
        turn->path = ahead;
        turn_reject(turn, STATUS_BEHIND);
        return;
    }
    struct session *session = session_open(turn->core, event->participant);
    session->heard_us = event->time_us;
    session_watch(turn->core, session);
    struct effect *effect = turn_effect(turn, EFFECT_ANSWER, event->participant);
    effect->message = MESSAGE_HELLO_ACK;
    if (session->branch != NULL)
        effect->number = (uint64_t)session->branch->row.event_acknowledged.value;
    if (session->window != NULL)
        window_comes(turn, session, hello);
    if (session->branch != NULL)
        branch_comes(turn, session, hello);
}
