#include "schemas/lifecycle.h"

/* Two rows for one cell stop the build (-Woverride-init, -Winitializer-overrides);
 * with the count right, no cell is left out either. */
#define STATE(name, wire, class, waits_for, chinese, english, sentence)
#define EVENT(name, who, often, sentence)
#define CELL(state, event, outcome, to, sentence)                                                                      \
    [STATE_##state][LIFE_##event] = {OUTCOME_##outcome, STATE_##to, sentence},
static const struct lifecycle_cell cells[STATE_COUNT][LIFE_COUNT] = {
#include "schemas/lifecycle.def"
};

#define STATE(name, wire, class, waits_for, chinese, english, sentence)
#define EVENT(name, who, often, sentence)
#define CELL(state, event, outcome, to, sentence) +1
enum {
    CELL_COUNT = 0
#include "schemas/lifecycle.def"
};
_Static_assert(CELL_COUNT == (int)STATE_COUNT * (int)LIFE_COUNT, "every state meets every event, once");

#define STATE(name, wire, class, waits_for, chinese, english, sentence)                                                \
    {#name, wire, CLASS_##class, waits_for, chinese, english, sentence},
#define EVENT(name, who, often, sentence)
#define CELL(state, event, outcome, to, sentence)
static const struct lifecycle_state_row states[STATE_COUNT] = {
#include "schemas/lifecycle.def"
};

enum { ONCE = 1, MANY = 0 };
#define STATE(name, wire, class, waits_for, chinese, english, sentence)
#define EVENT(name, who, often, sentence) {#name, who[0], often, sentence},
#define CELL(state, event, outcome, to, sentence)
static const struct lifecycle_event_row events[LIFE_COUNT] = {
#include "schemas/lifecycle.def"
};

const struct lifecycle_cell *lifecycle_cell(enum lifecycle_state state, enum lifecycle_event event)
{
    return &cells[state][event];
}

const struct lifecycle_state_row *lifecycle_state(enum lifecycle_state state)
{
    return &states[state];
}

const struct lifecycle_event_row *lifecycle_event(enum lifecycle_event event)
{
    return &events[event];
}

const char *lifecycle_outcome_name(enum lifecycle_outcome outcome)
{
    static const char *const names[] = {
        [OUTCOME_UNDECIDED] = "undecided",
        [OUTCOME_MOVE] = "move",
        [OUTCOME_JUMP] = "jump",
        [OUTCOME_AS] = "as",
        [OUTCOME_COVER] = "cover",
        [OUTCOME_LIFT] = "lift",
        [OUTCOME_BENEATH] = "beneath",
        [OUTCOME_STAY] = "stay",
        [OUTCOME_LATE] = "late",
        [OUTCOME_KEEP] = "keep",
        [OUTCOME_NOTHING] = "nothing",
        [OUTCOME_REFUSE] = "refuse",
        [OUTCOME_CONTRADICTION] = "contradiction",
    };
    return names[outcome];
}

enum lifecycle_state lifecycle_state_of(struct text wire)
{
    enum lifecycle_state state = 0;
    while (state < STATE_COUNT && !text_is(wire, states[state].wire))
        state++;
    return state;
}

enum lifecycle_event lifecycle_event_of(struct text name)
{
    enum lifecycle_event event = 0;
    while (event < LIFE_COUNT && !text_is(name, events[event].name))
        event++;
    return event;
}

bool lifecycle_is_open(enum lifecycle_state state)
{
    return states[state].class != CLASS_CLOSED;
}
