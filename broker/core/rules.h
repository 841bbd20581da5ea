#ifndef ONEVISIT_BROKER_CORE_RULES_H
#define ONEVISIT_BROKER_CORE_RULES_H

#include "broker/core/core.h"

/* What is in force: the rules of each window and the calendar, as journaled
 * last (FACT_RULES, FACT_CALENDAR). Both live until the next one is taken. */

/* In no order: start with *cursor 0; NULL at the end. */
const struct fact_rules *core_rules_next(const struct core *core, uint32_t *cursor);
/* With the digest of the file. */
const struct fact_rules *core_rules_fact(const struct core *core, struct text window);
/* NULL: the window has no rule file, the house's defaults hold. */
const struct window_rules *core_rules(const struct core *core, struct text window);
/* NULL: none was journaled yet, the embedded one holds. */
const struct fact_calendar *core_calendar(const struct core *core);

#endif
