#ifndef ONEVISIT_SCHEMAS_TRANSLATION_H
#define ONEVISIT_SCHEMAS_TRANSLATION_H

#include "schemas/dictionary.h"
#include "schemas/message.h"

/* The codes of the house and those of one window (DOMAIN 1.1): 抵押权 is 37
 * here and 23 in some windows' books. Both ways answer false for a code nobody
 * listed: it is refused, never passed through, never defaulted.
 *
 * A dictionary that the window's rules translate is translated whole; one that
 * they do not name has the codes of the house in that window. `rules` NULL: the
 * window has no rule file. The result borrows from rules or dictionary. */
MUST_CHECK bool translation_to_window(const struct window_rules *rules, enum dictionary dictionary, struct text code,
                                      struct text *local);
MUST_CHECK bool translation_from_window(const struct window_rules *rules, enum dictionary dictionary, struct text local,
                                        struct text *code);
/* Do the window's rules translate this dictionary? */
bool translation_covers(const struct window_rules *rules, enum dictionary dictionary);

#endif
