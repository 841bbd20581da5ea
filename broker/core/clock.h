#ifndef ONEVISIT_BROKER_CORE_CLOCK_H
#define ONEVISIT_BROKER_CORE_CLOCK_H

#include "broker/core/state.h"
#include "schemas/clocks.h"

/* The clock of a case (DOMAIN I2): every open case has exactly one, with an
 * owner of the next step, a moment it started and one it is due. It tells at 50,
 * 80 and 100 per cent of the way, through a fact that is journaled, and it never
 * decides. What it was told stands on the row, so that nothing is told twice; a
 * change of the rules or the calendar moves what is still to come. */

/* What a FACT_ALARM is of when nobody answered within a working day. */
#define CLOCK_CLAIM "DEEMED_ACCEPT"

/* The clock that runs; false for a case that is closed. Texts borrow from the core and the row. */
bool clock_of_case(const struct core *core, const struct case_row *row, struct case_clock *out);

/* Sets or clears the timer of the case's next alarm. Reckons only what changed. */
void clock_settle(struct core *core, struct case_file *file);
/* The next alarm, if its moment is there. */
bool clock_propose(struct core *core, struct case_file *file, int64_t now_us, struct fact *out);
/* The rules of a window, or the calendar, are others now. */
void clock_recompute_window(struct core *core, struct window_file *window);
void clock_recompute_all(struct core *core);

/* When the clock of a pre-notice is over; 0 when none runs: until then it stays open. */
int64_t clock_prenotice_end_us(const struct core *core, const struct case_row *row);

#endif
