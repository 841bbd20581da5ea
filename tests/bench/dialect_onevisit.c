#include <stdio.h>
#include <string.h>

#include "tests/bench/crowd.h"

/* OneVisit's protocol, as a lean client speaks it. */

enum { ENVELOPE_SIZE_MAX = 512, DECISION_FILL = 150 };

static void send_frames(struct crowd *crowd, struct crowd_peer *peer, const struct envelope *envelope,
                        struct bytes body)
{
    uint8_t bytes[ENVELOPE_SIZE_MAX];
    size_t size = 0;

    if (record_encode(&record_envelope, envelope, bytes, sizeof bytes, &size) != STATUS_OK)
        crowd->trouble = "an envelope does not fit";
    const struct bytes frames[] = {bytes_of(bytes, size), body};
    crowd_send(crowd, peer, frames, 2);
}

static struct envelope envelope_of(const struct crowd_peer *peer, enum message_type type, const uint8_t *id,
                                   const uint8_t *digest)
{
    return (struct envelope){.version = number_of(PROTOCOL_VERSION),
                             .message_id = bytes_of(id, 16),
                             .type = text_of(message_kind(type)->name),
                             .source = text_of(peer->keys.participant),
                             .destination = text_of("K"),
                             .sent_at = number_of(clock_now_us()),
                             .digest = bytes_of(digest, SM3_SIZE),
                             .is_present = true};
}

static void send_struct(struct crowd *crowd, struct crowd_peer *peer, enum message_type type, struct text case_id,
                        struct bytes answers, const void *body)
{
    uint8_t id[16];
    uint8_t digest[SM3_SIZE];
    size_t size = 0;

    if (record_encode(message_kind(type)->record, body, crowd->body, MESSAGE_SIZE_MAX, &size) != STATUS_OK ||
        digest_make(crowd->digest, bytes_of(crowd->body, size), digest) != STATUS_OK) {
        crowd->trouble = "a body cannot be made";
        return;
    }
    link_new_message_id(id);
    struct envelope envelope = envelope_of(peer, type, id, digest);
    envelope.case_id = case_id;
    envelope.answers = answers;
    send_frames(crowd, peer, &envelope, bytes_of(crowd->body, size));
}

static void greet(struct crowd *crowd, struct crowd_peer *peer)
{
    struct text version = text_of("1");
    const struct hello hello = {.software = text_of("bench"),
                                .versions = {&version, 1, true},
                                .credit = {crowd->credit, crowd_is_window(peer)},
                                .event_number = {(int64_t)peer->events, !crowd_is_window(peer)},
                                .is_test = number_of(1),
                                .is_present = true};
    send_struct(crowd, peer, MESSAGE_HELLO, text_of(NULL), bytes_of(NULL, 0), &hello);
}

static void beat(struct crowd *crowd, struct crowd_peer *peer)
{
    const struct heartbeat heartbeat = {.time = number_of(clock_now_us()), .is_present = true};
    send_struct(crowd, peer, MESSAGE_HEARTBEAT, text_of(NULL), bytes_of(NULL, 0), &heartbeat);
}

/* The last four bytes of the id carry the index of the case. */
static void submit(struct crowd *crowd, uint32_t index)
{
    const struct crowd_case *made = &crowd->cases[index];
    struct crowd_peer *peer = &crowd->peers[made->branch];
    uint8_t random[10] = {0};
    uint8_t id[16];

    memcpy(random + 6, &index, sizeof index);
    message_id_make(clock_now_us(), random, id);
    struct envelope envelope = envelope_of(peer, MESSAGE_CASE_SUBMIT, id, made->digest);
    if (made->is_bulk)
        envelope.priority = number_of(PRIORITY_BULK);
    send_frames(crowd, peer, &envelope, made->application);
}

/* SD370102-20260930-105-00001A-G: the counter is Crockford's base 32. */
static uint32_t counter_of(const struct crowd *crowd, struct text case_id)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint32_t counter = 0;

    for (uint32_t i = 22; i < 28 && i < case_id.size; i++)
        counter = counter * 32 + (uint32_t)(strchr(digits, case_id.data[i]) - digits);
    return counter & crowd->counter_mask;
}

static void take_receipt(struct crowd *crowd, const struct crowd_peer *peer, const struct envelope *envelope)
{
    uint32_t index;

    if (crowd_is_window(peer) || envelope->case_id.data == NULL)
        return;
    memcpy(&index, envelope->answers.data + 12, sizeof index);
    const uint32_t counter = counter_of(crowd, envelope->case_id);
    if (index >= crowd->case_count) {
        crowd->trouble = "a receipt for a case that is not ours";
        return;
    }
    crowd->case_of_counter[counter] = index;
    crowd->cases[index].stored_us = clock_now_us();
    crowd->stored++;
    crowd->stored_bulk += crowd->cases[index].is_bulk;
}

