#include "tests/sim/peer.h"
#include "tests/sim/world.h"

/* Everybody drops at once and comes back within moments, again and again, as after the fault of a switch. A line may
 * end for one side alone: the other goes on believing in it until it has heard nothing for too long. */

enum { STRIKE_COUNT_MAX = 8, STRIKE_US_MAX = 1500000, BELIEVED_US = 60000000 };

static void strike_peer(struct peer *peer)
{
    if (peer->line == 0 || peer->is_away)
        return;
    switch (random_below(&world->random, 4)) {
    case 0:
        street_cut(peer->line);
        break;
    case 1:
        street_half_open(peer->line, world->now_us + BELIEVED_US, world->now_us);
        break;
    case 2:
        street_half_open(peer->line, world->now_us, world->now_us + BELIEVED_US);
        break;
    default:
        peer_crash(peer);
    }
    peer_wake_at(peer, world->now_us);
}

void storm_strike(uint32_t left)
{
    if (world->is_trouble_over)
        return;
    world_say("all peers drop");
    for (uint32_t i = 0; i < world->peer_count; i++)
        strike_peer(&world->peers[i]);
    if (left > 0)
        world_plan(world->now_us + random_between(&world->random, 1000, STRIKE_US_MAX), HAPPENS_STORM, left - 1, false);
}

void storm_begin(void)
{
    storm_strike(random_below(&world->random, STRIKE_COUNT_MAX));
}
