#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/core/house.h"

/* Thousands of random acts from fixed seeds: nonsense and sense, lost messages,
 * repeated messages, restarts in the middle. After each step every invariant
 * holds (house_step calls core_check); at the end a replay of the journal gives
 * the very rows the store has. */

enum { STEP_COUNT = 3000, CASE_COUNT_MAX = 400, UNIT_COUNT = 40, URGENT_COUNT = 40 };

struct walk {
    struct house *house;
    uint64_t random;
    char ids[CASE_COUNT_MAX][CASE_ID_SIZE + 1];
    uint32_t id_count;
    bool is_window_up[2];
};

static const char *const branches[] = {BRANCH, OTHER_BRANCH};
static const char *const windows[] = {WINDOW, OTHER_WINDOW};

static uint32_t any(struct walk *walk, uint32_t count)
{
    walk->random ^= walk->random << 13;
    walk->random ^= walk->random >> 7;
    walk->random ^= walk->random << 17;
    return (uint32_t)(walk->random >> 32) % count;
}

/* Mostly one that is at its window and still open, so that stories get to their ends. */
static const char *any_case(struct walk *walk)
{
    const char *id = NULL;
    for (int attempt = 0; attempt < 20; attempt++) {
        id = walk->ids[any(walk, walk->id_count)];
        const struct case_row *row = core_case(walk->house->core, text_of(id));
        if (row != NULL && row->is_dispatched.value != 0 && any(walk, 10) != 0)
            break;
    }
    return id;
}

static const char *any_proof(struct walk *walk)
{
    return any(walk, 10) != 0 ? "鲁（2026）济南市不动产证明第0000001号" : "鲁（2026）济南市不动产证明第0000002号";
}

static void walk_submit(struct walk *walk)
{
    char numbers[3][29];
    char contract[16];
    struct unit units[3];
    uint32_t district = any(walk, 2);
    uint32_t unit_count = 1 + any(walk, 3);
    struct case_submit *body = application(district == 0 ? UNIT : FOREIGN_UNIT, "x");
    for (uint32_t i = 0; i < unit_count; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%.6s999001GB00001F0001%04u", windows[district] + 2,
                 1 + any(walk, UNIT_COUNT));
        units[i] = body->units.items[0];
        units[i].number = text_of(numbers[i]);
    }
    snprintf(contract, sizeof contract, "DY-%u", any(walk, 40));
    body->units = (struct unit_list){units, unit_count, true};
    body->contract = text_of(contract);
    int64_t expires_at = any(walk, 5) == 0 ? walk->house->now_us + any(walk, 20) * (int64_t)SECOND : 0;
    uint64_t message_id = any(walk, 6) == 0 ? 5000000 + any(walk, 20) : 0;
    struct said said = {.who = branches[any(walk, 2)],
                        .type = MESSAGE_CASE_SUBMIT,
                        .body = body,
                        .message_id = message_id,
                        .expires_at = expires_at,
                        .priority = (walk->random >> 9 & 3) == 0 ? PRIORITY_BULK : 0};
    say(walk->house, &said);
    if (walk->house->step.verdict == VERDICT_STORE && walk->id_count < CASE_COUNT_MAX)
        memcpy(walk->ids[walk->id_count++], walk->house->step.case_id, CASE_ID_SIZE + 1);
}

static void walk_deliver(struct walk *walk)
{
    const char *id = any_case(walk);
    const struct case_row *row = the_case(walk->house, id);
    uint32_t next = 0;
    while (next + 1 < row->deliveries.count && row->deliveries.items[next].is_delivered.value != 0)
        next++;
    deliver(walk->house, id, any(walk, 8) != 0 ? next + 1 : 1 + any(walk, 3));
}

static void walk_failure(struct walk *walk)
{
    static const char *const classes[] = {"transient", "busy", "permanent", "poison"};
    fail_delivery(walk->house, any_case(walk), 1 + any(walk, 3), classes[any(walk, 4)], any(walk, 4) == 0);
}

