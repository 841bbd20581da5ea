#include "tests/bench/disturbances.h"

#include <stdio.h>

#include "tests/bench/steady.h"
#include "tests/bench/storm.h"
#include "tests/bench/trickle.h"

enum {
    FIRST_BRANCH = 0,
    LAST_BRANCH = CROWD_BRANCH_COUNT - 1,
    FLOODED_WINDOW = 0,
    DEAD_WINDOW = CROWD_WINDOW_COUNT - 1,
    OWN_FIRST = STEADY_CASE_COUNT, /* index of a disturbance's first case */

    FLOOD_COUNT = 60000,
    FLOOD_IN_FLIGHT_MAX = 256, /* as a branch agent has them unanswered */
    FLOOD_SECONDS = 8,
    FLOOD_CREDIT = 8,

    BACKLOG_COUNT = 10000,
    BACKLOG_CREDIT = 64,
    DRAIN_CREDIT = 1024,
    DRAIN_SECONDS_MAX = 60,

    DEAF_COUNT = 3000, /* handed in at once by who then reads nothing */
    DEAF_RATE = 50,
    DEAF_SECONDS = 10,
    DEAF_CASE_COUNT = DEAF_COUNT + 2 * DEAF_RATE * DEAF_SECONDS,
    DEAF_READS_US = 1000000, /* the slow one reads one message in so long */
};

static void submit_next(struct crowd *crowd)
{
    const uint32_t index = OWN_FIRST + crowd->sent++;
    crowd->cases[index].sent_us = clock_now_us();
    dialect_onevisit.submit(crowd, index);
}

static void submit_up_to(struct crowd *crowd, uint32_t count_max)
{
    while (crowd->sent < count_max && crowd->sent - crowd->stored - crowd->busy < FLOOD_IN_FLIGHT_MAX &&
           crowd->trouble == NULL)
        submit_next(crowd);
}

/* ---- one branch hands in as fast as it can, and does not heed BUSY ---- */

static bool is_flood_part(const struct crowd_peer *peer)
{
    return peer->index == FIRST_BRANCH || peer->index == CROWD_BRANCH_COUNT + FLOODED_WINDOW;
}

static void place_flood(uint32_t index, struct crowd_case *out)
{
    (void)index;
    out->branch = FIRST_BRANCH;
    out->window = FLOODED_WINDOW;
}

static void place_flood_of_bulk(uint32_t index, struct crowd_case *out)
{
    place_flood(index, out);
    out->is_bulk = true;
}

static void play_flood(struct stage *stage)
{
    struct crowd *crowd = stage->crowd;
    char text[128];

    stage_ready(stage);
    stage_await_call(stage);
    stage_step(stage, "it floods", true);
    const int64_t start_us = clock_now_us();
    while (clock_now_us() - start_us < FLOOD_SECONDS * 1000000LL) {
        submit_up_to(crowd, FLOOD_COUNT);
        stage_turn(stage);
    }
    snprintf(text, sizeof text, "%u handed in within %d s, %u of them stored, %u BUSY", crowd->sent, FLOOD_SECONDS,
             crowd->stored, crowd->busy);
    stage_end(stage, text);
}

/* ---- a window takes a few and answers nothing, while thousands wait for it; then it comes back ---- */

static bool is_backlog_part(const struct crowd_peer *peer)
{
    return peer->index == FIRST_BRANCH || peer->index == CROWD_BRANCH_COUNT + DEAD_WINDOW;
}

static void place_backlog(uint32_t index, struct crowd_case *out)
{
    (void)index;
    out->branch = FIRST_BRANCH;
    out->window = DEAD_WINDOW;
}

static void drain(struct stage *stage, struct crowd_peer *window)
{
    struct crowd *crowd = stage->crowd;
    char text[128];

    window->is_mute = false;
    crowd->credit = DRAIN_CREDIT;
    const int64_t start_us = clock_now_us();
    if (!crowd_connect_again(crowd, &dialect_onevisit, window, stage->endpoint, stage->broker_key))
        stage_fail(stage, "the window cannot come back");
    while (crowd->decided < BACKLOG_COUNT) {
        stage_turn(stage);
        if (clock_now_us() - start_us > DRAIN_SECONDS_MAX * 1000000LL)
            stage_fail(stage, "the window did not drain");
    }
    const double seconds = (double)(clock_now_us() - start_us) / 1e6;
    snprintf(text, sizeof text, "%d drained in %.1f s, %.0f a second, %u out of order", BACKLOG_COUNT, seconds,
             BACKLOG_COUNT / seconds, window->overtaken);
    if (window->overtaken != 0)
        stage_fail(stage, text);
    stage_end(stage, text);
}

