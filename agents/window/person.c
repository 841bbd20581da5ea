#include "agents/window/person.h"

#include <stdio.h>
#include <stdlib.h>

enum { WAITING_COUNT_MAX = 256 };

struct waiting_room {
    struct adapter_result waiting[WAITING_COUNT_MAX];
    uint32_t first;
    uint32_t count;
};

static uint32_t person_room(void *context, struct text window, uint32_t chosen)
{
    const struct waiting_room *room = context;
    (void)window;
    return room->count + chosen < WAITING_COUNT_MAX ? WAITING_COUNT_MAX - room->count - chosen : 0;
}

/* A verified certificate asks nothing of anybody; one that could not be verified does. */
static enum adapter_outcome person_outcome(const struct adapter_task *task, char why[ADAPTER_WHY_SIZE_MAX])
{
    uint8_t memory[1024];
    struct arena arena = arena_over(memory, sizeof memory);
    struct cert_ack acknowledgement;
    struct problems problems;
    if (task->verb == ADAPTER_FIND)
        return ADAPTER_KNOWN;
    if (!text_is(task->origin_type, "CERT_ACK"))
        return ADAPTER_PERSON;
    if (record_decode(&record_cert_ack, task->origin, &arena, &acknowledgement, &problems) == STATUS_OK &&
        acknowledgement.is_verified.value)
        return ADAPTER_TAKEN;
    snprintf(why, ADAPTER_WHY_SIZE_MAX, "the branch could not verify the certificate");
    return ADAPTER_HOLD;
}

/* `find` is asked only about what was under way when the process ended: then no person had it yet. */
static enum status person_start(void *context, const struct adapter_task *task, int64_t now_us)
{
    struct waiting_room *room = context;
    struct adapter_result *result = &room->waiting[(room->first + room->count++) % WAITING_COUNT_MAX];
    (void)now_us;
    *result = (struct adapter_result){.delivery = task->delivery, .verb = task->verb, .number_last = task->number - 1};
    result->outcome = person_outcome(task, result->why);
    snprintf(result->window, sizeof result->window, "%.*s", TEXT_ARGS(task->window));
    snprintf(result->case_id, sizeof result->case_id, "%.*s", TEXT_ARGS(task->case_id));
    return STATUS_OK;
}

static enum status person_work(void *context, int64_t now_us)
{
    (void)context;
    (void)now_us;
    return STATUS_OK;
}

static bool person_result(void *context, struct adapter_result *out)
{
    struct waiting_room *room = context;
    if (room->count == 0)
        return false;
    *out = room->waiting[room->first];
    room->first = (room->first + 1) % WAITING_COUNT_MAX;
    room->count--;
    return true;
}

static uint32_t person_watch(void *context, struct pollfd *out)
{
    (void)context;
    (void)out;
    return 0;
}

static int64_t person_wake_us(void *context)
{
    const struct waiting_room *room = context;
    return room->count > 0 ? 0 : INT64_MAX;
}

enum status person_open(struct adapter *out)
{
    struct waiting_room *room = calloc(1, sizeof *room);
    if (!room)
        return STATUS_NO_MEMORY;
    *out = (struct adapter){.context = room,
                            .room = person_room,
                            .start = person_start,
                            .work = person_work,
                            .result = person_result,
                            .watch = person_watch,
                            .wake_us = person_wake_us,
                            .close = free};
    return STATUS_OK;
}
