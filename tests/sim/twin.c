#include "tests/sim/twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/business.h"
#include "tests/sim/world.h"

enum { TURN_US = 200000, ASLEEP_US = 60000000, AWAKE_US = 60000000, TAKE_OVER_EPOCH = 1000000 };

/* The highest epoch a peer has met, with its opening: on its disk. */
struct met {
    int64_t epoch;
    struct receipt opening;
    uint8_t chain[32], mac[32];
};

struct twin {
    struct met met[PEER_COUNT_MAX];
    struct disk disk;
    struct server *server; /* NULL: there is none, or no more */
    bool was_replaced;
    bool is_on;
    int64_t wakes_us;
    int64_t ends_us;
};

void twin_open(void)
{
    world->twin = calloc(1, sizeof *world->twin);
    if (world->twin == NULL)
        abort();
}

void twin_end(void)
{
    struct twin *twin = world->twin;

    if (twin->server == NULL)
        return;
    disk_insert(&twin->disk);
    server_close(&twin->server, false);
    disk_fini(&twin->disk);
    disk_insert(&world->disk);
    world_say("the replaced broker ends");
}

void twin_close(void)
{
    twin_end();
    free(world->twin);
    world->twin = NULL;
}

bool twin_is_on(void)
{
    return world->twin->is_on;
}

bool twin_is_awake(void)
{
    return world->twin->server != NULL && world->now_us >= world->twin->wakes_us;
}

/* ---- the old broker ---- */

void twin_trouble(void)
{
    struct twin *twin = world->twin;
    struct disk copy;

    if (twin->was_replaced || world->server == NULL || world->disk.is_dead || world->disk.flipped != 0)
        return;
    twin->was_replaced = true;
    disk_copy_journal(&world->disk, &copy);
    copy.is_torn = world->disk.is_torn;
    copy.loses_tail = world->disk.loses_tail;
    copy.commit_us = world->disk.commit_us;
    copy.full_since_us = world->disk.full_since_us;
    copy.free_size = world->disk.free_size;
    disk_move(&world->disk, &twin->disk);
    world->disk = copy;
    twin->disk.effects_left = -1;
    twin->disk.fails_in = twin->disk.read_fails_in = 0;
    twin->server = world->server;
    twin->wakes_us = world->now_us + random_between(&world->random, 1000000, ASLEEP_US);
    twin->ends_us = twin->wakes_us + random_between(&world->random, 1000000, AWAKE_US);
    world->server = NULL;
    world->turn_at_us = INT64_MAX;
    world->settings.take_over = true;
    street_broker_died();
    world_say("the broker stands still and is replaced, %llu records", (unsigned long long)world->disk.record_count);
    world_plan(world->now_us + 1000, HAPPENS_START, 0, false);
    world_plan(twin->wakes_us, HAPPENS_TWIN, 0, false);
}

void twin_turn(void)
{
    struct twin *twin = world->twin;
    char why[SERVER_WHY_SIZE] = "";

    if (twin->server == NULL)
        return;
    if (world->now_us >= twin->ends_us) {
        twin_end();
        return;
    }
    disk_insert(&twin->disk);
    twin->is_on = true;
    if (server_turn(twin->server, why) != STATUS_OK)
        oracle_fails(&world->oracle, "", "P1: the replaced broker ends by itself: %s", why);
    twin->is_on = false;
    disk_insert(&world->disk);
    world_plan(world->now_us + TURN_US, HAPPENS_TWIN, 0, false);
}

/* Operators prove nothing, and who tries a revoked key even less. */
bool twin_catches(const struct peer *peer, const char *key)
{
    const bool has_met_both = world->twin->met[peer->index].epoch >= TAKE_OVER_EPOCH;
    const bool is_honest = peer->role != ROLE_OPERATOR && strcmp(peer->key, key) == 0;

    return twin_is_awake() && has_met_both && is_honest && random_once_in(&world->random, 2);
}

void twin_sees_sent(const struct bytes *frames)
{
    struct envelope read;
    struct problems problems = {.count = 0};

    arena_reset(peer_arena());
    if (record_decode(&record_envelope, frames[0], peer_arena(), &read, &problems) == STATUS_OK &&
        !text_is(read.type, "REJECT"))
        oracle_fails(&world->oracle, "", "P1: a broker that was replaced sends a %.*s to a peer that met its successor",
                     TEXT_ARGS(read.type));
}

/* ---- peers keep what they met ---- */

void twin_greets(const struct peer *peer, struct hello *hello)
{
    const struct met *met = &world->twin->met[peer->index];

    if (!world_has(FEATURE_SUCCESSOR) || met->epoch == 0 || peer->role == ROLE_OPERATOR)
        return;
    hello->epoch = number_of(met->epoch);
    hello->opening = met->opening;
    hello->opening.chain = bytes_of(met->chain, sizeof met->chain);
    hello->opening.mac = bytes_of(met->mac, sizeof met->mac);
}

static void keep_met(struct met *met, const struct hello_ack *ack)
{
    met->epoch = ack->epoch.value;
    met->opening = ack->opening;
    met->opening.case_id = text_of(NULL);
    memcpy(met->chain, ack->opening.chain.data, sizeof met->chain);
    memcpy(met->mac, ack->opening.mac.data, sizeof met->mac);
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    struct met *met = &world->twin->met[peer->index];
    struct hello_ack ack;
    struct problems problems = {.count = 0};

    if (!world_has(FEATURE_SUCCESSOR) || !text_is(envelope->type, "HELLO_ACK") ||
        record_decode(&record_hello_ack, parcel->frames[1], peer_arena(), &ack, &problems) != STATUS_OK)
        return;
    if (ack.epoch.value < met->epoch)
        oracle_fails(&world->oracle, "", "P1: %s met epoch %lld and is greeted by epoch %lld", peer->name,
                     (long long)met->epoch, (long long)ack.epoch.value);
    else if (ack.opening.is_present)
        keep_met(met, &ack);
}

static void wakes(struct peer *peer)
{
    (void)peer; /* nothing is asked */
}

static int64_t next_us(const struct peer *peer)
{
    (void)peer;
    return INT64_MAX;
}

static void dies(struct peer *peer)
{
    (void)peer; /* what it met is on disk */
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    (void)peer;
    (void)owed;
    (void)receipt;
    return false;
}

const struct business twin_business = {wakes, next_us, dies, takes, keeps};
