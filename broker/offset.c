#include "broker/offset.h"

void offset_note(struct offset *offset, int64_t sent_us, int64_t received_us)
{
    offset->late_us[offset->count++ % OFFSET_SAMPLE_COUNT_MAX] = received_us - sent_us;
}

bool offset_is_known(const struct offset *offset)
{
    return offset->count >= OFFSET_SAMPLE_COUNT_MIN;
}

int64_t offset_ms(const struct offset *offset)
{
    int64_t least_us = offset->late_us[0];
    if (!offset_is_known(offset))
        return 0;
    for (uint64_t i = 1; i < offset->count && i < OFFSET_SAMPLE_COUNT_MAX; i++)
        if (offset->late_us[i] < least_us)
            least_us = offset->late_us[i];
    return -least_us / 1000;
}

bool offset_is_far(const struct offset *offset)
{
    const int64_t ms = offset_ms(offset);
    return ms > OFFSET_ALARM_MS || ms < -OFFSET_ALARM_MS;
}
