#include "tests/client/broker_double.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_US_MAX = 10000000 };

/* ---- the socket ---- */

static void double_bind(struct broker_double *broker, const char *endpoint)
{
    int on = 1;
    int off = 0;
    size_t size = sizeof broker->endpoint;
    broker->router = zmq_socket(broker->context, ZMQ_ROUTER);
    zmq_setsockopt(broker->router, ZMQ_CURVE_SERVER, &on, sizeof on);
    zmq_setsockopt(broker->router, ZMQ_CURVE_SECRETKEY, broker->secret_key, 40);
    zmq_setsockopt(broker->router, ZMQ_LINGER, &off, sizeof off);
    zmq_setsockopt(broker->router, ZMQ_ROUTER_MANDATORY, &on, sizeof on);
    cr_assert_eq(zmq_bind(broker->router, endpoint), 0, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
    zmq_getsockopt(broker->router, ZMQ_LAST_ENDPOINT, broker->endpoint, &size);
}

void double_start(struct broker_double *broker, const char *participant)
{
    memset(broker, 0, sizeof *broker);
    broker->context = zmq_ctx_new();
    cr_assert_eq(zmq_curve_keypair(broker->public_key, broker->secret_key), 0);
    cr_assert_eq(zmq_curve_keypair(broker->keys.public_key, broker->keys.secret_key), 0);
    snprintf(broker->keys.participant, sizeof broker->keys.participant, "%s", participant);
    cr_assert_eq(digest_new(&broker->digest), STATUS_OK);
    broker->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    wire_frames_init(&broker->frames);
    double_bind(broker, "tcp://127.0.0.1:*");
}

void double_kill(struct broker_double *broker)
{
    zmq_close(broker->router);
    broker->router = NULL;
}

void double_restart(struct broker_double *broker)
{
    char endpoint[sizeof broker->endpoint];
    memcpy(endpoint, broker->endpoint, sizeof endpoint);
    double_bind(broker, endpoint);
}

void double_stop(struct broker_double *broker)
{
    if (broker->router)
        zmq_close(broker->router);
    wire_frames_fini(&broker->frames);
    digest_free(&broker->digest);
    free(broker->arena.memory);
    zmq_ctx_term(broker->context);
}

/* ---- hearing ---- */

static bool double_receive(struct broker_double *broker)
{
    struct wire wire = {broker->router, NULL};
    struct problems problems = {0};
    int more = 0;
    size_t size = sizeof more;
    int route_size = zmq_recv(broker->router, broker->route, sizeof broker->route, ZMQ_DONTWAIT);
    if (route_size < 0)
        return false;
    broker->route_size = (size_t)route_size;
    zmq_getsockopt(broker->router, ZMQ_RCVMORE, &more, &size);
    cr_assert(more && wire_receive(&wire, &broker->frames));
    arena_reset(&broker->arena);
    cr_assert_eq(
        envelope_judge(wire_frame(&broker->frames, 0), &broker->arena, &broker->envelope, &broker->type, &problems),
        STATUS_OK);
    cr_assert(digest_holds(broker->digest, wire_frame(&broker->frames, 1), broker->envelope.digest));
    memcpy(broker->answers, broker->envelope.message_id.data, sizeof broker->answers);
    return true;
}

/* One turn of the agent, then whatever came; waits shortly when nothing did. */
static bool double_turn(struct broker_double *broker)
{
    zmq_pollitem_t items[] = {{broker->router, 0, ZMQ_POLLIN, 0}};
    if (broker->turn)
        broker->turn(broker->turn_context, clock_now_us());
    zmq_poll(items, 1, 2);
    while (double_receive(broker))
        if (broker->type != MESSAGE_HEARTBEAT)
            return true;
    return false;
}

enum message_type double_expect_any(struct broker_double *broker)
{
    int64_t end_us = clock_now_us() + WAIT_US_MAX;
    bool has_come = double_turn(broker);
    while (!has_come && clock_now_us() < end_us)
        has_come = double_turn(broker);
    cr_assert(has_come, "nothing came");
    return broker->type;
}

void double_expect(struct broker_double *broker, enum message_type type)
{
    enum message_type came = double_expect_any(broker);
    cr_assert_eq(came, type, "%s came, %s was expected", message_kind(came)->name, message_kind(type)->name);
}

bool double_hears_nothing(struct broker_double *broker, int turns)
{
    while (turns-- > 0)
        if (double_turn(broker))
            return false;
    return true;
}

struct bytes double_body(struct broker_double *broker)
{
    return wire_frame(&broker->frames, 1);
}

/* ---- saying ---- */

void double_say_frames(struct broker_double *broker, const struct bytes *frames, uint32_t count)
{
    cr_assert(zmq_send(broker->router, broker->route, broker->route_size, ZMQ_SNDMORE) >= 0);
    for (uint32_t i = 0; i < count; i++)
        cr_assert(zmq_send(broker->router, frames[i].data, frames[i].size, i + 1 < count ? ZMQ_SNDMORE : 0) >= 0);
}

void double_say(struct broker_double *broker, const struct double_message *message)
{
    static uint8_t body[MESSAGE_SIZE_MAX];
    uint8_t encoded[1024];
    uint8_t message_id[16];
    uint8_t sm3[SM3_SIZE];
    struct bytes frames[WIRE_FRAME_COUNT_MAX];
    size_t body_size = 0;
    size_t size = 0;
    cr_assert_eq(record_encode(message_kind(message->type)->record, message->body, body, sizeof body, &body_size),
                 STATUS_OK);
    cr_assert_eq(digest_make(broker->digest, bytes_of(body, body_size), sm3), STATUS_OK);
    sm3[0] ^= message->has_wrong_digest ? 1 : 0;
    link_new_message_id(message_id);
    struct envelope envelope = {
        .version = number_of(1),
        .message_id = bytes_of(message_id, 16),
        .type = text_of(message_kind(message->type)->name),
        .source = text_of("K"),
        .destination = text_of(broker->keys.participant),
        .case_id = message->case_id,
        .sent_at = number_of(clock_now_us()),
        .digest = bytes_of(sm3, sizeof sm3),
    };
    if (message->answers)
        envelope.answers = bytes_of(message->answers, 16);
    if (message->is_duplicate)
        envelope.is_duplicate = number_of(1);
    cr_assert_eq(record_encode(&record_envelope, &envelope, encoded, sizeof encoded, &size), STATUS_OK);
    frames[0] = bytes_of(encoded, size);
    frames[1] = bytes_of(body, body_size);
    for (uint32_t i = 0; i < message->chunk_count; i++)
        frames[i + 2] = message->chunks[i];
    double_say_frames(broker, frames, message->chunk_count + 2);
}

void double_say_ack_as(struct broker_double *broker, uint8_t broker_id, int64_t event_number, bool is_test)
{
    uint8_t id[16] = {broker_id};
    const struct hello_ack ack = {
        .software = text_of("double 1"),
        .version = text_of("1"),
        .broker = bytes_of(id, sizeof id),
        .epoch = number_of(1),
        .time = number_of(clock_now_us()),
        .sequence = number_of(0),
        .event_number = number_of(event_number),
        .heartbeat_ms = number_of(1000),
        .is_test = number_of(is_test),
        .is_present = true,
    };
    double_say(broker, &(struct double_message){.type = MESSAGE_HELLO_ACK, .body = &ack, .answers = broker->answers});
}

void double_say_ack(struct broker_double *broker)
{
    double_say_ack_as(broker, 1, 0, true);
}

/* ---- the link ---- */

static void double_turn_link(void *context, int64_t now_us)
{
    struct link_message message;
    link_tick(context, now_us);
    while (link_receive(context, now_us, &message))
        cr_assert(false, "a %s came nobody waited for", message_kind(message.type)->name);
}

struct link *double_link(struct broker_double *broker)
{
    struct link *link = NULL;
    const struct link_settings settings = {
        .endpoint = broker->endpoint,
        .broker_key = broker->public_key,
        .keys = broker->keys,
        .software = "test 1",
        .is_test = true,
        .heartbeat_ms = 1000,
        .silence_ms_max = 5000,
    };
    cr_assert_eq(link_open(broker->context, &settings, NULL, &link), STATUS_OK);
    broker->turn = double_turn_link;
    broker->turn_context = link;
    return link;
}

void double_await_state(struct broker_double *broker, const struct link *link, enum link_state state)
{
    int64_t end_us = clock_now_us() + WAIT_US_MAX;
    while (link_state(link) != state && clock_now_us() < end_us) {
        zmq_pollitem_t items[] = {{link_socket(link), 0, ZMQ_POLLIN, 0}};
        zmq_poll(items, 1, 2);
        broker->turn(broker->turn_context, clock_now_us());
    }
    cr_assert_eq(link_state(link), state, "%s", link_trouble(link));
}

void double_open_session(struct broker_double *broker, const struct link *link)
{
    double_expect(broker, MESSAGE_HELLO);
    double_say_ack(broker);
    double_await_state(broker, link, LINK_STANDING);
}
