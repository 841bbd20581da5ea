#include "broker/core/window.h"

#include <assert.h>
#include <stdlib.h>

#include "broker/core/memory.h"

struct window_file *window_new(struct text name)
{
    struct window_file *window = memory_take(sizeof *window);
    assert(name.size < sizeof window->name);
    memcpy(window->name, name.data, name.size);
    window->of_pump.owner = window->of_dispatch.owner = window->of_link.owner = window;
    return window;
}

void window_free(struct window_file *window)
{
    queue_fini(&window->queue);
    heap_fini(&window->again);
    heap_fini(&window->follow);
    free(window);
}

struct branch_file *branch_new(struct text name)
{
    struct branch_file *branch = memory_take(sizeof *branch);
    assert(name.size < sizeof branch->name);
    memcpy(branch->name, name.data, name.size);
    branch->row =
        (struct branch_row){.event_last = number_of(0), .event_acknowledged = number_of(0), .is_present = true};
    branch->of_pump.owner = branch->of_rate.owner = branch;
    branch->timer = (struct timer){.node.owner = &branch->timer, .kind = TIMER_BRANCH};
    branch->urgent.timer = (struct timer){.node.owner = &branch->urgent.timer, .kind = TIMER_URGENT};
    return branch;
}

void branch_free(struct branch_file *branch)
{
    free(branch->urgent.behind);
    free(branch);
}

void window_set_state(struct window_file *window, struct text state)
{
    assert(state.size < sizeof window->state);
    memcpy(window->state, state.data, state.size);
    window->row.state = (struct text){window->state, state.size};
}

void window_set_reason(struct window_file *window, struct text reason)
{
    assert(reason.size < sizeof window->reason);
    window->row.reason = (struct text){0};
    if (reason.data == NULL)
        return;
    memcpy(window->reason, reason.data, reason.size);
    window->row.reason = (struct text){window->reason, reason.size};
}

void window_begin(struct window_file *window)
{
    if (window->row.is_present)
        return;
    window->row.is_present = true;
    window->row.is_up = number_of(false);
    window_set_state(window, text_of("open"));
}
