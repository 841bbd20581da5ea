#include "broker/guard.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "broker/log.h"
#include "broker/space.h"

enum { MEBIBYTE = 1 << 20, US_OF_MS = 1000 };

void guard_init(struct guard *guard, const struct settings *settings)
{
    *guard = (struct guard){.disk_reserve_size = settings->disk_reserve_size,
                            .commit_slow_us = settings->commit_slow_ms * US_OF_MS,
                            .clock_step_us = settings->clock_step_ms * US_OF_MS,
                            .settle_us = settings->guard_settle_ms * US_OF_MS,
                            .free_size = INT64_MAX};
}

/* The reason that counts most; NULL-terminated and empty for none. */
static void find_reason(const struct guard *guard, int64_t monotonic_us, char *out, size_t size)
{
    out[0] = '\0';
    if (guard->damage[0] != '\0')
        snprintf(out, size, "%s", guard->damage);
    else if (guard->free_size < guard->disk_reserve_size)
        snprintf(out, size,
                 "the disk has %" PRId64 " MiB free, %" PRId64 " are kept for what is here already: make room",
                 guard->free_size / MEBIBYTE, guard->disk_reserve_size / MEBIBYTE);
    else if (monotonic_us < guard->slow_until_us)
        snprintf(out, size, "a write to disk took %" PRId64 " ms, more than commit_slow_ms: look at the disk",
                 guard->slow_us / US_OF_MS);
    else if (monotonic_us < guard->stepped_until_us)
        snprintf(out, size, "the clock was stepped by %" PRId64 " ms, more than clock_step_ms: look at time keeping",
                 guard->step_us / US_OF_MS);
}

/* A line in the log when it shuts, when the kind of reason changes, and when it opens. */
static void settle(struct guard *guard, int64_t monotonic_us)
{
    char reason[sizeof guard->reason];
    const bool was_shut = guard->is_shut;

    find_reason(guard, monotonic_us, reason, sizeof reason);
    guard->is_shut = reason[0] != '\0';
    if (guard->is_shut && !was_shut)
        log_line(LOG_ERROR, "holding", "no new cases are taken: %s", reason);
    if (!guard->is_shut && was_shut)
        log_line(LOG_WARNING, "open-again", "new cases are taken again; it was: %s", guard->reason);
    memcpy(guard->reason, reason, sizeof guard->reason);
}

static void look_at_clock(struct guard *guard, int64_t now_us, int64_t monotonic_us)
{
    const int64_t step_us = (now_us - guard->clock_us) - (monotonic_us - guard->looked_us);
    const bool is_first = guard->looked_us == 0;

    guard->clock_us = now_us;
    if (is_first || (step_us <= guard->clock_step_us && step_us >= -guard->clock_step_us))
        return;
    guard->step_us = step_us;
    guard->stepped_until_us = monotonic_us + guard->settle_us;
}

void guard_look(struct guard *guard, const char *folder, int64_t now_us, int64_t monotonic_us)
{
    if (guard->looked_us != 0 && monotonic_us - guard->looked_us < GUARD_LOOK_US)
        return;
    look_at_clock(guard, now_us, monotonic_us);
    guard->looked_us = monotonic_us;
    if (!space_free(folder, &guard->free_size))
        guard->free_size = INT64_MAX; /* a folder that cannot be asked: the next write tells */
    settle(guard, monotonic_us);
}

void guard_wrote(struct guard *guard, int64_t took_us, int64_t monotonic_us)
{
    if (took_us < guard->commit_slow_us)
        return;
    guard->slow_us = took_us;
    guard->slow_until_us = monotonic_us + guard->settle_us;
    settle(guard, monotonic_us);
}

void guard_found(struct guard *guard, const char *damage, int64_t monotonic_us)
{
    snprintf(guard->damage, sizeof guard->damage, "%.190s; run onevisit replay verify on a copy", damage);
    settle(guard, monotonic_us);
}

bool guard_is_new_work(enum message_type type)
{
    return type == MESSAGE_CASE_SUBMIT || type == MESSAGE_TITLE_QUERY || type == MESSAGE_MATERIAL_CHUNK;
}
