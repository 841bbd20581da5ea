#ifndef ONEVISIT_AGENTS_WINDOW_BROUGHT_H
#define ONEVISIT_AGENTS_WINDOW_BROUGHT_H

#include "agents/client/digest.h"
#include "agents/client/link.h"
#include "agents/window/base.h"

/* A broker that lost its journal gets the applications again from the branches
 * and brings them again, under the old case ids but as other records. What the
 * window has of them is not handed a second time: it is known by its content,
 * acknowledged, and what the window said of it then is owed again.
 *
 * The words go in the order in which they came to be: with each delivery those
 * from before the next one of the case, so that the broker hears what followed a
 * supplement when it has that again, and the answer to a withdrawal with that.
 *
 * A delivery keeps its `number`, which the registry knows; `brought` is the number
 * the broker counts it under (below zero: it did not bring it again yet). */

/* Is it known from an earlier history? Then it is put down as brought, and what was said is owed again. */
bool brought_again(struct base *base, struct text window, const struct link_message *message,
                   const uint8_t digest[SM3_SIZE]);
/* At start: what was said after deliveries that did not come again, as those of a branch that refused to wait longer,
 * is told all the same; the broker takes the words of a window in any order. */
void brought_tell_rest(struct base *base);
/* The number a new delivery gets here, where the broker counts it as `number`. */
int64_t brought_number(struct base *base, struct text window, struct text case_id, int64_t number);

#endif
