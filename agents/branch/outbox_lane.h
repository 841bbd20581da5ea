#ifndef ONEVISIT_AGENTS_BRANCH_OUTBOX_LANE_H
#define ONEVISIT_AGENTS_BRANCH_OUTBOX_LANE_H

#include "agents/client/book.h"

/* Which property units an application of the outbox concerns. A counter's application goes before the branch's own
 * bulk, but on one unit nothing overtakes: an application goes only when those handed in before it on its units are
 * answered, and bulk that a counter's application stands behind counts as a counter's itself. */

/* Of an application just added, its priority set, in the same transaction: each unit, then outbox_hurry_before. */
MUST_CHECK enum status outbox_enter_lane(struct book *book, int64_t id, struct text unit);
MUST_CHECK enum status outbox_hurry_before(struct book *book, int64_t id);
/* Was the message just answered one that others waited for? They may go now. */
MUST_CHECK enum status outbox_was_waited_for(struct book *book, struct bytes message_id, bool *out);

#endif
