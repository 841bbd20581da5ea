#ifndef ONEVISIT_AGENTS_CLIENT_WIRE_H
#define ONEVISIT_AGENTS_CLIENT_WIRE_H

#include <zmq.h>

#include "agents/client/link.h"

/* The socket under a link: a CURVE DEALER with libzmq's monitor on it.
 *
 * libzmq connects again by itself after a break, so a broker that was killed
 * is found again without a new socket; the monitor tells when that happened.
 * After a refused handshake libzmq gives the connection up for good, and only
 * a new socket tries again. */
struct wire {
    void *dealer;  /* NULL when closed */
    void *monitor; /* PAIR that hears the events of `dealer` */
};

enum wire_event {
    WIRE_NOTHING,
    WIRE_UP,          /* the handshake is done: HELLO may be sent */
    WIRE_DOWN,        /* the connection broke; libzmq connects again */
    WIRE_KEY_REFUSED, /* the other side knows our key not, or revoked it */
    WIRE_HANDSHAKE,   /* the handshake failed otherwise: another key than K.pub says, or no CURVE at all */
};

enum { WIRE_FRAME_COUNT_MAX = 2 + MESSAGE_CHUNK_COUNT_MAX };

struct wire_frames {
    zmq_msg_t items[WIRE_FRAME_COUNT_MAX];
    uint32_t count;
    bool is_too_many; /* more frames came than any message has; the rest was read and dropped */
};

/* Never blocks and never waits for the connection. STATUS_CONFIG for an
 * endpoint or a key that libzmq does not take, STATUS_LIMIT when it has no
 * more sockets. */
MUST_CHECK enum status wire_open(void *context, const char *endpoint, const char *broker_key,
                                 const struct link_keys *keys, struct wire *out);
void wire_close(struct wire *wire, int linger_ms);
enum wire_event wire_next_event(struct wire *wire);

/* One whole message or false. Fill with wire_frames_init first, empty with wire_frames_fini. */
void wire_frames_init(struct wire_frames *frames);
void wire_frames_fini(struct wire_frames *frames);
bool wire_receive(struct wire *wire, struct wire_frames *frames);
struct bytes wire_frame(struct wire_frames *frames, uint32_t index);

/* All frames or none; STATUS_BUSY when the connection takes no more now. */
MUST_CHECK enum status wire_send(struct wire *wire, const struct bytes *frames, uint32_t count);

#endif
