#ifndef ONEVISIT_TESTS_SIM_HEARD_H
#define ONEVISIT_TESTS_SIM_HEARD_H

#include "tests/sim/oracle.h"

/* What branches have in their books, in the order in which each of them wrote it. */
struct heard {
    uint32_t branch; /* among all peers */
    bool is_urgent;
    bool is_of_another; /* a fact about another branch's case */
    int64_t number;
    int64_t behind; /* of an urgent one: the ordinary number it comes after */
    uint64_t sequence;
    char case_id[CASE_ID_SIZE + 1];
    char state[17];
    char fact[25];   /* "" for none */
    char origin[33]; /* type of the window's message, "" for none */
    uint8_t origin_id[16];
};

struct hearing {
    struct heard *items;
    uint32_t count;
    uint32_t capacity;
};

void heard_close(struct hearing *hearing);
void heard_add(struct hearing *hearing, uint32_t branch, struct text case_id, const struct case_event *event);
/* The state of the case when the journal stood before `sequence`, as its branch was told; "" for none yet. */
const char *heard_state_before(const struct hearing *hearing, const char *case_id, uint64_t sequence);
/* Is that state an end without a booking? */
bool heard_is_unbooked_end(const char *state);
/* The record of the first such word of the window about the case that its branch was told; 0 for none. */
uint64_t heard_word(const struct hearing *hearing, const char *case_id, const char *type);

#endif
