#include "agents/branch/since.h"

#include <criterion/criterion.h>

static const struct {
    const char *text;
    bool is_good;
    bool is_time;
    int64_t value;
} rows[] = {
    {"0", true, false, 0},
    {"1200", true, false, 1200},
    {"1970-01-01T08:00:00", true, true, 0},
    {"1970-01-02", true, true, 57600000000},
    {"1970-01-01 08:01", true, true, 60000000},
    {"1970-01-01T08:00:07", true, true, 7000000},
    {"", false, false, 0},
    {"-1", false, false, 0},
    {"12a", false, false, 0},
    {"2026-02-30", false, true, 0},
    {"2026-01-01T24:00", false, true, 0},
    {"2026-01-01T1:00", false, true, 0},
    {"2026-01-01T10:00:60", false, true, 0},
    {"2026-01-01x10:00", false, true, 0},
    {"99999999999999999999", false, false, 0},
};

Test(since, reads_sequences_and_times_at_utc_plus_8)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct since since = {0};
        cr_expect_eq(since_parse(rows[i].text, &since), rows[i].is_good, "%s", rows[i].text);
        if (!rows[i].is_good)
            continue;
        cr_expect_eq(since.is_time, rows[i].is_time, "%s", rows[i].text);
        cr_expect_eq(since.value, rows[i].value, "%s: %lld", rows[i].text, (long long)since.value);
    }
}
