#ifndef ONEVISIT_TESTS_SIM_STREET_H
#define ONEVISIT_TESTS_SIM_STREET_H

#include "schemas/message.h"

/* The network between peers and the broker's door (broker/door.h is implemented
 * here). A line is one connection: what is sent on it arrives in order, some
 * time later, or is lost from some point on when the line breaks; each side
 * learns of a break in its own time. */
struct street;

enum { STREET_FRAME_COUNT_MAX = 2 + MESSAGE_CHUNK_COUNT_MAX, STREET_WAITING_MAX = 64 };

struct parcel {
    struct parcel *next;
    uint32_t frame_count;
    struct bytes frames[STREET_FRAME_COUNT_MAX]; /* into `data` */
    uint8_t data[];
};

struct street *street_new(void);
void street_free(struct street **street);

/* A new line of the peer, 0 while nobody listens. */
uint32_t street_connect(uint32_t peer, const char *key);
/* Does the peer still believe in it? */
bool street_is_open(uint32_t line);
void street_hang_up(uint32_t line); /* by the peer */
void street_send(uint32_t line, const struct bytes *frames, uint32_t count);
/* What arrived at the peer's end just now; the caller frees it. NULL when it was lost on the way. */
struct parcel *street_arrived(uint32_t line, uint32_t *peer);
/* At the broker's end: it waits in the door. False when it was lost on the way. */
bool street_arrived_at_door(uint32_t line);
bool street_has_waiting(void); /* in the door */

/* ---- trouble ---- */
uint32_t street_any(void); /* a line that stands, 0 for none */
void street_cut(uint32_t line);
/* Nothing comes through any more; each side believes in the line until its moment. */
void street_half_open(uint32_t line, int64_t here_us, int64_t there_us);
void street_stall(uint32_t line, bool is_up, int64_t us);
void street_broker_died(void);

#endif
