#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "broker/keep/keeper.h"
#include "tests/sim/acts.h"
#include "tests/sim/keyring.h"
#include "tests/sim/peer.h"
#include "tests/sim/ruling.h"
#include "tests/sim/setbacks.h"
#include "tests/sim/twin.h"
#include "tests/sim/world.h"

/* Where the broker lives: starts it, gives it its turns, kills it, and looks
 * into it now and then. */

enum {
    TURN_US = 150,
    START_US = 200000,
    CHECK_EVERY = 256, /* turns */
    CRASH_EFFECTS_MAX = 60,
};

static void end_broker(bool is_clean)
{
    server_close(&world->server, is_clean);
    world->turn_at_us = INT64_MAX;
    street_broker_died();
}

static void plan_start(void)
{
    world_plan(world->now_us + random_between(&world->random, 1000, START_US), HAPPENS_START, 0, false);
}

/* The machine goes on without the broker, or goes with it. */
static void crash(const char *how)
{
    struct disk *disk = &world->disk;

    world->crash_count++;
    disk_crash(disk);
    end_broker(false);
    if (world_troubles(FEATURE_BIT_FLIP) && disk->flipped == 0 && disk->record_count > 0 &&
        random_once_in(&world->random, 4))
        disk_flip(disk,
                  disk->record_count - random_below(&world->random, disk->record_count < 40 ? disk->record_count : 40));
    world_say("the broker dies (%s); the disk has %llu records, rows for %llu%s", how,
              (unsigned long long)disk->record_count, (unsigned long long)disk->checkpoint,
              disk->flipped != 0 ? ", and a bit of it flips" : "");
    plan_start();
}

static void started(void)
{
    char why[256];

    world->start_count++;
    world->settings.take_over = false;
    oracle_judges_disk(&world->oracle);
    if (!core_check(keeper_core(server_keeper(world->server)), why, sizeof why))
        oracle_fails(&world->oracle, "", "after a start: %s", why);
    world_say("the broker starts, %llu records", (unsigned long long)world->disk.record_count);
    world_plan_turn(world->now_us);
}

void host_start(void)
{
    char why[SERVER_WHY_SIZE];
    struct disk *disk = &world->disk;

    disk_revive(disk);
    disk_insert(disk);
    if (world_troubles(FEATURE_CRASH) && random_once_in(&world->random, 8))
        disk->effects_left = 1 + random_below(&world->random, 20);
    const enum status status = server_open(&world->settings, &world->server, why);
    if (status == STATUS_OK && !disk->is_dead) {
        started();
        return;
    }
    if (disk->is_dead || disk->has_failed) {
        crash("while it starts");
        return;
    }
    if (disk->flipped != 0 && status == STATUS_CORRUPT) {
        world_say("the broker refuses to start: %s; the bit is mended", why);
        disk_mend(disk);
        plan_start();
        return;
    }
    oracle_fails(&world->oracle, "", "P1: the broker does not start: %s", why);
}

static void look_inside(void)
{
    char why[256];

    if (!core_check(keeper_core(server_keeper(world->server)), why, sizeof why))
        oracle_fails(&world->oracle, "", "%s", why);
}

static void plan_next_turn(void)
{
    int64_t at_us = server_wake_us(world->server);

    if (street_has_waiting())
        at_us = world->now_us;
    else if (at_us < INT64_MAX)
        at_us -= world->clock_off_us;
    if (at_us < INT64_MAX)
        world_plan_turn(at_us);
}

void host_turn(void)
{
    char why[SERVER_WHY_SIZE] = "";
    struct disk *disk = &world->disk;

    disk->spent_us = 0;
    const enum status status = server_turn(world->server, why);
    world->busy_until_us = world->now_us + TURN_US + disk->spent_us;
    if (status != STATUS_OK || disk->is_dead) {
        if (disk->is_dead || disk->has_failed)
            crash(disk->is_dead ? "at an effect" : "the disk failed");
        else if (disk->flipped != 0 && status == STATUS_CORRUPT) {
            disk_mend(disk);
            crash("a flipped bit was found");
        } else
            oracle_fails(&world->oracle, "", "P1: the broker ended by itself: %s %s", status_code(status), why);
        return;
    }
    if (world->start_count % CHECK_EVERY == 0 || ++disk->turn_count % CHECK_EVERY == 0)
        look_inside();
    plan_next_turn();
}

/* ---- trouble ---- */

static void trouble_disk(void)
{
    struct disk *disk = &world->disk;

    if (world_troubles(FEATURE_SLOW_DISK))
        disk->commit_us = random_once_in(&world->random, 4) ? random_between(&world->random, 100000, 8000000) : 400;
    if (world_troubles(FEATURE_SLOW_READ))
        disk->read_us = random_once_in(&world->random, 4) ? random_between(&world->random, 1000, 500000) : 0;
    if (world_troubles(FEATURE_FULL_DISK))
        disk_fill(disk, random_once_in(&world->random, 2), world->now_us);
    if (world_troubles(FEATURE_DISK_ERROR) && random_once_in(&world->random, 4)) {
        disk->how = random_once_in(&world->random, 2) ? DISK_FAILS_BEFORE : DISK_FAILS_AFTER;
        if (random_once_in(&world->random, 3))
            disk->read_fails_in = 1 + random_below(&world->random, 40);
        else
            disk->fails_in = 1 + random_below(&world->random, 40);
    }
}

static void trouble_clock(void)
{
    if (!world_troubles(FEATURE_SKEW) || !random_once_in(&world->random, 3))
        return;
    const int64_t step_us = random_between(&world->random, -90000000, 90000000);
    world->clock_off_us += step_us;
    world_say("the broker's clock steps by %lld ms", (long long)step_us / 1000);
    if (world->server != NULL)
        world_plan_turn(world->now_us);
}

