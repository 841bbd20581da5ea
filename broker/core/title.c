#include "broker/core/title.h"

#include <stdlib.h>

#include "broker/core/memory.h"
#include "broker/core/timer.h"
#include "schemas/checks/check.h"

/* ---- the row ---- */

bool title_find(struct core *core, uint64_t sequence, struct title_row *out)
{
    struct row_key key = row_key_title(sequence);
    arena_reset(&core->arena);
    return core_read(core, &key, &record_title_row, &core->arena, out);
}

bool title_is_of(const struct title_row *row, struct text branch, struct text window)
{
    return row->result.is_present && text_equal(row->branch, branch) && text_equal(row->window, window);
}

static uint32_t queries_add(uint64_t queries[TITLE_STAND_COUNT_MAX], uint32_t count, struct number query)
{
    for (uint32_t i = 0; i < count; i++)
        if (queries[i] == (uint64_t)query.value)
            return count;
    if (!query.is_present || count == TITLE_STAND_COUNT_MAX)
        return count;
    queries[count] = (uint64_t)query.value;
    return count + 1;
}

uint32_t title_queries(const struct case_submit *application, uint64_t out[TITLE_STAND_COUNT_MAX])
{
    uint32_t count = queries_add(out, 0, application->title);
    for (uint32_t i = 0; i < application->units.count; i++)
        count = queries_add(out, count, application->units.items[i].title);
    return count;
}

/* ---- who waits ---- */

static struct title_wait *ask_find(const struct window_file *window, uint64_t sequence)
{
    for (const struct list_node *node = window->asks.first; node != NULL; node = node->next) {
        struct title_wait *ask = node->owner;
        if (ask->sequence == sequence)
            return ask;
    }
    return NULL;
}

static uint32_t asks_of_branch(const struct window_file *window, struct text branch)
{
    uint32_t count = 0;
    for (const struct list_node *node = window->asks.first; node != NULL; node = node->next)
        count += text_is(branch, ((const struct title_wait *)node->owner)->branch);
    return count;
}

static void ask_end(struct core *core, struct title_wait *ask)
{
    timer_clear(&core->timers, &ask->timer);
    list_remove(&ask->window->asks, &ask->of_window);
    free(ask);
}

void title_settle(struct core *core, struct window_file *window, uint64_t sequence)
{
    struct title_wait *ask = ask_find(window, sequence);
    if (ask != NULL)
        ask_end(core, ask);
}

void title_fini(struct window_file *window)
{
    for (struct list_node *node = window->asks.first; node != NULL;) {
        struct title_wait *ask = node->owner;
        node = node->next;
        free(ask);
    }
    window->asks = (struct list){0};
}

/* ---- asking ---- */

/* Each district that the reader lets in has a window (RULE_DISTRICT); NULL for one that never came. */
static struct window_file *window_asked(struct turn *turn, const struct title_query *query)
{
    return core_find_window(turn->core, text_of(window_of_district(query->district)));
}

enum status title_judge(struct turn *turn, const struct title_query *query)
{
    const struct window_file *window = window_asked(turn, query);
    turn->path = "district";
    if (window == NULL || window->session == NULL)
        return STATUS_WINDOW_OFFLINE;
    if (!window->session->offers_title)
        return STATUS_TITLE_NOT_OFFERED;
    turn->path = NULL;
    bool is_full = asks_of_branch(window, turn->event->participant) >= TITLE_ASK_COUNT_MAX;
    return is_full ? STATUS_BUSY : STATUS_OK;
}

static void ask_window(struct turn *turn, const struct title_wait *ask)
{
    struct effect *effect = turn_effect(turn, EFFECT_TITLE_ASK, text_of(ask->window->name));
    effect->sequence = ask->sequence;
    effect->until_us = ask->deadline_us;
}

void title_ask(struct turn *turn, uint64_t sequence)
{
    struct core *core = turn->core;
    const struct event *event = turn->event;
    struct title_wait *ask = memory_take(sizeof *ask);
    ask->of_window.owner = ask;
    ask->timer = (struct timer){.node.owner = &ask->timer, .kind = TIMER_TITLE};
    ask->window = window_asked(turn, event->body);
    ask->sequence = sequence;
    ask->deadline_us = event->time_us + us_of_ms(core->settings.title_timeout_ms);
    memcpy(ask->branch, event->participant.data, event->participant.size);
    memcpy(ask->answers, event->envelope->message_id.data, MESSAGE_ID_SIZE);
    list_append(&ask->window->asks, &ask->of_window);
    timer_set(&core->timers, &ask->timer, ask->deadline_us);
    ask_window(turn, ask);
}

void title_ask_again(struct turn *turn, uint64_t sequence)
{
    struct title_row row;
    if (!title_find(turn->core, sequence, &row))
        return;
    if (row.result.is_present) {
        title_tell(turn, sequence, &row);
        return;
    }
    const struct window_file *window = window_asked(turn, turn->event->body);
    if (window != NULL && ask_find(window, sequence) != NULL)
        return; /* it is being answered */
    enum status status = title_judge(turn, turn->event->body);
    if (status == STATUS_OK)
        title_ask(turn, sequence);
    else
        turn_reject(turn, status);
}

void title_window_comes(struct turn *turn, struct window_file *window)
{
    if (!window->session->offers_title)
        return; /* their deadline ends them */
    for (const struct list_node *node = window->asks.first; node != NULL; node = node->next)
        ask_window(turn, node->owner);
}

/* ---- answering ---- */

void title_tell(struct turn *turn, uint64_t sequence, const struct title_row *row)
{
    struct effect *effect = turn_effect(turn, EFFECT_TITLE_ANSWER, row->branch);
    effect->sequence = sequence;
    effect->number = (uint64_t)row->result.value;
    effect->until_us = row->valid_until.value;
}

void title_timed_out(struct turn *turn, struct title_wait *ask)
{
    struct effect *effect = turn_effect(turn, EFFECT_REJECT, text_of(ask->branch));
    effect->status = STATUS_TITLE_TIMEOUT;
    for (uint32_t i = 0; i < MESSAGE_ID_SIZE; i++)
        effect->answers[i] = ask->answers[i];
    ask_end(turn->core, ask);
}