static void walk_window_word(struct walk *walk)
{
    static const enum message_type plain[] = {MESSAGE_CASE_NOT_ACCEPTED, MESSAGE_SUSPEND, MESSAGE_RESUME,
                                              MESSAGE_CASE_REFUSED};
    struct house *house = walk->house;
    const char *id = any_case(walk);
    char number[8];
    snprintf(number, sizeof number, "Y-%.3s", any(walk, 12) != 0 ? id + 25 : "000");
    switch (any(walk, 12)) {
    case 0:
    case 1:
        accept(house, id, number);
        break;
    case 2:
        progress(house, id, any(walk, 2) ? "初审" : "复审");
        break;
    case 3:
    case 4:
        book(house, id, number, any(walk, 2) ? UNIT : UNIT_2, any(walk, 2) ? any_proof(walk) : NULL);
        break;
    case 5:
    case 6:
        certify(house, id, number, any_proof(walk));
        break;
    case 7:
    case 8:
        ask_supplement(house, id, 1 + any(walk, 3));
        break;
    case 9:
        answer_withdrawal(house, id, any(walk, 2) ? "ok" : "too_late");
        break;
    default: {
        enum message_type type = plain[any(walk, 4)];
        if (any(walk, 3) == 0)
            simply(house, windows[any(walk, 2)], type, id);
    }
    }
}

static void walk_branch_word(struct walk *walk)
{
    struct house *house = walk->house;
    const char *id = any_case(walk);
    const char *branch = branches[any(walk, 2)];
    struct cert_ack check = {.is_verified = number_of(any(walk, 3) != 0), .is_present = true};
    switch (any(walk, 5)) {
    case 0:
        simply(house, branch, MESSAGE_WITHDRAW_REQ, id);
        break;
    case 1:
    case 2:
        supplement(house, id, the_case(house, id)->supplement_round.value);
        break;
    case 3:
        say(house, &(struct said){.who = branch, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &check});
        break;
    default: {
        bool is_urgent = any(walk, 4) == 0;
        struct event_ack body = {
            .number = number_of(any(walk, is_urgent ? URGENT_COUNT : (uint32_t)feed_last(house, branch) + 2)),
            .is_urgent = {1, is_urgent},
            .is_present = true};
        say(house, &(struct said){.who = branch, .type = MESSAGE_EVENT_ACK, .body = &body});
    }
    }
}

static void walk_alert(struct walk *walk)
{
    static const char *const risks[] = {"seizure", "objection", "transfer", "registrable"};
    static const char *const documents[] = {"（2026）鲁01执1号", "（2026）鲁01执2号"};
    const char *window = windows[any(walk, 2)];
    char unit[29];
    snprintf(unit, sizeof unit, "%.6s999001GB00001F0001%04u", window + 2, 1 + any(walk, UNIT_COUNT));
    struct risk_alert alert = {.unit = text_of(unit),
                               .risk = text_of(risks[any(walk, 4)]),
                               .proof = text_of(any(walk, 4) == 0 ? any_proof(walk) : NULL),
                               .document = text_of(documents[any(walk, 2)]),
                               .time = number_of(walk->house->now_us),
                               .has_ended = number_of(any(walk, 2)),
                               .is_present = true};
    say(walk->house, &(struct said){.who = window, .type = MESSAGE_RISK_ALERT, .body = &alert});
}

/* An alert of the case, or one that never was; by its own branch or by the other. */
static void walk_read_alert(struct walk *walk)
{
    const char *id = any_case(walk);
    const struct risk_row_list *risks = &the_case(walk->house, id)->risks;
    struct risk_ack read = {.alert = number_of(1 + any(walk, 100)),
                            .user = text_of("1042"),
                            .time = number_of(walk->house->now_us),
                            .is_present = true};
    if (risks->count > 0)
        read.alert = risks->items[any(walk, risks->count)].alert;
    say(walk->house,
        &(struct said){.who = branches[any(walk, 2)], .type = MESSAGE_RISK_ACK, .case_id = id, .body = &read});
}

static void walk_operator(struct walk *walk)
{
    const char *id = any_case(walk);
    if (any(walk, 3) != 0)
        simply(walk->house, OPERATOR, MESSAGE_OPS_PARKED_RETRY, id);
    else
        simply(walk->house, OPERATOR, MESSAGE_OPS_PARKED_DISCARD, id);
}

