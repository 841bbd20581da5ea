#include "tests/sim/street.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/door.h"
#include "tests/sim/keyring.h"
#include "tests/sim/twin.h"
#include "tests/sim/world.h"

enum { LINE_COUNT_MAX = 4096, ROUTE_SIZE = 5 };

struct way {
    struct parcel *first;
    struct parcel *last;
    uint32_t count;
    int64_t last_us;    /* arrival of the newest */
    int64_t stalled_us; /* nothing arrives before */
};

struct line {
    uint32_t id;
    uint32_t peer;
    char key[41];
    bool is_open_here;  /* the peer believes in it */
    bool is_open_there; /* the broker does */
    bool is_cut;
    bool is_old;             /* it ends at the broker that was replaced */
    int64_t noticed_here_us; /* a break is noticed then */
    int64_t noticed_there_us;
    struct way up;   /* to the broker */
    struct way down; /* to the peer */
};

/* What waits in the door, in the order it arrived. */
struct waiting {
    struct waiting *next;
    struct parcel *parcel;
    uint32_t line;
};

struct street {
    struct line lines[LINE_COUNT_MAX];
    uint32_t line_last;
    struct waiting *first;
    struct waiting *last;
};

static void *take(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        abort();
    return memory;
}

struct street *street_new(void)
{
    return take(sizeof(struct street));
}

static void way_clear(struct way *way)
{
    while (way->first != NULL) {
        struct parcel *parcel = way->first;
        way->first = parcel->next;
        free(parcel);
    }
    way->last = NULL;
    way->count = 0;
}

static void door_clear(struct street *street)
{
    while (street->first != NULL) {
        struct waiting *waiting = street->first;
        street->first = waiting->next;
        free(waiting->parcel);
        free(waiting);
    }
    street->last = NULL;
}

void street_free(struct street **street)
{
    if (*street == NULL)
        return;
    for (uint32_t i = 0; i < LINE_COUNT_MAX; i++) {
        way_clear(&(*street)->lines[i].up);
        way_clear(&(*street)->lines[i].down);
    }
    door_clear(*street);
    free(*street);
    *street = NULL;
}

/* NULL when the line is long gone and its place was given away. */
static struct line *line_of(uint32_t id)
{
    struct line *line = &world->street->lines[id % LINE_COUNT_MAX];
    return id != 0 && line->id == id ? line : NULL;
}

uint32_t street_connect(uint32_t peer, const char *key)
{
    struct street *street = world->street;
    struct line *line;

    if (world->server == NULL)
        return 0;
    line = &street->lines[++street->line_last % LINE_COUNT_MAX];
    way_clear(&line->up);
    way_clear(&line->down);
    memset(line, 0, sizeof *line);
    line->id = street->line_last;
    line->peer = peer;
    snprintf(line->key, sizeof line->key, "%s", key);
    line->is_open_here = line->is_open_there = true;
    line->is_old = twin_catches(&world->peers[peer], key);
    return line->id;
}

bool street_is_open(uint32_t id)
{
    const struct line *line = line_of(id);
    return line != NULL && line->is_open_here && !(line->is_cut && line->noticed_here_us <= world->now_us);
}

static bool is_open_there(const struct line *line)
{
    return line != NULL && line->is_open_there && !(line->is_cut && line->noticed_there_us <= world->now_us);
}

/* What is under way arrives up to some point; the rest is lost. */
static void lose_tail(struct way *way)
{
    uint32_t kept = random_below(&world->random, way->count + 1);
    struct parcel **place = &way->first;

    way->count = kept;
    way->last = NULL;
    for (; kept > 0; kept--) {
        way->last = *place;
        place = &(*place)->next;
    }
    while (*place != NULL) {
        struct parcel *parcel = *place;
        *place = parcel->next;
        free(parcel);
    }
}

void street_hang_up(uint32_t id)
{
    struct line *line = line_of(id);
    if (line == NULL || !line->is_open_here)
        return;
    line->is_open_here = false;
    if (!line->is_cut) {
        line->is_cut = true;
        line->noticed_there_us = world->now_us + random_between(&world->random, 0, 100000);
        lose_tail(&line->up);
    }
    way_clear(&line->down);
}

