#include <stdlib.h>

#include "broker/core/clock.h"
#include "broker/core/handler.h"
#include "broker/core/rules_keep.h"

/* What was just encoded can be read again, or we made a mistake. */
void on_fact_rules(struct turn *turn)
{
    const struct fact_rules *loaded = turn->event->body;
    struct core *core = turn->core;
    struct row_key key = row_key_rules(loaded->rules.window);
    if (rules_keep(core, loaded->rules.window, core_encode(core, &record_fact_rules, loaded)) != STATUS_OK)
        abort();
    rows_touch(&core->rows, &key);
    struct window_file *window = core_find_window(core, loaded->rules.window);
    if (window != NULL)
        clock_recompute_window(core, window);
}
