#include "tests/bench/crowd.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/windows.h"
#include "tests/bench/applications.h"

enum {
    CONNECT_SECONDS_MAX = 20,
    RUN_SECONDS_MAX = 120,
    SEND_SECONDS_MAX = 20,
    CROWD_CREDIT = 1024,
    BRANCH_NUMBER_FIRST = 9000,
    STRANGER_NUMBER_FIRST = 10000,
};

/* Synthetic branches: CNAPS numbers that satisfy ISO 7064 MOD 11,10. */
static void branch_name(uint32_t number, char *out, size_t size)
{
    char digits[16];
    int product = 10;

    snprintf(digits, sizeof digits, "105451%05u", number % 100000);
    for (int i = 0; i < 11; i++) {
        const int sum = (product + digits[i] - '0') % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    snprintf(out, size, "B:%s%d", digits, (11 - product) % 10);
}

static bool make_names(struct crowd *crowd)
{
    for (uint32_t i = 0; i < CROWD_COUNT; i++) {
        struct crowd_peer *peer = &crowd->peers[i];
        peer->index = i;
        if (crowd_is_window(peer))
            snprintf(peer->keys.participant, sizeof peer->keys.participant, "%s",
                     window_at(i - CROWD_BRANCH_COUNT)->participant);
        else
            branch_name(BRANCH_NUMBER_FIRST + i, peer->keys.participant, sizeof peer->keys.participant);
        if (zmq_curve_keypair(peer->keys.public_key, peer->keys.secret_key) != 0)
            return false;
    }
    return true;
}

void crowd_place_evenly(uint32_t index, struct crowd_case *out)
{
    out->branch = index % CROWD_BRANCH_COUNT;
    out->window = index % CROWD_WINDOW_COUNT;
}

static bool make_cases(struct crowd *crowd, crowd_place *place)
{
    struct applications *applications = NULL;
    bool is_good = applications_new(crowd->digest, &applications);

    for (uint32_t i = 0; i < crowd->case_count && is_good; i++) {
        place(i, &crowd->cases[i]);
        is_good = applications_make(applications, i, &crowd->cases[i]);
    }
    applications_free(&applications);
    return is_good;
}

bool crowd_new(uint32_t case_count, crowd_place *place, struct crowd *out)
{
    memset(out, 0, sizeof *out);
    out->case_count = case_count;
    out->credit = CROWD_CREDIT;
    out->cases = calloc(case_count + 1, sizeof *out->cases);
    out->counter_mask = 1;
    while (out->counter_mask < case_count)
        out->counter_mask = out->counter_mask * 2 + 1;
    out->case_of_counter = calloc(out->counter_mask + 1, sizeof *out->case_of_counter);
    out->body = malloc(MESSAGE_SIZE_MAX);
    out->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    return out->cases != NULL && out->case_of_counter != NULL && out->body != NULL && out->arena.memory != NULL &&
           digest_new(&out->digest) == STATUS_OK && make_names(out) && make_cases(out, place);
}

void crowd_free(struct crowd *crowd)
{
    for (uint32_t i = 0; i < crowd->case_count && crowd->cases != NULL; i++)
        free((void *)(uintptr_t)crowd->cases[i].application.data);
    free(crowd->cases);
    free(crowd->case_of_counter);
    free(crowd->strangers);
    free(crowd->body);
    free(crowd->arena.memory);
    digest_free(&crowd->digest);
}

bool crowd_invite(struct crowd *crowd, uint32_t stranger_count)
{
    bool is_good = true;

    crowd->strangers = calloc(stranger_count, sizeof *crowd->strangers);
    for (uint32_t i = 0; i < stranger_count && crowd->strangers != NULL && is_good; i++) {
        struct link_keys *keys = &crowd->strangers[i];
        branch_name(STRANGER_NUMBER_FIRST + i, keys->participant, sizeof keys->participant);
        is_good = zmq_curve_keypair(keys->public_key, keys->secret_key) == 0;
    }
    crowd->stranger_count = stranger_count;
    return is_good && crowd->strangers != NULL;
}

/* ---- one round: read what waits ---- */

static void fill_poll(const struct crowd *crowd, zmq_pollitem_t *items)
{
    for (uint32_t i = 0; i < CROWD_COUNT; i++) {
        const struct crowd_peer *peer = &crowd->peers[i];
        items[i] =
            (zmq_pollitem_t){.socket = peer->wire.dealer, .fd = -1, .events = (short)(peer->is_deaf ? 0 : ZMQ_POLLIN)};
    }
}

static void read_round(struct crowd *crowd, const struct dialect *dialect, zmq_pollitem_t *items, long timeout_ms)
{
    struct wire_frames frames;

    if (zmq_poll(items, CROWD_COUNT, timeout_ms) <= 0)
        return;
    wire_frames_init(&frames);
    for (uint32_t i = 0; i < CROWD_COUNT; i++)
        while ((items[i].revents & ZMQ_POLLIN) != 0 && wire_receive(&crowd->peers[i].wire, &frames)) {
            dialect->take(crowd, &crowd->peers[i], &frames);
            wire_frames_fini(&frames);
            wire_frames_init(&frames);
        }
    dialect->rest(crowd);
}

static uint32_t count_up(const struct crowd *crowd)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < CROWD_COUNT; i++)
        count += crowd->peers[i].is_up || crowd->peers[i].is_elsewhere;
    return count;
}

