#ifndef ONEVISIT_TESTS_CORE_HOUSE_H
#define ONEVISIT_TESTS_CORE_HOUSE_H

#include "broker/core/core.h"
#include "broker/core/table.h"
#include "schemas/lifecycle.h"

/* A fake shell around the core for the stories: a map of rows for the store, a
 * list of records for the journal, a clock that moves when told to. It can take
 * a checkpoint at any moment, throw the core away and make it anew from rows
 * and the tail of the journal. Digests are hashes that are good enough here.
 *
 * Each act (submit, say, ...) empties the effects first, so that what a test
 * finds there is what the act led to. */

#define BRANCH       "B:105451099995"
#define OTHER_BRANCH "B:105452099997"
#define WINDOW       "W:370102"
#define OTHER_WINDOW "W:370103"
#define OPERATOR     "O:wang"
#define UNIT         "370102999001GB00001F00010203"
#define UNIT_2       "370102999001GB00001F00010204"
#define UNIT_3       "370102999001GB00001F00010205"
#define FOREIGN_UNIT "370103999001GB00001F00010203"

enum { SECOND = 1000000, BODY_MEMORY = 1 << 16 };

struct journaled {
    int64_t time_us;
    char sender[33];
    enum message_type type;
    struct bytes envelope, body; /* owned */
    uint8_t digest[32];
    uint8_t business_key[32];
    uint8_t contract_key[32];
    uint64_t case_previous;
    bool booked_differs, rank_differs;
    char case_id[CASE_ID_SIZE + 1];
};

struct stored {
    struct row_key key;
    struct bytes value; /* owned; data NULL: deleted */
};

struct house {
    struct core_settings settings;
    struct core *core;
    struct effects effects;
    int64_t now_us;
    struct table rows; /* of struct stored */
    uint64_t checkpoint;
    struct journaled *journal;
    uint32_t journal_count;
    uint64_t message_count;
    struct step step; /* of the last act */
    char why[256];
    bool is_checked; /* core_check after each step (default) */
};

struct house *house_new(void);
void house_free(struct house *house);
/* The broker died before its newest record was on disk. */
void house_forget_last_record(struct house *house);

/* ---- the shell's work ---- */
struct step house_step(struct house *house, struct event *event);
/* A fact of the broker that the core does not propose itself. */
void house_step_fact(struct house *house, enum message_type type, const char *case_id, const void *fact);
void house_propose(struct house *house); /* until there is nothing more */
void house_checkpoint(struct house *house);
void house_restart(struct house *house);
/* Moves the clock and steps EVENT_TIME at each moment the core asks for. */
void house_wait(struct house *house, int64_t us);
/* Does a replay of the whole journal give the rows the store has? Takes a checkpoint first. */
bool house_replays_the_same(struct house *house);

/* ---- who is there ---- */
void window_comes(struct house *house, const char *window, int64_t credit);
void branch_comes(struct house *house, const char *branch, int64_t event_number);
void operator_comes(struct house *house, const char *operator);
void leaves(struct house *house, const char *participant);

/* ---- what they say ---- */

/* The message's minimal example, for filling in; valid until the next two calls. */
void *body_of(enum message_type type);
struct said {
    const char *who;
    enum message_type type;
    const char *case_id; /* NULL: none */
    const void *body;    /* NULL: the minimal example */
    uint64_t message_id; /* 0: a new one */
    int64_t expires_at;  /* 0: none */
    int64_t revision;    /* 0: none */
    const char *group;   /* NULL: none */
    int64_t priority;    /* 0: none said */
    bool booked_differs; /* a booking of something else than filed, as the shell finds by the echo check */
    bool rank_differs;   /* a booking of another rank than filed, as the shell finds by the echo check */
    bool is_old;         /* a record of an older journal, which today's rules would not take */
    bool is_busy;        /* the shell has more to step before it asks for facts */
};
struct step say(struct house *house, const struct said *said);

struct case_submit *application(const char *unit, const char *contract);
/* The application of a branch for one unit; the case id, valid until the house is freed. */
const char *submit(struct house *house, const char *branch, const char *unit, const char *contract);
#define OLD_PROOF "鲁（2023）济南市不动产证明第0054321号"
/* A transfer with a running mortgage (M13) of the bank `cnaps`, whose proof is OLD_PROOF. */
const char *submit_with_old(struct house *house, const char *branch, const char *cnaps, const char *unit,
                            const char *contract);
/* PART_CONFIRM of the old mortgagee's branch. */
void answer_part(struct house *house, const char *branch, const char *case_id, const char *proof, bool agrees);
void deliver(struct house *house, const char *case_id, int64_t number); /* the window says DELIVERED */
/* The window says DELIVERY_FAILED; `is_returned`: after it had acknowledged it. */
void fail_delivery(struct house *house, const char *case_id, int64_t number, const char *class, bool is_returned);
void accept(struct house *house, const char *case_id, const char *number);
void book(struct house *house, const char *case_id, const char *number, const char *unit, const char *proof);
void certify(struct house *house, const char *case_id, const char *number, const char *proof);
void progress(struct house *house, const char *case_id, const char *step);
void ask_supplement(struct house *house, const char *case_id, int64_t round);
void supplement(struct house *house, const char *case_id, int64_t round);
void withdraw(struct house *house, const char *case_id);
void answer_withdrawal(struct house *house, const char *case_id, const char *result);
void notify_fee(struct house *house, const char *case_id, const char *bill, int64_t amount);
void confirm_fee(struct house *house, const char *case_id, const char *bill, const char *state);
void refund_fee(struct house *house, const char *case_id, const char *bill, const char *state);
void pay_fee(struct house *house, const char *case_id, const char *bill, int64_t amount);
void simply(struct house *house, const char *who, enum message_type type, const char *case_id);

/* ---- what there is to see ---- */
const struct case_row *the_case(struct house *house, const char *case_id);
/* Of the case as the store and memory have it; "" where there is none. */
const char *state_of(struct house *house, const char *case_id);
bool has_flag(struct house *house, const char *case_id, enum case_flag flag);
/* The n-th effect of a type (from 0) since the last act; NULL. */
const struct effect *effect_of(const struct house *house, enum effect_type type, uint32_t index);
uint32_t count_effects(const struct house *house, enum effect_type type);
/* The status of the only REJECT, STATUS_OK for none. */
enum status rejection(const struct house *house);
int64_t feed_last(struct house *house, const char *branch);
/* The feed row; texts borrow from static memory. */
struct feed_row feed_at(struct house *house, const char *branch, uint64_t number);
/* "DELIVERED" or another fact, or the name of the window's message. */
const char *feed_says(struct house *house, const char *branch, uint64_t number);

#define expect_state(house, case_id, state) cr_expect_str_eq(state_of(house, case_id), state)

#endif
