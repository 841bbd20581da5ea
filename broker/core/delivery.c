#include "broker/core/delivery.h"

#include "broker/core/attempts.h"
#include "broker/core/due.h"
#include "broker/core/lane.h"
#include "broker/core/timer.h"

/* ---- which queue a case belongs to ---- */

static enum sending sending_of_follow_up(const struct case_file *file)
{
    uint32_t next = case_next_delivery(file);
    if (next == file->row.deliveries.count)
        return SENDING_NOTHING;
    bool stays = file->sending == SENDING_FOLLOW_OUT || file->sending == SENDING_WAIT;
    return stays && file->sending_index == next ? file->sending : SENDING_FOLLOW;
}

static enum sending sending_of_application(const struct case_file *file)
{
    bool stays = file->sending == SENDING_OUT || file->sending == SENDING_WAIT;
    return stays && file->sending_index == 0 ? file->sending : SENDING_AGAIN;
}

static enum sending sending_wanted(const struct case_file *file)
{
    if (!file->is_open || case_has(file, CASE_PARKED) || file->base == STATE_SUBMITTED)
        return SENDING_NOTHING;
    if (file->base == STATE_QUEUED)
        return lanes_are_headed(file) ? SENDING_READY : SENDING_NOTHING;
    if (attempts_are_spent(file, case_next_delivery(file)))
        return SENDING_WAIT; /* for its parking */
    return file->base == STATE_SENT ? sending_of_application(file) : sending_of_follow_up(file);
}

static struct heap *heap_of_sending(struct window_file *window, enum sending sending)
{
    switch (sending) {
    case SENDING_AGAIN:
        return &window->again;
    case SENDING_FOLLOW:
        return &window->follow;
    case SENDING_NOTHING:
    case SENDING_READY:
    case SENDING_OUT:
    case SENDING_FOLLOW_OUT:
    case SENDING_WAIT:
        break;
    }
    return NULL;
}

static void sending_leave(struct case_file *file)
{
    struct heap *heap = heap_of_sending(file->window, file->sending);
    if (heap != NULL)
        heap_remove(heap, &file->turn);
    if (file->sending == SENDING_READY)
        queue_remove(&file->window->queue, file);
    if (file->sending == SENDING_OUT)
        file->window->out_count--;
    if (file->sending == SENDING_FOLLOW_OUT)
        file->window->follow_out_count--;
}

static void sending_enter(struct case_file *file, enum sending sending)
{
    file->sending = sending;
    struct heap *heap = heap_of_sending(file->window, sending);
    if (heap != NULL)
        heap_put(heap, &file->turn, (uint64_t)file->row.submitted.value);
    if (sending == SENDING_READY)
        queue_put(&file->window->queue, file);
    if (sending == SENDING_OUT)
        file->window->out_count++;
    if (sending == SENDING_FOLLOW_OUT)
        file->window->follow_out_count++;
}

void delivery_settle(struct core *core, struct case_file *file)
{
    enum sending wanted = sending_wanted(file);
    uint32_t next = case_next_delivery(file);
    if (next != file->sending_index) {
        file->sending_index = next;
        file->attempt = file->attempt_counted = 0;
        file->is_recalled = false;
    }
    if (wanted != file->sending) {
        sending_leave(file);
        sending_enter(file, wanted);
        list_append(&core->pumping, &file->window->of_pump);
    }
    if (wanted == SENDING_WAIT && attempts_are_spent(file, next))
        due_add(core, file, DUE_PARK);
    due_settle(core, file);
}

void delivery_restart(struct case_file *file)
{
    file->attempt_counted = 0;
    case_forget_failures(file);
}

void delivery_recall(struct core *core, struct window_file *window)
{
    for (struct list_node *node = window->cases.first; node != NULL; node = node->next) {
        struct case_file *file = node->owner;
        if (file->sending != SENDING_OUT && file->sending != SENDING_FOLLOW_OUT)
            continue;
        enum sending back = file->sending == SENDING_OUT ? SENDING_AGAIN : SENDING_FOLLOW;
        file->is_recalled = true;
        sending_leave(file);
        sending_enter(file, back);
        due_settle(core, file);
    }
    list_append(&core->pumping, &window->of_pump);
}