static void trouble_broker(void)
{
    if (world->server == NULL)
        return;
    if (world_troubles(FEATURE_CRASH) && random_once_in(&world->random, 2))
        world->disk.effects_left = 1 + random_below(&world->random, CRASH_EFFECTS_MAX);
    else if (world_troubles(FEATURE_PAUSE) && random_once_in(&world->random, 2)) {
        world->busy_until_us = world->now_us + random_between(&world->random, 1000000, 30000000);
        world_say("the broker stands still for %lld ms", (long long)(world->busy_until_us - world->now_us) / 1000);
    }
}

static void trouble_street(void)
{
    const uint32_t line = street_any();

    if (line == 0)
        return;
    if (world_troubles(FEATURE_CUT) && random_once_in(&world->random, 2))
        street_cut(line);
    else if (world_troubles(FEATURE_STALL))
        street_stall(line, random_once_in(&world->random, 2), random_between(&world->random, 100000, 15000000));
}

static void trouble_all(void)
{
    if (world_troubles(FEATURE_STORM))
        storm_begin();
    if (world_troubles(FEATURE_SUCCESSOR) && random_once_in(&world->random, 3))
        twin_trouble();
    if (world_troubles(FEATURE_KEYS))
        keyring_trouble();
    if (world_troubles(FEATURE_RULES))
        ruling_trouble();
}

static void trouble_peer(void)
{
    struct peer *peer = &world->peers[random_below(&world->random, world->peer_count)];

    if (peer->is_away)
        return;
    if (world_troubles(FEATURE_NONSENSE) && random_once_in(&world->random, 3))
        peer_nonsense(peer);
    else if (world_troubles(FEATURE_PARK) && peer->role == ROLE_WINDOW && random_once_in(&world->random, 3))
        peer_leave(peer, world->now_us + random_between(&world->random, 5000000, 90000000));
    else if (world_troubles(FEATURE_PEER_CRASH))
        peer_crash(peer);
}

void host_trouble(void)
{
    switch (random_below(&world->random, 7)) {
    case 0:
        trouble_disk();
        break;
    case 1:
        trouble_clock();
        break;
    case 2:
        trouble_broker();
        break;
    case 3:
    case 4:
        trouble_street();
        break;
    case 5:
        trouble_all();
        break;
    default:
        trouble_peer();
    }
}

/* ---- at rest ---- */

static struct keeper *open_keeper(void)
{
    static char why[KEEPER_WHY_SIZE];
    struct keeper_settings settings = server_keeper_settings(&world->settings);
    struct keeper *keeper = NULL;

    disk_insert(&world->disk);
    if (keeper_open(&settings, &keeper, why) != STATUS_OK)
        oracle_fails(&world->oracle, "", "P9: the folder cannot be opened at rest: %s", why);
    else if (keeper_checkpoint(keeper, true, why) != STATUS_OK)
        oracle_fails(&world->oracle, "", "P9: %s", why);
    return keeper;
}

static void verify_chain(struct keeper *keeper)
{
    char why[KEEPER_WHY_SIZE];
    uint64_t bad = 0;
    struct journal_reader *reader = NULL;

    if (journal_reader_new(keeper_journal(keeper), &reader) != STATUS_OK)
        abort();
    if (journal_verify(reader, 1, &bad, why) != STATUS_OK)
        oracle_fails(&world->oracle, "", "P8: record %llu: %s", (unsigned long long)bad, why);
    journal_reader_free(&reader);
}

static void judge_record(const struct keeper_origin *origin)
{
    acts_judge_record(origin);
    keyring_judge_record(origin);
    ruling_judge_record(origin);
    setbacks_judge_record(origin);
}

/* The thread of a case through the journal leaves no record of it out: each names the one before. */
static void verify_threads(struct keeper *keeper)
{
    char why[KEEPER_WHY_SIZE];
    struct keeper_origin origin;

    for (uint64_t sequence = 1; sequence <= world->disk.record_count; sequence++) {
        const enum status status = keeper_origin(keeper, sequence, &origin, why);
        struct told_case *told = status == STATUS_OK && origin.envelope.case_id.data != NULL
                                     ? oracle_case(&world->oracle, origin.envelope.case_id)
                                     : NULL;
        if (status != STATUS_OK)
            oracle_fails(&world->oracle, "", "P8: record %llu: %s", (unsigned long long)sequence, why);
        else if (!text_equal(origin.envelope.source, origin.entry.sender))
            oracle_fails(&world->oracle, "", "P8: record %llu names another sender than its key",
                         (unsigned long long)sequence);
        else
            judge_record(&origin);
        if (told == NULL)
            continue;
        if (origin.entry.case_previous != (told->thread_last != 0 ? told->thread_last : told->sequence))
            oracle_fails(&world->oracle, told->id, "P8: record %llu of %s names %llu as the one before, not %llu",
                         (unsigned long long)sequence, told->id, (unsigned long long)origin.entry.case_previous,
                         (unsigned long long)told->thread_last);
        told->thread_last = sequence;
    }
}

void host_rest(void)
{
    disk_mend(&world->disk);
    oracle_judges_disk(&world->oracle);
    if (world->server != NULL)
        end_broker(true);
    struct keeper *kept = open_keeper();
    if (kept != NULL) {
        verify_chain(kept);
        verify_threads(kept);
        acts_judge_end();
    }
    keeper_close(&kept, false);
    if (!world->oracle.has_failed)
        rebuild_judge(&world->disk);
}
