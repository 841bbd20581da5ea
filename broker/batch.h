#ifndef ONEVISIT_BROKER_BATCH_H
#define ONEVISIT_BROKER_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/core/event.h"

/* Who is in the batch that is gathered for one commit. libzmq takes from every connection in turn, so what a quiet peer
 * said comes early in a batch; its answer waits for the batch's end. Once one branch has begun BATCH_SHARE_MAX things
 * in a batch that others are in too, the batch is over, and the rest of the flood waits for the next one. A flood
 * alone, and many who share, still get long batches. */
enum { BATCH_SHARE_MAX = 32 };

struct batch {
    uint64_t number;
    char first[PARTICIPANT_SIZE_MAX + 1]; /* who said something in it first; "" for nobody yet */
    bool is_shared;
    bool is_full; /* somebody has begun its share */
};

/* What one participant has of it; all zeroes at first. */
struct batch_part {
    uint64_t batch;
    uint32_t begun_count;
};

void batch_begin(struct batch *batch);
/* A message came; `begins`: it costs something (allowance.h). */
void batch_note(struct batch *batch, struct text participant, struct batch_part *part, bool begins);
bool batch_is_over(const struct batch *batch);

#endif
