#include "agents/ops/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/ops/complaint.h"
#include "agents/ops/exit_code.h"
#include "schemas/calendar.h"

enum { MILLISECOND_US = 1000, TENTH_US = 100000, SECOND_US = 1000000, MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

const char *show_duration(int64_t duration_us, char out[SHOW_DURATION_SIZE])
{
    int64_t seconds = duration_us / SECOND_US;
    if (duration_us < 0)
        snprintf(out, SHOW_DURATION_SIZE, "-");
    else if (seconds < 1)
        snprintf(out, SHOW_DURATION_SIZE, "0.%03" PRId64 " s", duration_us / MILLISECOND_US);
    else if (seconds < MINUTE_S)
        snprintf(out, SHOW_DURATION_SIZE, "%" PRId64 ".%" PRId64 " s", seconds, duration_us % SECOND_US / TENTH_US);
    else if (seconds < HOUR_S)
        snprintf(out, SHOW_DURATION_SIZE, "%" PRId64 " min %02" PRId64 " s", seconds / MINUTE_S, seconds % MINUTE_S);
    else if (seconds < DAY_S)
        snprintf(out, SHOW_DURATION_SIZE, "%" PRId64 " h %02" PRId64 " min", seconds / HOUR_S,
                 seconds % HOUR_S / MINUTE_S);
    else
        snprintf(out, SHOW_DURATION_SIZE, "%" PRId64 " d %02" PRId64 " h", seconds / DAY_S, seconds % DAY_S / HOUR_S);
    return out;
}

const char *show_time(struct number time_us, char out[SHOW_TIME_SIZE])
{
    if (time_us.is_present)
        time_show(time_us.value, out, SHOW_TIME_SIZE);
    else
        snprintf(out, SHOW_TIME_SIZE, "-");
    return out;
}

const char *show_certificate(struct text number, char out[MASK_SIZE_MAX])
{
    if (!number.data)
        snprintf(out, MASK_SIZE_MAX, "-");
    else if (memmem(number.data, number.size, "***", 3))
        snprintf(out, MASK_SIZE_MAX, "%.*s", TEXT_ARGS(number));
    else
        mask_certificate(number, out, MASK_SIZE_MAX);
    return out;
}

void print_json(json_t *json)
{
    char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    if (!text) {
        complain("out of memory");
        exit(EXIT_CODE_DAMAGE);
    }
    puts(text);
    free(text);
    json_decref(json);
}

void print_record_json(const struct record *record, const void *in)
{
    print_json(record_to_json(record, in));
}

const char *show_offset(struct number offset_ms, char out[SHOW_TIME_SIZE])
{
    const int64_t seconds = offset_ms.value / 1000;
    const int64_t size = seconds < 0 ? -seconds : seconds;
    const char *sign = seconds == 0 ? "" : seconds < 0 ? "-" : "+";
    if (!offset_ms.is_present)
        snprintf(out, SHOW_TIME_SIZE, "-");
    else if (size < 7200)
        snprintf(out, SHOW_TIME_SIZE, "%s%lld s", sign, (long long)size);
    else
        snprintf(out, SHOW_TIME_SIZE, "%s%lld h", sign, (long long)(size / 3600));
    return out;
}
