#include "agents/ops/show.h"

#include <criterion/criterion.h>

static const struct {
    int64_t duration_us;
    const char *shown;
} durations[] = {
    {0, "0.000 s"},
    {999, "0.000 s"},
    {12000, "0.012 s"},
    {999999, "0.999 s"},
    {1000000, "1.0 s"},
    {3250000, "3.2 s"},
    {59999999, "59.9 s"},
    {60000000, "1 min 00 s"},
    {252000000, "4 min 12 s"},
    {3600000000, "1 h 00 min"},
    {7500000000, "2 h 05 min"},
    {86400000000, "1 d 00 h"},
    {273600000000, "3 d 04 h"},
    {-1, "-"},
    {INT64_MAX, "106751991 d 04 h"},
};

Test(show, gives_durations_two_units)
{
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        char out[SHOW_DURATION_SIZE];
        cr_expect_str_eq(show_duration(durations[i].duration_us, out), durations[i].shown, "%s instead of %s", out,
                         durations[i].shown);
    }
}

Test(show, gives_times_at_utc_plus_8)
{
    char out[SHOW_TIME_SIZE];
    cr_expect_str_eq(show_time(number_of(0), out), "1970-01-01 08:00:00.000");
    cr_expect_str_eq(show_time((struct number){0}, out), "-");
}

Test(show, masks_a_certificate_number_once_and_only_once)
{
    char once[MASK_SIZE_MAX];
    char twice[MASK_SIZE_MAX];
    show_certificate(text_of("鲁（2026）济南市不动产证明第0012345号"), once);
    cr_expect_str_eq(once, "鲁（2026）…第***2345号");
    cr_expect_str_eq(show_certificate(text_of(once), twice), once);
    cr_expect_str_eq(show_certificate((struct text){0}, twice), "-");
    cr_expect_str_eq(show_certificate(text_of("0012345"), twice), "***");
}
