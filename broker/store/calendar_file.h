#ifndef ONEVISIT_BROKER_STORE_CALENDAR_FILE_H
#define ONEVISIT_BROKER_STORE_CALENDAR_FILE_H

#include "broker/store/store.h"
#include "schemas/message.h"

/* The calendar of working days, in the form of schemas/dictionaries/calendar.csv:
 *
 *   # version 2026-11-23: where it is from
 *   date,kind
 *   2026-10-01,holiday
 *   2026-10-10,workday
 *
 * Days in order, each once; it ends with the year of its last day. Judged as a
 * whole: one fault and nothing of it is taken. */

enum {
    CALENDAR_FILE_SIZE_MAX = 1 << 17, /* bytes */
    CALENDAR_ARENA_SIZE = 1 << 19,    /* enough for any file within that */
    CALENDAR_WHY_SIZE = STORE_WHY_SIZE,
};

/* Fills `out`; all of it lives in `arena`. STATUS_NOT_FOUND, STATUS_CONFIG,
 * STATUS_LIMIT, STATUS_IO; `why` is "file: line N: reason". */
MUST_CHECK enum status calendar_file_read(const char *path, struct arena *arena, struct fact_calendar *out, char *why);
/* The one that was built in. */
MUST_CHECK enum status calendar_file_embedded(struct arena *arena, struct fact_calendar *out);

#endif
