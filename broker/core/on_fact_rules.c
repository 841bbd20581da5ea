#include <assert.h>

#include "broker/core/clock.h"
#include "broker/core/handler.h"
#include "broker/core/rules_keep.h"

/* What was just encoded can be read again, or we made a mistake. */
void on_fact_rules(struct turn *turn)
{
    struct fact_rules kept = *(const struct fact_rules *)turn->event->body;
    struct core *core = turn->core;
    struct row_key key = row_key_rules(kept.rules.window);
    kept.sequence = number_of((int64_t)turn->event->sequence);
    enum status status = rules_keep(core, kept.rules.window, core_encode(core, &record_fact_rules, &kept));
    assert(status == STATUS_OK);
    rows_touch(&core->rows, &key);
    struct window_file *window = core_find_window(core, kept.rules.window);
    if (window != NULL)
        clock_recompute_window(core, window);
}
