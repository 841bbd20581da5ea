#ifndef ONEVISIT_BROKER_CORE_EVENT_H
#define ONEVISIT_BROKER_CORE_EVENT_H

#include "schemas/codes.h"
#include "schemas/message.h"

/* What comes into the core. An event carries everything, the time included.
 *
 * EVENT_MESSAGE is the only kind that may become durable: a message of a known
 * participant, decoded and valid in form, or a fact of the broker. Facts are
 * messages with source "K", so that journal and replay know one thing only.
 * The others touch volatile state alone (sessions, credit, timers). */
enum event_type {
    EVENT_MESSAGE,
    EVENT_SESSION_UP,   /* a HELLO was good: `envelope`, `body` is struct hello */
    EVENT_SESSION_DOWN, /* the peer is gone, or silent for too long */
    EVENT_TIME,         /* a moment passed */
};

enum { DIGEST_SIZE = 32, MESSAGE_ID_SIZE = 16 };

struct event {
    enum event_type type;
    int64_t time_us;           /* the broker's clock when it is stepped; from the record in replay */
    uint64_t sequence;         /* the sequence it gets if it is stored: core_sequence + 1 */
    bool is_replay;            /* read from the journal: it was taken once, so it is taken */
    struct text participant;   /* owner of the CURVE key; "K" for facts */
    enum message_type message; /* EVENT_MESSAGE */
    const struct envelope *envelope;
    const void *body;            /* the message's struct, as its record says */
    uint8_t digest[DIGEST_SIZE]; /* SM3 of the body frame */
    /* CASE_SUBMIT only: SM3 of what core_business_key wrote. */
    uint8_t business_key[DIGEST_SIZE];
    /* CASE_SUBMIT only: SM3 of what core_contract_key wrote. */
    uint8_t contract_key[DIGEST_SIZE];
    /* CASE_SUBMIT only: keyed hashes of the ids of the persons in it, one behind the other, as the shell makes them. */
    const uint8_t *citizens;
    uint32_t citizen_count;
    /* CASE_BOOKED only: what was booked is not what was filed (schemas/echo.h); the shell has the bodies. */
    bool booked_differs;
    bool rank_differs; /* and its rank is another */
};

#endif
