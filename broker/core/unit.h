#ifndef ONEVISIT_BROKER_CORE_UNIT_H
#define ONEVISIT_BROKER_CORE_UNIT_H

#include "broker/core/state.h"

/* What is under way or in force on a property unit: row 'u', oldest first.
 *
 * A case stands in the row of each of its units from CASE_SUBMIT on. It leaves
 * when it closes without a booking, when a cancellation of its mortgage is
 * booked, or when a case that follows it (change, transfer, fixing) is booked
 * on the unit and stands in its place. Whoever changes a row has offered it
 * before (core_needs). */
enum { UNIT_CASE_COUNT_MAX = 64 };

/* Its cases; the texts borrow from the row and are valid until it changes. */
uint32_t unit_cases(const struct core *core, struct text unit, struct text out[UNIT_CASE_COUNT_MAX]);
/* Has each of these units room for one case more? */
bool units_have_room(const struct core *core, const struct text *units, uint32_t count);
/* Is another case open on one of these units? It does not say whose. */
bool units_have_open(const struct core *core, const struct text *units, uint32_t count);

/* The unit an alert is about, after aliases: in `key` (UNIT_NUMBER_SIZE + 1 bytes). */
struct text unit_of_alert(const struct risk_alert *alert, char *key);

void unit_enter(struct core *core, const struct case_file *file);
void unit_leave(struct core *core, const struct case_file *file);
/* The case is in the book: what it ends or follows leaves the units they share. */
void unit_booked(struct core *core, const struct case_file *file);

/* May the message close its case without a booking, or book it? Then the rows of its units are needed. */
bool unit_is_moved_by(enum message_type type);

#endif
