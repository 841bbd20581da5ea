#ifndef ONEVISIT_TESTS_SIM_ORACLE_H
#define ONEVISIT_TESTS_SIM_ORACLE_H

#include "broker/core/table.h"
#include "schemas/codes.h"
#include "schemas/message.h"

/* Knows what was promised (docs/reliability.md), not how the broker does it. It
 * sees what the broker's wire carries, what peers said and what they stored, and
 * remembers all of it, crashes or not:
 *
 *   P1 a receipt's record is on disk when the receipt leaves, and for ever
 *   P2 the same message gets the same answer; one application is one case
 *   P3 nothing overtakes within a case or on a unit
 *   P5 when the trouble is over, everything comes to its end
 *   P7 no shown state is ahead of its evidence
 *   P8 the chain holds
 *   P9 rows made anew from the journal are the same rows
 *
 * The first promise that is broken stands in `why`. */
enum { ORACLE_WHY_SIZE = 512, ORACLE_UNIT_COUNT_MAX = 3, ORACLE_ID_SIZE = 16 };

/* One application as its branch made it: there is one for each message id. */
struct filed {
    uint8_t id[ORACLE_ID_SIZE];
    uint32_t branch;
    uint32_t number; /* of the application: the same one under another id has the same number */
    uint32_t window;
    uint32_t units[ORACLE_UNIT_COUNT_MAX];
    uint32_t unit_count;
    uint32_t kind; /* see kinds.h */
    uint32_t old;  /* the branch of the mortgagee whose mortgage it ends with a transfer, plus 1; 0 for none */
    bool may_expire;
    char ended[80]; /* the proof of the mortgage it ends or follows, "" for none */
    bool is_cancellation;
    bool secures;    /* it gives a mortgage, or keeps one */
    bool has_more;   /* a material that rules may ask for */
    bool is_foreign; /* it stands on somebody else's title result: it must be refused */
};

/* One case as the broker told of it. */
struct told_case {
    char id[CASE_ID_SIZE + 1];
    const struct filed *filed;
    uint64_t sequence;
    uint64_t thread_last; /* its record before, as its thread through the journal is followed */
    int64_t failed;       /* attempts its window said failed, as the journal is read, since it had the last delivery */
    uint64_t said;        /* kinds of words the window said, a bit each */
    uint32_t stored_last; /* the highest number of a delivery the window has */
    bool was_given_up;    /* by an operator */
    bool was_withdrawn_by_branch;
    bool was_checked;   /* CERT_ACK */
    int64_t heard_last; /* number of the last event its branch heard of it */
    bool is_ruling_seen;
    int64_t ruling_seen; /* the version of rules it was shown under */
    char state[17];      /* the last one its branch heard */
    char proof[80];      /* under which its window booked it */
};

struct oracle {
    bool has_failed;
    char why[ORACLE_WHY_SIZE];
    char about[CASE_ID_SIZE + 1]; /* the case it is about, "" for none */
    struct table filed;           /* by message id */
    struct table receipts;        /* by participant and message id */
    struct table cases;           /* by case id */
    struct table events;          /* by participant, feed and number */
    struct table words;           /* digests of what windows said, by message id */
    struct table early;           /* of struct told_case: a branch heard of it before its receipt came */
    struct told_case **in_order;  /* by sequence */
    uint32_t case_count;
    uint32_t case_capacity;
    uint64_t receipt_count;
    uint64_t event_count;
};

void oracle_fini(struct oracle *oracle);
__attribute__((format(printf, 3, 4))) void oracle_fails(struct oracle *oracle, const char *about, const char *format,
                                                        ...);

/* A branch has made an application and put it into its outbox. */
void oracle_sees_filed(struct oracle *oracle, const struct filed *filed);
/* A message is about to leave the broker. */
void oracle_sees_sent(struct oracle *oracle, uint32_t peer, const struct bytes *frames, uint32_t count);
/* A window has put a word into its outbox. */
void oracle_sees_said(struct oracle *oracle, const uint8_t *id, enum message_type type, const char *case_id,
                      const uint8_t *digest);
/* A window has entered a case in its book. */
void oracle_sees_booked(struct oracle *oracle, const char *case_id, const char *proof);
/* A window has put a delivery into its inbox. */
void oracle_sees_stored(struct oracle *oracle, uint32_t window, struct text case_id,
                        const struct case_deliver *deliver);
/* Has the window this message of the case? */
bool oracle_was_stored(const struct oracle *oracle, const char *case_id, const uint8_t *id);
/* A branch has put an event into its book. */
void oracle_sees_event(struct oracle *oracle, uint32_t branch, struct text case_id, const struct case_event *event,
                       struct bytes body, const uint8_t *chunk_digest);
/* The old mortgagee's branch has answered for its mortgage. */
void oracle_sees_agreed(struct oracle *oracle, struct text case_id, bool agrees);
struct told_case *oracle_case(const struct oracle *oracle, struct text case_id);
/* All receipts, and the chain: what is on the disk now. */
void oracle_judges_disk(struct oracle *oracle);
/* Everything must have come to its end. */
void oracle_judges_end(struct oracle *oracle);

#endif
