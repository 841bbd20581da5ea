#ifndef ONEVISIT_BROKER_CORE_CORE_H
#define ONEVISIT_BROKER_CORE_CORE_H

#include "broker/core/effect.h"
#include "broker/core/event.h"
#include "broker/core/row.h"
#include "schemas/lifecycle.h"

/* The rules of the house: pure and deterministic. It opens nothing, reads no
 * clock, draws no random number and holds no message bodies.
 *
 * Two kinds of state, two structs:
 *  - durable: rows (cases, duplicates, business keys, feeds, participants,
 *    windows, meta), a function of the journal alone;
 *  - volatile: sessions, credit, leases, retry timers. It reaches the durable
 *    state only through a fact that core_propose hands to the shell, which
 *    journals it and steps it like any message.
 *
 * Life of one event in the shell:
 *    core_needs -> read the rows that are not in memory -> core_offer each
 *    core_step  -> VERDICT_STORE: append the record; anything else: nothing
 *    core_propose until it has nothing more -> each fact is stepped likewise
 *    ONE synchronous write -> the effects are carried out
 *    now and then: core_dirty_* -> one atomic write of rows with the checkpoint
 */
struct core;

struct core_settings {
    int64_t lease_ms; /* a delivery is acknowledged within, else sent again; grows to lease_ms_max */
    int64_t lease_ms_max;
    uint16_t doubt_attempts;        /* attempts until IN_DOUBT is recorded */
    uint16_t delivery_attempts_max; /* attempts until the case is parked */
    uint32_t feed_in_flight_max;    /* unacknowledged CASE_EVENTs per branch session */
    int64_t feed_retry_ms;          /* no EVENT_ACK progress for so long: sent again */
    int64_t silence_ms_max;         /* a session without any message for so long is down */
    int64_t title_timeout_ms;       /* a window answers a title query within */
    int64_t proof_pull_ms;          /* wait between two pulls of a proof; doubles up to proof_pull_ms_max */
    int64_t proof_pull_ms_max;
    uint16_t proof_pull_count_max; /* pulls of one proof; 0: none */
    int64_t title_hour_count_max;  /* a branch that asks for more titles within an hour raises an alarm; 0: never */
    int64_t lookup_hour_count_max; /* an operator that looks up more persons within an hour raises an alarm; 0: never */
    int64_t archive_ms;            /* certified and acknowledged for so long: archived */
    uint32_t queue_count_max;      /* undelivered cases per window; beyond: BUSY */
    uint32_t bulk_queue_count_max; /* likewise, beyond which bulk is BUSY while a counter still gets in; 0: none */
    uint32_t branch_queue_count_max; /* undelivered cases of one branch at one window; beyond: BUSY; 0: none */
    uint32_t bulk_every;             /* where both wait, one first dispatch in so many is bulk; 0: none */
    uint32_t open_count_max;         /* open cases in all; beyond: BUSY */
};

enum verdict {
    VERDICT_STORE,  /* append it at event->sequence; state has changed accordingly */
    VERDICT_ANSWER, /* nothing to store; effects may hold an answer */
};

/* One row of the lifecycle table that decided something, for whoever wants to see why. */
struct step_decision {
    enum lifecycle_state state; /* the layer, or what lies beneath, whose cell it is */
    enum lifecycle_event event;
    const struct lifecycle_cell *cell;
};

enum { STEP_DECISION_MAX = 4 /* more than any event brings; what is beyond is not shown */ };

struct step {
    enum verdict verdict;
    uint64_t case_previous; /* the case's record before this one, 0 for none: the case's thread through the journal */
    char case_id[CASE_ID_SIZE + 1]; /* the case concerned (the one just given for CASE_SUBMIT), "" for none */
    struct text state;              /* of the case after it, by its name on the wire; data NULL for none */
    struct step_decision decisions[STEP_DECISION_MAX]; /* in their order */
    uint32_t decision_count;
};

/* A fact the core wants to become true: the shell journals and steps it. */
struct fact {
    enum message_type message;
    char case_id[CASE_ID_SIZE + 1];
    union {
        struct fact_dispatch dispatch;
        struct fact_doubt doubt;
        struct fact_park park;
        struct fact_expire expire;
        struct fact_alarm alarm;
        struct fact_archive archive;
        struct fact_cert_pull cert_pull;
        struct fact_title_rate title_rate;
        struct fact_lookup_rate lookup_rate;
        struct fact_window_link window_link;
    } body; /* texts inside are valid until the next call into the core */
};

MUST_CHECK enum status core_new(const struct core_settings *settings, struct core **out);
void core_free(struct core **core);

/* ---- rows ---- */

/* At start: every row under core_load_prefixes, then the rows core_load_wants
 * asks for (the cases that are open), then core_loaded, then the tail of the
 * journal is stepped (core_needs and core_offer before each, as ever). */