static struct parcel *parcel_of(const struct bytes *frames, uint32_t count)
{
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += frames[i].size;
    struct parcel *parcel = take(sizeof *parcel + size + 1);
    uint8_t *place = parcel->data;
    parcel->frame_count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (frames[i].size > 0)
            memcpy(place, frames[i].data, frames[i].size);
        parcel->frames[i] = bytes_of(place, frames[i].size);
        place += frames[i].size;
    }
    return parcel;
}

static int64_t delay_us(void)
{
    if (world_troubles(FEATURE_DELAY) && random_once_in(&world->random, 8))
        return random_between(&world->random, 1000, 3000000);
    return random_between(&world->random, 50, 2000);
}

static void way_put(struct line *line, bool is_up, struct parcel *parcel)
{
    struct way *way = is_up ? &line->up : &line->down;
    int64_t at_us = world->now_us + delay_us();

    if (at_us < way->stalled_us)
        at_us = way->stalled_us;
    if (at_us < way->last_us)
        at_us = way->last_us;
    way->last_us = at_us;
    if (way->last != NULL)
        way->last->next = parcel;
    else
        way->first = parcel;
    way->last = parcel;
    way->count++;
    world_plan(at_us, HAPPENS_ARRIVAL, line->id, is_up);
}

static void send_on(struct line *line, bool is_up, const struct bytes *frames, uint32_t count)
{
    if (line->is_cut)
        return; /* nobody knows yet */
    way_put(line, is_up, parcel_of(frames, count));
    if (world_troubles(FEATURE_DUPLICATE) && random_once_in(&world->random, 40))
        way_put(line, is_up, parcel_of(frames, count));
}

void street_send(uint32_t id, const struct bytes *frames, uint32_t count)
{
    struct line *line = line_of(id);
    if (line != NULL && line->is_open_here)
        send_on(line, true, frames, count);
}

static struct parcel *way_take(struct way *way)
{
    struct parcel *parcel = way->first;
    if (parcel == NULL)
        return NULL;
    way->first = parcel->next;
    if (way->first == NULL)
        way->last = NULL;
    way->count--;
    parcel->next = NULL;
    return parcel;
}

struct parcel *street_arrived(uint32_t id, uint32_t *peer)
{
    struct line *line = line_of(id);
    if (line == NULL)
        return NULL;
    struct parcel *parcel = way_take(&line->down);
    *peer = line->peer;
    if (parcel != NULL && !line->is_open_here) {
        free(parcel);
        parcel = NULL;
    }
    return parcel;
}

bool street_arrived_at_door(uint32_t id)
{
    struct line *line = line_of(id);
    struct parcel *parcel = line != NULL ? way_take(&line->up) : NULL;

    if (parcel == NULL)
        return false;
    const bool is_served = line->is_old ? twin_is_awake() : world->server != NULL;
    if (!is_served || !line->is_open_there) {
        free(parcel);
        return false;
    }
    struct waiting *waiting = take(sizeof *waiting);
    waiting->parcel = parcel;
    waiting->line = id;
    if (world->street->last != NULL)
        world->street->last->next = waiting;
    else
        world->street->first = waiting;
    world->street->last = waiting;
    return true;
}

/* Of the broker whose turn it is, the first. */
static struct waiting **waiting_place(struct street *street)
{
    struct waiting **place = &street->first;

    while (*place != NULL) {
        const struct line *line = line_of((*place)->line);
        if ((line != NULL && line->is_old) == twin_is_on())
            break;
        place = &(*place)->next;
    }
    return place;
}

bool street_has_waiting(void)
{
    return *waiting_place(world->street) != NULL;
}

/* ---- trouble ---- */

uint32_t street_any(void)
{
    for (int attempt = 0; attempt < 16; attempt++) {
        const uint32_t id = world->street->line_last - random_below(&world->random, 2 * PEER_COUNT_MAX);
        const struct line *line = line_of(id);
        if (line != NULL && line->is_open_here && !line->is_cut)
            return id;
    }
    return 0;
}

void street_half_open(uint32_t id, int64_t here_us, int64_t there_us)
{
    struct line *line = line_of(id);
    if (line == NULL || line->is_cut)
        return;
    line->is_cut = true;
    line->noticed_here_us = here_us;
    line->noticed_there_us = there_us;
    lose_tail(&line->up);
    lose_tail(&line->down);
    world_say("line %u of peer %u breaks", id, line->peer);
}

