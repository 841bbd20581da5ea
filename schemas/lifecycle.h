#ifndef ONEVISIT_SCHEMAS_LIFECYCLE_H
#define ONEVISIT_SCHEMAS_LIFECYCLE_H

#include <stdbool.h>
#include <stdio.h>

#include "schemas/text.h"

/* The life of a case as data: states, events, and what each state does with
 * each event. Expanded from lifecycle.def, where the outcomes are explained. */

#define STATE(name, wire, class, waits_for, chinese, english, sentence) STATE_##name,
#define EVENT(name, who, often, sentence)
#define CELL(state, event, outcome, to, sentence)
enum lifecycle_state {
#include "schemas/lifecycle.def"
    STATE_COUNT,
    STATE_SAME = STATE_COUNT, /* of a cell that goes nowhere */
};

#define STATE(name, wire, class, waits_for, chinese, english, sentence)
#define EVENT(name, who, often, sentence) LIFE_##name,
#define CELL(state, event, outcome, to, sentence)
enum lifecycle_event {
#include "schemas/lifecycle.def"
    LIFE_COUNT
};

enum lifecycle_class { CLASS_GOING, CLASS_LAYER, CLASS_BOOK, CLASS_CLOSED };

enum lifecycle_outcome {
    OUTCOME_UNDECIDED, /* of no cell: the table is complete */
    OUTCOME_MOVE,
    OUTCOME_JUMP,
    OUTCOME_AS,
    OUTCOME_COVER,
    OUTCOME_LIFT,
    OUTCOME_BENEATH,
    OUTCOME_STAY,
    OUTCOME_LATE,
    OUTCOME_KEEP,
    OUTCOME_NOTHING,
    OUTCOME_REFUSE,
    OUTCOME_CONTRADICTION,
};

struct lifecycle_cell {
    enum lifecycle_outcome outcome;
    enum lifecycle_state to;
    const char *sentence;
};

struct lifecycle_state_row {
    const char *name; /* in the house; two states may share a name on the wire */
    const char *wire;
    enum lifecycle_class class;
    const char *waits_for;
    const char *chinese; /* what may be said of it: never more than the evidence */
    const char *english;
    const char *sentence;
};

struct lifecycle_event_row {
    const char *name;
    char who; /* B, W, O or K */
    bool is_once;
    const char *sentence;
};

/* None of them is ever NULL for valid arguments. */
const struct lifecycle_cell *lifecycle_cell(enum lifecycle_state state, enum lifecycle_event event);
const struct lifecycle_state_row *lifecycle_state(enum lifecycle_state state);
const struct lifecycle_event_row *lifecycle_event(enum lifecycle_event event);
const char *lifecycle_outcome_name(enum lifecycle_outcome outcome);

/* The first state with this name on the wire; STATE_COUNT where nobody knows it. */
enum lifecycle_state lifecycle_state_of(struct text wire);
/* LIFE_COUNT where nobody knows the name. */
enum lifecycle_event lifecycle_event_of(struct text name);
/* Is anything still owed to a case in this state? */
bool lifecycle_is_open(enum lifecycle_state state);

/* Writes docs/lifecycle.md: the states, the diagram and every cell. */
void lifecycle_describe(FILE *out);

#endif
