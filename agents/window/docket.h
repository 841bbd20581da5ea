#ifndef ONEVISIT_AGENTS_WINDOW_DOCKET_H
#define ONEVISIT_AGENTS_WINDOW_DOCKET_H

#include "agents/window/base.h"
#include "schemas/message.h"

/* The docket (办件簿): one line for each case of a window, as the window itself
 * knows it from what was delivered and what was answered. It tells a person
 * which step is possible next and whether the registry must still be asked; it
 * judges nobody's answer: that is the broker's part. */

struct docket_row {
    char window[33];
    char case_id[31];
    char kind[5];
    char state[17];  /* words of the wire: DELIVERED, SUPP_PRE, ... */
    char before[17]; /* where a suspended or withdrawing case goes back to */
    char number[51]; /* 业务号; "" for none */
    char proof[129]; /* 不动产登记证明号; "" for none */
    int64_t accepted_at;
    int64_t booked_at;
    int64_t round;   /* supplement rounds asked for */
    int64_t answers; /* answers of the registry taken so far */
    bool is_polled;
    char held[256]; /* why a person must look at it; "" for none */
};

/* Opens the line of a case that was delivered. */
void docket_open(struct base *base, struct text window, struct text case_id, struct text kind, int64_t now_us);
/* False when there is no such case. An empty window: whichever has the case. */
bool docket_find(struct base *base, struct text window, struct text case_id, struct docket_row *out);
/* Does another case of the window have this 业务号? Then its id is written to `other` (31 bytes). */
bool docket_number_is_taken(struct base *base, const struct docket_row *row, struct text number, char *other);
/* The state after `type`, from the window or to it; NULL where the step is not
 * possible. `is_ok` is the word of a WITHDRAW_RESULT. */
const char *docket_next(const struct docket_row *row, enum message_type type, bool is_ok);
/* Which messages the window may say now, as "CASE_ACCEPTED, SUPPLEMENT_REQ". Returns `out`. */
const char *docket_possible(const struct docket_row *row, char *out, size_t size);
/* Enters what was delivered (an origin's type) or answered (`body` of the type's record; NULL for a delivery). */
void docket_enter(struct base *base, struct docket_row *row, enum message_type type, const void *body, int64_t now_us);
bool docket_is_closed(const struct docket_row *row);

/* The registry is asked about the case at this time; absent: not at all. */
void docket_poll_at(struct base *base, const struct docket_row *row, struct number at);
/* Cases of the window to ask about now; the count. */
uint32_t docket_due(struct base *base, struct text window, int64_t now_us, char (*case_ids)[31], uint32_t count_max);
/* When the next case of the window is to be asked about; INT64_MAX for none. */
int64_t docket_due_at(struct base *base, struct text window);
/* At start: every open case is asked about at once, whatever was said before the end. */
void docket_poll_all(struct base *base, int64_t now_us);
/* A person must look at the case; NULL: no more. */
void docket_hold(struct base *base, const struct docket_row *row, const char *why);
/* How many answers of the registry were taken. */
void docket_count_answers(struct base *base, struct docket_row *row, int64_t answers);

#endif
