#ifndef ONEVISIT_AGENTS_BRANCH_HAND_OVER_H
#define ONEVISIT_AGENTS_BRANCH_HAND_OVER_H

#include "agents/branch/settings.h"
#include "agents/branch/wait_options.h"
#include "schemas/message.h"

/* Puts one message of a case into the outbox, waits for its receipt when
 * asked to, and prints how far it came. */
enum exit_code hand_over(struct book *book, enum message_type type, struct text case_id, struct bytes body,
                         const struct wait_options *wait);

#endif
