#include "broker/core/handler.h"

void on_fact_opened(struct turn *turn)
{
    const struct fact_opened *opened = turn->event->body;
    struct core *core = turn->core;
    memcpy(core->broker_id, opened->broker.data, sizeof core->broker_id);
    core->meta.broker = bytes_of(core->broker_id, sizeof core->broker_id);
    core->meta.epoch = opened->epoch;
    core->meta.is_test = opened->is_test;
}
