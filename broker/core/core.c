#include "broker/core/core.h"

#include <assert.h>
#include <stdlib.h>

#include "broker/core/course.h"
#include "broker/core/delivery.h"
#include "broker/core/directory.h"
#include "broker/core/disburse.h"
#include "broker/core/door.h"
#include "broker/core/due.h"
#include "broker/core/feed.h"
#include "broker/core/handler.h"
#include "broker/core/measure.h"
#include "broker/core/memory.h"
#include "broker/core/parts.h"
#include "broker/core/reconcile.h"
#include "broker/core/rules_keep.h"
#include "broker/core/session.h"
#include "broker/core/timer.h"
#include "broker/core/title.h"
#include "broker/core/urgent.h"
#include "broker/core/window.h"

/* ---- life cycle ---- */

static bool settings_are_sound(const struct core_settings *settings)
{
    return settings->lease_ms > 0 && settings->lease_ms_max >= settings->lease_ms && settings->feed_retry_ms > 0 &&
           settings->silence_ms_max > 0 && settings->title_timeout_ms > 0 && settings->archive_ms >= 0 &&
           settings->feed_in_flight_max > 0 && settings->delivery_attempts_max > 0 && settings->queue_count_max > 0 &&
           settings->open_count_max > 0 &&
           (settings->proof_pull_count_max == 0 ||
            (settings->proof_pull_ms > 0 && settings->proof_pull_ms_max >= settings->proof_pull_ms));
}

enum status core_new(const struct core_settings *settings, struct core **out)
{
    if (!settings_are_sound(settings))
        return STATUS_CONFIG;
    struct core *core = memory_take(sizeof *core);
    core->settings = *settings;
    core->meta = (struct meta_row){.sequence = number_of(0),
                                   .time = number_of(0),
                                   .case_counter = number_of(0),
                                   .epoch = number_of(0),
                                   .is_present = true};
    core->buffer = memory_take(ROW_BUFFER_SIZE);
    core->memory = memory_take(ROW_ARENA_SIZE);
    core->arena = arena_over(core->memory, ROW_ARENA_SIZE);
    *out = core;
    return STATUS_OK;
}

static void free_each(struct table *table, void (*free_item)(void *item))
{
    uint32_t cursor = 0;
    for (void *item; (item = table_next(table, &cursor)) != NULL;)
        free_item(item);
    table_fini(table);
}

static void free_case(void *item)
{
    case_free(item);
}

static void free_window(void *item)
{
    title_fini(item);
    window_free(item);
}

static void free_branch(void *item)
{
    branch_free(item);
}

static void free_key(void *item)
{
    key_file_free(item);
}

static void free_rules(void *item)
{
    rules_file_free(item);
}

void core_free(struct core **core_pointer)
{
    struct core *core = *core_pointer;
    if (core == NULL)
        return;
    free_each(&core->cases, free_case);
    free_each(&core->lanes, free);
    free_each(&core->windows, free_window);
    free_each(&core->branches, free_branch);
    free_each(&core->operators, free);
    free_each(&core->sessions, free);
    free_each(&core->keys, free_key);
    free_each(&core->rules, free_rules);
    calendar_file_free(core->calendar);
    rows_fini(&core->rows);
    heap_fini(&core->timers);
    free(core->wanted);
    free(core->buffer);
    free(core->memory);
    free(core);
    *core_pointer = NULL;
}

/* ---- stepping ---- */

bool core_knows(const struct core *core, struct text participant, const uint8_t message_id[MESSAGE_ID_SIZE])
{
    struct row_key key = row_key_duplicate(participant, message_id);
    return core_small(core, &key).data != NULL;
}

static bool turn_is_contradiction(const struct turn *turn)
{
    return turn->contradicts || (turn->told == TOLD_FACT && strcmp(turn->fact, "CONTRADICTION") == 0);
}

/* The case's thread through the journal, its feed, and what follows from its state. */
static void turn_close_case(struct turn *turn)
{
    struct case_file *file = turn->file;
    if (turn->told != TOLD_NOTHING)
        feed_append(turn, file, turn->told == TOLD_FACT ? turn->fact : NULL);
    if (turn->differs)
        feed_append(turn, file, "ECHO_DIFF");
    if (turn->contradicts)
        feed_append(turn, file, "CONTRADICTION");
    if (turn_is_contradiction(turn))
        reconcile_contradiction(turn->core, file, turn->event->time_us);
    disburse_tell(turn, file);
    if (turn->exceeds)
        feed_append(turn, file, "ROUND_LIMIT");
    parts_tell(turn, file);
    turn->step.case_previous =
        turn->event->message == MESSAGE_CASE_SUBMIT ? 0 : (uint64_t)file->row.last_sequence.value;
    file->row.last_sequence = number_of((int64_t)turn->event->sequence);
    if (!turn->is_repeat)
        file->row.revision.value++;
    memcpy(turn->step.case_id, file->case_id, sizeof turn->step.case_id);
    core_touch_case(turn->core, file);
    course_settle(turn->core, file);
    measure_keep(turn->core, file);
    reconcile_keep(turn->core, file);
    turn->step.state = text_of(lifecycle_state(case_shown(file))->wire);
}

static void turn_receipt(struct turn *turn)
{
    struct effect *effect = turn_effect(turn, EFFECT_RECEIPT, turn->event->participant);
    effect->sequence = turn->event->sequence;
    memcpy(effect->case_id, turn->step.case_id, sizeof effect->case_id);
}

