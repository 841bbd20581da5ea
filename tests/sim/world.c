#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/acts.h"
#include "tests/sim/alerts.h"
#include "tests/sim/books.h"
#include "tests/sim/keyring.h"
#include "tests/sim/kinds.h"
#include "tests/sim/materials.h"
#include "tests/sim/peer.h"
#include "tests/sim/ruling.h"
#include "tests/sim/titles.h"
#include "tests/sim/twin.h"
#include "tests/sim/words.h"

enum {
    START_US = 1790740800,   /* 2026-09-30, seconds */
    PATIENCE_US = 900000000, /* after the trouble everything ends within */
};

struct world *world;

const char *const *feature_words(void)
{
    static const char *const words[] = {
#define FEATURE(NAME, word, sentence) word,
#include "tests/sim/features.def"
#undef FEATURE
    };
    return words;
}

/* ---- the plan: a heap of what happens ---- */

static bool is_before(const struct happening *a, const struct happening *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->tie < b->tie;
}

static void swap(struct happening *a, struct happening *b)
{
    const struct happening kept = *a;
    *a = *b;
    *b = kept;
}

void world_plan(int64_t at_us, enum happening_kind kind, uint32_t who, bool is_up)
{
    if (world->plan_count == world->plan_capacity) {
        world->plan_capacity = world->plan_capacity == 0 ? 1024 : world->plan_capacity * 2;
        world->plan = realloc(world->plan, world->plan_capacity * sizeof *world->plan);
        if (world->plan == NULL)
            abort();
    }
    uint32_t place = world->plan_count++;
    world->plan[place] = (struct happening){at_us, ++world->tie, kind, who, is_up};
    for (; place > 0 && is_before(&world->plan[place], &world->plan[(place - 1) / 2]); place = (place - 1) / 2)
        swap(&world->plan[place], &world->plan[(place - 1) / 2]);
}

static struct happening take_next(void)
{
    const struct happening next = world->plan[0];
    uint32_t place = 0;

    world->plan[0] = world->plan[--world->plan_count];
    for (;;) {
        uint32_t least = place;
        for (uint32_t child = 2 * place + 1; child <= 2 * place + 2 && child < world->plan_count; child++)
            if (is_before(&world->plan[child], &world->plan[least]))
                least = child;
        if (least == place)
            return next;
        swap(&world->plan[place], &world->plan[least]);
        place = least;
    }
}

void world_plan_turn(int64_t at_us)
{
    if (at_us < world->busy_until_us)
        at_us = world->busy_until_us;
    if (at_us < world->now_us)
        at_us = world->now_us;
    if (at_us >= world->turn_at_us)
        return;
    world->turn_at_us = at_us;
    world_plan(at_us, HAPPENS_TURN, 0, false);
}

/* ---- the trace ---- */

static void trace_add(const char *line)
{
    for (const char *c = line; *c != '\0'; c++)
        world->digest = (world->digest ^ (uint8_t)*c) * UINT64_C(0x100000001b3);
    snprintf(world->trace[world->trace_count++ % TRACE_LINE_COUNT], TRACE_LINE_SIZE, "%10.3f %s",
             (double)(world->now_us - START_US * INT64_C(1000000)) / 1e6, line);
}

