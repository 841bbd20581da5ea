#ifndef ONEVISIT_BROKER_CORE_DELIVERY_H
#define ONEVISIT_BROKER_CORE_DELIVERY_H

#include "broker/core/state.h"

/* What a window must get: leases, retries, parking. All of it is volatile and
 * follows from the durable state of the cases:
 *  - a case that heads its lanes waits for FACT_DISPATCH; once dispatched it is
 *    sent, within the window's credit, until it is acknowledged;
 *  - what follows a delivered case needs neither lane nor credit, goes in
 *    order, the next one only after DELIVERED of the one before;
 *  - what the window says it did not take goes again after a wait, up to the
 *    limit of its class of failure (schemas/failures.def); it holds no credit
 *    meanwhile, and other lanes go on;
 *  - each thing out has a lease; when it ends, the same message goes again with
 *    a higher attempt and a longer lease; several attempts make a doubt, too
 *    many park the case. Attempts count only while the session stands. */

/* Brings the case's place in its window's queues in line with its durable state. */
void delivery_settle(struct core *core, struct case_file *file);
/* Sends what may go to the window now. */
void delivery_pump(struct turn *turn, struct window_file *window);
/* The window's session ended or was replaced: what is out must go again. */
void delivery_recall(struct core *core, struct window_file *window);
/* What is at hand failed, and was counted: it waits for its next attempt. */
void delivery_failed_once(struct turn *turn, struct case_file *file, struct number retry_ms);
/* That wait is over. */
void delivery_wait_ended(struct core *core, struct case_file *file);
/* An operator puts the case back: its attempts count anew. */
void delivery_restart(struct case_file *file);
/* The window is fetching the files of what is out: it is there and at work, so the lease begins anew. */
void delivery_is_fetched(struct turn *turn, struct case_file *file);
/* The lease of what is out ended. */
void delivery_lease_ended(struct turn *turn, struct case_file *file);

#endif
