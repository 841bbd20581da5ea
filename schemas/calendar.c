#include "schemas/calendar.h"

#include <assert.h>
#include <stdio.h>

/* Days are counted with the proleptic Gregorian calendar in whole eras of 400
 * years, the year taken to begin in March so that a leap day stands last. */
enum {
    DAYS_OF_ERA = 146097,
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    WEEKDAY_OF_1970 = 4,   /* Thursday, Sunday is 0 */
    DATE_SIZE = 10,
};

static const int64_t MICROSECONDS_OF_DAY = INT64_C(86400000000);
static const int64_t OFFSET_OF_CHINA = INT64_C(8) * 3600 * 1000000;

struct special {
    char date[DATE_SIZE + 1];
    char kind[8]; /* holiday or workday */
};

#define ROW(date, kind) {date, kind},
static const struct special specials[] = {
#include "calendar.inc"
};
#undef ROW

enum { SPECIAL_COUNT = sizeof specials / sizeof specials[0] };

static bool year_is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && year_is_leap(year) ? 29 : days[month - 1];
}

static bool digits_parse(const char *data, uint32_t size, int *out)
{
    *out = 0;
    for (uint32_t index = 0; index < size; index++) {
        if (data[index] < '0' || data[index] > '9')
            return false;
        *out = *out * 10 + (data[index] - '0');
    }
    return true;
}

bool date_parse(struct text text, struct date *out)
{
    int year = 0;
    int month = 0;
    int day = 0;
    if (text.size != DATE_SIZE || text.data[4] != '-' || text.data[7] != '-')
        return false;
    if (!digits_parse(text.data, 4, &year) || !digits_parse(text.data + 5, 2, &month) ||
        !digits_parse(text.data + 8, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return false;
    *out = (struct date){(int16_t)year, (int8_t)month, (int8_t)day};
    return true;
}

/* Rounds towards the past, also before 1970. */
static int64_t divide_down(int64_t value, int64_t by)
{
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

int32_t date_days(struct date date)
{
    int32_t year = date.month <= 2 ? date.year - 1 : date.year;
    int32_t era = (int32_t)divide_down(year, 400);
    int32_t year_of_era = year - era * 400;
    int32_t month = (date.month + 9) % 12; /* March is 0 */
    int32_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_OF_ERA + day_of_era - DAYS_TO_1970;
}

struct date date_of_days(int32_t days)
{
    int32_t shifted = days + DAYS_TO_1970;
    int32_t era = (int32_t)divide_down(shifted, DAYS_OF_ERA);
    int32_t day_of_era = shifted - era * DAYS_OF_ERA;
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month = (5 * day_of_year + 2) / 153; /* March is 0 */
    int32_t day = day_of_year - (153 * month + 2) / 5 + 1;
    int32_t civil_month = month < 10 ? month + 3 : month - 9;
    int32_t year = era * 400 + year_of_era + (civil_month <= 2 ? 1 : 0);
    return (struct date){(int16_t)year, (int8_t)civil_month, (int8_t)day};
}

struct date date_of_time(int64_t time_us)
{
    return date_of_days((int32_t)divide_down(time_us + OFFSET_OF_CHINA, MICROSECONDS_OF_DAY));
}

int date_compare(struct date a, struct date b)
{
    int32_t difference = date_days(a) - date_days(b);
    return (difference > 0) - (difference < 0);
}

struct date date_add_years(struct date date, int years)
{
    int year = date.year + years;
    int last = days_of_month(year, date.month);
    return (struct date){(int16_t)year, date.month, (int8_t)(date.day < last ? date.day : last)};
}

const char *time_show(int64_t time_us, char *out, uint32_t size)
{
    struct date date = date_of_time(time_us);
    int64_t local = time_us + OFFSET_OF_CHINA;
    int64_t rest = local - divide_down(local, MICROSECONDS_OF_DAY) * MICROSECONDS_OF_DAY;
    int milliseconds = (int)(rest / 1000);
    snprintf(out, size, "%04d-%02d-%02d %02d:%02d:%02d.%03d", date.year, date.month, date.day, milliseconds / 3600000,
             milliseconds / 60000 % 60, milliseconds / 1000 % 60, milliseconds % 1000);
    return out;
}

static void date_write(struct date date, char out[DATE_SIZE])
{
    const int fields[] = {
        date.year / 1000, date.year / 100, date.year / 10, date.year, -1, date.month / 10, date.month, -1,
        date.day / 10,    date.day};
    for (int index = 0; index < DATE_SIZE; index++)
        out[index] = fields[index] < 0 ? '-' : (char)('0' + fields[index] % 10);
}

/* Rows are sorted by date. */
enum calendar_kind calendar_kind(struct date date)
{
    char wanted[DATE_SIZE];
    date_write(date, wanted);
    uint32_t low = 0;
    uint32_t high = SPECIAL_COUNT;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(specials[middle].date, wanted, DATE_SIZE);
        if (order == 0)
            return specials[middle].kind[0] == 'w' ? CALENDAR_MAKE_UP : CALENDAR_HOLIDAY;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return CALENDAR_ORDINARY;
}

bool calendar_is_working_day(struct date date)
{
    enum calendar_kind kind = calendar_kind(date);
    if (kind != CALENDAR_ORDINARY)
        return kind == CALENDAR_MAKE_UP;
    int64_t days = (int64_t)date_days(date) + WEEKDAY_OF_1970;
    int64_t weekday = days - divide_down(days, 7) * 7;
    return weekday != 0 && weekday != 6;
}

struct date calendar_add_working_days(struct date start, int count)
{
    assert(count >= 0);
    int32_t days = date_days(start);
    while (count > 0) {
        days++;
        if (calendar_is_working_day(date_of_days(days)))
            count--;
    }
    return date_of_days(days);
}

bool calendar_special(uint32_t index, const char **date, bool *is_working)
{
    if (index >= SPECIAL_COUNT)
        return false;
    *date = specials[index].date;
    *is_working = specials[index].kind[0] == 'w';
    return true;
}

const char *calendar_version(void)
{
    return "2026-11-23";
}

/* A year is known when its holidays are published, so the last year named in
 * the list is known to its end. */
struct date calendar_end(void)
{
    int year = 0;
    bool is_year = digits_parse(specials[SPECIAL_COUNT - 1].date, 4, &year);
    assert(is_year);
    return (struct date){(int16_t)year, 12, 31};
}
