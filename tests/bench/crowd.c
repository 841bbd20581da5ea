#include "tests/bench/crowd.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/windows.h"

enum {
    APPLICATION_SIZE_MAX = 4096,
    CONNECT_SECONDS_MAX = 20,
    RUN_SECONDS_MAX = 120,
    SEND_TRIES_MAX = 100000,
    CROWD_CREDIT = 1024,
};

/* Eight synthetic branches: CNAPS numbers that satisfy ISO 7064 MOD 11,10. */
static void branch_name(uint32_t index, char *out, size_t size)
{
    char digits[16];
    int product = 10;

    snprintf(digits, sizeof digits, "1054510%04u", 9000 + index);
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
            branch_name(i, peer->keys.participant, sizeof peer->keys.participant);
        if (zmq_curve_keypair(peer->keys.public_key, peer->keys.secret_key) != 0)
            return false;
    }
    return true;
}

/* Each case has its own unit, contract and mortgagee number, so that no lane joins two of them. */
static bool make_case(struct crowd *crowd, json_t *template, uint32_t index)
{
    struct crowd_case *made = &crowd->cases[index];
    const struct window *window = window_at(made->window);
    uint8_t *bytes = malloc(APPLICATION_SIZE_MAX);
    char number[32];
    char contract[32];
    size_t size = 0;
    json_t *unit = json_array_get(json_object_get(template, "units"), 0);

    snprintf(number, sizeof number, "%s999001GB%05uF%04u%04u", window->district, 1 + index / 90000000 % 99999,
             1 + index / 9000 % 9000, 1 + index % 9000);
    snprintf(contract, sizeof contract, "DY-2026-%08u", index);
    json_object_set_new(template, "district", json_string(window->district));
    json_object_set_new(template, "dyhth", json_string(contract));
    json_object_set_new(unit, "bdcdyh", json_string(number));
    if (bytes == NULL || json_to_msgpack(template, bytes, APPLICATION_SIZE_MAX, &size) != STATUS_OK) {
        free(bytes);
        return false;
    }
    made->application = bytes_of(bytes, size);
    return digest_make(crowd->digest, made->application, made->digest) == STATUS_OK;
}

void crowd_place_evenly(uint32_t index, struct crowd_case *out)
{
    out->branch = index % CROWD_BRANCH_COUNT;
    out->window = index % CROWD_WINDOW_COUNT;
}

bool crowd_new(uint32_t case_count, crowd_place *place, struct crowd *out)
{
    json_t *template = json_load_file("tests/bench/application.json", 0, NULL);
    bool is_good = template != NULL;

    memset(out, 0, sizeof *out);
    out->case_count = case_count;
    out->credit = CROWD_CREDIT;
    out->cases = calloc(case_count, sizeof *out->cases);
    out->counter_mask = 1;
    while (out->counter_mask < case_count)
        out->counter_mask = out->counter_mask * 2 + 1;
    out->case_of_counter = calloc(out->counter_mask + 1, sizeof *out->case_of_counter);
    out->body = malloc(MESSAGE_SIZE_MAX);
    out->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    is_good = is_good && out->cases != NULL && out->case_of_counter != NULL && out->body != NULL &&
              out->arena.memory != NULL && digest_new(&out->digest) == STATUS_OK && make_names(out);
    for (uint32_t i = 0; i < case_count && is_good; i++) {
        place(i, &out->cases[i]);
        is_good = make_case(out, template, i);
    }
    json_decref(template);
    return is_good;
}

void crowd_free(struct crowd *crowd)
{
    for (uint32_t i = 0; i < crowd->case_count && crowd->cases != NULL; i++)
        free((void *)(uintptr_t)crowd->cases[i].application.data);
    free(crowd->cases);
    free(crowd->case_of_counter);
    free(crowd->body);
    free(crowd->arena.memory);
    digest_free(&crowd->digest);
}

/* ---- one round: read what waits ---- */

static void fill_poll(const struct crowd *crowd, zmq_pollitem_t *items)
{
    for (uint32_t i = 0; i < CROWD_COUNT; i++)
        items[i] = (zmq_pollitem_t){.socket = crowd->peers[i].wire.dealer, .events = ZMQ_POLLIN};
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
        count += crowd->peers[i].is_up;
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
        if (wire_open(crowd->context, endpoint, broker_key, &peer->keys, &peer->wire) != STATUS_OK)
            return false;
    }
    fill_poll(crowd, items);
    bool is_greeted[CROWD_COUNT] = {false};
    while (count_up(crowd) < CROWD_COUNT && clock_now_us() < deadline && crowd->trouble == NULL) {
        for (uint32_t i = 0; i < CROWD_COUNT; i++)
            if (!is_greeted[i] && wire_next_event(&crowd->peers[i].wire) == WIRE_UP) {
                is_greeted[i] = true;
                dialect->greet(crowd, &crowd->peers[i]);
            }
        read_round(crowd, dialect, items, 1);
    }
    return count_up(crowd) == CROWD_COUNT;
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
    for (uint32_t i = 0; i < SEND_TRIES_MAX; i++)
        if (wire_send(&peer->wire, frames, count) == STATUS_OK)
            return;
    crowd->trouble = "a connection took no message for too long";
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
    crowd->sent = crowd->decided = crowd->stored_bulk = 0;
    for (uint32_t i = 0; i < crowd->case_count; i++)
        crowd->cases[i].sent_us = crowd->cases[i].stored_us = crowd->cases[i].decided_us = 0;
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
