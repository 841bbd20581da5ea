#ifndef ONEVISIT_BROKER_CORE_ATTEMPTS_H
#define ONEVISIT_BROKER_CORE_ATTEMPTS_H

#include "broker/core/state.h"
#include "schemas/failure.h"

/* The attempts of a case's delivery that the window said have failed. Their
 * counts are durable, so that no restart makes room for endless ones; the wait
 * until the next one is not. They count for one delivery, and are forgotten
 * (case_forget_failures) when the window has it or an operator puts it back. */

/* One more attempt of the delivery at `index` failed. */
void attempts_fail(struct case_file *file, uint32_t index, const struct delivery_failed *failed);
/* No attempt is left for the delivery at `index`: the case is to be set aside. */
bool attempts_are_spent(const struct case_file *file, uint32_t index);
/* How many failed, of all classes. */
int64_t attempts_failed(const struct case_file *file);
/* What to wait after the last one, which named `retry_ms`: the longer of that and the wait of its class. */
int64_t attempts_wait_us(const struct case_file *file, struct number retry_ms);

#endif
