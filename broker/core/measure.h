#ifndef ONEVISIT_BROKER_CORE_MEASURE_H
#define ONEVISIT_BROKER_CORE_MEASURE_H

#include "broker/core/state.h"

/* What a case took (DOMAIN 6.7): one row a case, under the day at UTC+8 on which
 * it was booked or ended otherwise. Written when that happens and again when the
 * case changes later (its proof comes), always under the same key: a case that
 * ended is never booked, and the time of the booking stays. A function of the
 * journal alone, like every row. */

/* Writes the row of a case that is booked or has ended; nothing for others. */
void measure_keep(struct core *core, const struct case_file *file);

/* What the handlers remember for it. Reasons beyond DEFECT_COUNT_MAX are forgotten. */
void measure_reasons(struct case_file *file, const struct reason_list *reasons);
/* A round of supplements that counts. A list is complete (DOMAIN 6.6, I6): a round after
 * the first is a fault of the registry of its own. */
void measure_round(struct case_file *file, const struct supplement_req *request);
/* The citizen came, or must come, again for this round: counted once a round. */
void measure_return(struct case_file *file, int64_t round);

#endif
