#include <assert.h>

#include "broker/core/clock.h"
#include "broker/core/handler.h"
#include "broker/core/rules_keep.h"

/* What was just encoded can be read again, or we made a mistake. */
void on_fact_calendar(struct turn *turn)
{
    const struct fact_calendar *loaded = turn->event->body;
    struct core *core = turn->core;
    struct row_key key = row_key_calendar();
    enum status status = calendar_keep(core, core_encode(core, &record_fact_calendar, loaded));
    assert(status == STATUS_OK);
    memcpy(core->calendar_digest, loaded->digest.data, DIGEST_SIZE);
    core->meta.calendar_digest = bytes_of(core->calendar_digest, DIGEST_SIZE);
    rows_touch(&core->rows, &key);
    clock_recompute_all(core);
}
