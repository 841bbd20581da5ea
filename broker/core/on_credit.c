#include "broker/core/handler.h"

void on_credit(struct turn *turn)
{
    const struct credit *credit = turn->event->body;
    struct window_file *window = core_window(turn->core, turn->event->participant);
    if (window->session == NULL)
        return;
    window->credit = (uint32_t)credit->deliveries.value;
    list_append(&turn->core->pumping, &window->of_pump);
}
