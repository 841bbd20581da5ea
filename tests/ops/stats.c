#include "agents/ops/stats.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "agents/ops/stats_show.h"
#include "schemas/calendar.h"

/* ---- percentiles ---- */

/* The numbers from 1 to count, or all the same where step is 0. */
struct percentile_case {
    int count, step;
    int percent;
    int64_t wanted;
};

static const struct percentile_case percentile_cases[] = {
    {1, 1, 50, 1},   {1, 1, 95, 1},   {1, 1, 99, 1},     {2, 1, 50, 1},    {2, 1, 95, 2},
    {2, 1, 99, 2},   {3, 1, 50, 2},   {100, 1, 50, 50},  {100, 1, 95, 95}, {100, 1, 99, 99},
    {100, 0, 50, 1}, {100, 0, 99, 1}, {101, 1, 99, 100}, {4, 1, 0, 1},     {4, 1, 100, 4},
};

Test(stats, percentiles_are_exact_by_nearest_rank)
{
    for (size_t i = 0; i < sizeof percentile_cases / sizeof percentile_cases[0]; i++) {
        const struct percentile_case *wanted = &percentile_cases[i];
        int64_t values[101];
        for (int place = 0; place < wanted->count; place++)
            values[place] = 1 + place * wanted->step;
        struct stats_sample sample = {.values = values, .count = (uint32_t)wanted->count};
        cr_expect_eq(stats_percentile(&sample, wanted->percent).value, wanted->wanted, "p%d of %d", wanted->percent,
                     wanted->count);
    }
}

Test(stats, a_percentile_of_nothing_is_absent)
{
    cr_expect_not(stats_percentile(&(struct stats_sample){.count = 0}, 50).is_present);
}

/* ---- counting ---- */

static struct measure measure(const char *window, const char *branch, const char *state, int64_t rounds,
                              int64_t returns)
{
    return (struct measure){.day = text_of("2026-09-30"),
                            .window = text_of(window),
                            .branch = text_of(branch),
                            .kind = text_of("M01"),
                            .state = text_of(state),
                            .rounds = number_of(rounds),
                            .returns = number_of(returns),
                            .is_present = true};
}

static void add_times(struct stats *stats, int64_t minutes, int64_t days)
{
    struct measure one = measure("W:370102", "B:105451099995", "CERTIFIED", 0, 0);
    one.acceptance_minutes = one.booking_minutes = one.certificate_minutes = number_of(minutes);
    one.certificate_days = number_of(days);
    stats_add(stats, &one);
}

static void add_defect(struct stats *stats, const char *window, const char *check, const char *avoidable)
{
    struct defect defect = {
        .family = text_of("IMAGE"), .check = text_of(check), .avoidable = text_of(avoidable), .is_present = true};
    struct measure one = measure(window, "B:105451099995", "NOT_ACCEPTED", 0, 0);
    one.defects = (struct defect_list){&defect, 1, true};
    stats_add(stats, &one);
}