/* ---- sending ---- */

/* The lease doubles with each attempt that counts, up to lease_ms_max, and is
 * spread by an eighth either way with what the case and the attempt say, so
 * that many cases do not come again in the same moment. */
static int64_t lease_of(const struct core *core, const struct case_file *file)
{
    int64_t lease = us_of_ms(core->settings.lease_ms);
    int64_t lease_max = us_of_ms(core->settings.lease_ms_max);
    for (uint16_t attempt = 1; attempt < file->attempt_counted && lease < lease_max; attempt++)
        lease *= 2;
    if (lease > lease_max)
        lease = lease_max;
    uint64_t hash = table_hash(bytes_of(file->case_id, CASE_ID_SIZE)) ^ file->attempt;
    hash = table_hash(bytes_of(&hash, sizeof hash));
    return lease - lease / 8 + (int64_t)(hash % (uint64_t)(lease / 4 + 1));
}

static void delivery_send(struct turn *turn, struct case_file *file)
{
    file->attempt = file->attempt < UINT16_MAX ? (uint16_t)(file->attempt + 1) : UINT16_MAX;
    if (!file->is_recalled)
        file->attempt_counted++; /* up to delivery_attempts_max, where it is parked */
    file->is_recalled = false;
    file->lease_us = turn->event->time_us + lease_of(turn->core, file);
    struct effect *effect = turn_effect(turn, EFFECT_DELIVER, file->row.window);
    memcpy(effect->case_id, file->case_id, sizeof effect->case_id);
    effect->sequence = (uint64_t)file->row.deliveries.items[file->sending_index].sequence.value;
    effect->number = file->sending_index + 1;
    effect->attempt = file->attempt;
    due_settle(turn->core, file);
}

static void delivery_go(struct turn *turn, struct case_file *file, enum sending out)
{
    sending_leave(file);
    sending_enter(file, out);
    delivery_send(turn, file);
}

void delivery_pump(struct turn *turn, struct window_file *window)
{
    if (window->session == NULL)
        return;
    struct case_file *file;
    while (window->out_count < window->credit && (file = heap_first(&window->again)) != NULL)
        delivery_go(turn, file, SENDING_OUT);
    while (window->follow_out_count < WINDOW_FOLLOW_COUNT_MAX && (file = heap_first(&window->follow)) != NULL)
        delivery_go(turn, file, SENDING_FOLLOW_OUT);
    if (window->out_count < window->credit && queue_count(&window->queue) != 0)
        list_append(&turn->core->dispatching, &window->of_dispatch);
}

void delivery_is_fetched(struct turn *turn, struct case_file *file)
{
    if (file->sending != SENDING_OUT && file->sending != SENDING_FOLLOW_OUT)
        return;
    file->attempt_counted = 1;
    file->lease_us = turn->event->time_us + lease_of(turn->core, file);
    due_settle(turn->core, file);
}

void delivery_lease_ended(struct turn *turn, struct case_file *file)
{
    const struct core_settings *settings = &turn->core->settings;
    if (file->attempt_counted >= settings->delivery_attempts_max) {
        due_add(turn->core, file, DUE_PARK);
        return;
    }
    if (file->attempt_counted >= settings->doubt_attempts && !case_has(file, CASE_IN_DOUBT))
        due_add(turn->core, file, DUE_DOUBT);
    delivery_send(turn, file);
}

/* Whoever says that it failed is there: the attempts without an answer count anew. */
void delivery_failed_once(struct turn *turn, struct case_file *file, struct number retry_ms)
{
    if (file->sending == SENDING_NOTHING || file->sending == SENDING_READY)
        return;
    file->attempt_counted = 0;
    file->is_recalled = false;
    file->lease_us = turn->event->time_us + attempts_wait_us(file, retry_ms);
    sending_leave(file);
    sending_enter(file, SENDING_WAIT);
    list_append(&turn->core->pumping, &file->window->of_pump);
}

void delivery_wait_ended(struct core *core, struct case_file *file)
{
    sending_leave(file);
    sending_enter(file, file->base == STATE_SENT ? SENDING_AGAIN : SENDING_FOLLOW);
    list_append(&core->pumping, &file->window->of_pump);
    due_settle(core, file);
}