static void everybody_comes(struct walk *walk)
{
    for (int i = 0; i < 2; i++) {
        branch_comes(walk->house, branches[i], any(walk, (uint32_t)feed_last(walk->house, branches[i]) + 1));
        window_comes(walk->house, windows[i], 1 + any(walk, 4));
    }
    operator_comes(walk->house, OPERATOR);
}

static void walk_link(struct walk *walk)
{
    const char *window = windows[any(walk, 2)];
    struct credit credit = {.deliveries = number_of(any(walk, 5)), .is_present = true};
    switch (any(walk, 4)) {
    case 0:
        leaves(walk->house, window);
        break;
    case 1:
        say(walk->house, &(struct said){.who = window, .type = MESSAGE_CREDIT, .body = &credit});
        break;
    default:
        window_comes(walk->house, window, 1 + any(walk, 4));
    }
}

static void walk_step(struct walk *walk)
{
    uint32_t choice = any(walk, 100);
    if (choice < 8 || walk->id_count == 0)
        walk_submit(walk);
    else if (choice < 30)
        walk_deliver(walk);
    else if (choice < 34)
        walk_failure(walk);
    else if (choice < 64)
        walk_window_word(walk);
    else if (choice < 80)
        walk_branch_word(walk);
    else if (choice < 82)
        walk_operator(walk);
    else if (choice < 84)
        walk_alert(walk);
    else if (choice < 86)
        walk_read_alert(walk);
    else if (choice < 89)
        walk_link(walk);
    else if (choice < 96)
        house_wait(walk->house, (int64_t)any(walk, 20) * SECOND);
    else if (choice < 99)
        house_checkpoint(walk->house);
    else {
        house_restart(walk->house);
        everybody_comes(walk);
    }
}

static void feeds_have_no_gap(struct house *house)
{
    for (int i = 0; i < 2; i++)
        for (int64_t number = 1; number <= feed_last(house, branches[i]); number++)
            (void)feed_at(house, branches[i], (uint64_t)number);
}

/* The thread of a case: from its newest record back to its CASE_SUBMIT. */
static void threads_go_back(struct walk *walk)
{
    for (uint32_t i = 0; i < walk->id_count; i++) {
        const struct case_row *row = the_case(walk->house, walk->ids[i]);
        uint64_t at = (uint64_t)row->last_sequence.value;
        while (walk->house->journal[at - 1].case_previous != 0) {
            cr_assert_lt(walk->house->journal[at - 1].case_previous, at);
            at = walk->house->journal[at - 1].case_previous;
        }
        cr_assert_eq(at, (uint64_t)row->submitted.value);
    }
}

static uint32_t alerts_read(const struct walk *walk)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < walk->id_count; i++) {
        const struct risk_row_list *risks = &the_case(walk->house, walk->ids[i])->risks;
        for (uint32_t k = 0; k < risks->count; k++)
            count += risks->items[k].acknowledged.is_present;
    }
    return count;
}

static void walk_from(uint64_t seed)
{
    struct walk *walk = calloc(1, sizeof *walk);
    walk->house = house_new();
    walk->house->settings.archive_ms = 30000;
    house_restart(walk->house);
    walk->random = seed;
    everybody_comes(walk);
    for (int step = 0; step < STEP_COUNT; step++)
        walk_step(walk);
    cr_expect(house_replays_the_same(walk->house), "seed %llu", (unsigned long long)seed);
    feeds_have_no_gap(walk->house);
    threads_go_back(walk);
    cr_expect_gt(walk->id_count, 50);
    cr_expect_gt(alerts_read(walk), 5);
    house_free(walk->house);
    free(walk);
}

Test(random_walk, of_seed_1_keeps_every_invariant_and_replays)
{
    walk_from(0x9e3779b97f4a7c15u);
}

Test(random_walk, of_seed_2_keeps_every_invariant_and_replays)
{
    walk_from(20261001);
}

Test(random_walk, of_seed_3_keeps_every_invariant_and_replays)
{
    walk_from(402);
}
