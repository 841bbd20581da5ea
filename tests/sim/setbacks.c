#include "tests/sim/setbacks.h"

#include "broker/keep/keeper.h"
#include "tests/sim/peer.h"
#include "tests/sim/world.h"

static const struct limit {
    const char *class;
    int64_t attempts;
} limits[] = {{"transient", 20}, {"busy", 2000}, {"permanent", 1}, {"poison", 3}};

static int64_t limit_of(struct text class)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (text_is(class, limits[i].class))
            return limits[i].attempts;
    return 0;
}

/* A window of the street says one class of a case, so that class alone has reached its limit; words that were long on
 * their way may come in one go, so it may be past it. */
static void judge_parking(struct told_case *told, const struct keeper_origin *origin)
{
    struct fact_park park;
    struct problems problems = {.count = 0};

    arena_reset(peer_arena());
    if (record_decode(&record_fact_park, origin->entry.body, peer_arena(), &park, &problems) != STATUS_OK ||
        park.class.data == NULL) {
        oracle_fails(&world->oracle, told->id, "P8: %s is set aside, and nobody can read why", told->id);
        return;
    }
    if (text_is(park.class, "silent"))
        return;
    if (park.attempts.value < limit_of(park.class) || told->failed < park.attempts.value)
        oracle_fails(&world->oracle, told->id, "P6: %s is set aside as %.*s after %lld attempts, of which %lld failed",
                     told->id, TEXT_ARGS(park.class), (long long)park.attempts.value, (long long)told->failed);
}

void setbacks_judge_record(const struct keeper_origin *origin)
{
    struct told_case *told =
        origin->envelope.case_id.data != NULL ? oracle_case(&world->oracle, origin->envelope.case_id) : NULL;
    const struct text type = origin->envelope.type;

    if (told == NULL)
        return;
    if (text_is(type, "DELIVERY_FAILED"))
        told->failed++;
    if (text_is(type, "DELIVERED"))
        told->failed = 0;
    if (text_is(type, "FACT_PARK"))
        judge_parking(told, origin);
}
