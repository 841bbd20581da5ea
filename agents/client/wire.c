#include "agents/client/wire.h"

#include <stdio.h>
#include <string.h>

/* ---- opening ---- */

static bool wire_set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool wire_set_text(void *socket, int option, const char *value)
{
    return zmq_setsockopt(socket, option, value, strlen(value)) == 0;
}

static bool wire_set_up(void *dealer, const char *broker_key, const struct link_keys *keys)
{
    int64_t frame_size_max = MESSAGE_SIZE_MAX + 4096;
    /* ZMQ_IMMEDIATE stays 0: with 1, libzmq 4.3.4 aborts the process when the connection breaks between two frames
     * of a message that is being read (docs/decisions/0005). What waits in the pipe of a broken connection is sent
     * before the HELLO of the next one and refused with NO_SESSION; it is owed still, and comes again. */
    return wire_set_number(dealer, ZMQ_IMMEDIATE, 0) && wire_set_number(dealer, ZMQ_LINGER, 2000) &&
           wire_set_number(dealer, ZMQ_SNDHWM, 4096) && wire_set_number(dealer, ZMQ_RCVHWM, 4096) &&
           wire_set_number(dealer, ZMQ_HEARTBEAT_IVL, 1000) && wire_set_number(dealer, ZMQ_HEARTBEAT_TIMEOUT, 3000) &&
           wire_set_number(dealer, ZMQ_HANDSHAKE_IVL, 5000) && wire_set_number(dealer, ZMQ_RECONNECT_IVL, 50) &&
           wire_set_number(dealer, ZMQ_RECONNECT_IVL_MAX, 400) &&
           zmq_setsockopt(dealer, ZMQ_MAXMSGSIZE, &frame_size_max, sizeof frame_size_max) == 0 &&
           wire_set_text(dealer, ZMQ_CURVE_SERVERKEY, broker_key) &&
           wire_set_text(dealer, ZMQ_CURVE_PUBLICKEY, keys->public_key) &&
           wire_set_text(dealer, ZMQ_CURVE_SECRETKEY, keys->secret_key);
}

static enum status wire_watch(void *context, struct wire *wire)
{
    const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
    char address[64];
    snprintf(address, sizeof address, "inproc://wire-%p", wire->dealer);
    if (zmq_socket_monitor(wire->dealer, address, events) != 0)
        return STATUS_LIMIT;
    wire->monitor = zmq_socket(context, ZMQ_PAIR);
    if (!wire->monitor || !wire_set_number(wire->monitor, ZMQ_LINGER, 0) || zmq_connect(wire->monitor, address) != 0)
        return STATUS_LIMIT;
    return STATUS_OK;
}

enum status wire_open(void *context, const char *endpoint, const char *broker_key, const struct link_keys *keys,
                      struct wire *out)
{
    enum status status = STATUS_LIMIT;
    *out = (struct wire){zmq_socket(context, ZMQ_DEALER), NULL};
    if (!out->dealer)
        return STATUS_LIMIT;
    if (!wire_set_up(out->dealer, broker_key, keys)) {
        status = STATUS_CONFIG;
        goto done;
    }
    status = wire_watch(context, out);
    if (status == STATUS_OK && zmq_connect(out->dealer, endpoint) != 0)
        status = STATUS_CONFIG;
done:
    if (status != STATUS_OK)
        wire_close(out, 0);
    return status;
}

void wire_close(struct wire *wire, int linger_ms)
{
    if (wire->dealer) {
        zmq_socket_monitor(wire->dealer, NULL, 0);
        zmq_setsockopt(wire->dealer, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
        zmq_close(wire->dealer);
    }
    if (wire->monitor)
        zmq_close(wire->monitor);
    *wire = (struct wire){NULL, NULL};
}

/* ---- events ---- */

static enum wire_event wire_event_of(uint16_t event)
{
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
        return WIRE_UP;
    if (event == ZMQ_EVENT_DISCONNECTED)
        return WIRE_DOWN;
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
        return WIRE_KEY_REFUSED;
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL || event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        return WIRE_HANDSHAKE;
    return WIRE_NOTHING;
}

enum wire_event wire_next_event(struct wire *wire)
{
    uint8_t frame[16];
    uint16_t event = 0;
    int more = 0;
    size_t size = sizeof more;
    if (!wire->monitor || zmq_recv(wire->monitor, frame, sizeof frame, ZMQ_DONTWAIT) < (int)sizeof event)
        return WIRE_NOTHING;
    memcpy(&event, frame, sizeof event);
    if (zmq_getsockopt(wire->monitor, ZMQ_RCVMORE, &more, &size) == 0 && more)
        zmq_recv(wire->monitor, frame, sizeof frame, ZMQ_DONTWAIT); /* the address, cut */
    return wire_event_of(event);
}

/* ---- frames ---- */

void wire_frames_init(struct wire_frames *frames)
{
    frames->count = 0;
    frames->is_too_many = false;
    for (uint32_t i = 0; i < WIRE_FRAME_COUNT_MAX; i++)
        zmq_msg_init(&frames->items[i]);
}

void wire_frames_fini(struct wire_frames *frames)
{
    for (uint32_t i = 0; i < WIRE_FRAME_COUNT_MAX; i++)
        zmq_msg_close(&frames->items[i]);
    frames->count = 0;
}

static void wire_drop_rest(void *dealer)
{
    zmq_msg_t frame;
    bool has_more = true;
    while (has_more) {
        zmq_msg_init(&frame);
        has_more = zmq_msg_recv(&frame, dealer, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&frame);
        zmq_msg_close(&frame);
    }
}

bool wire_receive(struct wire *wire, struct wire_frames *frames)
{
    frames->count = 0;
    frames->is_too_many = false;
    if (!wire->dealer)
        return false;
    while (frames->count < WIRE_FRAME_COUNT_MAX) {
        zmq_msg_t *frame = &frames->items[frames->count];
        if (zmq_msg_recv(frame, wire->dealer, ZMQ_DONTWAIT) < 0)
            return false; /* frames of one message come all or none */
        frames->count++;
        if (!zmq_msg_more(frame))
            return true;
    }
    frames->is_too_many = true;
    wire_drop_rest(wire->dealer);
    return true;
}

struct bytes wire_frame(struct wire_frames *frames, uint32_t index)
{
    return bytes_of(zmq_msg_data(&frames->items[index]), zmq_msg_size(&frames->items[index]));
}

enum status wire_send(struct wire *wire, const struct bytes *frames, uint32_t count)
{
    int events = 0;
    size_t size = sizeof events;
    if (!wire->dealer)
        return STATUS_BUSY;
    /* Asking for the events makes libzmq look at its mailbox: without that it
     * may not have seen yet that the connection stands. */
    zmq_getsockopt(wire->dealer, ZMQ_EVENTS, &events, &size);
    for (uint32_t i = 0; i < count; i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0);
        /* Only the first frame can be refused for want of room. */
        if (zmq_send(wire->dealer, frames[i].data, frames[i].size, flags) < 0)
            return STATUS_BUSY;
    }
    return STATUS_OK;
}