/* Counts it, and whether it came behind one that was filed later; false for a window that answers nothing. */
static bool heed(struct crowd *crowd, struct crowd_peer *peer, const struct envelope *envelope)
{
    const uint32_t counter = counter_of(crowd, envelope->case_id);
    struct crowd_case *one = &crowd->cases[crowd->case_of_counter[counter]];

    if (peer->is_mute)
        return false;
    peer->deliveries++;
    if (!one->is_delivered) {
        peer->overtaken += counter < peer->last_delivery;
        peer->last_delivery = counter;
    }
    one->is_delivered = true;
    return true;
}

static void take_delivery(struct crowd *crowd, struct crowd_peer *peer, const struct envelope *envelope)
{
    const struct delivered delivered = {.number = number_of(1), .is_present = true};
    char number[51];
    char fill[DECISION_FILL + 1];

    if (!heed(crowd, peer, envelope))
        return;
    memset(fill, 'x', DECISION_FILL);
    fill[DECISION_FILL] = '\0';
    snprintf(number, sizeof number, "YW-%.*s", TEXT_ARGS(envelope->case_id));
    const struct case_accepted accepted = {.number = text_of(number),
                                           .accepted_at = number_of(clock_now_us()),
                                           .clerk = {fill, 40},
                                           .slip = {fill, 100},
                                           .due = text_of("2026-12-31"),
                                           .is_present = true};
    send_struct(crowd, peer, MESSAGE_DELIVERED, envelope->case_id, envelope->message_id, &delivered);
    send_struct(crowd, peer, MESSAGE_CASE_ACCEPTED, envelope->case_id, bytes_of(NULL, 0), &accepted);
}

static void take_event(struct crowd *crowd, struct crowd_peer *peer, const struct envelope *envelope, struct bytes body)
{
    struct case_event event;
    struct problems problems = {.count = 0};

    if (record_decode(&record_case_event, body, &crowd->arena, &event, &problems) != STATUS_OK) {
        crowd->trouble = "an event cannot be read";
        return;
    }
    if ((uint64_t)event.number.value != peer->events + 1)
        return;
    peer->events++;
    if (event.origin_type.data != NULL && text_is(event.origin_type, "CASE_ACCEPTED"))
        crowd_decided(crowd, crowd->case_of_counter[counter_of(crowd, envelope->case_id)]);
}

/* BUSY is what a flood is to hear; who disturbs and was silent too long greets again, as every client does. An
 * undisturbed peer must not lose its session. */
static void take_reject(struct crowd *crowd, struct crowd_peer *peer, struct bytes body)
{
    struct reject reject;
    struct problems problems = {.count = 0};
    const bool is_read = record_decode(&record_reject, body, &crowd->arena, &reject, &problems) == STATUS_OK;
    const bool is_busy = is_read && text_is(reject.code, "BUSY");

    crowd->busy += is_busy;
    if (is_busy && crowd->takes_busy)
        return;
    if (is_read && text_is(reject.code, "NO_SESSION") && crowd->takes_busy) {
        if (peer->is_up)
            greet(crowd, peer);
        peer->is_up = false;
        return;
    }
    snprintf(crowd->trouble_text, sizeof crowd->trouble_text, "REJECT %.*s at '%.*s' to %s",
             TEXT_ARGS(is_read ? reject.code : text_of("?")),
             TEXT_ARGS(is_read && reject.findings.count > 0 ? reject.findings.items[0].path : text_of("")),
             peer->keys.participant);
    crowd->trouble = crowd->trouble_text;
}

static void take(struct crowd *crowd, struct crowd_peer *peer, struct wire_frames *frames)
{
    struct envelope envelope;
    struct problems problems = {.count = 0};

    arena_reset(&crowd->arena);
    if (frames->count < 2 ||
        record_decode(&record_envelope, wire_frame(frames, 0), &crowd->arena, &envelope, &problems) != STATUS_OK) {
        crowd->trouble = "an envelope cannot be read";
        return;
    }
    if (text_is(envelope.type, "HELLO_ACK"))
        peer->is_up = true;
    else if (text_is(envelope.type, "RECEIPT"))
        take_receipt(crowd, peer, &envelope);
    else if (text_is(envelope.type, "CASE_DELIVER"))
        take_delivery(crowd, peer, &envelope);
    else if (text_is(envelope.type, "CASE_EVENT"))
        take_event(crowd, peer, &envelope, wire_frame(frames, 1));
    else if (text_is(envelope.type, "REJECT"))
        take_reject(crowd, peer, wire_frame(frames, 1));
}

static void rest(struct crowd *crowd)
{
    for (uint32_t i = 0; i < CROWD_BRANCH_COUNT; i++) {
        struct crowd_peer *peer = &crowd->peers[i];
        if (peer->events == peer->events_acked)
            continue;
        const struct event_ack ack = {.number = number_of((int64_t)peer->events), .is_present = true};
        send_struct(crowd, peer, MESSAGE_EVENT_ACK, text_of(NULL), bytes_of(NULL, 0), &ack);
        peer->events_acked = peer->events;
    }
}

const struct dialect dialect_onevisit = {"OneVisit", greet, submit, take, rest, beat};