static struct stats *three_cases(const enum stats_by *by, uint32_t by_count)
{
    struct stats *stats = stats_new(by, by_count);
    const struct measure cases[] = {
        measure("W:370103", "B:105451099995", "CERTIFIED", 0, 0),
        measure("W:370102", "B:102451099998", "BOOKED", 1, 1),
        measure("W:370102", "B:105451099995", "REFUSED", 0, 0),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        stats_add(stats, &cases[i]);
    stats_settle(stats);
    return stats;
}

Test(stats, a_refused_case_is_no_first_pass_and_a_return_is_a_visit)
{
    struct stats *stats = three_cases(NULL, 0);
    const struct stats_group *total = stats_total(stats);
    cr_expect_eq(total->case_count, 3);
    cr_expect_eq(total->booked_count, 2);
    cr_expect_eq(total->first_pass_count, 1);
    cr_expect_eq(total->single_count, 2);
    cr_expect_eq(total->visit_count, 4);
    cr_expect_eq(stats_group_count(stats), 0);
    stats_free(&stats);
}

Test(stats, groups_stand_in_the_order_of_their_parts)
{
    static const enum stats_by by[] = {BY_WINDOW, BY_BANK};
    static const char *const wanted[][2] = {{"W:370102", "102"}, {"W:370102", "105"}, {"W:370103", "105"}};
    struct stats *stats = three_cases(by, 2);
    cr_assert_eq(stats_group_count(stats), 3);
    for (uint32_t i = 0; i < 3; i++) {
        cr_expect_str_eq(stats_group_at(stats, i)->parts[0], wanted[i][0]);
        cr_expect_str_eq(stats_group_at(stats, i)->parts[1], wanted[i][1]);
        cr_expect_eq(stats_group_at(stats, i)->case_count, 1);
    }
    stats_free(&stats);
}

Test(stats, two_windows_of_a_city_are_one_group)
{
    static const enum stats_by by[] = {BY_CITY};
    char name[STATS_PART_SIZE];
    struct stats *stats = three_cases(by, 1);
    cr_assert_eq(stats_group_count(stats), 1);
    cr_expect_str_eq(stats_group_at(stats, 0)->parts[0], "370100");
    cr_expect_str_eq(stats_name(BY_CITY, "370100", name), "济南市");
    stats_free(&stats);
}

Test(stats, a_case_without_a_clerk_stands_under_a_dash)
{
    static const enum stats_by by[] = {BY_CLERK};
    struct stats *stats = three_cases(by, 1);
    cr_assert_eq(stats_group_count(stats), 1);
    cr_expect_str_eq(stats_group_at(stats, 0)->parts[0], "-");
    stats_free(&stats);
}

Test(stats, a_proof_on_the_last_working_day_is_within_it_however_long_its_hours_are)
{
    struct stats *stats = stats_new(NULL, 0);
    add_times(stats, 700, 1);
    add_times(stats, 2, 2);
    add_times(stats, 400, 31);
    stats_settle(stats);
    const struct stats_group *total = stats_total(stats);
    cr_expect_eq(total->within_counts[0], 1);
    cr_expect_eq(total->within_counts[1], 2);
    cr_expect_eq(total->within_counts[3], 2);
    cr_expect_eq(stats_percentile(&total->certificate, 50).value, 400);
    stats_free(&stats);
}

static int64_t moment(const char *day, int hour)
{
    struct date date;
    cr_assert(date_parse(text_of(day), &date));
    return ((int64_t)date_days(date) * 24 + hour - 8) * INT64_C(3600000000);
}

/* 2026-09-30 is a Wednesday; from 1 to 7 October the country is on holiday. */
static const struct {
    const char *name, *proof_day;
    int64_t within[STATS_SPAN_COUNT];
} old_rows[] = {
    {"the same day", "2026-09-30", {1, 1, 1, 1}},
    {"in the holiday", "2026-10-03", {1, 1, 1, 1}},
    {"the first working day after it", "2026-10-08", {1, 1, 1, 1}},
    {"the second", "2026-10-09", {0, 1, 1, 1}},
    {"two months later", "2026-11-30", {0, 0, 0, 0}},
};

Test(stats, rows_without_days_are_counted_by_the_calendar_and_times_by_the_clock_too)
{
    for (size_t i = 0; i < sizeof old_rows / sizeof old_rows[0]; i++) {
        struct stats *stats = stats_new(NULL, 0);
        struct measure one = measure("W:370102", "B:105451099995", "CERTIFIED", 0, 0);
        one.submitted_at = number_of(moment("2026-09-30", 9));
        one.accepted_at = number_of(moment("2026-09-30", 11));
        one.booked_at = one.certified_at = number_of(moment(old_rows[i].proof_day, 12));
        stats_add(stats, &one);
        stats_settle(stats);
        const struct stats_group *total = stats_total(stats);
        for (int span = 0; span < STATS_SPAN_COUNT; span++)
            cr_expect_eq(total->within_counts[span], old_rows[i].within[span], "%s, %d", old_rows[i].name, span);
        cr_expect_eq(stats_percentile(&total->acceptance_wall, 50).value, 120, "%s", old_rows[i].name);
        cr_expect_eq(stats_percentile(&total->certificate_wall, 50).value,
                     (one.certified_at.value - one.submitted_at.value) / 60000000, "%s", old_rows[i].name);
        cr_expect_not(stats_percentile(&total->acceptance, 50).is_present, "the row has no opening minutes");
        stats_free(&stats);
    }
}

Test(stats, a_clock_set_back_takes_no_negative_time)
{
    struct stats *stats = stats_new(NULL, 0);
    struct measure one = measure("W:370102", "B:105451099995", "BOOKED", 0, 0);
    one.submitted_at = number_of(moment("2026-09-30", 9));
    one.accepted_at = number_of(moment("2026-09-30", 8));
    stats_add(stats, &one);
    stats_settle(stats);
    cr_expect_eq(stats_percentile(&stats_total(stats)->acceptance_wall, 50).value, 0);
    cr_expect_eq(stats_total(stats)->booking_wall.count, 0);
    stats_free(&stats);
}

Test(stats, only_avoidable_defects_count_the_most_frequent_first)
{
    struct stats *stats = stats_new(NULL, 0);
    add_defect(stats, "W:370102", "MAT03", "yes");
    add_defect(stats, "W:370103", "MAT03", "yes");
    add_defect(stats, "W:370103", "MAT03", "yes");
    add_defect(stats, "W:370103", "MAT03", "unknown");
    add_defect(stats, "W:370103", NULL, "yes");
    add_defect(stats, "W:370103", "PTY02", "no");
    stats_settle(stats);
    cr_assert_eq(stats_defect_count(stats), 3);
    cr_expect_str_eq(stats_defect_at(stats, 0)->window, "W:370103");
    cr_expect_str_eq(stats_defect_at(stats, 0)->check, "MAT03");
    cr_expect_eq(stats_defect_at(stats, 0)->count, 2);
    cr_expect_str_eq(stats_defect_at(stats, 1)->window, "W:370102");
    cr_expect_str_eq(stats_defect_at(stats, 2)->check, "-");
    cr_expect_eq(stats_total(stats)->avoidable_count, 4);
    stats_free(&stats);
}

/* ---- names ---- */

static const struct {
    enum stats_by by;
    const char *part, *wanted;
} names[] = {
    {BY_WINDOW, "W:370102", "济南市历下区"},
    {BY_WINDOW, "W:999999", "W:999999"},
    {BY_BANK, "105", "建设银行"},
    {BY_BANK, "999", "999"},
    {BY_KIND, "M01", "M01"},
};

Test(stats, names_are_those_of_people_and_codes_where_there_are_none)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[STATS_PART_SIZE];
        cr_expect_str_eq(stats_name(names[i].by, names[i].part, name), names[i].wanted);
    }
}

