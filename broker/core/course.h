#ifndef ONEVISIT_BROKER_CORE_COURSE_H
#define ONEVISIT_BROKER_CORE_COURSE_H

#include "broker/core/state.h"

/* The course of a case: applies one event of the lifecycle table to a case with
 * its layers, and brings everything that follows from the new state up to date. */

/* The cell that decides, beneath the layers that leave it to what is beneath. */
const struct lifecycle_cell *course_cell(const struct case_file *file, enum lifecycle_event event);
/* What the table would do with the event: for judging before anything changes. */
enum lifecycle_outcome course_outcome(const struct case_file *file, enum lifecycle_event event);
/* Does it; returns the outcome that counted (after AS, that of the state proved). */
enum lifecycle_outcome course_apply(struct turn *turn, struct case_file *file, enum lifecycle_event event);
/* Lanes, deliveries, timer and lists follow the state. */
void course_settle(struct core *core, struct case_file *file);
/* Puts an open case into the lists of memory, in order of submitting; course_settle follows. */
void course_open(struct core *core, struct case_file *file);

#endif