static void play_backlog(struct stage *stage)
{
    struct crowd *crowd = stage->crowd;
    struct crowd_peer *window = &crowd->peers[CROWD_BRANCH_COUNT + DEAD_WINDOW];

    window->is_mute = true;
    stage_ready(stage);
    stage_await_call(stage);
    stage_step(stage, "10,000 cases for it come in", true);
    while (crowd->stored < BACKLOG_COUNT) {
        submit_up_to(crowd, BACKLOG_COUNT);
        stage_turn(stage);
    }
    stage_step(stage, "10,000 wait, it answers nothing", true);
    stage_wait(stage, 5);
    stage_step(stage, "it is back and drains", true);
    drain(stage, window);
}

/* ---- who reads nothing, who reads one message a second, and who never gets beyond a greeting ---- */

static bool is_deaf_part(const struct crowd_peer *peer)
{
    return peer->index == FIRST_BRANCH || peer->index == LAST_BRANCH;
}

static void place_deaf(uint32_t index, struct crowd_case *out)
{
    out->branch = index < DEAF_COUNT || index % 2 == 0 ? LAST_BRANCH : FIRST_BRANCH;
    out->window = QUIET_WINDOW_FIRST + index % QUIET_WINDOW_COUNT;
}

static void read_one(struct crowd *crowd, struct crowd_peer *peer)
{
    struct wire_frames frames;
    wire_frames_init(&frames);
    if (wire_receive(&peer->wire, &frames))
        dialect_onevisit.take(crowd, peer, &frames);
    wire_frames_fini(&frames);
}

static void be_deaf(struct stage *stage, struct trickle *trickle)
{
    struct crowd *crowd = stage->crowd;
    const int64_t start_us = clock_now_us();
    int64_t read_us = start_us;

    while (crowd->sent < DEAF_COUNT)
        submit_next(crowd);
    for (int64_t now_us = start_us; now_us - start_us < DEAF_SECONDS * 1000000LL; now_us = clock_now_us()) {
        const int64_t due = DEAF_COUNT + (now_us - start_us) * 2 * DEAF_RATE / 1000000;
        while ((int64_t)crowd->sent < due && crowd->sent < DEAF_CASE_COUNT)
            submit_next(crowd);
        if (now_us - read_us >= DEAF_READS_US) {
            read_us = now_us;
            read_one(crowd, &crowd->peers[FIRST_BRANCH]);
        }
        trickle_turn(trickle, now_us);
        stage_turn(stage);
    }
}

static void play_deaf(struct stage *stage)
{
    struct crowd *crowd = stage->crowd;
    struct trickle trickle;
    char text[128];

    trickle_begin(&trickle, stage->endpoint);
    stage_ready(stage);
    stage_await_call(stage);
    crowd->peers[FIRST_BRANCH].is_deaf = crowd->peers[LAST_BRANCH].is_deaf = true;
    stage_step(stage, "they do not read, 100 trickle", true);
    be_deaf(stage, &trickle);
    crowd->peers[FIRST_BRANCH].is_deaf = crowd->peers[LAST_BRANCH].is_deaf = false;
    stage_step(stage, "they read again", true);
    stage_wait(stage, 3);
    trickle_end(&trickle);
    snprintf(text, sizeof text, "%u handed in, %u receipts read in the end, %u trickling connections thrown out",
             crowd->sent, crowd->stored, trickle.thrown_out);
    stage_end(stage, text);
}

const struct disturbance disturbances[] = {
    {.name = "one branch floods with bulk",
     .is_part = is_flood_part,
     .place = place_flood_of_bulk,
     .case_count = FLOOD_COUNT,
     .credit = FLOOD_CREDIT,
     .play = play_flood},
    {.name = "one branch floods as if from a counter",
     .is_part = is_flood_part,
     .place = place_flood,
     .case_count = FLOOD_COUNT,
     .credit = FLOOD_CREDIT,
     .play = play_flood},
    {.name = "one window is dead",
     .is_part = is_backlog_part,
     .place = place_backlog,
     .case_count = BACKLOG_COUNT,
     .credit = BACKLOG_CREDIT,
     .play = play_backlog},
    {.name = "3,000 peers connect again", .keeps_priority = true, .play = storm_play},
    {.name = "slow readers",
     .is_part = is_deaf_part,
     .place = place_deaf,
     .case_count = DEAF_CASE_COUNT,
     .play = play_deaf},
};
const uint32_t disturbance_count = sizeof disturbances / sizeof disturbances[0];
