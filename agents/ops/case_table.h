#ifndef ONEVISIT_AGENTS_OPS_CASE_TABLE_H
#define ONEVISIT_AGENTS_OPS_CASE_TABLE_H

#include <jansson.h>

#include "agents/ops/settings.h"
#include "schemas/message.h"

/* How lists of cases look, for people and as JSON, and what may narrow them.
 * Certificate numbers are masked (DOMAIN 6.9). */
void case_table_print(const struct case_status_list *cases);
/* Masks what is in the JSON of one case. */
void case_json_mask(json_t *json, const struct case_status *status);
void case_json_mask_all(json_t *cases, const struct case_status_list *list);

bool case_clock_is_late(const struct case_clock *clock, int64_t now_us);

/* Parts of a judge. A state nobody knows would find nothing, as if nothing were stuck. */
void case_judge_state(struct text state, const struct argp_state *argp);
void case_judge_participant(struct text text, unsigned role, const char *option, const struct argp_state *argp);
void case_judge_after(struct text case_id, const struct argp_state *argp);

#endif
