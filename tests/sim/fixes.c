#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/acts.h"
#include "tests/sim/books.h"
#include "tests/sim/business.h"
#include "tests/sim/world.h"

/* Operators look through the differences of the books, page by page, and decide about some: one proposes, another one
 * agrees or proposes something else, and now and then one says the same twice. */

enum { LOOK_US = 8000000, ANSWER_US = 10000000 };

struct looking {
    bool is_asking;
    uint8_t asked[16];
    int64_t asked_us;
    int64_t next_us;
    bool is_last;     /* it began when all books were done */
    uint64_t changes; /* of the books until then */
};

struct fixes {
    struct looking looking[OPERATOR_COUNT];
    bool is_done;
    uint64_t changes; /* of the books, until the last list */
};

void fixes_open(void)
{
    world->fixes = calloc(1, sizeof *world->fixes);
    if (world->fixes == NULL)
        abort();
}

void fixes_close(void)
{
    free(world->fixes);
    world->fixes = NULL;
}

bool fixes_are_done(void)
{
    return !world_has(FEATURE_BOOKS) || (world->fixes->is_done && world->fixes->changes == books_changes());
}

static bool is_at_work(const struct peer *peer)
{
    return peer->role == ROLE_OPERATOR && world_has(FEATURE_BOOKS);
}

static void ask(struct peer *peer, const struct difference *after)
{
    struct looking *looking = &world->fixes->looking[peer->place];
    struct ops_recon_list question = {.with_closed = number_of(1), .is_present = true};

    if (after != NULL) {
        question.after_day = after->day;
        question.after_peer = after->peer;
        question.after = after->case_id;
    }
    peer_tell(peer, MESSAGE_OPS_RECON_LIST, text_of(NULL), NULL, &question);
    memcpy(looking->asked, peer->told, sizeof looking->asked);
    looking->asked_us = world->now_us;
    looking->is_asking = true;
}

static void rest(struct looking *looking)
{
    looking->is_asking = false;
    looking->next_us = world->now_us + random_between(&world->random, 1000000, LOOK_US);
}

static void wakes(struct peer *peer)
{
    if (!is_at_work(peer))
        return;
    struct looking *looking = &world->fixes->looking[peer->place];
    if (looking->is_asking && (!peer->has_session || world->now_us >= looking->asked_us + ANSWER_US))
        rest(looking);
    if (looking->is_asking || world->now_us < looking->next_us || !peer->has_session)
        return;
    looking->is_last = world->is_trouble_over && books_are_done();
    looking->changes = books_changes();
    ask(peer, NULL);
}

static int64_t next_us(const struct peer *peer)
{
    if (!is_at_work(peer) || !peer->has_session)
        return INT64_MAX;
    const struct looking *looking = &world->fixes->looking[peer->place];
    return looking->is_asking ? looking->asked_us + ANSWER_US : looking->next_us;
}

static void dies(struct peer *peer)
{
    if (is_at_work(peer))
        rest(&world->fixes->looking[peer->place]);
}

/* ---- deciding ---- */

static void fix(struct peer *peer, const struct difference *difference)
{
    static const char *const actions[] = {"record-right", "other-right", "explained"};
    const bool agrees = difference->action.data != NULL && !random_once_in(&world->random, 3);
    const struct recon_fix fix = {.day = difference->day,
                                  .peer = difference->peer,
                                  .case_id = difference->case_id,
                                  .action =
                                      agrees ? difference->action : text_of(actions[random_below(&world->random, 3)]),
                                  .reason = text_of("sim"),
                                  .is_present = true};

    acts_done_fix(peer, peer_owe(peer, MESSAGE_RECON_FIX, "", &fix, (struct bytes){NULL, 0}), &fix);
}

/* What stands there as decided was decided: closed by two, proposed by one. */
static void judge_decision(const struct difference *difference)
{
    const bool is_closed = text_is(difference->state, "closed");
    char id[CASE_ID_SIZE + 1];

    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(difference->case_id));
    if (difference->action.data == NULL) {
        if (is_closed)
            oracle_fails(&world->oracle, id, "P7: the difference about %s is closed, and nobody said why", id);
        return;
    }
    if (text_is(difference->action, "gone")) {
        if (!text_is(difference->class, "state-lag"))
            oracle_fails(&world->oracle, id, "P7: the difference about %s is gone of itself, and was no lag", id);
        return;
    }
    if (!acts_has_fix(difference->first, difference))
        oracle_fails(&world->oracle, id, "P7: %.*s of %s stands there, and %.*s never said so",
                     TEXT_ARGS(difference->action), id, TEXT_ARGS(difference->first));
    if (is_closed &&
        (text_equal(difference->first, difference->second) || !acts_has_fix(difference->second, difference)))
        oracle_fails(&world->oracle, id, "P2: the difference about %s is closed by one operator alone", id);
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    struct recon_list list;
    struct problems problems = {.count = 0};

    if (!is_at_work(peer) || !text_is(envelope->type, "RECON_LIST"))
        return;
    struct looking *looking = &world->fixes->looking[peer->place];
    if (!looking->is_asking || envelope->answers.size != 16 || memcmp(envelope->answers.data, looking->asked, 16) != 0)
        return;
    if (record_decode(&record_recon_list, parcel->frames[1], peer_arena(), &list, &problems) != STATUS_OK) {
        oracle_fails(&world->oracle, "", "a RECON_LIST to %s cannot be read", peer->name);
        return;
    }
    for (uint32_t i = 0; i < list.differences.count; i++) {
        const struct difference *difference = &list.differences.items[i];
        judge_decision(difference);
        books_judge(difference, looking->is_last);
        if (text_is(difference->state, "open") && random_once_in(&world->random, 4))
            fix(peer, difference);
    }
    if (list.has_more.value != 0) {
        ask(peer, &list.differences.items[list.differences.count - 1]);
        return;
    }
    if (looking->is_last) {
        world->fixes->is_done = true;
        world->fixes->changes = looking->changes;
    }
    rest(looking);
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    (void)peer;
    (void)owed;
    (void)receipt;
    return false;
}

const struct business fixes_business = {wakes, next_us, dies, takes, keeps};
