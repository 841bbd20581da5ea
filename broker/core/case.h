#ifndef ONEVISIT_BROKER_CORE_CASE_H
#define ONEVISIT_BROKER_CORE_CASE_H

#include "broker/core/event.h"
#include "broker/core/heap.h"
#include "broker/core/list.h"
#include "broker/core/row.h"
#include "schemas/clocks.h"
#include "schemas/lifecycle.h"

struct lane;
struct share;
struct window_file;
struct branch_file;

/* A case in memory. `row` is its durable state, its texts point into this
 * file; all below `sending` is volatile and dies with the process.
 *
 * The state has a base and layers over it (flags SUSPENDED, WITHDRAWING,
 * PARKED): what is shown is the topmost. Invariants, walked by core_check:
 *  1. row.state is what is shown, row.state_before the base where a layer lies over it;
 *  2. no layer lies over a state that is in the book, closed or was never sent;
 *  3. deliveries are acknowledged in order: all before the first open one are done. */
enum { CASE_DELIVERY_COUNT_MAX = 64, CASE_SEEN_COUNT_MAX = 64, CASE_LAYER_COUNT_MAX = 4, CASE_ALERT_COUNT_MAX = 64 };

enum delivery_state { DELIVERY_OPEN, DELIVERY_DONE, DELIVERY_VOID };

/* A case's place in the lane of one of its units. */
struct lane_place {
    struct list_node node; /* owner: the case */
    struct lane *lane;
};

/* Where the next thing for the window stands. */
enum sending {
    SENDING_NOTHING,
    SENDING_READY,      /* never sent, heads all its lanes: waits for FACT_DISPATCH */
    SENDING_AGAIN,      /* sent before, waits for credit in this session */
    SENDING_FOLLOW,     /* a follow-up waits for its turn */
    SENDING_OUT,        /* the case itself is out and unacknowledged: it holds credit */
    SENDING_FOLLOW_OUT, /* a follow-up is out and unacknowledged */
    SENDING_WAIT        /* an attempt failed: it goes again after a while, and holds no credit */
};

enum timer_kind { TIMER_CASE, TIMER_CLOCK, TIMER_BRANCH, TIMER_URGENT, TIMER_SESSION, TIMER_TITLE };

struct timer {
    struct heap_node node; /* rank: when, in microseconds */
    enum timer_kind kind;
};

/* Facts that are due for a case: bits. */
enum case_due { DUE_EXPIRE = 1, DUE_DOUBT = 2, DUE_PARK = 4, DUE_ARCHIVE = 8, DUE_ALARM = 16 };

struct case_file {
    struct case_row row;
    enum lifecycle_state base;
    char case_id[CASE_ID_SIZE + 1];
    char kind[8];
    char branch_name[PARTICIPANT_SIZE_MAX + 1];
    char window_name[PARTICIPANT_SIZE_MAX + 1];
    char number[51];
    char proof[129];
    char park_cause[65];
    uint8_t business_key[DIGEST_SIZE];
    uint8_t contract_key[DIGEST_SIZE];    /* zeroes for a case of before it was kept */
    uint8_t (*seen_digests)[DIGEST_SIZE]; /* behind row.seen */
    char *lane_texts;                     /* behind row.lanes */
    bool is_visiting;                     /* closed, read from the store, unchanged */
    bool is_open;                         /* stands in the lists of its window and branch */

    struct window_file *window;
    struct branch_file *branch;
    struct list_node of_all, of_window, of_branch; /* oldest first */
    struct list_node of_parked;
    struct lane_place *places; /* one a lane */
    uint32_t headed_count;     /* lanes it heads */
    bool is_in_lanes;
    struct share *share; /* of its branch at its window, as long as it is in lanes (queue.h) */
    bool is_hurried;     /* an interactive case waits behind it */

    enum sending sending;
    uint32_t sending_index;   /* index of the delivery meant */
    struct heap_node turn;    /* in one of the heaps of its window or share; rank: row.submitted */
    uint16_t attempt;         /* as told to the window */
    uint16_t attempt_counted; /* those that count towards doubt and parking */
    bool is_recalled;         /* the session ended while it was out: the next attempt does not count */
    int64_t lease_us;         /* when the lease of what is out ends, or the wait after what failed */
    struct timer timer;
    unsigned due; /* bits of enum case_due */
    struct list_node of_due;
    struct timer clock_timer; /* the next alarm, as reckoned from what follows */
    bool clock_is_reckoned;
    enum clock_name clock_name;
    int64_t clock_started_us;
    int64_t clock_given;
    int64_t clock_basis;
    int64_t clock_pulls;
};

