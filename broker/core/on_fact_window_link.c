#include "broker/core/handler.h"
#include "broker/core/session.h"
#include "broker/core/window.h"

void on_fact_window_link(struct turn *turn)
{
    const struct fact_window_link *link = turn->event->body;
    struct window_file *window = core_window(turn->core, link->window);
    window_begin(window);
    window->row.is_up = link->is_up;
    window->row.since = number_of(turn->event->time_us);
    core_touch_window(turn->core, window);
    session_check_link(turn->core, window);
    session_tell_branches(turn, window);
}
