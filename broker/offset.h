#ifndef ONEVISIT_BROKER_OFFSET_H
#define ONEVISIT_BROKER_OFFSET_H

#include <stdbool.h>
#include <stdint.h>

/* How far the clock of a participant is from the broker's (DOMAIN 7, event 19):
 * volatile, shown to operators, and never used to correct what a registry states.
 *
 * A sample is when a message came minus when its sender says that it sent it.
 * The way here makes it too great and never too small, so the smallest of the
 * last ones is the nearest to the truth. */
enum {
    OFFSET_SAMPLE_COUNT_MAX = 8, /* the last ones, so that a clock that was set right is soon seen to be right */
    OFFSET_SAMPLE_COUNT_MIN = 3, /* fewer say nothing: a first HELLO may have waited for the broker */
    OFFSET_ALARM_MS = 60000,     /* further away: operators are told */
};

struct offset {
    int64_t late_us[OFFSET_SAMPLE_COUNT_MAX]; /* a ring */
    uint64_t count;                           /* of samples ever taken */
    bool is_told;                             /* an operator was told that it is too far away */
};

void offset_note(struct offset *offset, int64_t sent_us, int64_t received_us);
bool offset_is_known(const struct offset *offset);
/* Milliseconds that the sender's clock is ahead of the broker's, negative where it is behind; 0 where nothing is known.
 */
int64_t offset_ms(const struct offset *offset);
bool offset_is_far(const struct offset *offset);

#endif
