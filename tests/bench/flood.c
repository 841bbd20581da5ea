#include "tests/bench/flood.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/crowd.h"
#include "tests/bench/percentile.h"
#include "tests/bench/server_process.h"

enum {
    BULK_COUNT = 10000,
    BULK_IN_FLIGHT_MAX = 256, /* as a branch agent has them unanswered */
    COUNTER_COUNT_MAX = 4000,
    COUNTER_QUIET_COUNT = 500,
    COUNTER_RATE = 100, /* a second, of all branches but the flooding one */
    FLOOD_CREDIT = 8,
    FLOOD_SECONDS_MAX = 120,
};

enum feeling { SAME_WINDOW_DECIDED, OTHER_WINDOW_DECIDED, ANY_WINDOW_STORED, FEELING_COUNT };

static const char *const feeling_names[FEELING_COUNT] = {
    "submit -> decision, flooded window",
    "submit -> decision, another window",
    "submit -> stored",
};

struct feelings {
    double p50_ms[FEELING_COUNT];
    double p99_ms[FEELING_COUNT];
    uint32_t counter_count;
    double bulk_per_second;
};

/* The bulk comes first in the list: all of branch 0 for window 0. The counters of the others go to windows 0 and 1. */
static void place(uint32_t index, struct crowd_case *out)
{
    const uint32_t counter = index - BULK_COUNT;

    out->is_bulk = index < BULK_COUNT;
    out->branch = out->is_bulk ? 0 : 1 + counter / 2 % (CROWD_BRANCH_COUNT - 1);
    out->window = out->is_bulk ? 0 : counter % 2;
}

struct flood {
    struct crowd *crowd;
    bool has_bulk;
    uint32_t bulk_sent;
    uint32_t counters_sent;
    int64_t start_us;
};

static bool bulk_is_under_way(const struct flood *flood)
{
    return flood->has_bulk && flood->crowd->decided < BULK_COUNT + flood->counters_sent &&
           flood->counters_sent < COUNTER_COUNT_MAX;
}

static void submit_case(struct flood *flood, uint32_t index)
{
    flood->crowd->cases[index].sent_us = clock_now_us();
    dialect_onevisit.submit(flood->crowd, index);
    flood->crowd->sent++;
}

static void submit_bulk(struct flood *flood)
{
    while (flood->has_bulk && flood->bulk_sent < BULK_COUNT &&
           flood->bulk_sent - flood->crowd->stored_bulk < BULK_IN_FLIGHT_MAX && flood->crowd->trouble == NULL)
        submit_case(flood, flood->bulk_sent++);
}

static void submit_counters(struct flood *flood)
{
    const int64_t due = (clock_now_us() - flood->start_us) * COUNTER_RATE / 1000000;
    const uint32_t count_max = flood->has_bulk ? COUNTER_COUNT_MAX : COUNTER_QUIET_COUNT;

    while (flood->counters_sent < count_max && flood->counters_sent < due && flood->crowd->trouble == NULL)
        submit_case(flood, BULK_COUNT + flood->counters_sent++);
}

static double run(struct crowd *crowd, bool has_bulk, uint32_t *counter_count)
{
    struct flood flood = {.crowd = crowd, .has_bulk = has_bulk, .start_us = clock_now_us()};

    crowd_begin(crowd);
    while (crowd->trouble == NULL &&
           (bulk_is_under_way(&flood) || (!has_bulk && flood.counters_sent < COUNTER_QUIET_COUNT))) {
        submit_bulk(&flood);
        submit_counters(&flood);
        crowd_read(crowd, &dialect_onevisit, 1);
        if (clock_now_us() - flood.start_us > FLOOD_SECONDS_MAX * 1000000LL)
            crowd->trouble = "the flood took too long";
    }
    const double seconds = (double)(clock_now_us() - flood.start_us) / 1e6;
    while (crowd->trouble == NULL && crowd->decided < crowd->sent)
        crowd_read(crowd, &dialect_onevisit, 10);
    *counter_count = flood.counters_sent;
    return seconds;
}

static bool belongs(enum feeling feeling, const struct crowd_case *counter)
{
    return feeling == ANY_WINDOW_STORED || (feeling == SAME_WINDOW_DECIDED) == (counter->window == 0);
}

static void feel(const struct crowd *crowd, struct feelings *out)
{
    static double waits[COUNTER_COUNT_MAX];

    for (enum feeling feeling = 0; feeling < FEELING_COUNT; feeling++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < out->counter_count; i++) {
            const struct crowd_case *counter = &crowd->cases[BULK_COUNT + i];
            const int64_t end_us = feeling == ANY_WINDOW_STORED ? counter->stored_us : counter->decided_us;
            if (belongs(feeling, counter))
                waits[count++] = (double)(end_us - counter->sent_us) / 1000.0;
        }
        out->p50_ms[feeling] = count > 0 ? percentile(waits, count, 0.5) : 0;
        out->p99_ms[feeling] = count > 0 ? percentile(waits, count, 0.99) : 0;
    }
}

static bool measure(struct crowd *crowd, const char *program, bool has_bulk, struct feelings *out)
{
    struct server_process server = {.pid = -1};
    double cpu = 0;
    double memory = 0;

    if (!server_start(&server, crowd, program))
        return false;
    if (crowd_connect(crowd, &dialect_onevisit, server.endpoint, server.public_key)) {
        const double seconds = run(crowd, has_bulk, &out->counter_count);
        out->bulk_per_second = BULK_COUNT / seconds;
    }
    crowd_disconnect(crowd);
    const bool is_stopped = server_stop(&server, &cpu, &memory);
    if (crowd->trouble != NULL || !is_stopped) {
        fprintf(stderr, "bench: flood: %s (look at %s)\n",
                crowd->trouble != NULL ? crowd->trouble : "the server did not stop cleanly", server.folder);
        return false;
    }
    feel(crowd, out);
    return true;
}

static void print(const struct feelings *quiet, const struct feelings *flooded)
{
    printf("\n%d bulk cases of one branch for a window that takes %d at a time; counters of the others hand in %d a "
           "second\n",
           BULK_COUNT, FLOOD_CREDIT, COUNTER_RATE);
    printf("  %-36s %10s %10s %10s %10s\n", "", "quiet p50", "p99", "flood p50", "p99");
    for (enum feeling feeling = 0; feeling < FEELING_COUNT; feeling++)
        printf("  %-36s %10.2f %10.2f %10.2f %10.2f\n", feeling_names[feeling], quiet->p50_ms[feeling],
               quiet->p99_ms[feeling], flooded->p50_ms[feeling], flooded->p99_ms[feeling]);
    printf("  milliseconds; %u cases in the quiet house, %u during the flood, which went at %.0f cases a second\n",
           quiet->counter_count, flooded->counter_count, flooded->bulk_per_second);
}

bool flood_run(const char *program)
{
    struct crowd crowd;
    struct feelings quiet = {0};
    struct feelings flooded = {0};
    bool is_good = crowd_new(BULK_COUNT + COUNTER_COUNT_MAX, place, &crowd);

    crowd.credit = FLOOD_CREDIT;
    is_good = is_good && measure(&crowd, program, false, &quiet) && measure(&crowd, program, true, &flooded);
    if (is_good)
        print(&quiet, &flooded);
    crowd_free(&crowd);
    return is_good;
}
