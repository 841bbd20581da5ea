#ifndef ONEVISIT_TESTS_SIM_KINDS_H
#define ONEVISIT_TESTS_SIM_KINDS_H

#include "tests/sim/peer.h"

/* Kinds of registration: first ones, combined ones, and those that change, pass on, fix or end a mortgage that was
 * certified before. What was promised of a transfer with a running mortgage (M13):
 *
 *   its window gets it only after the old mortgagee's branch agreed, and nobody else can agree
 *   that branch is asked once, and hears once how it ended, unless it ended it itself */
enum { KIND_PROOF_SIZE = 80, KIND_NUMBER_SIZE = 40 };

/* What kind of application it is, and what it follows. */
struct kind_chosen {
    uint32_t kind;                  /* among those below; 0 is M01 */
    char ended[KIND_PROOF_SIZE];    /* the proof it ends, changes, passes on or fixes; "" for none */
    char earlier[KIND_NUMBER_SIZE]; /* the number under which that was booked */
    uint32_t old;                   /* the old mortgagee's branch among all peers, plus 1; 0 for none */
};

/* What of a certified mortgage an application that follows it needs. */
struct mortgage {
    char proof[KIND_PROOF_SIZE];
    char number[KIND_NUMBER_SIZE];
    bool is_followed;
};

/* A kind for a new application. `mortgage` is one of the branch that may be followed, on the units chosen; NULL for
 * none. */
struct kind_chosen kinds_choose(const struct peer *branch, const struct mortgage *mortgage, uint32_t mortgage_kind);
/* The application of that kind; texts live as long as `chosen`. */
struct case_submit kinds_application(const struct kind_chosen *chosen);
const char *kinds_code(uint32_t kind); /* M01 ... */
bool kinds_is_cancellation(uint32_t kind);
/* A first registration, which is no other's business: it may stand on a title. */
bool kinds_is_first(uint32_t kind);

/* One of the facts that an old mortgagee's branch hears of the case of another. */
bool kinds_is_of_another(struct text fact);
void kinds_heard(struct peer *branch, struct text case_id, const struct case_event *event);
bool kinds_judge(bool is_end);

#endif
