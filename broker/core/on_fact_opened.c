#include "broker/core/claim.h"
#include "broker/core/handler.h"
#include "broker/core/index.h"

/* A case id is never given twice (DOMAIN 3.6), also not by a folder that was
 * made anew after the old one was lost, nor by one that goes on behind receipts
 * it gave or beside another copy of itself: a new folder begins in one of 1024
 * places of its own; an accepted loss, and a take-over, skip more than can have
 * been given since the last HEAD or since the copy was made. */
enum { CASE_PLACE_BITS = 20 };

static int64_t first_case_counter(const struct fact_opened *opened)
{
    const uint8_t *id = opened->broker.data;
    return (((int64_t)id[0] << 2) | (id[1] >> 6)) << CASE_PLACE_BITS;
}

static bool is_said(struct number mark)
{
    return mark.is_present && mark.value != 0;
}

static void place_case_counter(struct core *core, const struct fact_opened *opened)
{
    int64_t counter = core->meta.case_counter.value;
    if (core->meta.epoch.value == 0)
        counter = first_case_counter(opened);
    else if (is_said(opened->accepts_loss) || is_said(opened->takes_over))
        counter += CASE_SKIP;
    core->meta.case_counter = number_of(counter & CASE_ID_COUNTER_MAX);
}

void on_fact_opened(struct turn *turn)
{
    const struct fact_opened *opened = turn->event->body;
    struct core *core = turn->core;
    place_case_counter(core, opened);
    memcpy(core->broker_id, opened->broker.data, sizeof core->broker_id);
    core->meta.broker = bytes_of(core->broker_id, sizeof core->broker_id);
    core->meta.epoch = opened->epoch;
    core->meta.is_test = opened->is_test;
    if (is_said(opened->keeps_index))
        index_begin(turn);
}
