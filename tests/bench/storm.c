#include "tests/bench/storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    STORM_READY_MAX = 256,
    STORM_SOCKETS = 8192,
    STORM_BEAT_US = 1000000,
    STORM_QUIET_SECONDS = 3,
    STORM_WAIT_SECONDS_MAX = 60
};

struct storm {
    struct stage *stage;
    void *context;
    struct crowd_peer *peers;
    uint32_t count;
    uint32_t up;
    int poll;        /* epoll of all their sockets */
    uint32_t beaten; /* peers that said a HEARTBEAT since the beginning, all of them a second */
    int64_t beat_since_us;
};

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_text(void *socket, int option, const char *value)
{
    return zmq_setsockopt(socket, option, value, strlen(value)) == 0;
}

static bool watch(const struct storm *storm, struct crowd_peer *peer)
{
    int handle = -1;
    size_t size = sizeof handle;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    return zmq_getsockopt(peer->wire.dealer, ZMQ_FD, &handle, &size) == 0 &&
           epoll_ctl(storm->poll, EPOLL_CTL_ADD, handle, &event) == 0;
}

/* As an agent connects, without the monitor; the HELLO goes as soon as the connection stands. */
static bool come(struct storm *storm, struct crowd_peer *peer)
{
    void *socket = zmq_socket(storm->context, ZMQ_DEALER);
    peer->wire.dealer = socket;
    peer->is_up = false;
    if (socket == NULL || !set_number(socket, ZMQ_LINGER, 0) || !set_number(socket, ZMQ_HEARTBEAT_IVL, 1000) ||
        !set_number(socket, ZMQ_HEARTBEAT_TIMEOUT, 3000) || !set_number(socket, ZMQ_HANDSHAKE_IVL, 15000) ||
        !set_number(socket, ZMQ_RECONNECT_IVL, 50) || !set_number(socket, ZMQ_RECONNECT_IVL_MAX, 400) ||
        !set_text(socket, ZMQ_CURVE_SERVERKEY, storm->stage->broker_key) ||
        !set_text(socket, ZMQ_CURVE_PUBLICKEY, peer->keys.public_key) ||
        !set_text(socket, ZMQ_CURVE_SECRETKEY, peer->keys.secret_key) ||
        zmq_connect(socket, storm->stage->endpoint) != 0)
        return false;
    dialect_onevisit.greet(storm->stage->crowd, peer);
    return watch(storm, peer);
}

static void come_all(struct storm *storm)
{
    for (uint32_t i = 0; i < storm->count; i++)
        if (!come(storm, &storm->peers[i]))
            stage_fail(storm->stage, "it has no more sockets: raise the limit of open files (ulimit -n)");
}

static void read_peer(struct storm *storm, struct crowd_peer *peer)
{
    struct wire_frames frames;
    const bool was_up = peer->is_up;

    wire_frames_init(&frames);
    while (wire_receive(&peer->wire, &frames)) {
        dialect_onevisit.take(storm->stage->crowd, peer, &frames);
        wire_frames_fini(&frames);
        wire_frames_init(&frames);
    }
    storm->up += (uint32_t)peer->is_up - (uint32_t)was_up;
    if (storm->stage->crowd->trouble != NULL)
        stage_fail(storm->stage, storm->stage->crowd->trouble);
}

/* Only those for whom something came, else 3,000 sockets would have to be asked each time. */
static void read_ready(struct storm *storm)
{
    struct epoll_event ready[STORM_READY_MAX];
    const int count = epoll_wait(storm->poll, ready, STORM_READY_MAX, 5);

    for (int i = 0; i < count; i++)
        read_peer(storm, ready[i].data.ptr);
}

/* Each says a HEARTBEAT a second, one after the other. */
static void beat(struct storm *storm)
{
    const int64_t due = (clock_now_us() - storm->beat_since_us) * storm->count / STORM_BEAT_US;
    for (; (int64_t)storm->beaten < due; storm->beaten++) {
        struct crowd_peer *peer = &storm->peers[storm->beaten % storm->count];
        if (peer->is_up)
            dialect_onevisit.beat(storm->stage->crowd, peer);
        read_peer(storm, peer); /* to send is to take the signal that something came */
    }
}

static uint32_t turn(struct storm *storm)
{
    read_ready(storm);
    beat(storm);
    return storm->up;
}

static void await_all(struct storm *storm)
{
    const int64_t end_us = clock_now_us() + STORM_WAIT_SECONDS_MAX * 1000000LL;
    while (turn(storm) < storm->count)
        if (clock_now_us() > end_us)
            stage_fail(storm->stage, "some never came through");
}

static bool storm_new(struct storm *storm)
{
    const struct crowd *crowd = storm->stage->crowd;
    storm->context = zmq_ctx_new();
    storm->count = crowd->stranger_count;
    storm->peers = calloc(storm->count, sizeof *storm->peers);
    storm->beat_since_us = clock_now_us();
    storm->poll = epoll_create1(EPOLL_CLOEXEC);
    for (uint32_t i = 0; i < storm->count && storm->peers != NULL; i++)
        storm->peers[i].keys = crowd->strangers[i];
    return storm->peers != NULL && zmq_ctx_set(storm->context, ZMQ_MAX_SOCKETS, STORM_SOCKETS) == 0;
}

static void go_all(struct storm *storm)
{
    for (uint32_t i = 0; i < storm->count; i++) {
        zmq_close(storm->peers[i].wire.dealer);
        storm->peers[i].wire.dealer = NULL;
        storm->peers[i].is_up = false;
    }
    storm->up = 0;
}

void storm_play(struct stage *stage)
{
    struct storm storm = {.stage = stage};
    char text[128];

    if (!storm_new(&storm))
        stage_fail(stage, "no memory");
    come_all(&storm);
    await_all(&storm);
    stage_ready(stage);
    while (!stage_is_called(stage))
        turn(&storm);
    stage_step(stage, "3,000 peers go and come again at once", true);
    const int64_t start_us = clock_now_us();
    go_all(&storm);
    come_all(&storm);
    await_all(&storm);
    const double seconds = (double)(clock_now_us() - start_us) / 1e6;
    snprintf(text, sizeof text, "all %u there again after %.1f s", storm.count, seconds);
    stage_step(stage, "3,000 peers are back", true);
    const int64_t end_us = clock_now_us() + STORM_QUIET_SECONDS * 1000000LL;
    while (clock_now_us() < end_us)
        turn(&storm);
    if (seconds > STORM_SECONDS_MAX)
        stage_late(stage, text);
    else
        stage_end(stage, text);
    go_all(&storm);
    zmq_ctx_term(storm.context);
    free(storm.peers);
}
