#ifndef ONEVISIT_BROKER_CORE_STATE_H
#define ONEVISIT_BROKER_CORE_STATE_H

#include "broker/core/case.h"
#include "broker/core/core.h"
#include "broker/core/queue.h"
#include "broker/core/rows.h"
#include "broker/core/table.h"

/* What the core holds, for its own files alone. The rows of cases, windows,
 * branches, participants and meta are durable; the rest is volatile. */

enum {
    WINDOW_FOLLOW_COUNT_MAX = 64,   /* follow-ups out at one window: pacing, since they need no credit */
    CASES_VISITING_COUNT_MAX = 256, /* closed cases kept in memory for reading: more than ROW_NEEDS_MAX */
    BUSY_RETRY_MS = 5000,           /* what BUSY asks for */
    ROW_BUFFER_SIZE = 1 << 17,      /* one encoded row; the longest calendar is under 112 KiB, a case under 32 */
    ROW_ARENA_SIZE = 1 << 18,       /* list items of one decoded row */
};

/* One session of a participant. It lives in the core's table of sessions. */
struct session {
    char participant[PARTICIPANT_SIZE_MAX + 1];
    int64_t heard_us;
    struct timer timer;
    struct window_file *window; /* NULL for others */
    struct branch_file *branch; /* NULL for others */
    bool offers_title;          /* a window that answers title queries */
};

struct window_file {
    char name[PARTICIPANT_SIZE_MAX + 1];
    struct window_row row; /* texts point below */
    char state[17];
    char reason[257];

    struct session *session; /* NULL: not connected */
    uint32_t credit;
    uint32_t out_count;        /* cases out and unacknowledged: they hold credit */
    uint32_t follow_out_count; /* follow-ups out */
    uint32_t open_count;
    uint32_t queued_count; /* open cases that were not delivered yet */
    struct queue queue;    /* SENDING_READY */
    struct heap again;     /* SENDING_AGAIN */
    struct heap follow;    /* SENDING_FOLLOW */
    struct list cases;     /* all open ones */
    struct list asks;      /* title queries that wait for it (title.h) */
    struct list_node of_pump, of_dispatch, of_link;
    uint64_t stamp;
};

/* Where the urgent feed stands in this session (urgent.h). */
struct urgent_feed {
    uint64_t base;   /* up to here the branch has it */
    uint64_t cursor; /* up to here it was sent */
    struct timer timer;
    uint64_t *behind; /* of each entry not acknowledged: the ordinary number it comes after */
    uint32_t behind_count;
    uint32_t behind_capacity;
};

struct branch_file {
    char name[PARTICIPANT_SIZE_MAX + 1];
    struct branch_row row;

    struct session *session;
    uint64_t base;   /* up to here the branch has the feed, as far as this session knows */
    uint64_t cursor; /* up to here the feed was sent in this session */
    struct timer timer;
    struct urgent_feed urgent;
    struct list cases; /* all open ones */
    struct list_node of_pump;
    struct list_node of_rate;
    uint64_t stamp;
};

/* An operator who looked up persons. */
struct operator_file {
    char name[PARTICIPANT_SIZE_MAX + 1];
    struct operator_row row;
    struct list_node of_rate;
};

/* One key of the directory. */
struct key_file {
    struct directory_row row; /* texts point into `texts` */
    char *texts;
    uint64_t stamp;
};

/* The rules of one window in force; its texts and lists point below. */
struct rules_file {
    struct fact_rules fact;
    uint8_t *bytes;
    uint8_t *memory;
};

/* The calendar in force, likewise. */
struct calendar_file {
    struct fact_calendar fact;
    uint8_t *bytes;
    uint8_t *memory;
};

struct core {
    struct core_settings settings;
    struct meta_row meta;
    uint8_t broker_id[16];
    uint8_t directory_digest[DIGEST_SIZE];
    uint8_t calendar_digest[DIGEST_SIZE];
    struct calendar_file *calendar; /* NULL: none was journaled yet */

