#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "broker/store/calendar_file.h"
#include "schemas/calendar.h"

/* Calendar files: whole or not at all, with line and reason. */

static char why[CALENDAR_WHY_SIZE];
static uint8_t memory[CALENDAR_ARENA_SIZE];

static enum status read_text(const char *text, struct fact_calendar *out)
{
    struct arena arena = arena_over(memory, sizeof memory);
    char path[] = "/tmp/onevisit-calendar-XXXXXX";
    int file = mkstemp(path);
    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    enum status status = calendar_file_read(path, &arena, out, why);
    remove(path);
    return status;
}

#define HEAD "# version 2027-1: State Council\ndate,kind\n"

Test(calendar_file, holds_version_days_and_the_end_of_its_last_year)
{
    struct fact_calendar calendar;
    cr_assert_eq(read_text(HEAD "# National Day\n2026-10-01,holiday\r\n2027-01-02,workday", &calendar), STATUS_OK, "%s",
                 why);
    cr_expect(text_is(calendar.version, "2027-1"));
    cr_expect(text_is(calendar.end, "2027-12-31"));
    cr_assert_eq(calendar.days.count, 2);
    cr_expect_eq(calendar.days.items[0].is_working.value, 0);
    cr_expect(text_is(calendar.days.items[1].date, "2027-01-02"));
    cr_expect_eq(calendar.days.items[1].is_working.value, 1);
    cr_expect_eq(calendar.digest.size, 32);
}

Test(calendar_file, refuses_each_fault_with_its_line_and_reason)
{
    static const struct {
        const char *text;
        const char *place;
        const char *reason;
    } faults[] = {
        {"", "line 0", "no day"},
        {"date,kind\n2026-10-01,holiday\n", "line 1", "# version"},
        {"# version : x\ndate,kind\n", "line 1", "1 to 32"},
        {"# version 1\n2026-10-01,holiday\n", "line 2", "date,kind"},
        {HEAD, "line 2", "no day"},
        {HEAD "2026-10-32,holiday\n", "line 3", "no such day"},
        {HEAD "2026-1-1,holiday\n", "line 3", "no such day"},
        {HEAD "2026-10-01,closed\n", "line 3", "holiday or a workday"},
        {HEAD "2026-10-01\n", "line 3", "holiday or a workday"},
        {HEAD "2026-10-01,holiday\n\n2026-10-01,workday\n", "line 5", "each once"},
        {HEAD "2026-10-02,holiday\n2026-10-01,holiday\n", "line 4", "in order"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct fact_calendar calendar;
        cr_expect_eq(read_text(faults[i].text, &calendar), STATUS_CONFIG, "%zu", i);
        cr_expect_not_null(strstr(why, faults[i].place), "%s, not %s", faults[i].place, why);
        cr_expect_not_null(strstr(why, faults[i].reason), "%s, not %s", faults[i].reason, why);
    }
}

Test(calendar_file, the_one_built_in_is_the_file_it_was_built_from)
{
    static uint8_t other_memory[CALENDAR_ARENA_SIZE];
    struct arena arena = arena_over(memory, sizeof memory), other = arena_over(other_memory, sizeof other_memory);
    struct fact_calendar embedded, file;
    cr_assert_eq(calendar_file_embedded(&arena, &embedded), STATUS_OK);
    cr_assert_eq(calendar_file_read("schemas/dictionaries/calendar.csv", &other, &file, why), STATUS_OK, "%s", why);
    embedded.digest = file.digest; /* comments differ */
    cr_expect(record_equal(&record_fact_calendar, &embedded, &file, NULL), "version, end and days");
    struct date end;
    cr_assert(date_parse(embedded.end, &end));
    cr_expect_eq(date_compare(end, calendar_end()), 0);
}
