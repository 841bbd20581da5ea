#ifndef ONEVISIT_AGENTS_WINDOW_SETBACK_H
#define ONEVISIT_AGENTS_WINDOW_SETBACK_H

#include "agents/client/digest.h"
#include "agents/client/link.h"
#include "agents/window/inbox.h"
#include "schemas/failure.h"

/* Deliveries that did not go. What surely was not taken is tried again after
 * the wait of its class, up to its limit (schemas/failures.def); then it is
 * held here, its units with it, and given back to the broker (DELIVERY_FAILED,
 * returned), where an operator decides: to put it back, and it comes here again
 * under its old id and is handed anew; or to give it up, of which this asks
 * now and then, and lets its units go. What cannot be stored at all is told as
 * failed and not acknowledged. All it changes stands in the open group. */

enum { SETBACK_ASK_MS = 30000, SETBACK_ASK_COUNT_MAX = 16 };

struct setback {
    struct base *base;
    struct digest *digest;
    int64_t pace; /* of the waits: thousandths; 1000 outside tests */
};

/* One more attempt failed; true when it was the last, and the delivery is given back. `retry_ms` 0: as its class says.
 */
bool setback_count(const struct setback *setback, const struct inbox_row *delivery, enum failure failure,
                   const char *why, int64_t retry_ms, int64_t now_us);
/* A delivery that was not stored. */
void setback_refuse(const struct setback *setback, struct text window, const struct link_message *message,
                    enum failure failure, const char *why, int64_t now_us);
/* Asks the broker about those of the window that were given back. */
void setback_ask(struct base *base, struct text window, struct link *link);
/* The answer: true when the case was given up and its units are free. */
bool setback_take(struct base *base, struct text window, const struct link_message *message);

#endif
