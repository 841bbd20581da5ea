#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bench/backlog.h"
#include "tests/bench/crowd.h"
#include "tests/bench/flood.h"
#include "tests/bench/percentile.h"
#include "tests/bench/scale.h"
#include "tests/bench/server_process.h"

/* make bench: OneVisit and the bare loop in turn, the same messages, one run.
 * Ratios count; the absolute figures are this machine's. */

enum { ROUND_COUNT_MAX = 9, SCALE_ROUNDS = 3 };

struct figures {
    double cases_per_second;
    double cpu_per_10000;
    double stored_p50_ms;
    double decided_p50_ms;
    double decided_p99_ms;
    double memory_mib;
};

static void measure_latency(const struct crowd *crowd, struct figures *out)
{
    double *values = malloc(crowd->case_count * sizeof *values);

    if (values == NULL)
        return;
    for (uint32_t i = 0; i < crowd->case_count; i++)
        values[i] = (double)(crowd->cases[i].stored_us - crowd->cases[i].sent_us) / 1000.0;
    out->stored_p50_ms = percentile(values, crowd->case_count, 0.5);
    for (uint32_t i = 0; i < crowd->case_count; i++)
        values[i] = (double)(crowd->cases[i].decided_us - crowd->cases[i].sent_us) / 1000.0;
    out->decided_p50_ms = percentile(values, crowd->case_count, 0.5);
    out->decided_p99_ms = percentile(values, crowd->case_count, 0.99);
    free(values);
}

struct plan {
    uint32_t cases;
    uint32_t rounds;
    uint32_t in_flight;
    uint32_t rate;
    const char *program;
};

static bool measure(struct crowd *crowd, const struct dialect *dialect, const char *program, const struct plan *plan,
                    struct figures *out)
{
    struct server_process server = {.pid = -1};
    double cpu = 0;

    if (!server_start(&server, crowd, program))
        return false;
    double seconds = -1.0;
    if (crowd_connect(crowd, dialect, server.endpoint, server.public_key))
        seconds = crowd_run(crowd, dialect, plan->in_flight, plan->rate);
    crowd_disconnect(crowd);
    const bool is_stopped = server_stop(&server, &cpu, &out->memory_mib);
    if (seconds <= 0 || !is_stopped) {
        fprintf(stderr, "bench: %s: %s (look at %s)\n", dialect->name,
                crowd->trouble != NULL ? crowd->trouble : "the server did not serve or stop cleanly", server.folder);
        return false;
    }
    out->cases_per_second = crowd->case_count / seconds;
    out->cpu_per_10000 = cpu * 10000.0 / crowd->case_count;
    measure_latency(crowd, out);
    return true;
}

static double median(const struct figures *rounds, uint32_t count, size_t offset)
{
    double values[ROUND_COUNT_MAX];
    for (uint32_t i = 0; i < count; i++)
        values[i] = *(const double *)(const void *)((const char *)&rounds[i] + offset);
    return percentile(values, count, 0.5);
}

static void print_row(const char *name, const struct figures *bare, const struct figures *ours, uint32_t count,
                      size_t offset)
{
    const double a = median(bare, count, offset);
    const double b = median(ours, count, offset);
    printf("  %-34s %12.2f %12.2f %8.2f\n", name, a, b, a > 0 ? b / a : 0);
}

static void print_table(const struct plan *plan, size_t application, const struct figures *bare,
                        const struct figures *ours)
{
    printf("\n%u cases, %u in flight%s, application %zu bytes, 8 branches, 136 windows, medians of %u rounds\n",
           plan->cases, plan->in_flight, plan->rate > 0 ? " (paced)" : "", application, plan->rounds);
    printf("  %-34s %12s %12s %8s\n", "", "bare loop", "OneVisit", "ratio");
    print_row("cases a second", bare, ours, plan->rounds, offsetof(struct figures, cases_per_second));
    print_row("submit -> stored p50, ms", bare, ours, plan->rounds, offsetof(struct figures, stored_p50_ms));
    print_row("submit -> decision p50, ms", bare, ours, plan->rounds, offsetof(struct figures, decided_p50_ms));
    print_row("submit -> decision p99, ms", bare, ours, plan->rounds, offsetof(struct figures, decided_p99_ms));
    print_row("server CPU seconds per 10,000 cases", bare, ours, plan->rounds, offsetof(struct figures, cpu_per_10000));
    print_row("server peak memory, MiB", bare, ours, plan->rounds, offsetof(struct figures, memory_mib));
}

static bool run_plan(const struct plan *plan)
{
    static struct figures bare[ROUND_COUNT_MAX];
    static struct figures ours[ROUND_COUNT_MAX];
    struct crowd crowd;
    bool is_good = crowd_new(plan->cases, crowd_place_evenly, &crowd);

    for (uint32_t round = 0; round < plan->rounds && is_good; round++)
        is_good = measure(&crowd, &dialect_bare, NULL, plan, &bare[round]) &&
                  measure(&crowd, &dialect_onevisit, plan->program, plan, &ours[round]);
    if (is_good)
        print_table(plan, crowd.cases[0].application.size, bare, ours);
    crowd_free(&crowd);
    return is_good;
}

int main(int argc, char **argv)
{
    const char *program = argc > 1 ? argv[1] : "build/bin/onevisitd";
    const struct plan plans[] = {
        {.cases = 20000, .rounds = 3, .in_flight = 64, .program = program},
        {.cases = 20000, .rounds = 3, .in_flight = 256, .program = program},
        {.cases = 30000, .rounds = 3, .in_flight = 1024, .program = program},
        {.cases = 1000, .rounds = 3, .in_flight = 256, .rate = 200, .program = program},
    };

    /* "flood" as second argument shows what one branch's bulk does to the others, "scale" what anything one participant
     * does to all others (numbers behind it: one of them, how many rounds). A number runs one plan with so many
     * in flight, a third says how many cases: for profiling. */
    const struct plan chosen = {.cases = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 60000,
                                .rounds = 1,
                                .in_flight = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0,
                                .program = program};

    mkdir("build", 0755);
    mkdir("build/bench", 0755);
    if (argc > 2 && strcmp(argv[2], "flood") == 0)
        return flood_run(program) ? 0 : 1;
    if (argc > 2 && strcmp(argv[2], "backlog") == 0)
        return backlog_run(program, argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : BACKLOG_LARGE) ? 0 : 1;
    if (argc > 2 && strcmp(argv[2], "scale") == 0)
        return scale_run(program, argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0,
                         argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : SCALE_ROUNDS)
                   ? 0
                   : 1;
    if (chosen.in_flight > 0)
        return run_plan(&chosen) ? 0 : 1;
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (!run_plan(&plans[i]))
            return 1;
    return 0;
}