/* The state of the house behind the words on the wire; also for a row that is not in memory. */
enum lifecycle_state row_state(const struct case_row *row);

struct case_file *case_new(struct text case_id);
void case_free(struct case_file *file);
/* A file with everything of the row; STATUS_CORRUPT when the row cannot stand. */
MUST_CHECK enum status case_of_row(const struct case_row *row, struct case_file **out);

void case_set_kind(struct case_file *file, struct text kind);
void case_set_branch(struct case_file *file, struct text branch);
void case_set_window(struct case_file *file, struct text window);
void case_set_number(struct case_file *file, struct text number);
void case_set_proof(struct case_file *file, struct text proof);
void case_set_park_cause(struct case_file *file, struct text cause);
/* It is set aside no longer: the cause and all that stands beside it go. */
void case_unpark(struct case_file *file);
/* The attempts that failed count no longer. */
void case_forget_failures(struct case_file *file);
void case_set_business_key(struct case_file *file, const uint8_t business_key[DIGEST_SIZE]);
void case_set_contract_key(struct case_file *file, const uint8_t contract_key[DIGEST_SIZE]);
/* The texts of the row that have no place of their own above: copied to the heap and owned by the file. `member` is one
 * of CASE_KEPT_TEXTS; `value` may be absent. */
void case_keep_text(struct text *member, struct text value);
#define CASE_KEPT_TEXTS(EACH)                                                                                          \
    EACH(group)                                                                                                        \
    EACH(old_mortgagee)                                                                                                \
    EACH(ended_proof)                                                                                                  \
    EACH(clerk)                                                                                                        \
    EACH(promised)                                                                                                     \
    EACH(fee_state)                                                                                                    \
    EACH(fee_bill)                                                                                                     \
    EACH(clock)                                                                                                        \
    EACH(park_class)                                                                                                   \
    EACH(failed_class)                                                                                                 \
    EACH(failed_cause)
/* One more title result it stands on; the first stands in the row itself, all in its list once there are two. */
void case_stand(struct case_file *file, const struct stood_row *stood);
/* A new alert, with copies of the texts; the oldest that ended, else the oldest, makes room where the list is full. */
struct risk_row *case_add_risk(struct case_file *file, const struct risk_row *risk);
/* A RISK_ALERT reached it, for its history; the oldest makes room where the list is full. */
void case_note_alert(struct case_file *file, uint64_t sequence);
/* A reason of the window, with copies of the texts; forgotten where the list is full (DEFECT_COUNT_MAX). */
void case_add_defect(struct case_file *file, const struct defect_row *defect);
/* Copies the texts; makes the places. */
void case_set_lanes(struct case_file *file, const struct text *lanes, uint32_t count);

bool case_has(const struct case_file *file, enum case_flag flag);
void case_flag(struct case_file *file, enum case_flag flag);
void case_unflag(struct case_file *file, enum case_flag flag);

/* The states from the topmost layer down to the base; their count. */
uint32_t case_layers(const struct case_file *file, enum lifecycle_state out[CASE_LAYER_COUNT_MAX]);
enum lifecycle_state case_shown(const struct case_file *file);
/* Brings row.state, row.state_before and row.since up to date. */
void case_show(struct case_file *file, int64_t time_us);

/* What the window must get. The caller made sure that there is room. */
void case_add_delivery(struct case_file *file, enum message_type type, uint64_t sequence);
/* Index of the first open delivery; row.deliveries.count for none. */
uint32_t case_next_delivery(const struct case_file *file);
/* Nothing more goes to the window, but for a payment while the case is open. */
void case_void_deliveries(struct case_file *file);
/* The window has the delivery: doubt and parking end. */
void case_delivered(struct case_file *file, uint32_t index);

/* What the window said. */
bool case_has_heard(const struct case_file *file, enum lifecycle_event event, const uint8_t digest[DIGEST_SIZE]);
bool case_has_applied(const struct case_file *file, enum lifecycle_event event);
/* What was applied counts no longer: something that weighs more speaks against it. */
void case_disown(struct case_file *file, enum lifecycle_event event);
/* Where the list is full the oldest STATUS is forgotten, or the oldest of all. */
void case_hear(struct case_file *file, enum lifecycle_event event, const uint8_t digest[DIGEST_SIZE], bool is_applied);

#endif
