#include "tests/sim/heard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/kinds.h"

void heard_close(struct hearing *hearing)
{
    free(hearing->items);
    *hearing = (struct hearing){0};
}

void heard_add(struct hearing *hearing, uint32_t branch, struct text case_id, const struct case_event *event)
{
    if (hearing->count == hearing->capacity) {
        hearing->capacity = hearing->capacity == 0 ? 256 : hearing->capacity * 2;
        hearing->items = realloc(hearing->items, hearing->capacity * sizeof *hearing->items);
        if (hearing->items == NULL)
            abort();
    }
    struct heard *heard = &hearing->items[hearing->count++];
    *heard = (struct heard){.branch = branch,
                            .is_urgent = event->is_urgent.value != 0,
                            .is_of_another = kinds_is_of_another(event->fact),
                            .number = event->number.value,
                            .behind = event->behind.value,
                            .sequence = (uint64_t)event->sequence.value};
    snprintf(heard->case_id, sizeof heard->case_id, "%.*s", TEXT_ARGS(case_id));
    snprintf(heard->state, sizeof heard->state, "%.*s", TEXT_ARGS(event->state));
    snprintf(heard->fact, sizeof heard->fact, "%.*s", TEXT_ARGS(event->fact));
    snprintf(heard->origin, sizeof heard->origin, "%.*s", TEXT_ARGS(event->origin_type));
    if (event->origin_id.size == sizeof heard->origin_id)
        memcpy(heard->origin_id, event->origin_id.data, sizeof heard->origin_id);
}

const char *heard_state_before(const struct hearing *hearing, const char *case_id, uint64_t sequence)
{
    const char *state = "";

    for (uint32_t i = 0; i < hearing->count; i++) {
        const struct heard *heard = &hearing->items[i];
        if (!heard->is_urgent && !heard->is_of_another && heard->sequence < sequence &&
            strcmp(heard->case_id, case_id) == 0)
            state = heard->state;
    }
    return state;
}

bool heard_is_unbooked_end(const char *state)
{
    static const char *const ends[] = {"NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "EXPIRED"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(state, ends[i]) == 0)
            return true;
    return false;
}

uint64_t heard_word(const struct hearing *hearing, const char *case_id, const char *type)
{
    for (uint32_t i = 0; i < hearing->count; i++) {
        const struct heard *heard = &hearing->items[i];
        if (strcmp(heard->origin, type) == 0 && strcmp(heard->case_id, case_id) == 0)
            return heard->sequence;
    }
    return 0;
}