void street_cut(uint32_t id)
{
    const int64_t here_us = world->now_us + random_between(&world->random, 0, 4000000);

    street_half_open(id, here_us, world->now_us + random_between(&world->random, 0, 4000000));
}

void street_stall(uint32_t id, bool is_up, int64_t us)
{
    struct line *line = line_of(id);
    if (line == NULL)
        return;
    (is_up ? &line->up : &line->down)->stalled_us = world->now_us + us;
    world_say("line %u of peer %u stands still %s for %lld ms", id, line->peer, is_up ? "up" : "down",
              (long long)us / 1000);
}

void street_broker_died(void)
{
    struct street *street = world->street;
    for (uint32_t i = 0; i < LINE_COUNT_MAX; i++) {
        struct line *line = &street->lines[i];
        if (line->id == 0 || !line->is_open_there || line->is_old)
            continue;
        line->is_open_there = false;
        way_clear(&line->up);
        if (!line->is_cut) {
            line->is_cut = true;
            line->noticed_here_us = world->now_us + random_between(&world->random, 0, 500000);
            lose_tail(&line->down);
        }
    }
    door_clear(street);
}

/* ---- broker/door.h ---- */

struct door {
    int nothing;
};

enum status door_open(void *context, const char *endpoint, const char *secret_key, struct door **out, char *why)
{
    (void)context;
    (void)endpoint;
    (void)secret_key;
    (void)why;
    *out = take(sizeof **out);
    return STATUS_OK;
}

void door_close(struct door **door)
{
    free(*door);
    *door = NULL;
}

void *door_socket(const struct door *door)
{
    (void)door;
    return NULL;
}

const char *door_endpoint(const struct door *door)
{
    (void)door;
    return "sim";
}

static void fill_frames(struct door_message *out, const struct parcel *parcel)
{
    out->frame_count = 0;
    out->has_too_many = parcel->frame_count > DOOR_FRAME_COUNT_MAX;
    for (uint32_t i = 0; i < parcel->frame_count && i < DOOR_FRAME_COUNT_MAX; i++) {
        zmq_msg_t *frame = &out->frames[out->frame_count++];
        if (zmq_msg_init_size(frame, parcel->frames[i].size) != 0)
            abort();
        if (parcel->frames[i].size > 0)
            memcpy(zmq_msg_data(frame), parcel->frames[i].data, parcel->frames[i].size);
    }
}

bool door_receive(struct door *door, struct door_message *out)
{
    struct street *street = world->street;
    struct waiting **place = waiting_place(street);
    struct waiting *waiting = *place;

    (void)door;
    if (waiting == NULL || disk_inserted()->is_dead)
        return false;
    *place = waiting->next;
    if (street->last == waiting)
        street->last = NULL;
    for (struct waiting *last = street->first; street->last == NULL && last != NULL; last = last->next)
        street->last = last->next == NULL ? last : NULL;
    out->route.size = ROUTE_SIZE;
    memset(out->route.id, 0, sizeof out->route.id);
    memcpy(out->route.id + 1, &waiting->line, sizeof waiting->line);
    const struct line *line = line_of(waiting->line);
    snprintf(out->key, sizeof out->key, "%s", line != NULL ? line->key : "");
    snprintf(out->address, sizeof out->address, "sim");
    keyring_sees_received(out->key, waiting->parcel->frames[0]);
    fill_frames(out, waiting->parcel);
    free(waiting->parcel);
    free(waiting);
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
    uint32_t id;

    (void)door;
    memcpy(&id, route->id + 1, sizeof id);
    struct line *line = line_of(id);
    if (!disk_effect(disk_inserted()))
        return STATUS_OK; /* it died before: nobody hears of it */
    if (!is_open_there(line) || line->is_old != twin_is_on())
        return STATUS_NO_SESSION;
    if (line->down.stalled_us > world->now_us && line->down.count >= STREET_WAITING_MAX)
        return STATUS_BUSY;
    keyring_sees_sent(line->key, message->frames);
    if (twin_is_on())
        twin_sees_sent(message->frames);
    else
        oracle_sees_sent(&world->oracle, line->peer, message->frames, message->frame_count);
    send_on(line, false, message->frames, message->frame_count);
    return STATUS_OK;
}
