#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/acts.h"
#include "tests/sim/business.h"
#include "tests/sim/materials.h"
#include "tests/sim/peer.h"
#include "tests/sim/ruling.h"
#include "tests/sim/world.h"

/* Two operators. The first looks for parked cases now and then, puts most of them back, and gives some up while there
 * is trouble. With FEATURE_OPERATORS the second does the same beside him: both act upon one case, do a thing twice, or
 * send it so late that the case is elsewhere by then; and they allow rounds of supplements. */

enum { LOOK_US = 15000000, LATE_US = 40000000 };

struct desk {
    int64_t next_us;
};

void desk_make(struct peer *peer)
{
    peer->desk = calloc(1, sizeof *peer->desk);
    if (peer->desk == NULL)
        abort();
    peer->desk->next_us = world->now_us + LOOK_US;
}

void desk_drop(struct peer *peer)
{
    free(peer->desk);
}

static bool is_at_work(const struct peer *peer)
{
    return peer->place == 0 || world_has(FEATURE_OPERATORS);
}

int64_t desk_next_us(const struct peer *peer)
{
    return is_at_work(peer) ? peer->desk->next_us : INT64_MAX;
}

void desk_wake(struct peer *peer)
{
    const bool sees_all = world_troubles(FEATURE_OPERATORS) && random_once_in(&world->random, 2);
    const struct ops_case_list question = {.state = text_of(sees_all ? "open" : "PARKED"), .is_present = true};

    if (!is_at_work(peer) || world->now_us < peer->desk->next_us)
        return;
    peer->desk->next_us = world->now_us + LOOK_US;
    if (peer->has_session)
        peer_tell(peer, MESSAGE_OPS_CASE_LIST, text_of(NULL), NULL, &question);
}

static bool is_under_way(const struct peer *peer, struct text case_id)
{
    for (const struct owed *owed = peer->owes; owed != NULL; owed = owed->next)
        if (text_is(case_id, owed->case_id))
            return true;
    return false;
}

/* ---- acting ---- */

/* Once; or twice, or late. */
static void act(struct peer *peer, enum message_type type, const char *case_id, const void *body, bool is_alone)
{
    const uint32_t count = world_troubles(FEATURE_OPERATORS) && random_once_in(&world->random, 3) ? 2 : 1;

    for (uint32_t i = 0; i < count; i++) {
        struct owed *owed = peer_owe(peer, type, case_id, body, (struct bytes){NULL, 0});
        acts_done(peer, owed, is_alone);
        if (world_troubles(FEATURE_OPERATORS) && random_once_in(&world->random, 4))
            owed->due_us = world->now_us + random_between(&world->random, 0, LATE_US);
    }
}

static void put_back(struct peer *peer, const char *case_id)
{
    const struct ops_parked_retry retry = {.reason = text_of("sim"), .is_present = true};

    act(peer, MESSAGE_OPS_PARKED_RETRY, case_id, &retry, false);
}

/* An operator who approves of himself is one person. */
static void give_up(struct peer *peer, struct told_case *told)
{
    const bool is_alone = world_troubles(FEATURE_OPERATORS) && random_once_in(&world->random, 4);
    const bool says_first = (peer->place == 0) == is_alone;
    const struct ops_parked_discard discard = {
        .reason = text_of("sim"), .approver = text_of(says_first ? "sim" : "second"), .is_present = true};

    told->was_given_up |= !is_alone;
    act(peer, MESSAGE_OPS_PARKED_DISCARD, told->id, &discard, is_alone);
}

static void allow_round(struct peer *peer, const char *case_id)
{
    const struct ops_supplement_allow allow = {.reason = text_of("sim"), .is_present = true};

    if (world_troubles(FEATURE_OPERATORS) && random_once_in(&world->random, 12))
        act(peer, MESSAGE_OPS_SUPPLEMENT_ALLOW, case_id, &allow, false);
}

void desk_takes(struct peer *peer, const struct case_list *list)
{
    for (uint32_t i = 0; i < list->cases.count; i++) {
        const struct case_status *seen = &list->cases.items[i];
        struct told_case *told = oracle_case(&world->oracle, seen->case_id);
        if (told != NULL)
            ruling_seen(told, seen->rules_version);
        if (told == NULL || is_under_way(peer, seen->case_id))
            continue;
        if (!text_is(seen->state, "PARKED"))
            allow_round(peer, told->id);
        else if (!world->is_trouble_over && told->stored_last == 0 && !materials_is_fetched(seen->case_id) &&
                 random_once_in(&world->random, 4))
            give_up(peer, told);
        else
            put_back(peer, told->id);
    }
}

/* ---- as a business: it hears of receipts ---- */

static void wakes(struct peer *peer)
{
    (void)peer; /* desk_wake */
}

static int64_t next_us(const struct peer *peer)
{
    (void)peer;
    return INT64_MAX;
}

static void dies(struct peer *peer)
{
    (void)peer; /* what is owed lies on disk */
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    (void)peer;
    (void)envelope;
    (void)parcel;
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    if (peer->role == ROLE_OPERATOR)
        acts_kept(owed, receipt);
    return false;
}

const struct business desk_business = {wakes, next_us, dies, takes, keeps};
