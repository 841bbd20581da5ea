#ifndef ONEVISIT_BROKER_OUTLET_H
#define ONEVISIT_BROKER_OUTLET_H

#include "broker/keep/keeper.h"
#include "broker/peers.h"
#include "broker/refusal.h"

/* Turns effects into messages, after their commit group is on disk. The bodies
 * of answers that may be asked for again (RECEIPT, CASE_DELIVER, CASE_EVENT)
 * are a function of the journal, so a repeated answer is byte for byte the
 * first one. */
struct outlet;

struct outlet_settings {
    int64_t heartbeat_ms;
    uint64_t opening; /* the record of this start, on disk: HELLO_ACK proves it */
};

MUST_CHECK enum status outlet_new(const struct outlet_settings *settings, struct keeper *keeper, struct peers *peers,
                                  struct door *door, struct outlet **out, char *why);
void outlet_free(struct outlet **outlet);

/* Carries one effect out. Errors of the journal are returned; a peer that is gone is no error. */
MUST_CHECK enum status outlet_carry_out(struct outlet *outlet, const struct effect *effect, int64_t now_us, char *why);

/* Any message of the broker that no journal record stands for. `answers` may be NULL. */
MUST_CHECK enum status outlet_send(struct outlet *outlet, struct peer *peer, enum message_type type, const void *body,
                                   const uint8_t *answers, const char *case_id, int64_t now_us);

/* The same with bytes behind the body, cut into chunk frames; at most OUTLET_CONTENT_SIZE_MAX. */
enum { OUTLET_CHUNK_SIZE_MAX = 1 << 20, OUTLET_CONTENT_SIZE_MAX = MESSAGE_CHUNK_COUNT_MAX * OUTLET_CHUNK_SIZE_MAX };
MUST_CHECK enum status outlet_send_content(struct outlet *outlet, struct peer *peer, enum message_type type,
                                           const void *body, struct bytes content, const uint8_t *answers,
                                           int64_t now_us);

/* A REJECT straight to a connection, also to one without a session. */
void outlet_reject(struct outlet *outlet, const struct door_route *route, struct text participant,
                   const uint8_t *answers, const struct refusal *refusal, int64_t now_us);

/* The steps of a case, oldest first, from its thread through the journal. */
MUST_CHECK enum status outlet_case_status(struct outlet *outlet, struct text case_id, bool with_history,
                                          struct arena *arena, struct case_status *out, char *why);

#endif
