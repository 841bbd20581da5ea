#include "broker/batch.h"

#include <stdio.h>

void batch_begin(struct batch *batch)
{
    batch->number++;
    batch->first[0] = '\0';
    batch->is_shared = false;
    batch->is_full = false;
}

void batch_note(struct batch *batch, struct text participant, struct batch_part *part, bool begins)
{
    if (batch->first[0] == '\0')
        snprintf(batch->first, sizeof batch->first, "%.*s", TEXT_ARGS(participant));
    else if (!batch->is_shared)
        batch->is_shared = !text_is(participant, batch->first);
    if (!begins)
        return;
    if (part->batch != batch->number)
        *part = (struct batch_part){.batch = batch->number};
    if (++part->begun_count >= BATCH_SHARE_MAX)
        batch->is_full = true;
}

bool batch_is_over(const struct batch *batch)
{
    return batch->is_shared && batch->is_full;
}
