#ifndef ONEVISIT_AGENTS_CLIENT_RECONCILE_H
#define ONEVISIT_AGENTS_CLIENT_RECONCILE_H

#include <jansson.h>

#include "agents/client/digest.h"
#include "schemas/recon.h"

/* An agent's side of comparing the books of a day (对账) with the broker: it is
 * given the bookings of its own book, then says what to send and takes what is
 * answered until it is done. It sends nothing itself.
 *
 *    reconcile_new("2026-09-30", digest, &reconcile)
 *    reconcile_add(reconcile, &row) for each booking of the day, in any order
 *    while (reconcile_next(reconcile, &type, &body) == STATUS_OK)
 *        send it, wait for RECON_RESULT, reconcile_take(reconcile, result)
 *    reconcile_json(reconcile) */
struct reconcile;

/* `digest` is borrowed. STATUS_USAGE when `day` is none. */
MUST_CHECK enum status reconcile_new(const char *day, struct digest *digest, struct reconcile **out);
void reconcile_free(struct reconcile **reconcile);
/* Copies it; one of another day is left out. */
MUST_CHECK enum status reconcile_add(struct reconcile *reconcile, const struct recon_row *row);

/* What to send next; `body` is valid until the next call. STATUS_NOT_FOUND when it is done, STATUS_LIMIT when the day
 * has more groups than one message tells. The same again until reconcile_take. */
MUST_CHECK enum status reconcile_next(struct reconcile *reconcile, enum message_type *type, struct bytes *body);
MUST_CHECK enum status reconcile_take(struct reconcile *reconcile, const struct recon_result *result);

const char *reconcile_day(const struct reconcile *reconcile);
int64_t reconcile_difference_count(const struct reconcile *reconcile);
/* {"day", "bookings", "broker_bookings", "differing_groups", "count", "differences": [...]}; NULL when out of memory.
 */
json_t *reconcile_json(const struct reconcile *reconcile);

/* ---- once a day, by itself ---- */

/* The days that are compared: late words, and a process that stood still, are made up for. */
enum { RECONCILE_DAYS_BACK = 7, RECONCILE_MINUTE = 30 /* 00:30 in China */, RECONCILE_OFF = -1 };

/* "00:30" is 30, "off" RECONCILE_OFF; false for anything else. */
bool reconcile_minute_of(const char *time, int64_t *minute);
/* The last moment at which a participant was due: this minute of the day in China and up to half an hour later, not the
 * same for all. */
int64_t reconcile_due_at(const char *participant, int64_t minute, int64_t now_us);
/* The day `back` days before the one that was due. */
void reconcile_day_before(int64_t due_us, int back, char out[RECON_DAY_SIZE + 1]);

#endif
