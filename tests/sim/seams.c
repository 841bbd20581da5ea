#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "broker/log.h"
#include "broker/signals.h"
#include "broker/space.h"
#include "broker/zap.h"
#include "tests/sim/twin.h"
#include "tests/sim/world.h"

/* What the daemon asks the system for, answered by the world: its clock, random
 * bytes, signals, the handshake, the log. */

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int64_t now_us = world != NULL ? world->now_us + world->disk.spent_us : 0;

    if (world != NULL && clock == CLOCK_REALTIME)
        now_us += world->clock_off_us;
    out->tv_sec = now_us / 1000000;
    out->tv_nsec = now_us % 1000000 * 1000;
    return 0;
}

int getentropy(void *out, size_t size)
{
    static struct random spare = {1};
    struct random *random = world != NULL ? &world->random : &spare;
    uint8_t *place = out;

    for (size_t i = 0; i < size; i++)
        place[i] = (uint8_t)random_next(random);
    return 0;
}

bool space_free(const char *folder, int64_t *out)
{
    (void)folder;
    *out = world->disk.free_size;
    return true;
}

enum status signals_open(int *out)
{
    *out = -1;
    return STATUS_OK;
}

void signals_close(int *signals)
{
    *signals = -1;
}

enum signal_said signals_take(int signals)
{
    const bool was_hangup = world->has_hangup;

    (void)signals;
    if (twin_is_on())
        return SIGNAL_NONE;
    world->has_hangup = false;
    return was_hangup ? SIGNAL_READ_AGAIN : SIGNAL_NONE;
}

enum status zap_open(void *context, struct auth *auth, struct zap **out)
{
    (void)context;
    (void)auth;
    *out = NULL;
    return STATUS_OK;
}

void zap_close(struct zap **zap)
{
    *zap = NULL;
}

void *zap_socket(const struct zap *zap)
{
    (void)zap;
    return NULL;
}

void zap_serve(struct zap *zap, int64_t now_us)
{
    (void)zap;
    (void)now_us;
}

void log_line(enum log_level level, const char *what, const char *format, ...)
{
    char line[TRACE_LINE_SIZE];
    va_list arguments;

    if (world == NULL || level > LOG_WARNING)
        return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    world_log("%s %s", what, line);
}
