#include "tests/bench/bare.h"

#include <rocksdb/c.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

/* The yardstick: one thread that takes what waits, writes one synchronous
 * batch (three puts a case), and sends. CURVE is on; there is no check, no
 * order, no duplicate, no lease, no sealing, no chain, no restart. */
enum { PEER_COUNT_MAX = 256, BATCH_COUNT_MAX = 1024, PAYLOAD_SIZE_MAX = 4096, ROUTE_SIZE_MAX = 16 };

struct route {
    uint8_t id[ROUTE_SIZE_MAX];
    size_t size;
};

struct waiting {
    struct bare_head head;
    struct route route;
    uint8_t payload[PAYLOAD_SIZE_MAX];
    size_t size;
};

struct bare {
    void *socket;
    void *zap;
    rocksdb_t *db;
    rocksdb_writeoptions_t *sync;
    rocksdb_writebatch_t *batch;
    uint64_t sequence;
    struct route routes[PEER_COUNT_MAX];
    struct waiting waiting[BATCH_COUNT_MAX];
};

static bool has_more(void *socket)
{
    int more = 0;
    size_t size = sizeof more;
    return zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) == 0 && more != 0;
}

/* Lets everybody in: the second frame is the request's id, the rest is not looked at. */
static void serve_zap(void *zap)
{
    char spare[256];
    char id[256];

    while (zmq_recv(zap, spare, sizeof spare, ZMQ_DONTWAIT) >= 0) {
        const int id_size = zmq_recv(zap, id, sizeof id, 0);
        while (has_more(zap))
            (void)zmq_recv(zap, spare, sizeof spare, 0);
        zmq_send(zap, "1.0", 3, ZMQ_SNDMORE);
        zmq_send(zap, id, id_size > 0 ? (size_t)id_size : 0, ZMQ_SNDMORE);
        zmq_send(zap, "200", 3, ZMQ_SNDMORE);
        zmq_send(zap, "", 0, ZMQ_SNDMORE);
        zmq_send(zap, "user", 4, ZMQ_SNDMORE);
        zmq_send(zap, "", 0, 0);
    }
}

static bool receive(struct bare *bare, struct waiting *out)
{
    const int size = zmq_recv(bare->socket, out->route.id, ROUTE_SIZE_MAX, ZMQ_DONTWAIT);
    if (size < 0)
        return false;
    out->route.size = (size_t)size;
    if (zmq_recv(bare->socket, &out->head, sizeof out->head, 0) != (int)sizeof out->head)
        return false;
    const int payload = zmq_recv(bare->socket, out->payload, sizeof out->payload, 0);
    out->size = payload > 0 ? (size_t)payload : 0;
    return true;
}

static void put(struct bare *bare, char prefix, const struct waiting *message)
{
    uint8_t key[1 + sizeof bare->sequence];

    key[0] = (uint8_t)prefix;
    bare->sequence++;
    for (size_t i = 0; i < sizeof bare->sequence; i++)
        key[1 + i] = (uint8_t)(bare->sequence >> (56 - 8 * i));
    rocksdb_writebatch_put(bare->batch, (const char *)key, sizeof key, (const char *)message->payload, message->size);
}

static void store(struct bare *bare, const struct waiting *message)
{
    const struct waiting mark = {.size = 16};

    if (message->head.kind == 'H') {
        bare->routes[message->head.from % PEER_COUNT_MAX] = message->route;
        return;
    }
    put(bare, 'J', message);
    if (message->head.kind == 'S')
        put(bare, 'C', &mark); /* the case's state */
}

static void send_to(struct bare *bare, const struct route *route, char kind, const struct waiting *message,
                    bool with_payload)
{
    struct bare_head head = message->head;

    head.kind = kind;
    zmq_send(bare->socket, route->id, route->size, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    zmq_send(bare->socket, &head, sizeof head, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    zmq_send(bare->socket, message->payload, with_payload ? message->size : 0, ZMQ_DONTWAIT);
}

static void answer(struct bare *bare, const struct waiting *message)
{
    if (message->head.kind == 'H') {
        send_to(bare, &message->route, 'W', message, false);
        return;
    }
    send_to(bare, &message->route, 'R', message, false);
    send_to(bare, &bare->routes[message->head.to % PEER_COUNT_MAX], message->head.kind == 'S' ? 'D' : 'E', message,
            true);
}

static bool bare_open(struct bare *bare, void *context, const char *endpoint, const char *secret_key,
                      const char *folder)
{
    char *error = NULL;
    const int one = 1;
    const int deep = 100000;
    rocksdb_options_t *options = rocksdb_options_create();

    rocksdb_options_set_create_if_missing(options, 1);
    bare->db = rocksdb_open(options, folder, &error);
    rocksdb_options_destroy(options);
    bare->sync = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(bare->sync, 1);
    bare->batch = rocksdb_writebatch_create();
    bare->zap = zmq_socket(context, ZMQ_REP);
    bare->socket = zmq_socket(context, ZMQ_ROUTER);
    zmq_setsockopt(bare->socket, ZMQ_CURVE_SERVER, &one, sizeof one);
    zmq_setsockopt(bare->socket, ZMQ_CURVE_SECRETKEY, secret_key, strlen(secret_key) + 1);
    zmq_setsockopt(bare->socket, ZMQ_ZAP_DOMAIN, "bare", 4);
    zmq_setsockopt(bare->socket, ZMQ_RCVHWM, &deep, sizeof deep);
    zmq_setsockopt(bare->socket, ZMQ_SNDHWM, &deep, sizeof deep);
    return error == NULL && zmq_bind(bare->zap, "inproc://zeromq.zap.01") == 0 && zmq_bind(bare->socket, endpoint) == 0;
}

static bool bare_turn(struct bare *bare)
{
    char *error = NULL;
    int count = 0;

    while (count < BATCH_COUNT_MAX && receive(bare, &bare->waiting[count]))
        store(bare, &bare->waiting[count++]);
    if (rocksdb_writebatch_count(bare->batch) > 0) {
        rocksdb_write(bare->db, bare->sync, bare->batch, &error);
        rocksdb_writebatch_clear(bare->batch);
    }
    for (int i = 0; i < count && error == NULL; i++)
        answer(bare, &bare->waiting[i]);
    return error == NULL;
}

int bare_serve(const char *endpoint, const char *secret_key, const char *folder)
{
    struct bare *bare = calloc(1, sizeof *bare);
    void *context = zmq_ctx_new();
    sigset_t set;

    /* Before any thread is made, so that all of them have it blocked. */
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    bool is_good = bare != NULL && bare_open(bare, context, endpoint, secret_key, folder);
    const int signals = signalfd(-1, &set, SFD_NONBLOCK);
    while (is_good) {
        zmq_pollitem_t items[] = {{.socket = bare->socket, .events = ZMQ_POLLIN},
                                  {.socket = bare->zap, .events = ZMQ_POLLIN},
                                  {.fd = signals, .events = ZMQ_POLLIN}};
        zmq_poll(items, 3, -1);
        if ((items[2].revents & ZMQ_POLLIN) != 0)
            break;
        if ((items[1].revents & ZMQ_POLLIN) != 0)
            serve_zap(bare->zap);
        is_good = bare_turn(bare);
    }
    if (bare != NULL && bare->db != NULL)
        rocksdb_close(bare->db);
    _exit(is_good ? 0 : 1);
}
