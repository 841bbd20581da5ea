#include "schemas/working_time.h"

#include <string.h>

enum {
    WEEKDAY_COUNT = 7,   /* 0 Monday */
    WEEKDAY_OF_1970 = 3, /* Thursday */
    MINUTES_OF_DAY = 24 * 60,
    OPENS_AT = 9 * 60, /* where no hours are given */
    CLOSES_AT = 17 * 60,
    CHINA_MINUTES = 8 * 60,  /* before UTC */
    SEARCH_DAYS_MAX = 200000 /* a window that never opens has no moment to find; 100,000 working days are within */
};

static const int64_t MICROSECONDS_OF_MINUTE = INT64_C(60000000);
static const int64_t MICROSECONDS_OF_DAY = INT64_C(60000000) * MINUTES_OF_DAY;

/* Opening hours of one weekday: in order, apart from each other. */
struct span {
    int16_t opens; /* minutes since midnight */
    int16_t closes;
};

struct hours {
    struct span spans[RULE_COUNT_MAX];
    uint32_t count;
};

struct week {
    const struct working_time *time;
    struct hours days[WEEKDAY_COUNT];
};

/* ---- the hours of a week ---- */

static int16_t minutes_of(struct text clock)
{
    return (int16_t)(((clock.data[0] - '0') * 10 + clock.data[1] - '0') * 60 + (clock.data[3] - '0') * 10 +
                     clock.data[4] - '0');
}

/* Keeps the order; hours that meet or overlap become one. */
static void hours_add(struct hours *hours, struct span span)
{
    struct hours out = {.count = 0};
    for (uint32_t i = 0; i < hours->count; i++) {
        struct span old = hours->spans[i];
        if (old.closes >= span.opens && span.closes >= old.opens) {
            span.opens = old.opens < span.opens ? old.opens : span.opens;
            span.closes = old.closes > span.closes ? old.closes : span.closes;
        }
    }
    bool is_in = false;
    for (uint32_t i = 0; i < hours->count; i++) {
        struct span old = hours->spans[i];
        if (old.closes >= span.opens && span.closes >= old.opens)
            continue;
        if (!is_in && old.opens > span.opens) {
            out.spans[out.count++] = span;
            is_in = true;
        }
        out.spans[out.count++] = old;
    }
    if (!is_in)
        out.spans[out.count++] = span;
    *hours = out;
}

static void week_add(struct week *week, const struct rule_hours *row)
{
    struct span span = {minutes_of(row->opens), minutes_of(row->closes)};
    if (span.closes <= span.opens)
        return;
    for (uint32_t i = 0; i < row->days.size; i++) {
        int weekday = row->days.data[i] - '1';
        if (weekday >= 0 && weekday < WEEKDAY_COUNT && week->days[weekday].count < RULE_COUNT_MAX)
            hours_add(&week->days[weekday], span);
    }
}

static void week_of(const struct working_time *time, struct week *out)
{
    out->time = time;
    for (int weekday = 0; weekday < WEEKDAY_COUNT; weekday++)
        out->days[weekday].count = 0;
    const struct rule_hours_list *rows = time->rules != NULL ? &time->rules->hours : NULL;
    for (uint32_t i = 0; rows != NULL && i < rows->count; i++)
        week_add(out, &rows->items[i]);
    if (rows != NULL && rows->count != 0)
        return;
    for (int weekday = 0; weekday < 5; weekday++)
        hours_add(&out->days[weekday], (struct span){OPENS_AT, CLOSES_AT});
}

/* ---- one day ---- */

static int date_order(struct date date, struct text text)
{
    struct date other;
    return date_parse(text, &other) ? date_compare(date, other) : 1;
}

static bool date_is_in(struct date date, const struct text_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (date_order(date, list->items[i]) == 0)
            return true;
    return false;
}

static enum calendar_kind kind_of(const struct fact_calendar *calendar, struct date date)
{
    if (calendar == NULL)
        return calendar_kind(date);
    uint32_t low = 0;
    uint32_t high = calendar->days.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = date_order(date, calendar->days.items[middle].date);
        if (order == 0)
            return calendar->days.items[middle].is_working.value != 0 ? CALENDAR_MAKE_UP : CALENDAR_HOLIDAY;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return CALENDAR_ORDINARY;
}

/* What the window says of a day weighs more than the calendar. A day it opens
 * against the calendar has its weekday's hours, else Monday's. */
