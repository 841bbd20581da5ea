#include "agents/branch/since.h"

#include <string.h>

#include "agents/branch/settings.h"
#include "schemas/calendar.h"

enum { DATE_SIZE = 10, SECONDS_OF_DAY = 86400, ZONE_SECONDS = 8 * 3600 };

static bool two_digits(const char *text, int maximum, int64_t *out)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *out = (text[0] - '0') * 10 + (text[1] - '0');
    return *out <= maximum;
}

/* "", "T14:03" or "T14:03:07". */
static bool clock_parse(const char *text, int64_t *seconds)
{
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    size_t size = strlen(text);
    *seconds = 0;
    if (size == 0)
        return true;
    if ((size != 6 && size != 9) || (text[0] != 'T' && text[0] != ' ') || text[3] != ':' ||
        !two_digits(text + 1, 23, &hour) || !two_digits(text + 4, 59, &minute))
        return false;
    if (size == 9 && (text[6] != ':' || !two_digits(text + 7, 59, &second)))
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

bool since_parse(const char *text, struct since *out)
{
    struct date date;
    int64_t seconds = 0;
    out->is_time = strlen(text) >= DATE_SIZE && text[4] == '-';
    if (!out->is_time)
        return number_parse(text, 0, INT64_MAX, &out->value);
    if (!date_parse((struct text){text, DATE_SIZE}, &date) || !clock_parse(text + DATE_SIZE, &seconds))
        return false;
    out->value = ((int64_t)date_days(date) * SECONDS_OF_DAY + seconds - ZONE_SECONDS) * 1000000;
    return true;
}
