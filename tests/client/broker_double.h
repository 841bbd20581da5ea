#ifndef ONEVISIT_TESTS_CLIENT_BROKER_DOUBLE_H
#define ONEVISIT_TESTS_CLIENT_BROKER_DOUBLE_H

#include "agents/client/digest.h"
#include "agents/client/link_frames.h"

/* A broker's socket in the test's own process: a CURVE ROUTER without ZAP,
 * driven by hand. It waits with a poll that ends as soon as something comes. */
struct broker_double {
    void *context;
    void *router;
    char endpoint[64];
    char public_key[41];
    char secret_key[41];
    struct link_keys keys; /* of the agent */
    struct digest *digest;
    uint8_t route[64];
    size_t route_size;
    struct wire_frames frames;
    struct envelope envelope;
    enum message_type type;
    uint8_t answers[16]; /* message id of what was received last */
    struct arena arena;
    /* The agent's turn: called again and again while the double waits. */
    void (*turn)(void *context, int64_t now_us);
    void *turn_context;
};

void double_start(struct broker_double *broker, const char *participant);
void double_stop(struct broker_double *broker);
/* kill -9 and start again at the same endpoint. */
void double_kill(struct broker_double *broker);
void double_restart(struct broker_double *broker);

/* The next message within 10 s, heartbeats passed over; fails the test when another comes or none. */
void double_expect(struct broker_double *broker, enum message_type type);
/* Whatever comes next within 10 s. */
enum message_type double_expect_any(struct broker_double *broker);
/* Nothing but heartbeats came, while the agent had `turns` turns? */
bool double_hears_nothing(struct broker_double *broker, int turns);
struct bytes double_body(struct broker_double *broker);

/* Sends a message to the agent; `body` is the type's struct. `answers` NULL: none. */
struct double_message {
    enum message_type type;
    const void *body;
    const uint8_t *answers;
    struct text case_id;
    struct bytes chunks[MESSAGE_CHUNK_COUNT_MAX];
    uint32_t chunk_count;
    bool has_wrong_digest;
    bool is_duplicate;
};
void double_say(struct broker_double *broker, const struct double_message *message);
void double_say_frames(struct broker_double *broker, const struct bytes *frames, uint32_t count);
void double_say_ack(struct broker_double *broker);
void double_say_ack_as(struct broker_double *broker, uint8_t broker_id, int64_t event_number, bool is_test);

/* A link to the double whose turns the double calls. */
struct link *double_link(struct broker_double *broker);
/* Takes turns until the link has this state; fails the test after 10 s. */
void double_await_state(struct broker_double *broker, const struct link *link, enum link_state state);
/* HELLO and HELLO_ACK. */
void double_open_session(struct broker_double *broker, const struct link *link);

#endif
