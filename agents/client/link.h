#ifndef ONEVISIT_AGENTS_CLIENT_LINK_H
#define ONEVISIT_AGENTS_CLIENT_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <zmq.h>

#include "schemas/envelope.h"

/* One participant's connection to a broker: a CURVE DEALER, the HELLO session
 * on it, heartbeats, and a new session after each silence. It never blocks and
 * owns no thread: the caller polls link_socket (ZMQ_POLLIN), calls
 * link_receive until it has nothing more, and link_tick at link_wake_us.
 *
 * Nothing here is durable: what must not be lost stands in the agent's outbox
 * until its RECEIPT is there, and is sent again in each new session. */
struct link;

enum link_state {
    LINK_CONNECTING, /* no HELLO_ACK yet */
    LINK_STANDING,   /* messages may be sent */
    LINK_REFUSED,    /* the broker said REJECT to HELLO, or we refuse the broker; tried again after a while */
};

struct link_keys {
    char participant[33];
    char public_key[41];
    char secret_key[41];
};

struct link_settings {
    const char *endpoint;   /* tcp://host:port */
    const char *broker_key; /* Z85 */
    struct link_keys keys;
    const char *software; /* "onevisit-branch 0.1.0" */
    bool is_test;
    int64_t heartbeat_ms;   /* until HELLO_ACK says otherwise; 1000 */
    int64_t silence_ms_max; /* nothing heard for so long: new socket, new session; 5000 */
};

/* Told when a session is about to open: what HELLO must say. The borrowed
 * texts must live until the call returns to link code. */
typedef void link_fill_hello(struct hello *hello, void *context);
/* Asked before a session stands: may this broker be served? STATUS_OK, or the reason in `why`. */
typedef enum status link_judge_broker(const struct hello_ack *ack, void *context, char *why, size_t why_size);

/* What the link asks its owner; each may be NULL. */
struct link_owner {
    link_fill_hello *fill_hello;
    link_judge_broker *judge_broker;
    void *context;
};

struct link_message {
    struct envelope envelope;
    enum message_type type;
    const void *body;        /* decoded, the message's struct */
    struct bytes body_bytes; /* verbatim */
    struct bytes chunks[MESSAGE_CHUNK_COUNT_MAX];
    uint32_t chunk_count;
};

struct link_outgoing {
    enum message_type type;
    const uint8_t *message_id; /* 16 bytes; NULL: a new one */
    struct text case_id;       /* data NULL: none */
    struct text group;         /* of independent cases; data NULL: none */
    struct number priority;    /* 0 urgent ... 3 bulk; absent: a counter's */
    const uint8_t *answers;    /* 16 bytes; NULL: none */
    uint16_t attempt;          /* 0: first */
    int64_t expires_at;        /* 0: none */
    struct bytes body;         /* encoded map, sent as it is */
    struct bytes chunks[MESSAGE_CHUNK_COUNT_MAX];
    uint32_t chunk_count;
};

/* Reads a key file made by `onevisit key new` (see docs/operations.md): STATUS_NOT_FOUND, STATUS_CONFIG with `why`. */
MUST_CHECK enum status link_keys_read(const char *path, struct link_keys *out, char *why, size_t why_size);

MUST_CHECK enum status link_open(void *context, const struct link_settings *settings, const struct link_owner *owner,
                                 struct link **out);
void link_close(struct link **link);
void *link_socket(const struct link *link); /* changes after a reconnect: ask before each poll */
enum link_state link_state(const struct link *link);
/* Counts up with every HELLO_ACK: a new number means a new session, send what is owed again. */
uint32_t link_session(const struct link *link);
/* The last HELLO_ACK; NULL before the first. */
const struct hello_ack *link_hello_ack(const struct link *link);
/* Why the broker refused, or why nothing is heard; a sentence for logs and status pages. In a session that stands: why
 * nothing of ours is taken (our key has ended), "" when it is. */
const char *link_trouble(const struct link *link);
int64_t link_wake_us(const struct link *link);
void link_tick(struct link *link, int64_t now_us);

/* STATUS_OK: handed to the socket (not delivered!); STATUS_NO_SESSION, STATUS_BUSY: keep it, try later. */
MUST_CHECK enum status link_send(struct link *link, const struct link_outgoing *message);
/* Encodes `body` as the type's record and sends it; for messages made here. */
MUST_CHECK enum status link_send_struct(struct link *link, const struct link_outgoing *message, const void *body);
/* The next message for the agent (link's own ones are dealt with inside), or false. Valid until the next call. What
 * comes outside a session is dropped: it may be of a broker that was not judged, and comes again in the next one. */
bool link_receive(struct link *link, int64_t now_us, struct link_message *out);

/* 16 bytes, UUIDv7 from the clock and the system's random source. */
void link_new_message_id(uint8_t out[16]);
int64_t clock_now_us(void);

#endif
