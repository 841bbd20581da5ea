#ifndef ONEVISIT_SCHEMAS_CALENDAR_H
#define ONEVISIT_SCHEMAS_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/text.h"

/* Dates and working days in China (DOMAIN 3.9). One zone, UTC+8, no DST. */
struct date {
    int16_t year;
    int8_t month; /* 1..12 */
    int8_t day;   /* 1..31 */
};

bool date_parse(struct text text, struct date *out); /* YYYY-MM-DD, real dates only */
struct date date_of_time(int64_t time_us);           /* at UTC+8 */
int32_t date_days(struct date date);                 /* days since 1970-01-01 */
struct date date_of_days(int32_t days);
int date_compare(struct date a, struct date b);
struct date date_add_years(struct date date, int years); /* 29 February becomes 28 */
/* "2026-09-30 14:03:07.123" at UTC+8 into out (24 bytes at least). */
const char *time_show(int64_t time_us, char *out, uint32_t size);

/* What the State Council says of a day; ordinary ones follow their weekday. */
enum calendar_kind { CALENDAR_ORDINARY, CALENDAR_HOLIDAY, CALENDAR_MAKE_UP };
enum calendar_kind calendar_kind(struct date date);
bool calendar_is_working_day(struct date date);
/* The day `count` working days after `start`; the start day is not counted. */
struct date calendar_add_working_days(struct date start, int count);
/* The days of the embedded calendar that do not follow their weekday, in order; false behind the last one. */
bool calendar_special(uint32_t index, const char **date, bool *is_working);
/* As the first line of dictionaries/calendar.csv says. */
const char *calendar_version(void);
/* Whoever runs a calendar is warned so many days before it ends. */
enum { CALENDAR_WARNING_DAYS = 60 };
/* The last day the embedded calendar knows. */
struct date calendar_end(void);

#endif