Test(stats, every_word_is_found_and_no_other)
{
    for (int by = 0; by < BY_COUNT; by++)
        cr_expect_eq(stats_by_of(text_of(stats_by_word((enum stats_by)by))), (enum stats_by)by);
    cr_expect_eq(stats_by_of(text_of("month")), BY_COUNT);
    cr_expect_eq(stats_by_of(text_of("")), BY_COUNT);
}

/* ---- what is printed ---- */

static char *print(const struct stats_view *view, void (*printer)(const struct stats_view *view, FILE *out))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    printer(view, out);
    fclose(out);
    return text;
}

Test(stats, shares_of_nothing_are_a_dash)
{
    struct stats *stats = stats_new(NULL, 0);
    struct measure one = measure("W:370102", "B:105451099995", "REFUSED", 0, 0);
    stats_add(stats, &one);
    stats_settle(stats);
    struct stats_view view = {.stats = stats, .day_first = text_of("2026-09-30"), .day_last = text_of("2026-09-30")};
    char *text = print(&view, stats_print_text);
    cr_expect(strstr(text, "first pass    一次通过      0.0 %\n"), "%s", text);
    cr_expect(strstr(text, "proof         提交到发证    -  "), "%s", text);
    cr_expect(strstr(text, "by the clock -\n"), "%s", text);
    cr_expect(strstr(text, "proof within   1 个工作日内 -\n"), "%s", text);
    cr_expect_null(strstr(text, "nan"));
    free(text);
    stats_free(&stats);
}

Test(stats, days_without_a_case_are_said_in_words_and_a_program_gets_zeroes)
{
    struct stats *stats = stats_new(NULL, 0);
    stats_settle(stats);
    struct stats_view view = {
        .stats = stats, .day_first = text_of("2026-09-30"), .day_last = text_of("2026-10-01"), .has_defects = true};
    char *text = print(&view, stats_print_text);
    cr_expect_str_eq(text, "2026-09-30 to 2026-10-01: no case was booked or ended\n"
                           "这些天没有登簿或以其他方式办结的案件\n");
    free(text);
    text = print(&view, stats_print_csv);
    cr_expect_str_eq(text, "window,branch,check,family,count\r\n");
    free(text);
    view.has_defects = false;
    text = print(&view, stats_print_csv);
    cr_expect(strstr(text, "\r\n0,0,,,,0,0,"), "%s", text);
    free(text);
    stats_free(&stats);
}

Test(stats, no_avoidable_defect_is_said_in_words)
{
    struct stats *stats = three_cases(NULL, 0);
    struct stats_view view = {.stats = stats, .has_defects = true};
    char *text = print(&view, stats_print_text);
    cr_expect(strstr(text, "没有可避免的问题"), "%s", text);
    cr_expect_null(strstr(text, "COUNT"), "%s", text);
    free(text);
    stats_free(&stats);
}

Test(stats, a_cell_with_a_comma_or_a_quote_is_quoted_and_a_formula_is_none)
{
    static const enum stats_by by[] = {BY_CLERK};
    static const struct {
        const char *clerk, *wanted;
    } cells[] = {{"70012345", "\r\n70012345,"},
                 {"a,b", "\r\n\"a,b\","},
                 {"a\"b", "\r\n\"a\"\"b\","},
                 {"=1+1", "\r\n\"'=1+1\","},
                 {"-", "\r\n-,"}};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        struct stats *stats = stats_new(by, 1);
        struct measure one = measure("W:370102", "B:105451099995", "BOOKED", 0, 0);
        one.clerk = text_of(cells[i].clerk);
        stats_add(stats, &one);
        stats_settle(stats);
        struct stats_view view = {.stats = stats, .by = by, .by_count = 1};
        char *text = print(&view, stats_print_csv);
        cr_expect(strstr(text, cells[i].wanted), "%s", text);
        free(text);
        stats_free(&stats);
    }
}
