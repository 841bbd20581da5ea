#include "tests/bench/scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/disturbances.h"
#include "tests/bench/percentile.h"
#include "tests/bench/server_process.h"
#include "tests/bench/steady.h"
#include "tests/bench/storm.h"

enum { QUIET_SECONDS = 8, WARM_SECONDS = 2, ROUND_SECONDS_MAX = 100, QUIET_STEP = 1 };

/* One round of one disturbance. */
struct round {
    struct steady steady;
    double quiet_mib;
    double end_mib;
    bool is_late;
    char text[256];
};

/* ---- one round ---- */

static const struct disturbance *playing; /* whose cases crowd_new places */

static void place(uint32_t index, struct crowd_case *out)
{
    if (index >= STEADY_CASE_COUNT) {
        playing->place(index - STEADY_CASE_COUNT, out);
        return;
    }
    out->branch = QUIET_BRANCH_FIRST + index % QUIET_BRANCH_COUNT;
    out->window = QUIET_WINDOW_FIRST + index % QUIET_WINDOW_COUNT;
}

static void run_for(struct steady *steady, double seconds)
{
    const int64_t end_us = clock_now_us() + (int64_t)(seconds * 1e6);
    while (clock_now_us() < end_us && steady->crowd->trouble == NULL)
        steady_turn(steady);
}

/* Takes turns until the stage says something. */
static const char *await_line(struct round *round, struct stage_process *stage)
{
    const char *line = NULL;
    const int64_t end_us = clock_now_us() + ROUND_SECONDS_MAX * 1000000LL;
    while ((line = stage_line(stage)) == NULL && round->steady.crowd->trouble == NULL && clock_now_us() < end_us)
        steady_turn(&round->steady);
    return line != NULL ? line : "fail no word in time";
}

static bool follow(struct round *round, struct stage_process *stage)
{
    for (;;) {
        const char *line = await_line(round, stage);
        if (strncmp(line, "step ", 5) == 0)
            steady_step(&round->steady, line + 7, line[5] == '1');
        else if (strncmp(line, "end ", 4) == 0 || strncmp(line, "late ", 5) == 0) {
            round->is_late = line[0] == 'l';
            return snprintf(round->text, sizeof round->text, "%s", strchr(line, ' ') + 1) > 0;
        } else
            return snprintf(round->text, sizeof round->text, "%s", line) < 0;
    }
}

static bool play(struct round *round, struct stage_process *stage, const struct server_process *server)
{
    steady_step(&round->steady, "warm", false);
    const char *line = await_line(round, stage);
    if (strncmp(line, "ready", 5) != 0)
        return snprintf(round->text, sizeof round->text, "%s", line) < 0;
    run_for(&round->steady, WARM_SECONDS);
    steady_step(&round->steady, "quiet", false);
    run_for(&round->steady, QUIET_SECONDS);
    round->quiet_mib = server_memory_mib(server);
    if (!stage_go(stage) || !follow(round, stage))
        return false;
    round->end_mib = server_memory_mib(server);
    return steady_end(&round->steady);
}

static bool run_round(struct crowd *crowd, const char *program, struct round *round)
{
    struct server_process server = {.pid = -1};
    struct stage_process stage;
    double cpu = 0;
    double memory = 0;

    if (!server_start(&server, crowd, program) ||
        !stage_start(&stage, playing, crowd, server.endpoint, server.public_key))
        return false;
    for (uint32_t i = 0; i < CROWD_COUNT; i++)
        crowd->peers[i].is_elsewhere = playing->is_part != NULL && playing->is_part(&crowd->peers[i]);
    bool is_good = crowd_connect(crowd, &dialect_onevisit, server.endpoint, server.public_key);
    steady_begin(&round->steady, crowd, &dialect_onevisit);
    is_good = is_good && play(round, &stage, &server);
    stage_stop(&stage);
    crowd_disconnect(crowd);
    const bool is_stopped = server_stop(&server, &cpu, &memory);
    if (!is_good || !is_stopped)
        fprintf(stderr, "bench: %s: %s %s (look at %s)\n", playing->name, round->text,
                crowd->trouble != NULL ? crowd->trouble : "", server.folder);
    return is_good && is_stopped;
}

