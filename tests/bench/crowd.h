#ifndef ONEVISIT_TESTS_BENCH_CROWD_H
#define ONEVISIT_TESTS_BENCH_CROWD_H

#include "agents/client/digest.h"
#include "agents/client/wire.h"

/* The load: 8 branch connections and 136 windows, each a CURVE connection of
 * its own, in one thread. It speaks one of two dialects over the same messages:
 * OneVisit's protocol, or the bare loop's. */
enum { CROWD_BRANCH_COUNT = 8, CROWD_WINDOW_COUNT = 136, CROWD_COUNT = CROWD_BRANCH_COUNT + CROWD_WINDOW_COUNT };

struct crowd_peer {
    struct wire wire;
    struct link_keys keys;
    uint32_t index; /* branches first, then windows */
    bool is_up;
    bool is_elsewhere; /* nobody here speaks for it */
    bool is_deaf;      /* what comes for it is not read */
    bool is_mute;      /* a window that answers no delivery */
    uint64_t events;   /* OneVisit: last CASE_EVENT taken */
    uint64_t events_acked;
    uint32_t deliveries;
    uint32_t last_delivery; /* broker's case counter of the last first delivery */
    uint32_t overtaken;     /* deliveries of a smaller counter than the one before */
};

/* One application and its decision, made before the clock starts. */
struct crowd_case {
    uint32_t branch; /* from the first on */
    uint32_t window; /* likewise */
    bool is_bulk;
    bool is_delivered;
    struct bytes application; /* msgpack body */
    uint8_t digest[SM3_SIZE];
    int64_t sent_us;
    int64_t stored_us;
    int64_t decided_us;
};

struct crowd {
    void *context;
    struct crowd_peer peers[CROWD_COUNT];
    struct crowd_case *cases;
    uint32_t case_count;
    uint32_t sent;
    uint32_t decided;
    uint32_t stored;
    uint32_t stored_bulk;
    uint32_t busy;             /* submits answered with BUSY */
    bool takes_busy;           /* which is no trouble here */
    int64_t credit;            /* deliveries each window takes */
    uint32_t *case_of_counter; /* OneVisit: the broker's case counter, by its low bits -> our index */
    uint32_t counter_mask;
    struct link_keys *strangers; /* more participants of the directory, all branches; owned */
    uint32_t stranger_count;
    struct digest *digest;
    uint8_t *body; /* scratch for encoding */
    struct arena arena;
    const char *trouble; /* a peer was told something that must not happen */
    char trouble_text[256];
};

struct dialect {
    const char *name;
    void (*greet)(struct crowd *crowd, struct crowd_peer *peer);
    void (*submit)(struct crowd *crowd, uint32_t index);
    void (*take)(struct crowd *crowd, struct crowd_peer *peer, struct wire_frames *frames);
    void (*rest)(struct crowd *crowd); /* after each round of reading: cumulative acknowledgements */
    void (*beat)(struct crowd *crowd, struct crowd_peer *peer);
};

extern const struct dialect dialect_onevisit;
extern const struct dialect dialect_bare;

static inline bool crowd_is_window(const struct crowd_peer *peer)
{
    return peer->index >= CROWD_BRANCH_COUNT;
}

/* Fills branch, window and class of a case. */
typedef void crowd_place(uint32_t index, struct crowd_case *out);
/* Every branch to every window in turn. */
void crowd_place_evenly(uint32_t index, struct crowd_case *out);

/* Names and keys of everybody, and the cases; the same for both servers. */
bool crowd_new(uint32_t case_count, crowd_place *place, struct crowd *out);
void crowd_free(struct crowd *crowd);
/* More branches for the directory, each with a key of its own. */
bool crowd_invite(struct crowd *crowd, uint32_t stranger_count);
/* Connects everybody and waits until all are up. */
bool crowd_connect(struct crowd *crowd, const struct dialect *dialect, const char *endpoint, const char *broker_key);
void crowd_disconnect(struct crowd *crowd);
/* A new connection and a new HELLO for one of them. */
bool crowd_connect_again(struct crowd *crowd, const struct dialect *dialect, struct crowd_peer *peer,
                         const char *endpoint, const char *broker_key);
/* Everybody says that it is there. */
void crowd_beat(struct crowd *crowd, const struct dialect *dialect);
void crowd_begin(struct crowd *crowd);
/* Takes what came, waiting at most so long for the first. */
void crowd_read(struct crowd *crowd, const struct dialect *dialect, long timeout_ms);
/* Runs all cases with so many in flight (or at a rate, cases a second, if above 0); seconds, or below 0 on trouble. */
double crowd_run(struct crowd *crowd, const struct dialect *dialect, uint32_t in_flight, uint32_t rate);

/* Never blocks for long: a full pipe is tried again while answers are taken. */
void crowd_send(struct crowd *crowd, struct crowd_peer *peer, const struct bytes *frames, uint32_t count);
void crowd_decided(struct crowd *crowd, uint32_t index);

#endif