    struct table cases;     /* by case id */
    struct table lanes;     /* by lane key */
    struct table windows;   /* by participant */
    struct table branches;  /* by participant */
    struct table operators; /* by participant */
    struct table sessions;  /* by participant */
    struct table keys;      /* by CURVE key */
    struct table rules;     /* of struct rules_file, by window */
    struct rows rows;

    struct list open;     /* open cases, oldest first */
    struct list closed;   /* closed ones that changed since the last checkpoint */
    struct list visiting; /* closed ones read for an event that did not change them, oldest first */
    struct list parked;   /* open cases set aside for an operator */
    uint32_t visiting_count;
    uint32_t open_count;
    struct heap timers;
    struct list due;         /* cases with facts due */
    struct list link_due;    /* windows whose row differs from their session */
    struct list rate_due;    /* branches that asked for unusually many titles */
    struct list lookup_due;  /* operators that looked up unusually many persons */
    struct list dispatching; /* windows that can take a first dispatch */
    struct list pumping;     /* windows where something may go out */
    struct list feeding;     /* branches with something to send */
    uint64_t stamp;

    char (*wanted)[CASE_ID_SIZE + 1]; /* open cases named at loading */
    uint32_t wanted_count;
    uint32_t wanted_capacity;
    uint32_t wanted_cursor;

    uint8_t *buffer; /* ROW_BUFFER_SIZE */
    uint8_t *memory; /* ROW_ARENA_SIZE */
    struct arena arena;
    struct problems problems;
};

/* One event on its way through the core: what the handlers share. */
enum told { TOLD_NOTHING, TOLD_MESSAGE, TOLD_FACT };

struct turn {
    struct core *core;
    const struct event *event;
    struct effects *effects;
    struct case_file *file; /* the case concerned, NULL for none */
    struct step step;
    enum told told;       /* what the branch of the case hears */
    const char *fact;     /* TOLD_FACT */
    bool differs;         /* the branch also hears ECHO_DIFF */
    bool contradicts;     /* the branch also hears CONTRADICTION */
    bool exceeds;         /* the branch also hears ROUND_LIMIT */
    bool is_repeat;       /* said before: stored, no effect */
    bool is_needless;     /* nothing new: neither stored nor answered */
    const char *path;     /* of a REJECT */
    char path_room[32];   /* for a path with a number in it */
    bool names_open_case; /* the REJECT names turn->step.case_id */
};

/* Found or made. Their rows are durable from their first use by a stored event. */
struct window_file *core_window(struct core *core, struct text name);
struct branch_file *core_branch(struct core *core, struct text name);
struct window_file *core_find_window(const struct core *core, struct text name);
struct branch_file *core_find_branch(const struct core *core, struct text name);
struct case_file *core_find_case(const struct core *core, struct text case_id);
/* Exactly one owner of the next step (DOMAIN I2). */
const char *core_waits_for(const struct core *core, const struct case_row *row);
struct session *core_find_session(const struct core *core, struct text participant);

/* Encodes into core->buffer; valid until the next use of it. */
struct bytes core_encode(struct core *core, const struct record *record, const void *in);
/* The value of a small row, data NULL when it is absent. */
struct bytes core_small(const struct core *core, const struct row_key *key);
/* The same, read: false when it is absent. What is there can be read: core_offer judged it, or core_put made it. Texts
 * borrow from the row until it changes; lists are in the arena. */
bool core_read(const struct core *core, const struct row_key *key, const struct record *record, struct arena *arena,
               void *out);
void core_put(struct core *core, const struct row_key *key, const struct record *record, const void *in);
void core_touch_case(struct core *core, struct case_file *file);
void core_touch_window(struct core *core, const struct window_file *window);
void core_touch_branch(struct core *core, const struct branch_file *branch);

/* An effect to a participant. Running out of memory ends the process (memory.h). */
struct effect *turn_effect(struct turn *turn, enum effect_type type, struct text to);
void turn_reject(struct turn *turn, enum status status);

static inline int64_t us_of_ms(int64_t ms)
{
    return ms * 1000;
}

#endif
