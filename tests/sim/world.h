#ifndef ONEVISIT_TESTS_SIM_WORLD_H
#define ONEVISIT_TESTS_SIM_WORLD_H

#include "broker/keep/keeper.h"
#include "broker/server.h"
#include "schemas/message.h"
#include "tests/sim/disk.h"
#include "tests/sim/heard.h"
#include "tests/sim/oracle.h"
#include "tests/sim/street.h"

/* One simulated world: the whole daemon (the real one, from the door's frames
 * to the store's seam), a street of connections, branches, windows, an operator,
 * one clock and one stream of random numbers. Things happen one after the other,
 * in the order of their time; the same seed gives the same run. */

enum feature {
#define FEATURE(NAME, word, sentence) FEATURE_##NAME,
#include "tests/sim/features.def"
#undef FEATURE
    FEATURE_COUNT
};

enum {
    BRANCH_COUNT_MAX = 6,
    WINDOW_COUNT_MAX = 4,
    OPERATOR_COUNT = 2,
    PEER_COUNT_MAX = BRANCH_COUNT_MAX + WINDOW_COUNT_MAX + OPERATOR_COUNT,
    UNIT_COUNT_MAX_SIM = 32, /* of one window */
    TRACE_LINE_COUNT = 8192,
    TRACE_LINE_SIZE = 192,
};

struct options {
    uint64_t seed;
    uint64_t features; /* a bit each */
    uint32_t branch_count;
    uint32_t window_count;
    uint32_t unit_count;  /* of each window: few, so that applications meet */
    uint32_t apply_count; /* applications in all */
    int64_t trouble_us;   /* how long things go wrong; then everything must come to its end */
};

enum happening_kind {
    HAPPENS_TURN,
    HAPPENS_ARRIVAL,
    HAPPENS_PEER,
    HAPPENS_TROUBLE,
    HAPPENS_START,
    HAPPENS_STORM,
    HAPPENS_TWIN
};

struct happening {
    int64_t at_us;
    uint64_t tie; /* those of one moment come in the order they were planned */
    enum happening_kind kind;
    uint32_t who; /* peer, or line */
    bool is_up;   /* an arrival at the broker */
};

struct world {
    struct options options;
    struct random random;
    int64_t now_us;
    uint64_t tie;
    struct happening *plan; /* a heap */
    uint32_t plan_count;
    uint32_t plan_capacity;
    uint64_t step_count;

    struct disk disk;
    struct settings settings;
    struct server *server; /* NULL while it is down */
    int64_t clock_off_us;  /* of the broker's clock */
    int64_t turn_at_us;    /* the turn that is planned; INT64_MAX for none */
    int64_t busy_until_us;
    uint64_t start_count;
    uint64_t crash_count;
    bool is_trouble_over;

    struct street *street;
    struct peer *peers;
    uint32_t peer_count;
    struct titles *titles;
    struct acts *acts;
    struct alerts *alerts;
    struct materials *materials;
    struct words *words;
    struct hearing hearing;
    struct books *books;
    struct fixes *fixes;
    struct keyring *keyring;
    struct ruling *ruling;
    struct twin *twin;
    bool has_hangup; /* SIGHUP is on its way to the broker */
    struct oracle oracle;

    char (*trace)[TRACE_LINE_SIZE];
    uint64_t trace_count;
    uint64_t digest; /* of all trace lines: two runs of one seed have the same */
    char log_last[TRACE_LINE_SIZE];
};

/* The world that runs: the seams (door, clock, log) have no argument to find it by. */
extern struct world *world;

static inline bool world_has(enum feature feature)
{
    return (world->options.features >> feature & 1) != 0;
}

/* Trouble happens only while it is its time. */
static inline bool world_troubles(enum feature feature)
{
    return !world->is_trouble_over && world_has(feature);
}

void world_plan(int64_t at_us, enum happening_kind kind, uint32_t who, bool is_up);
void world_plan_turn(int64_t at_us);
__attribute__((format(printf, 1, 2))) void world_say(const char *format, ...);
__attribute__((format(printf, 1, 2))) void world_log(const char *format, ...);

/* Runs the world of `options` to its end; false when a promise was broken. */
bool world_run(const struct options *options, struct world *out);
void world_fini(struct world *done);

/* ---- the host of the broker (host.c) ---- */
void host_start(void);
void host_turn(void);
void host_trouble(void); /* one thing goes wrong */
/* Stops the broker and proves that its rows are a function of the journal. */
void host_rest(void);

/* ---- rebuild.c ---- */
/* The rows of the disk, whose checkpoint stands at the head, against rows made anew from its journal alone, in other
 * portions and with a stop in the middle. */
void rebuild_judge(const struct disk *kept);

/* ---- storm.c ---- */
void storm_begin(void);
void storm_strike(uint32_t left); /* and `left` more of them within a moment */

/* ---- places.c ---- */
MUST_CHECK bool places_make(struct settings *out);

const char *const *feature_words(void);

#endif