const char *core_load_prefixes(void); /* one byte each, in order of loading */
/* The next row that the rows loaded so far call for, or false: read it, hand it to core_load, ask again. */
bool core_load_wants(struct core *core, struct row_key *out);
/* STATUS_CORRUPT when the value cannot be read, STATUS_NEWER when a newer version wrote it. */
MUST_CHECK enum status core_load(struct core *core, const struct row_key *key, struct bytes value);
/* STATUS_CORRUPT when a row that was wanted is missing. */
MUST_CHECK enum status core_loaded(struct core *core);

/* The rows this event needs and memory does not hold, at most ROW_NEEDS_MAX. A
 * row that was offered may name others (a unit its cases): ask again until there
 * are none, at most CORE_NEEDS_ROUND_MAX times. */
enum { CORE_NEEDS_ROUND_MAX = 4 };
void core_needs(const struct core *core, const struct event *event, struct row_keys *out);
/* What the store said: a value, or absent (data NULL). STATUS_CORRUPT when it cannot be read. */
MUST_CHECK enum status core_offer(struct core *core, const struct row_key *key, struct bytes value);

/* Walks the rows changed since the last core_dirty_done, each once, in order of
 * the key's first change. A value with data NULL means: delete the row. The
 * value is valid until the next call into the core. */
bool core_dirty_next(struct core *core, uint32_t *cursor, struct row_key *key, struct bytes *value);
uint32_t core_dirty_count(const struct core *core);
/* They are in the store now: closed cases and small rows may leave memory. */
void core_dirty_done(struct core *core);
/* A row that is in memory (dirty or loaded): true and its value, else false. For the shell's own reading. */
bool core_row(struct core *core, const struct row_key *key, struct bytes *value);

/* ---- stepping ---- */

/* Was this message stored before? (Then form checks that depend on the day are not repeated.) Needs offered before. */
bool core_knows(const struct core *core, struct text participant, const uint8_t message_id[MESSAGE_ID_SIZE]);
/* Enough for the business key of any application within the limits of its rows. */
enum { BUSINESS_KEY_SIZE_MAX = 8192 };
/* Writes the canonical bytes of the business key (district, sorted units,
 * mortgagee USCC, DYFS, kind, 抵押合同号); its SM3 goes into event->business_key. */
MUST_CHECK enum status core_business_key(const struct case_submit *application, uint8_t *out, size_t capacity,
                                         size_t *size);
/* Is the contract filed in another open case that is not of the event's group (check B03)? The very same application is
 * a matter of the business key. Needs offered before. */
bool core_contract_is_elsewhere(const struct core *core, const struct event *event);
/* Is another case open on a unit of the application (whose, is nobody's business)? Needs offered before. */
bool core_others_are_open(const struct core *core, const struct case_submit *application);
/* Likewise of the contract (mortgagee USCC, kind, 抵押合同号), for event->contract_key. */
MUST_CHECK enum status core_contract_key(const struct case_submit *application, uint8_t *out, size_t capacity,
                                         size_t *size);
struct step core_step(struct core *core, const struct event *event, struct effects *effects);
/* The next fact due at `now_us`, or false. */
bool core_propose(struct core *core, int64_t now_us, struct fact *out);
/* When EVENT_TIME is wanted next; INT64_MAX for never. */
int64_t core_wake_us(const struct core *core);

/* ---- looking ---- */

uint64_t core_sequence(const struct core *core);
const struct meta_row *core_meta(const struct core *core);
uint32_t core_open_count(const struct core *core);
/* NULL when it is not in memory (offer its row first). */
const struct case_row *core_case(const struct core *core, struct text case_id);
/* The key's directory row, NULL when nobody knows the key. */
const struct directory_row *core_participant_of_key(const struct core *core, struct text key);
/* Keys in force that end before that time, or have ended. */
uint32_t core_keys_ending(const struct core *core, int64_t before_us);
/* The window as operators see it; texts valid until the next call into the core. */
bool core_window_view(const struct core *core, struct text window, struct window_view *out);
/* Parked cases; `oldest` gets since when the oldest one is parked, absent for none. */
uint32_t core_parked(const struct core *core, struct number *oldest);
/* Branches with an alarm of the last day for asking for unusually many titles. */
uint32_t core_title_alarms(const struct core *core, int64_t now_us, struct text out[TITLE_RATE_COUNT_MAX]);
/* Operators with an alarm of the last day for looking up unusually many persons. */
uint32_t core_lookup_alarms(const struct core *core, int64_t now_us, struct text out[LOOKUP_RATE_COUNT_MAX]);
/* Fills what may be said of a case (history left empty); texts borrow from the core. */
MUST_CHECK enum status core_case_status(const struct core *core, const struct case_row *row, struct arena *arena,
                                        struct case_status *out);
/* Open cases, newest first: calls `take` until it answers false. */
void core_each_open_case(const struct core *core, bool (*take)(const struct case_row *row, void *context),
                         void *context);

/* Walks every invariant; true, or false with a sentence in `why`. */
bool core_check(const struct core *core, char *why, size_t size);

#endif
