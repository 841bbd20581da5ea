#include "broker/core/handler.h"
#include "broker/core/session.h"
#include "broker/core/window.h"

enum status window_state_judge(struct turn *turn)
{
    const struct window_state *said = turn->event->body;
    turn->path = "window";
    return text_equal(said->window, turn->event->participant) ? STATUS_OK : STATUS_NOT_YOURS;
}

void on_window_state(struct turn *turn)
{
    const struct window_state *said = turn->event->body;
    struct window_file *window = core_window(turn->core, turn->event->participant);
    window_begin(window);
    window_set_state(window, said->state);
    window_set_reason(window, said->reason);
    window->row.until = said->until;
    window->row.since = number_of(turn->event->time_us);
    core_touch_window(turn->core, window);
    session_tell_branches(turn, window);
}