/* ---- the table ---- */

enum figure { STORED_P50, STORED_P99, STORED_MAX, DECIDED_P50, DECIDED_P99, DECIDED_MAX, FIGURE_COUNT };

static double figure_of(const struct steady_step *step, enum figure figure)
{
    const struct histogram *histogram = figure < DECIDED_P50 ? &step->stored : &step->decided;
    static const double shares[] = {0.5, 0.99, 1.0};
    return histogram_ms(histogram, shares[figure % 3]);
}

static double median_of(const struct round *rounds, uint32_t count, uint32_t step, enum figure figure)
{
    double values[SCALE_ROUND_COUNT_MAX];
    for (uint32_t i = 0; i < count; i++)
        values[i] = figure_of(&rounds[i].steady.steps[step], figure);
    return percentile(values, count, 0.5);
}

static bool is_felt(const struct round *rounds, uint32_t count, uint32_t step, enum figure figure)
{
    const double quiet_ms = median_of(rounds, count, QUIET_STEP, figure);
    const int commits = figure == STORED_P99 ? 1 : 2;
    return median_of(rounds, count, step, figure) > SCALE_RATIO_MAX * quiet_ms + commits * SCALE_FLOOR_MS;
}

static bool print_step(const struct round *rounds, uint32_t count, uint32_t step)
{
    const struct steady_step *first = &rounds[0].steady.steps[step];
    const bool is_good =
        !first->is_judged || (!is_felt(rounds, count, step, STORED_P99) && !is_felt(rounds, count, step, DECIDED_P99));
    printf("  %-40s", first->name);
    for (enum figure figure = 0; figure < FIGURE_COUNT; figure++)
        printf(" %8.1f", median_of(rounds, count, step, figure));
    printf("%s\n", is_good ? "" : "  FELT");
    return is_good;
}

static bool print(const struct round *rounds, uint32_t count)
{
    bool is_good = true;
    printf("\n%s (%u rounds; the others hand in %d cases a second)\n", playing->name, count, STEADY_RATE);
    printf("  %-40s %26s %26s\n", "milliseconds, medians of the rounds", "submit -> receipt", "submit -> decision");
    printf("  %-40s %8s %8s %8s %8s %8s %8s\n", "", "p50", "p99", "max", "p50", "p99", "max");
    for (uint32_t step = QUIET_STEP; step < rounds[0].steady.step_count; step++)
        is_good = print_step(rounds, count, step) && is_good;
    for (uint32_t i = 0; i < count; i++) {
        is_good = is_good && !rounds[i].is_late;
        printf("  %s%s; server %.0f MiB before, %.0f MiB after\n", rounds[i].text, rounds[i].is_late ? " LATE" : "",
               rounds[i].quiet_mib, rounds[i].end_mib);
    }
    fflush(stdout);
    return is_good;
}

static bool run_disturbance(const struct disturbance *disturbance, const char *program, uint32_t count)
{
    struct round *rounds = calloc(count, sizeof *rounds);
    struct crowd crowd;

    playing = disturbance;
    bool is_good = crowd_new(STEADY_CASE_COUNT + disturbance->case_count, place, &crowd) && rounds != NULL &&
                   crowd_invite(&crowd, STORM_COUNT);
    for (uint32_t i = 0; i < count && is_good; i++)
        is_good = run_round(&crowd, program, &rounds[i]);
    is_good = is_good && print(rounds, count);
    crowd_free(&crowd);
    free(rounds);
    return is_good;
}

bool scale_run(const char *program, uint32_t only, uint32_t rounds)
{
    bool is_good = true;
    for (uint32_t i = 0; i < disturbance_count; i++)
        if (only == 0 || only == i + 1)
            is_good = run_disturbance(&disturbances[i], program, rounds) && is_good;
    printf("\n%s\n", is_good ? "nobody else felt any of it" : "somebody felt it: see FELT above");
    return is_good;
}
