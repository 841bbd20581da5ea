#ifndef ONEVISIT_SCHEMAS_WORKING_TIME_H
#define ONEVISIT_SCHEMAS_WORKING_TIME_H

#include "schemas/calendar.h"
#include "schemas/message.h"

/* Working days and opening hours of one window (DOMAIN 3.9): the calendar of the
 * State Council, with the window's own days over it, and its hours. Pure: what
 * holds is given. The start day is not counted; the last day on a holiday moves
 * to the next working day. */
struct working_time {
    const struct fact_calendar *calendar; /* NULL: the embedded one */
    const struct window_rules *rules;     /* NULL: 09:00 to 17:00 on working days */
};

bool working_time_is_open_day(const struct working_time *time, struct date date);
/* Minutes of opening hours between two moments; 0 when `to` is not later. */
int64_t working_time_minutes(const struct working_time *time, int64_t from_us, int64_t to_us);
/* Working days from the day of `from_us`, which is not counted, to that of `to_us`; 0 when that is no later day. */
int64_t working_time_days(const struct working_time *time, int64_t from_us, int64_t to_us);
/* The moment at which `minutes` of opening hours have passed since `from_us`. */
int64_t working_time_after_minutes(const struct working_time *time, int64_t from_us, int64_t minutes);
/* The end of the `days`-th working day after that of `from_us`. */
int64_t working_time_after_days(const struct working_time *time, int64_t from_us, int64_t days);

#endif
