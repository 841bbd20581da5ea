#ifndef ONEVISIT_AGENTS_BRANCH_WORDS_H
#define ONEVISIT_AGENTS_BRANCH_WORDS_H

#include <stdbool.h>

#include "agents/branch/outbox.h"
#include "schemas/text.h"

/* What may be said of a case at the counter: a word is never ahead of the
 * evidence, which is a row of the outbox or an event of the feed. */
enum level {
    LEVEL_OUTBOX,    /* on this branch's disk only: 已存于网点 */
    LEVEL_STORED,    /* RECEIPT: 已存 */
    LEVEL_DELIVERED, /* the window has it: 已送达窗口 */
    LEVEL_ACCEPTED,  /* CASE_ACCEPTED: 已受理 */
    LEVEL_BOOKED,    /* CASE_BOOKED: 已登簿 */
    LEVEL_CERTIFIED, /* CERT_ISSUED and its file verified: 已发证 */
    LEVEL_COUNT,
};

struct word {
    const char *chinese;
    const char *english;
};

struct word level_word(enum level level);
/* LEVEL_COUNT where nobody knows the name (stored, delivered, accepted, booked, certified). */
enum level level_of_name(const char *name);

/* The level an event is evidence of. `what` is the fact or the type of the window's message. */
enum level event_level(struct text what);
/* Does this event end the case without a certificate? */
bool event_ends(struct text what, struct text state);
/* What the event says, for a list; the name itself when nobody knows it. */
struct word event_word(struct text what);
struct word outbox_word(enum outbox_state state);

#endif
