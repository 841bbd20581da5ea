#ifndef ONEVISIT_BROKER_DOOR_H
#define ONEVISIT_BROKER_DOOR_H

#include <stdbool.h>
#include <stdint.h>
#include <zmq.h>

#include "schemas/message.h"

/* The one ROUTER: CURVE server, every connection judged by ZAP before a frame
 * of it is read. Knows frames, not what they mean.
 *
 * Traps it lives with (libzmq 4.3.4): the routing-id frame carries no User-Id,
 * so the key is read from the last frame; a ROUTER silently drops for peers it
 * does not know unless MANDATORY; a full pipe blocks unless DONTWAIT; frames of
 * a message are not limited, so they are counted here. */
struct door;

enum {
    DOOR_ROUTING_SIZE_MAX = 16,
    DOOR_FRAME_COUNT_MAX = 2 + MESSAGE_CHUNK_COUNT_MAX, /* envelope, body, chunks */
    DOOR_KEY_SIZE = 40,
    DOOR_WHY_SIZE = 256,
    DOOR_FRAME_SIZE_MAX = 2 * MESSAGE_SIZE_MAX, /* larger frames end the connection inside libzmq */
    DOOR_RECEIVE_COUNT_MAX = 512,               /* messages libzmq holds per peer, each way */
};

struct door_route {
    uint8_t id[DOOR_ROUTING_SIZE_MAX];
    uint8_t size;
};

/* One message as it came. Frames stay until door_message_fini. */
struct door_message {
    struct door_route route;
    char key[DOOR_KEY_SIZE + 1]; /* CURVE public key, Z85; "" if there is none */
    char address[64];
    zmq_msg_t frames[DOOR_FRAME_COUNT_MAX];
    uint32_t frame_count;
    bool has_too_many;
};

/* One message to send; the bytes are copied into libzmq. */
struct door_outgoing {
    struct bytes frames[DOOR_FRAME_COUNT_MAX];
    uint32_t frame_count;
};

MUST_CHECK enum status door_open(void *context, const char *endpoint, const char *secret_key, struct door **out,
                                 char *why);
void door_close(struct door **door);
void *door_socket(const struct door *door);
/* The endpoint bound, with the port the system chose when it was 0. */
const char *door_endpoint(const struct door *door);

/* Takes the next message; false when none waits. */
bool door_receive(struct door *door, struct door_message *out);
struct bytes door_frame(struct door_message *message, uint32_t index);
void door_message_fini(struct door_message *message);

/* STATUS_OK: handed to libzmq (not delivered). STATUS_BUSY: the peer's pipe is
 * full. STATUS_NO_SESSION: no such peer any more. */
MUST_CHECK enum status door_send(struct door *door, const struct door_route *route,
                                 const struct door_outgoing *message);

#endif
