#include "agents/ops/gauge.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_SIZE = 30, DRAW_INTERVAL_US = 200000, LINE_WIDTH = 79 };

static volatile sig_atomic_t is_stopped;

static void take_stop(int signal)
{
    (void)signal;
    is_stopped = 1;
}

bool gauge_is_stopped(void)
{
    return is_stopped != 0;
}

static int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

void gauge_start(struct gauge *gauge, const char *what, uint64_t from, uint64_t until)
{
    const struct sigaction action = {.sa_handler = take_stop,
                                     .sa_flags = SA_RESTART /* what is half written is finished */};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    *gauge = (struct gauge){
        .what = what, .from = from, .until = until, .start_us = monotonic_us(), .is_shown = isatty(STDERR_FILENO) != 0};
}

static void draw(const struct gauge *gauge, uint64_t at, int64_t taken_us)
{
    const uint64_t whole = gauge->until > 0 ? gauge->until : 1;
    const int filled = (int)(at * BAR_SIZE / whole);
    const double rate = taken_us > 0 ? (double)(at - gauge->from) * 1e6 / (double)taken_us : 0;
    const int64_t left_s = rate > 0 ? (int64_t)((double)(gauge->until - at) / rate) : 0;

    fprintf(stderr, "\r[%.*s%.*s] %3u%%  %" PRIu64 " %s  %.0f/s  %" PRId64 ":%02d left ", filled,
            "##############################", BAR_SIZE - filled, "------------------------------",
            (unsigned)(at * 100 / whole), at, gauge->what, rate, left_s / 60, (int)(left_s % 60));
    fflush(stderr);
}

void gauge_set(struct gauge *gauge, uint64_t at)
{
    const int64_t now_us = monotonic_us();

    if (!gauge->is_shown || at > gauge->until || now_us - gauge->drawn_us < DRAW_INTERVAL_US)
        return;
    gauge->drawn_us = now_us;
    draw(gauge, at, now_us - gauge->start_us);
}

void gauge_end(struct gauge *gauge)
{
    if (gauge->is_shown && gauge->drawn_us != 0)
        fprintf(stderr, "\r%*s\r", LINE_WIDTH, "");
}
