#ifndef ONEVISIT_AGENTS_WINDOW_REGISTRY_LOOK_H
#define ONEVISIT_AGENTS_WINDOW_REGISTRY_LOOK_H

#include "agents/window/registry_filed.h"

/* One title query against the sandbox's book. Private to the registry_*.c files.
 *
 * The book knows a unit from the last booking that spoke of it: its owners, its
 * facts, its certificate; what was booked and has not ended lies on it, and so
 * does what the window has told in alerts. A unit nobody has booked is current
 * and free, and belongs to whoever is named; a test property says what lies on
 * it by its number (registry_mark.h). Names and ids of people leave masked. */
struct look {
    struct registry *registry;
    const struct title_query *query;
    struct text window;
    struct arena *arena;
    bool is_full; /* of the arena: then nothing can be said */
};

enum look_list { LOOK_SEIZURES, LOOK_OBJECTIONS, LOOK_PRENOTICES, LOOK_RESIDENCES, LOOK_LOCKS };

/* A burden behind the others of its list; one that finds no room (TITLE_BURDEN_COUNT_MAX) is left out. */
void look_add(struct look *look, struct title_unit *unit, enum look_list list, const struct title_burden *burden);
/* Copies into the arena; data NULL for NULL. */
struct text look_keep(struct look *look, struct text text);
/* "2026-09-30" at UTC+8. */
struct text look_date(struct look *look, int64_t time_us);

/* What alerts have told of the unit. */
void look_burdens(struct look *look, const char *lane, struct title_unit *unit);
/* Mortgages and prenotices that were booked on it, in the order of their ranks. */
void look_booked(struct look *look, const char *lane, struct title_unit *unit);

#endif