void world_say(const char *format, ...)
{
    char line[TRACE_LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    trace_add(line);
}

void world_log(const char *format, ...)
{
    char line[TRACE_LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    const int size = snprintf(line, sizeof line, "log: ");
    vsnprintf(line + size, sizeof line - (size_t)size, format, arguments);
    va_end(arguments);
    trace_add(line);
}

/* ---- one step ---- */

static void arrival(const struct happening *happening)
{
    uint32_t peer = 0;

    if (happening->is_up) {
        if (street_arrived_at_door(happening->who))
            world_plan_turn(world->now_us);
        return;
    }
    struct parcel *parcel = street_arrived(happening->who, &peer);
    if (parcel != NULL)
        peer_takes(&world->peers[peer], happening->who, parcel);
    free(parcel);
}

static void turn(void)
{
    if (world->server == NULL || world->turn_at_us > world->now_us)
        return; /* another turn took the place of this one */
    world->turn_at_us = INT64_MAX;
    if (world->busy_until_us > world->now_us)
        world_plan_turn(world->busy_until_us);
    else
        host_turn();
}

static void trouble(void)
{
    host_trouble();
    if (!world->is_trouble_over)
        world_plan(world->now_us + random_between(&world->random, 10000, 3000000), HAPPENS_TROUBLE, 0, false);
}

static void step(void)
{
    const struct happening next = take_next();

    world->now_us = next.at_us > world->now_us ? next.at_us : world->now_us;
    world->step_count++;
    switch (next.kind) {
    case HAPPENS_TURN:
        turn();
        break;
    case HAPPENS_ARRIVAL:
        arrival(&next);
        break;
    case HAPPENS_PEER:
        peer_wake(&world->peers[next.who]);
        break;
    case HAPPENS_TROUBLE:
        trouble();
        break;
    case HAPPENS_START:
        if (world->server == NULL)
            host_start();
        break;
    case HAPPENS_STORM:
        storm_strike(next.who);
        break;
    case HAPPENS_TWIN:
        twin_turn();
        break;
    }
}

/* ---- a run ---- */

static void end_trouble(void)
{
    world->is_trouble_over = true;
    twin_end();
    world->disk.commit_us = 400;
    world->disk.read_us = 0;
    world->disk.effects_left = -1;
    disk_fill(&world->disk, false, world->now_us);
    world->disk.fails_in = world->disk.read_fails_in = 0;
    for (uint32_t i = 0; i < world->peer_count; i++)
        if (world->peers[i].is_away) {
            world->peers[i].back_us = world->now_us;
            peer_wake_at(&world->peers[i], world->now_us);
        }
    world_say("the trouble is over");
}

static bool world_open(const struct options *options, struct world *out)
{
    *out = (struct world){.options = *options, .random = {options->seed}};
    world = out;
    out->now_us = START_US * INT64_C(1000000) + 36000000000;
    out->turn_at_us = INT64_MAX;
    out->disk.random = &out->random;
    out->disk.effects_left = -1;
    out->disk.commit_us = 400;
    out->disk.free_size = INT64_MAX;
    out->disk.is_torn = world_has(FEATURE_TORN);
    out->disk.loses_tail = world_has(FEATURE_POWER);
    out->trace = calloc(TRACE_LINE_COUNT, sizeof *out->trace);
    out->street = street_new();
    titles_open();
    acts_open();
    alerts_open();
    books_open();
    fixes_open();
    keyring_open();
    ruling_open();
    materials_open();
    twin_open();
    words_open();
    peers_make();
    return out->trace != NULL && places_make(&out->settings);
}

static void run_until(int64_t end_us, bool (*is_done)(void))
{
    while (!world->oracle.has_failed && world->plan_count > 0 && world->plan[0].at_us <= end_us &&
           !(is_done != NULL && is_done()))
        step();
}

/* Asked after every step, so it is cheap: peers are looked at once a while. */
static bool is_at_rest(void)
{
    return world->step_count % 64 == 0 && peers_owe_nothing() && books_are_done() && fixes_are_done() &&
           kinds_judge(false) && alerts_judge(false) && words_judge(false);
}

bool world_run(const struct options *options, struct world *out)
{
    if (!world_open(options, out)) {
        oracle_fails(&out->oracle, "", "the world cannot be made");
        return false;
    }
    world_plan(out->now_us, HAPPENS_START, 0, false);
    world_plan(out->now_us + 1000000, HAPPENS_TROUBLE, 0, false);
    run_until(out->now_us + options->trouble_us, NULL);
    end_trouble();
    run_until(out->now_us + PATIENCE_US, is_at_rest);
    if (!out->oracle.has_failed)
        oracle_judges_end(&out->oracle);
    if (!out->oracle.has_failed)
        (void)(alerts_judge(true) && kinds_judge(true) && words_judge(true));
    if (!out->oracle.has_failed && !peers_owe_nothing())
        oracle_fails(&out->oracle, "", "P5: somebody still owes something though nothing is wrong any more");
    if (!out->oracle.has_failed)
        books_judge_end();
    if (!out->oracle.has_failed)
        host_rest();
    return !out->oracle.has_failed;
}

void world_fini(struct world *done)
{
    world = done;
    if (done->server != NULL)
        server_close(&done->server, false);
    twin_close();
    peers_drop();
    titles_close();
    acts_close();
    alerts_close();
    materials_close();
    words_close();
    heard_close(&done->hearing);
    books_close();
    fixes_close();
    keyring_close();
    ruling_close();
    street_free(&done->street);
    oracle_fini(&done->oracle);
    disk_fini(&done->disk);
    free(done->plan);
    free(done->trace);
    world = NULL;
}