static const struct hours *hours_of_day(const struct week *week, int32_t days)
{
    static const struct hours closed = {.count = 0};
    const struct window_rules *rules = week->time->rules;
    struct date date = date_of_days(days);
    int32_t weekday = (days + WEEKDAY_OF_1970) % WEEKDAY_COUNT;
    const struct hours *own = &week->days[weekday < 0 ? weekday + WEEKDAY_COUNT : weekday];
    if (rules != NULL && date_is_in(date, &rules->closed_days))
        return &closed;
    enum calendar_kind kind = kind_of(week->time->calendar, date);
    if (kind == CALENDAR_MAKE_UP)
        return &week->days[0];
    if (rules != NULL && date_is_in(date, &rules->open_days))
        return own->count != 0 ? own : &week->days[0];
    return kind == CALENDAR_HOLIDAY ? &closed : own;
}

static int32_t day_of(int64_t time_us)
{
    return date_days(date_of_time(time_us));
}

/* Minute `minute` of a day, as a moment. */
static int64_t moment_of(int32_t days, int minute)
{
    return days * MICROSECONDS_OF_DAY + (minute - CHINA_MINUTES) * MICROSECONDS_OF_MINUTE;
}

static int64_t close_of(const struct hours *hours, int32_t days)
{
    return moment_of(days, hours->spans[hours->count - 1].closes);
}

/* ---- public ---- */

bool working_time_is_open_day(const struct working_time *time, struct date date)
{
    struct week week;
    week_of(time, &week);
    return hours_of_day(&week, date_days(date))->count != 0;
}

static int64_t open_us_of_day(const struct hours *hours, int32_t days, int64_t from_us, int64_t to_us)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < hours->count; i++) {
        int64_t opens = moment_of(days, hours->spans[i].opens);
        int64_t closes = moment_of(days, hours->spans[i].closes);
        int64_t begin = opens > from_us ? opens : from_us;
        int64_t end = closes < to_us ? closes : to_us;
        if (end > begin)
            sum += end - begin;
    }
    return sum;
}

int64_t working_time_minutes(const struct working_time *time, int64_t from_us, int64_t to_us)
{
    struct week week;
    int64_t sum = 0;
    if (to_us <= from_us)
        return 0;
    week_of(time, &week);
    int32_t last = day_of(to_us);
    for (int32_t days = day_of(from_us); days <= last; days++)
        sum += open_us_of_day(hours_of_day(&week, days), days, from_us, to_us);
    return sum / MICROSECONDS_OF_MINUTE;
}

int64_t working_time_days(const struct working_time *time, int64_t from_us, int64_t to_us)
{
    struct week week;
    int64_t count = 0;
    week_of(time, &week);
    int32_t last = day_of(to_us);
    for (int32_t days = day_of(from_us) + 1; days <= last; days++)
        count += hours_of_day(&week, days)->count != 0;
    return count;
}

/* Where `left` of opening time runs out within the day; 0 when it does not: `left` is less by what the day had. */
static int64_t run_out_in_day(const struct hours *hours, int32_t days, int64_t from_us, int64_t *left)
{
    for (uint32_t i = 0; i < hours->count; i++) {
        int64_t opens = moment_of(days, hours->spans[i].opens);
        int64_t closes = moment_of(days, hours->spans[i].closes);
        int64_t begin = opens > from_us ? opens : from_us;
        if (closes <= begin)
            continue;
        if (closes - begin >= *left)
            return begin + *left;
        *left -= closes - begin;
    }
    return 0;
}

int64_t working_time_after_minutes(const struct working_time *time, int64_t from_us, int64_t minutes)
{
    struct week week;
    int64_t left = minutes * MICROSECONDS_OF_MINUTE;
    if (minutes <= 0)
        return from_us;
    week_of(time, &week);
    int32_t first = day_of(from_us);
    for (int32_t days = first; days - first < SEARCH_DAYS_MAX; days++) {
        int64_t moment = run_out_in_day(hours_of_day(&week, days), days, from_us, &left);
        if (moment != 0)
            return moment;
    }
    return moment_of(first + SEARCH_DAYS_MAX, 0);
}

int64_t working_time_after_days(const struct working_time *time, int64_t from_us, int64_t days)
{
    struct week week;
    week_of(time, &week);
    int32_t first = day_of(from_us);
    for (int32_t day = days > 0 ? first + 1 : first; day - first < SEARCH_DAYS_MAX; day++) {
        const struct hours *hours = hours_of_day(&week, day);
        if (hours->count != 0 && --days <= 0)
            return close_of(hours, day);
    }
    return moment_of(first + SEARCH_DAYS_MAX, 0);
}
