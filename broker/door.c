#include "broker/door.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DOOR_HANDSHAKE_MS = 15000, /* thousands that come at once wait for each other: to give up early is to begin again */
    DOOR_BACKLOG = 4096,
    DOOR_KEEPALIVE_IDLE_S = 10, /* a dead connection is closed by the system after half a minute */
    DOOR_KEEPALIVE_INTERVAL_S = 5,
    DOOR_KEEPALIVE_COUNT = 4,
};

struct door {
    void *socket;
    char endpoint[256];
};

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/* Not ZMQ_HEARTBEAT_IVL: libzmq 4.3.4 ends the process when it comes to say a heartbeat on a connection that broke
 * while its pipe to us was full (docs/decisions/0018). Silence is found by the sessions, a dead connection by the
 * system. */
static bool door_keep_alive(void *socket)
{
    return set_number(socket, ZMQ_HEARTBEAT_IVL, 0) && set_number(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE_IDLE, DOOR_KEEPALIVE_IDLE_S) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE_INTVL, DOOR_KEEPALIVE_INTERVAL_S) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE_CNT, DOOR_KEEPALIVE_COUNT);
}

static bool door_prepare(void *socket, const char *secret_key)
{
    const int64_t frame_size_max = DOOR_FRAME_SIZE_MAX;
    return set_number(socket, ZMQ_LINGER, 0) && set_number(socket, ZMQ_ROUTER_MANDATORY, 1) &&
           set_number(socket, ZMQ_CURVE_SERVER, 1) &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, strlen(secret_key) + 1) == 0 &&
           zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, "onevisit", strlen("onevisit")) == 0 &&
           set_number(socket, ZMQ_HANDSHAKE_IVL, DOOR_HANDSHAKE_MS) && door_keep_alive(socket) &&
           set_number(socket, ZMQ_BACKLOG, DOOR_BACKLOG) && set_number(socket, ZMQ_RCVHWM, DOOR_RECEIVE_COUNT_MAX) &&
           set_number(socket, ZMQ_SNDHWM, DOOR_RECEIVE_COUNT_MAX) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_size_max, sizeof frame_size_max) == 0;
}

enum status door_open(void *context, const char *endpoint, const char *secret_key, struct door **out, char *why)
{
    struct door *door = calloc(1, sizeof *door);
    size_t size;

    *out = NULL;
    if (door == NULL)
        return STATUS_NO_MEMORY;
    size = sizeof door->endpoint;
    door->socket = zmq_socket(context, ZMQ_ROUTER);
    if (door->socket == NULL || !door_prepare(door->socket, secret_key) || zmq_bind(door->socket, endpoint) != 0 ||
        zmq_getsockopt(door->socket, ZMQ_LAST_ENDPOINT, door->endpoint, &size) != 0) {
        snprintf(why, DOOR_WHY_SIZE, "cannot listen at %s: %s", endpoint, zmq_strerror(errno));
        door_close(&door);
        return STATUS_CONFIG;
    }
    *out = door;
    return STATUS_OK;
}

void door_close(struct door **door)
{
    if (*door == NULL)
        return;
    if ((*door)->socket != NULL)
        zmq_close((*door)->socket);
    free(*door);
    *door = NULL;
}

void *door_socket(const struct door *door)
{
    return door->socket;
}

const char *door_endpoint(const struct door *door)
{
    return door->endpoint;
}

static bool receive_route(struct door *door, struct door_route *route, bool *has_more)
{
    zmq_msg_t frame;
    bool is_good = false;

    zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, door->socket, ZMQ_DONTWAIT) >= 0) {
        const size_t size = zmq_msg_size(&frame);
        route->size = size <= DOOR_ROUTING_SIZE_MAX ? (uint8_t)size : 0;
        memcpy(route->id, zmq_msg_data(&frame), route->size);
        *has_more = zmq_msg_more(&frame) != 0;
        is_good = true;
    }
    zmq_msg_close(&frame);
    return is_good;
}

static void copy_property(zmq_msg_t *frame, const char *name, char *out, size_t size)
{
    const char *value = zmq_msg_gets(frame, name);
    snprintf(out, size, "%s", value != NULL ? value : "");
}

bool door_receive(struct door *door, struct door_message *out)
{
    bool has_more = false;

    out->frame_count = 0;
    out->has_too_many = false;
    out->key[0] = '\0';
    out->address[0] = '\0';
    if (!receive_route(door, &out->route, &has_more))
        return false;
    while (has_more) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, door->socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&frame);
            break;
        }
        has_more = zmq_msg_more(&frame) != 0;
        if (!has_more) {
            copy_property(&frame, "User-Id", out->key, sizeof out->key);
            copy_property(&frame, "Peer-Address", out->address, sizeof out->address);
        }
        if (out->frame_count == DOOR_FRAME_COUNT_MAX) {
            out->has_too_many = true;
            zmq_msg_close(&frame);
            continue;
        }
        zmq_msg_init(&out->frames[out->frame_count]);
        zmq_msg_move(&out->frames[out->frame_count++], &frame);
        zmq_msg_close(&frame);
    }
    return true;
}

struct bytes door_frame(struct door_message *message, uint32_t index)
{
    zmq_msg_t *frame = &message->frames[index];
    return bytes_of(zmq_msg_data(frame), zmq_msg_size(frame));
}

void door_message_fini(struct door_message *message)
{
    for (uint32_t i = 0; i < message->frame_count; i++)
        zmq_msg_close(&message->frames[i]);
    message->frame_count = 0;
}

enum status door_send(struct door *door, const struct door_route *route, const struct door_outgoing *message)
{
    if (zmq_send(door->socket, route->id, route->size, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
        return errno == EAGAIN ? STATUS_BUSY : STATUS_NO_SESSION;
    for (uint32_t i = 0; i < message->frame_count; i++) {
        const int more = i + 1 < message->frame_count ? ZMQ_SNDMORE : 0;
        const struct bytes frame = message->frames[i];
        if (zmq_send(door->socket, frame.data, frame.size, ZMQ_DONTWAIT | more) < 0)
            return STATUS_NO_SESSION;
    }
    return STATUS_OK;
}
