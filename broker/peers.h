#ifndef ONEVISIT_BROKER_PEERS_H
#define ONEVISIT_BROKER_PEERS_H

#include "broker/allowance.h"
#include "broker/batch.h"
#include "broker/core/core.h"
#include "broker/door.h"
#include "broker/offset.h"

/* Which connection a participant speaks through now, and what waits for it when
 * its pipe is full. One participant has one session: a new HELLO takes the
 * place of the old one. What is dropped here is never lost: receipts are asked
 * for again, deliveries and events are sent again by lease. */
struct peers;

struct peer {
    char participant[PARTICIPANT_SIZE_MAX + 1];
    char key[DOOR_KEY_SIZE + 1];
    char address[64];
    char software[65];
    struct door_route route;
    int64_t since_us;
    struct offset offset; /* of its clock, in this session */
    bool was_spoken_to;   /* since the last heartbeat was due */
    bool is_gone;         /* a send failed: the session is over, the core must hear of it */
    struct outbound *first;
    struct outbound *last;
    uint32_t waiting_count;
    size_t waiting_size;
    uint64_t dropped_count;
    struct allowance *allowance; /* what a branch may begin: of the participant, over all its sessions */
    struct batch_part part;      /* of the batch under way */
    struct peer *next;           /* in peers_first order */
    struct peer *next_waiting;   /* of those for whom something waits */
};

MUST_CHECK enum status peers_new(uint32_t outbound_count_max, size_t outbound_size_max, struct peers **out);
void peers_free(struct peers **peers);

/* The session of a participant, or NULL. */
struct peer *peers_find(const struct peers *peers, struct text participant);
/* Opens or replaces the session; what waited for the old one is dropped. NULL when out of memory. */
struct peer *peers_open(struct peers *peers, struct text participant, const struct door_message *hello,
                        struct text software, int64_t now_us);
/* Forgets the session and what waits for it. */
void peers_shut(struct peers *peers, struct text participant);
struct peer *peers_first(const struct peers *peers);
uint32_t peers_count(const struct peers *peers);
/* A walk over all in pieces: who comes or goes meanwhile does not disturb it. NULL at its end. */
void peers_walk(struct peers *peers);
struct peer *peers_walk_next(struct peers *peers);

/* A participant whose connection failed while sending, or NULL; the caller tells the core and calls peers_shut. */
struct peer *peers_gone(const struct peers *peers);

/* Sends now, or queues behind what waits already. */
void peers_send(struct peers *peers, struct door *door, struct peer *peer, const struct door_outgoing *message);
/* Sends what waits as far as pipes take it; true when something still waits. */
bool peers_flush(struct peers *peers, struct door *door);

#endif