static void turn_store(struct turn *turn)
{
    const struct event *event = turn->event;
    struct core *core = turn->core;
    assert(event->sequence == (uint64_t)core->meta.sequence.value + 1);
    bool is_of_case = message_kind(event->message)->is_of_case;
    if (!is_of_case || turn->file != NULL)
        handler_of(event->message)->take(turn);
    if (turn->file != NULL)
        turn_close_case(turn);
    if (door_remembers(event->message)) {
        door_remember(turn);
        if (!event->is_replay)
            turn_receipt(turn);
    }
    core->meta.sequence = number_of((int64_t)event->sequence);
    core->meta.time = number_of(event->time_us);
    struct row_key key = row_key_meta();
    rows_touch(&core->rows, &key);
    turn->step.verdict = VERDICT_STORE;
}

static bool event_is_fact(const struct event *event)
{
    return message_kind(event->message)->senders == ROLE_BROKER;
}

/* Whoever has no session is asked to say HELLO, so that both sides agree who is there. */
static bool turn_hears(struct turn *turn)
{
    struct session *session = core_find_session(turn->core, turn->event->participant);
    if (session == NULL) {
        turn_reject(turn, STATUS_NO_SESSION);
        return false;
    }
    session_hear(turn, session);
    return true;
}

static void step_message(struct turn *turn)
{
    const struct event *event = turn->event;
    const struct message_kind *kind = message_kind(event->message);
    bool is_taken = event->is_replay || event_is_fact(event);
    if (kind->is_of_case && event->envelope->case_id.data != NULL)
        turn->file = core_find_case(turn->core, event->envelope->case_id);
    if (!is_taken && (!turn_hears(turn) || door_judge(turn) == DOOR_ANSWERED))
        return;
    if (handler_of(event->message)->take == NULL)
        return;
    if (kind->keep == KEEP_VOLATILE)
        handler_of(event->message)->take(turn);
    else
        turn_store(turn);
}

static void step_time(struct turn *turn)
{
    for (struct timer *timer; (timer = timer_due(&turn->core->timers, turn->event->time_us)) != NULL;) {
        switch (timer->kind) {
        case TIMER_CASE:
            due_fired(turn, (struct case_file *)((char *)timer - offsetof(struct case_file, timer)));
            break;
        case TIMER_CLOCK:
            due_add(turn->core, (struct case_file *)((char *)timer - offsetof(struct case_file, clock_timer)),
                    DUE_ALARM);
            break;
        case TIMER_BRANCH:
            feed_retry(turn, (struct branch_file *)((char *)timer - offsetof(struct branch_file, timer)));
            break;
        case TIMER_TITLE:
            title_timed_out(turn, (struct title_wait *)((char *)timer - offsetof(struct title_wait, timer)));
            break;
        case TIMER_URGENT:
            urgent_retry(turn, (struct branch_file *)((char *)timer - offsetof(struct branch_file, urgent.timer)));
            break;
        case TIMER_SESSION:
            session_timer_fired(turn, (struct session *)((char *)timer - offsetof(struct session, timer)));
            break;
        }
    }
}

/* What is urgent goes first; some of it may have waited for what just went. */
static void pump_branch(struct turn *turn, struct branch_file *branch)
{
    urgent_pump(turn, branch);
    feed_pump(turn, branch);
    urgent_pump(turn, branch);
}

/* What may go out now, after everything else of the step. */
static void turn_pump(struct turn *turn)
{
    struct core *core = turn->core;
    for (struct window_file *window; (window = list_take(&core->pumping)) != NULL;)
        delivery_pump(turn, window);
    for (struct branch_file *branch; (branch = list_take(&core->feeding)) != NULL;)
        pump_branch(turn, branch);
}

struct step core_step(struct core *core, const struct event *event, struct effects *effects)
{
    struct turn turn = {.core = core, .event = event, .effects = effects, .step.verdict = VERDICT_ANSWER};
    switch (event->type) {
    case EVENT_MESSAGE:
        step_message(&turn);
        break;
    case EVENT_SESSION_UP:
        session_up(&turn);
        break;
    case EVENT_SESSION_DOWN:
        session_down(&turn, event->participant);
        break;
    case EVENT_TIME:
        step_time(&turn);
        break;
    }
    turn_pump(&turn);
    return turn.step;
}

bool core_propose(struct core *core, int64_t now_us, struct fact *out)
{
    return due_propose(core, now_us, out);
}

int64_t core_wake_us(const struct core *core)
{
    return timer_next_us(&core->timers);
}

/* ---- looking ---- */

uint64_t core_sequence(const struct core *core)
{
    return (uint64_t)core->meta.sequence.value;
}

const struct meta_row *core_meta(const struct core *core)
{
    return &core->meta;
}

uint32_t core_open_count(const struct core *core)
{
    return core->open_count;
}

const struct case_row *core_case(const struct core *core, struct text case_id)
{
    const struct case_file *file = core_find_case(core, case_id);
    return file != NULL ? &file->row : NULL;
}

const struct directory_row *core_participant_of_key(const struct core *core, struct text key)
{
    const struct key_file *file = directory_find(core, key);
    return file != NULL ? &file->row : NULL;
}

uint32_t core_keys_ending(const struct core *core, int64_t before_us)
{
    uint32_t cursor = 0;
    uint32_t count = 0;
    const struct key_file *file;
    while ((file = table_next(&core->keys, &cursor)) != NULL)
        count += !file->row.revoked_at.is_present && file->row.valid_until.is_present &&
                 file->row.valid_until.value < before_us;
    return count;
}

void core_each_open_case(const struct core *core, bool (*take)(const struct case_row *row, void *context),
                         void *context)
{
    for (const struct list_node *node = core->open.last; node != NULL; node = node->previous)
        if (!take(&((const struct case_file *)node->owner)->row, context))
            return;
}