bool crowd_connect(struct crowd *crowd, const struct dialect *dialect, const char *endpoint, const char *broker_key)
{
    zmq_pollitem_t items[CROWD_COUNT];
    const int64_t deadline = clock_now_us() + CONNECT_SECONDS_MAX * 1000000LL;

    crowd->context = zmq_ctx_new();
    for (uint32_t i = 0; i < CROWD_COUNT; i++) {
        struct crowd_peer *peer = &crowd->peers[i];
        peer->is_up = false;
        peer->events = peer->events_acked = 0;
        if (!peer->is_elsewhere &&
            wire_open(crowd->context, endpoint, broker_key, &peer->keys, &peer->wire) != STATUS_OK)
            return false;
    }
    fill_poll(crowd, items);
    bool is_greeted[CROWD_COUNT] = {false};
    while (count_up(crowd) < CROWD_COUNT && clock_now_us() < deadline && crowd->trouble == NULL) {
        for (uint32_t i = 0; i < CROWD_COUNT; i++)
            if (!is_greeted[i] && !crowd->peers[i].is_elsewhere && wire_next_event(&crowd->peers[i].wire) == WIRE_UP) {
                is_greeted[i] = true;
                dialect->greet(crowd, &crowd->peers[i]);
            }
        read_round(crowd, dialect, items, 1);
    }
    return count_up(crowd) == CROWD_COUNT;
}

bool crowd_connect_again(struct crowd *crowd, const struct dialect *dialect, struct crowd_peer *peer,
                         const char *endpoint, const char *broker_key)
{
    const int64_t deadline = clock_now_us() + CONNECT_SECONDS_MAX * 1000000LL;

    wire_close(&peer->wire, 0);
    peer->is_up = false;
    if (wire_open(crowd->context, endpoint, broker_key, &peer->keys, &peer->wire) != STATUS_OK)
        return false;
    dialect->greet(crowd, peer);
    while (!peer->is_up && clock_now_us() < deadline && crowd->trouble == NULL)
        crowd_read(crowd, dialect, 1);
    return peer->is_up;
}

void crowd_beat(struct crowd *crowd, const struct dialect *dialect)
{
    for (uint32_t i = 0; i < CROWD_COUNT; i++)
        if (crowd->peers[i].is_up)
            dialect->beat(crowd, &crowd->peers[i]);
}

void crowd_disconnect(struct crowd *crowd)
{
    for (uint32_t i = 0; i < CROWD_COUNT; i++)
        wire_close(&crowd->peers[i].wire, 0);
    zmq_ctx_term(crowd->context);
    crowd->context = NULL;
}

void crowd_send(struct crowd *crowd, struct crowd_peer *peer, const struct bytes *frames, uint32_t count)
{
    const int64_t end_us = clock_now_us() + SEND_SECONDS_MAX * 1000000LL;

    while (wire_send(&peer->wire, frames, count) != STATUS_OK) {
        if (clock_now_us() > end_us) {
            crowd->trouble = "a connection took no message for too long";
            return;
        }
        sched_yield();
    }
}

void crowd_decided(struct crowd *crowd, uint32_t index)
{
    if (index >= crowd->case_count || crowd->cases[index].decided_us != 0) {
        crowd->trouble = "a decision came twice, or for a case that is not ours";
        return;
    }
    crowd->cases[index].decided_us = clock_now_us();
    crowd->decided++;
}

static void submit_more(struct crowd *crowd, const struct dialect *dialect, uint32_t in_flight, uint32_t rate,
                        int64_t start_us)
{
    uint32_t limit = crowd->decided + in_flight;

    if (rate > 0)
        limit = (uint32_t)((clock_now_us() - start_us) * (int64_t)rate / 1000000) + 1;
    while (crowd->sent < crowd->case_count && crowd->sent < limit && crowd->trouble == NULL) {
        crowd->cases[crowd->sent].sent_us = clock_now_us();
        dialect->submit(crowd, crowd->sent++);
    }
}

void crowd_begin(struct crowd *crowd)
{
    crowd->sent = crowd->decided = crowd->stored = crowd->stored_bulk = crowd->busy = 0;
    for (uint32_t i = 0; i < crowd->case_count; i++) {
        crowd->cases[i].sent_us = crowd->cases[i].stored_us = crowd->cases[i].decided_us = 0;
        crowd->cases[i].is_delivered = false;
    }
}

void crowd_read(struct crowd *crowd, const struct dialect *dialect, long timeout_ms)
{
    zmq_pollitem_t items[CROWD_COUNT];

    fill_poll(crowd, items);
    read_round(crowd, dialect, items, timeout_ms);
}

double crowd_run(struct crowd *crowd, const struct dialect *dialect, uint32_t in_flight, uint32_t rate)
{
    zmq_pollitem_t items[CROWD_COUNT];
    const int64_t start = clock_now_us();

    crowd_begin(crowd);
    fill_poll(crowd, items);
    while (crowd->decided < crowd->case_count && crowd->trouble == NULL) {
        submit_more(crowd, dialect, in_flight, rate, start);
        read_round(crowd, dialect, items, rate > 0 ? 1 : 100);
        if (clock_now_us() - start > RUN_SECONDS_MAX * 1000000LL)
            crowd->trouble = "the run took too long";
    }
    return crowd->trouble != NULL ? -1.0 : (double)(clock_now_us() - start) / 1e6;
}
