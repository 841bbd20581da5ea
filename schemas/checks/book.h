#ifndef ONEVISIT_SCHEMAS_CHECKS_BOOK_H
#define ONEVISIT_SCHEMAS_CHECKS_BOOK_H

#include "schemas/checks/counter.h"

/* What the checks of the title result share. Private to schemas/checks. */

/* The unit as the book has it; NULL when the result does not tell of it. */
const struct title_unit *book_unit(const struct title_result *title, struct text number);
/* Are both there and the same proof? The book's may be masked. */
bool proofs_agree(struct text filed, struct text book);
/* Q04-Q09, Q13: what lies on the unit. */
void check_burdens(struct counter *counter, uint32_t index, const struct title_unit *book);

#endif
