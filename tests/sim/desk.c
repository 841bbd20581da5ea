#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/peer.h"
#include "tests/sim/world.h"

/* An operator: looks for parked cases now and then, puts most of them back, and
 * gives some up while there is trouble. */

enum { LOOK_US = 15000000 };

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

int64_t desk_next_us(const struct peer *peer)
{
    return peer->desk->next_us;
}

void desk_wake(struct peer *peer)
{
    const struct ops_case_list question = {.state = text_of("PARKED"), .is_present = true};

    if (world->now_us < peer->desk->next_us)
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

void desk_takes(struct peer *peer, const struct case_list *list)
{
    const struct ops_parked_retry retry = {.reason = text_of("sim"), .is_present = true};
    const struct ops_parked_discard discard = {
        .reason = text_of("sim"), .approver = text_of("second"), .is_present = true};

    for (uint32_t i = 0; i < list->cases.count; i++) {
        char id[CASE_ID_SIZE + 1];
        const struct case_status *parked = &list->cases.items[i];
        struct told_case *told = oracle_case(&world->oracle, parked->case_id);
        if (told == NULL || is_under_way(peer, parked->case_id))
            continue;
        snprintf(id, sizeof id, "%.*s", TEXT_ARGS(parked->case_id));
        if (!world->is_trouble_over && told->stored_last == 0 && random_once_in(&world->random, 4)) {
            told->was_given_up = true;
            peer_owe(peer, MESSAGE_OPS_PARKED_DISCARD, id, &discard, (struct bytes){NULL, 0});
        } else {
            peer_owe(peer, MESSAGE_OPS_PARKED_RETRY, id, &retry, (struct bytes){NULL, 0});
        }
    }
}
