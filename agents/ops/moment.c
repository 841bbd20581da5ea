#include "agents/ops/moment.h"

#include "schemas/calendar.h"

enum { DATE_SIZE = 10, MINUTE_SIZE = 16, SECOND_SIZE = 19, ZONE_S = 8 * 3600, DAY_S = 86400 };

/* Two digits below `limit`, or -1. */
static int two_digits(const char *at, int limit)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return -1;
    const int value = (at[0] - '0') * 10 + (at[1] - '0');
    return value < limit ? value : -1;
}

/* "T14:00" or "T14:00:30"; -1 when it is not. */
static int seconds_of(struct text text)
{
    if (text.size == DATE_SIZE)
        return 0;
    if ((text.size != MINUTE_SIZE && text.size != SECOND_SIZE) || text.data[DATE_SIZE] != 'T' ||
        text.data[DATE_SIZE + 3] != ':' || (text.size == SECOND_SIZE && text.data[MINUTE_SIZE] != ':'))
        return -1;
    const int hours = two_digits(text.data + DATE_SIZE + 1, 24);
    const int minutes = two_digits(text.data + DATE_SIZE + 4, 60);
    const int seconds = text.size == SECOND_SIZE ? two_digits(text.data + MINUTE_SIZE + 1, 60) : 0;
    return hours < 0 || minutes < 0 || seconds < 0 ? -1 : (hours * 60 + minutes) * 60 + seconds;
}

bool moment_parse(struct text text, int64_t *time_us)
{
    struct date date;

    if (text.size < DATE_SIZE || !date_parse((struct text){text.data, DATE_SIZE}, &date))
        return false;
    const int seconds = seconds_of(text);
    if (seconds < 0)
        return false;
    *time_us = ((int64_t)date_days(date) * DAY_S + seconds - ZONE_S) * 1000000;
    return true;
}
