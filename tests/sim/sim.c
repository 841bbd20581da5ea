#include <argp.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/sim/world.h"

/* make sim SEED= RUNS=: worlds of many seeds, one after the other. A failure is
 * made as small as possible (fewer features, fewer applications, fewer peers) and
 * printed with the command that shows it again. */

enum { TRACE_SHOWN = 60, SHRINK_ROUNDS = 3 };

struct totals {
    uint64_t steps, runs, crashes, starts, records, receipts, events, cases;
    double seconds;
};

static struct options current; /* for the signal handler */

static double now_seconds(void)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    return (double)now.tv_sec + (double)now.tv_usec / 1e6;
}

/* A seed is a world: all its sizes and features come from it. */
static struct options options_of(uint64_t seed)
{
    struct random random = {seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    struct options options = {.seed = seed};

    options.features = random_next(&random);
    if (random_once_in(&random, 2)) /* half of the worlds have few kinds of trouble, so that each is met alone */
        options.features &= random_next(&random);
    options.features &= (UINT64_C(1) << FEATURE_COUNT) - 1;
    options.branch_count = 1 + random_below(&random, BRANCH_COUNT_MAX);
    options.window_count = 1 + random_below(&random, WINDOW_COUNT_MAX);
    options.unit_count = 1 + random_below(&random, UNIT_COUNT_MAX_SIM);
    options.apply_count = options.branch_count * (2 + random_below(&random, 30));
    options.trouble_us = random_between(&random, 20, 240) * 1000000;
    return options;
}

static void print_options(FILE *out, const struct options *options)
{
    fprintf(out, "--seed=%llu --branches=%u --windows=%u --units=%u --applications=%u --seconds=%lld --with=",
            (unsigned long long)options->seed, options->branch_count, options->window_count, options->unit_count,
            options->apply_count, (long long)options->trouble_us / 1000000);
    const char *comma = "";
    for (int i = 0; i < FEATURE_COUNT; i++) {
        if ((options->features >> i & 1) == 0)
            continue;
        fprintf(out, "%s%s", comma, feature_words()[i]);
        comma = ",";
    }
    fprintf(out, "%s\n", *comma == '\0' ? "none" : "");
}

static void add(struct totals *totals, const struct world *done)
{
    totals->runs++;
    totals->steps += done->step_count;
    totals->crashes += done->crash_count;
    totals->starts += done->start_count;
    totals->records += done->disk.record_count;
    totals->receipts += done->oracle.receipt_count;
    totals->events += done->oracle.event_count;
    totals->cases += done->oracle.case_count;
}

static bool run(const struct options *options, struct totals *totals, uint64_t *steps, uint64_t *digest)
{
    static struct world done;

    current = *options;
    const bool is_good = world_run(options, &done);
    *steps = done.step_count;
    if (digest != NULL)
        *digest = done.digest;
    if (totals != NULL)
        add(totals, &done);
    world_fini(&done);
    return is_good;
}

/* ---- making a failure small ---- */

static bool still_fails(const struct options *smaller, struct options *best, uint64_t *steps)
{
    uint64_t count;

    if (run(smaller, NULL, &count, NULL) || count > *steps)
        return false;
    *best = *smaller;
    *steps = count;
    return true;
}

static void halve(uint32_t *number)
{
    *number = *number > 1 ? *number / 2 : 1;
}

static void shrink(struct options *best, uint64_t *steps)
{
    for (int round = 0; round < SHRINK_ROUNDS; round++) {
        struct options smaller;
        for (int i = 0; i < FEATURE_COUNT; i++) {
            smaller = *best;
            smaller.features &= ~(UINT64_C(1) << i);
            if (smaller.features != best->features)
                still_fails(&smaller, best, steps);
        }
        smaller = *best;
        halve(&smaller.apply_count);
        still_fails(&smaller, best, steps);
        smaller = *best;
        halve(&smaller.branch_count);
        still_fails(&smaller, best, steps);
        smaller = *best;
        halve(&smaller.window_count);
        still_fails(&smaller, best, steps);
        smaller = *best;
        halve(&smaller.unit_count);
        still_fails(&smaller, best, steps);
        smaller = *best;
        smaller.trouble_us = (smaller.trouble_us / 2000000 + 1) * 1000000;
        still_fails(&smaller, best, steps);
    }
}

static bool concerns(const char *line, const char *about)
{
    return about[0] == '\0' || strstr(line, about) != NULL || strstr(line, "broker") != NULL ||
           strstr(line, "BROKEN") != NULL;
}

static void print_trace(const struct world *done)
{
    const uint64_t kept = done->trace_count < TRACE_LINE_COUNT ? done->trace_count : TRACE_LINE_COUNT;
    uint64_t first = done->trace_count;
    uint32_t shown = 0;

    while (first > done->trace_count - kept && shown < TRACE_SHOWN)
        shown += concerns(done->trace[--first % TRACE_LINE_COUNT], done->oracle.about);
    for (; first < done->trace_count; first++)
        if (concerns(done->trace[first % TRACE_LINE_COUNT], done->oracle.about))
            fprintf(stderr, "  %s\n", done->trace[first % TRACE_LINE_COUNT]);
}

static void report(const struct options *options)
{
    static struct world done;

    (void)world_run(options, &done);
    fprintf(stderr, "\nsim: %s\n", done.oracle.why);
    print_trace(&done);
    fprintf(stderr, "sim: %llu steps; again with: build/tests/sim ", (unsigned long long)done.step_count);
    print_options(stderr, options);
    world_fini(&done);
}

static void fail(struct options options, uint64_t steps, bool is_shrunk)
{
    fprintf(stderr, "sim: seed %llu breaks a promise after %llu steps\n", (unsigned long long)options.seed,
            (unsigned long long)steps);
    if (is_shrunk)
        shrink(&options, &steps);
    report(&options);
}

/* ---- the command line ---- */

struct request {
    uint64_t seed;
    uint64_t runs;
    double seconds; /* run for so long instead of so many runs; 0 for no */
    bool is_single; /* --branches and others fix the world */
    bool is_loud;
    bool is_whole; /* do not shrink */
    struct options options;
};

enum {
    OPTION_BRANCHES = 256,
    OPTION_WINDOWS,
    OPTION_UNITS,
    OPTION_APPLICATIONS,
    OPTION_SECONDS,
    OPTION_WITH,
    OPTION_TIME,
    OPTION_WHOLE
};

static const struct argp_option arguments[] = {
    {"seed", 's', "N", 0, "the first seed", 0},
    {"runs", 'r', "N", 0, "so many seeds, one after the other", 0},
    {"time", OPTION_TIME, "S", 0, "as many seeds as fit into so many seconds", 0},
    {"verbose", 'v', NULL, 0, "one line a run", 0},
    {"whole", OPTION_WHOLE, NULL, 0, "do not make a failure smaller", 0},
    {"branches", OPTION_BRANCHES, "N", 0, "one world of this size ...", 1},
    {"windows", OPTION_WINDOWS, "N", 0, NULL, 1},
    {"units", OPTION_UNITS, "N", 0, NULL, 1},
    {"applications", OPTION_APPLICATIONS, "N", 0, NULL, 1},
    {"seconds", OPTION_SECONDS, "N", 0, "... with trouble for so long", 1},
    {"with", OPTION_WITH, "WORD,...", 0, "... of these kinds (features.def)", 1},
    {NULL, 0, NULL, 0, NULL, 0},
};

static bool take_words(const char *words, uint64_t *features)
{
    *features = 0;
    while (*words != '\0') {
        const size_t size = strcspn(words, ",");
        int i = 0;
        while (i < FEATURE_COUNT &&
               (strlen(feature_words()[i]) != size || strncmp(words, feature_words()[i], size) != 0))
            i++;
        if (i == FEATURE_COUNT && strncmp(words, "none", size) != 0)
            return false;
        if (i < FEATURE_COUNT)
            *features |= UINT64_C(1) << i;
        words += size + (words[size] == ',');
    }
    return true;
}

static error_t take_option(int key, char *value, struct argp_state *state)
{
    struct request *request = state->input;
    const uint64_t number = value != NULL ? strtoull(value, NULL, 10) : 0;

    request->is_single |= key >= OPTION_BRANCHES && key <= OPTION_WITH;
    switch (key) {
    case 's':
        request->seed = number;
        return 0;
    case 'r':
        request->runs = number;
        return 0;
    case 'v':
        request->is_loud = true;
        return 0;
    case OPTION_TIME:
        request->seconds = (double)number;
        return 0;
    case OPTION_WHOLE:
        request->is_whole = true;
        return 0;
    case OPTION_BRANCHES:
        request->options.branch_count = number >= 1 && number <= BRANCH_COUNT_MAX ? (uint32_t)number : 1;
        return 0;
    case OPTION_WINDOWS:
        request->options.window_count = number >= 1 && number <= WINDOW_COUNT_MAX ? (uint32_t)number : 1;
        return 0;
    case OPTION_UNITS:
        request->options.unit_count = number >= 1 ? (uint32_t)number : 1;
        return 0;
    case OPTION_APPLICATIONS:
        request->options.apply_count = (uint32_t)number;
        return 0;
    case OPTION_SECONDS:
        request->options.trouble_us = (int64_t)number * 1000000;
        return 0;
    case OPTION_WITH:
        if (!take_words(value, &request->options.features))
            argp_error(state, "nobody knows a kind of trouble in '%s'", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void on_signal(int number)
{
    fprintf(stderr, "sim: signal %d; again with: build/tests/sim ", number);
    print_options(stderr, &current);
    signal(number, SIG_DFL);
    raise(number);
}

/* The first seed is run twice: a run that is not the same twice proves nothing. */
static bool is_deterministic(const struct options *options)
{
    uint64_t steps, first, second;

    (void)run(options, NULL, &steps, &first);
    (void)run(options, NULL, &steps, &second);
    if (first != second)
        fprintf(stderr, "sim: seed %llu does not run the same twice\n", (unsigned long long)options->seed);
    return first == second;
}

static void print_totals(const struct totals *totals)
{
    printf("sim: %llu runs, %llu steps in %.1f s (%.2f million a minute), %llu crashes, %llu starts, %llu cases, "
           "%llu records, %llu receipts, %llu events; no promise broken\n",
           (unsigned long long)totals->runs, (unsigned long long)totals->steps, totals->seconds,
           (double)totals->steps / totals->seconds * 60 / 1e6, (unsigned long long)totals->crashes,
           (unsigned long long)totals->starts, (unsigned long long)totals->cases, (unsigned long long)totals->records,
           (unsigned long long)totals->receipts, (unsigned long long)totals->events);
}

int main(int argc, char **argv)
{
    static const struct argp parser = {arguments, take_option, NULL, "Simulates the whole house from a seed.",
                                       NULL,      NULL,        NULL};
    struct request request = {
        .runs = 1,
        .seed = 1,
        .options = {.branch_count = 2, .window_count = 1, .unit_count = 4, .apply_count = 10, .trouble_us = 30000000}};
    struct totals totals = {0};
    const double start = now_seconds();

    setlocale(LC_CTYPE, "C.UTF-8");
    if (argp_parse(&parser, argc, argv, 0, NULL, &request) != 0)
        return 2;
    signal(SIGSEGV, on_signal);
    signal(SIGABRT, on_signal);
    for (uint64_t i = 0; request.seconds > 0 ? now_seconds() - start < request.seconds : i < request.runs; i++) {
        struct options options = request.is_single ? request.options : options_of(request.seed + i);
        uint64_t steps;
        options.seed = request.seed + i;
        if (i == 0 && !is_deterministic(&options))
            return 1;
        if (!run(&options, &totals, &steps, NULL)) {
            fail(options, steps, !request.is_whole);
            return 1;
        }
        if (request.is_loud)
            print_options(stdout, &options);
    }
    totals.seconds = now_seconds() - start;
    print_totals(&totals);
    return 0;
}
