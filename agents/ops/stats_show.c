#include "agents/ops/stats_show.h"

#include <inttypes.h>

#include "agents/ops/show.h"
#include "agents/ops/table.h"

enum { FIGURE_SIZE = 72, DEFECT_SHOWN_COUNT_MAX = 20 };

static const int percents[] = {50, 95, 99};
enum { PERCENT_COUNT = sizeof percents / sizeof percents[0] };

/* "97.5 %", or "-" of nothing. */
static const char *show_share(int64_t part, int64_t whole, char out[FIGURE_SIZE])
{
    if (whole == 0)
        snprintf(out, FIGURE_SIZE, "-");
    else
        snprintf(out, FIGURE_SIZE, "%.1f %%", 100.0 * (double)part / (double)whole);
    return out;
}

static const char *show_ratio(int64_t part, int64_t whole, char out[FIGURE_SIZE])
{
    if (whole == 0)
        snprintf(out, FIGURE_SIZE, "-");
    else
        snprintf(out, FIGURE_SIZE, "%.3f", (double)part / (double)whole);
    return out;
}

/* "35/480/960": half of them, 95 and 99 of a hundred within so many minutes. */
static const char *show_minutes(const struct stats_sample *sample, char out[FIGURE_SIZE])
{
    if (sample->count == 0)
        snprintf(out, FIGURE_SIZE, "-");
    else
        snprintf(out, FIGURE_SIZE, "%" PRId64 "/%" PRId64 "/%" PRId64, stats_percentile(sample, percents[0]).value,
                 stats_percentile(sample, percents[1]).value, stats_percentile(sample, percents[2]).value);
    return out;
}

/* ---- for people ---- */

static void print_time(FILE *out, const char *what, const struct stats_sample *open, const struct stats_sample *wall)
{
    char figure[FIGURE_SIZE];
    fprintf(out, "%s%-16s", what, show_minutes(open, figure));
    fprintf(out, " 自然时间 by the clock %s\n", show_minutes(wall, figure));
}

static void print_times(const struct stats_group *group, FILE *out)
{
    print_time(out, "acceptance    提交到受理    ", &group->acceptance, &group->acceptance_wall);
    print_time(out, "booking       受理到登簿    ", &group->booking, &group->booking_wall);
    print_time(out, "proof         提交到发证    ", &group->certificate, &group->certificate_wall);
}

static void print_summary(const struct stats_group *group, FILE *out)
{
    char figure[FIGURE_SIZE];
    fprintf(out, "cases         办件数        %" PRId64 "\n", group->case_count);
    fprintf(out, "booked        已登簿        %" PRId64 "\n", group->booked_count);
    fprintf(out, "first pass    一次通过      %s\n", show_share(group->first_pass_count, group->case_count, figure));
    fprintf(out, "single visit  只跑一次      %s\n", show_share(group->single_count, group->case_count, figure));
    fprintf(out, "visits/case   件均到场      %s\n", show_ratio(group->visit_count, group->case_count, figure));
    fprintf(out, "avoidable     可避免问题    %" PRId64 "\n", group->avoidable_count);
    fprintf(out, "deemed        视为受理主张  %" PRId64 "\n", group->deemed_count);
    print_times(group, out);
    for (uint32_t i = 0; i < STATS_SPAN_COUNT; i++)
        fprintf(out, "proof within  %2" PRId64 " 个工作日内 %s\n", stats_spans[i],
                show_share(group->within_counts[i], group->certificate.count, figure));
}

static void add_figures(struct table *table, const struct stats_group *group)
{
    char figure[FIGURE_SIZE];
    table_cell(table, "%" PRId64, group->case_count);
    table_cell(table, "%" PRId64, group->booked_count);
    table_cell(table, "%s", show_share(group->first_pass_count, group->case_count, figure));
    table_cell(table, "%s", show_share(group->single_count, group->case_count, figure));
    table_cell(table, "%s", show_ratio(group->visit_count, group->case_count, figure));
    table_cell(table, "%" PRId64, group->avoidable_count);
    table_cell(table, "%s", show_minutes(&group->acceptance, figure));
    table_cell(table, "%s", show_minutes(&group->booking, figure));
    table_cell(table, "%s", show_minutes(&group->certificate, figure));
}

static const struct table_column figure_columns[] = {
    {"CASES", true}, {"BOOKED", true}, {"FIRST", true}, {"SINGLE", true}, {"VISITS", true},
    {"AVOID", true}, {"TTA", true},    {"TTB", true},   {"TTC", true},
};
enum { FIGURE_COLUMN_COUNT = sizeof figure_columns / sizeof figure_columns[0] };

static const char *const headings[BY_COUNT] = {
    [BY_DAY] = "DAY",       [BY_CITY] = "CITY",   [BY_WINDOW] = "WINDOW", [BY_BANK] = "BANK",
    [BY_BRANCH] = "BRANCH", [BY_CLERK] = "CLERK", [BY_KIND] = "KIND",
};

static void print_groups(const struct stats_view *view, FILE *out)
{
    struct table_column columns[BY_COUNT + FIGURE_COLUMN_COUNT];
    char name[STATS_PART_SIZE];
    for (uint32_t i = 0; i < view->by_count; i++)
        columns[i] = (struct table_column){headings[view->by[i]], false};
    for (uint32_t i = 0; i < FIGURE_COLUMN_COUNT; i++)
        columns[view->by_count + i] = figure_columns[i];
    struct table *table = table_new(columns, view->by_count + FIGURE_COLUMN_COUNT);
    for (uint32_t i = 0; i < stats_group_count(view->stats); i++) {
        const struct stats_group *group = stats_group_at(view->stats, i);
        for (uint32_t part = 0; part < view->by_count; part++)
            table_cell(table, "%s", stats_name(view->by[part], group->parts[part], name));
        add_figures(table, group);
    }
    for (uint32_t part = 0; part < view->by_count; part++)
        table_cell(table, "%s", part == 0 ? "all" : "");
    add_figures(table, stats_total(view->stats));
    table_print(table, out);
    table_free(&table);
}

static void print_defects(const struct stats_view *view, FILE *out)
{
    static const struct table_column columns[] = {
        {"COUNT", true}, {"CHECK", false}, {"FAMILY", false}, {"WINDOW", false}, {"BRANCH", false},
    };
    char name[STATS_PART_SIZE];
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < stats_defect_count(view->stats) && i < DEFECT_SHOWN_COUNT_MAX; i++) {
        const struct stats_defect *defect = stats_defect_at(view->stats, i);
        table_cell(table, "%" PRId64, defect->count);
        table_cell(table, "%s", defect->check);
        table_cell(table, "%s", defect->family);
        table_cell(table, "%s", stats_name(BY_WINDOW, defect->window, name));
        table_cell(table, "%s", defect->branch);
    }
    fputs("\navoidable defects, most frequent first / 可避免的问题\n", out);
    table_print(table, out);
    table_free(&table);
    if (stats_defect_count(view->stats) > DEFECT_SHOWN_COUNT_MAX)
        fprintf(out, "%" PRIu32 " rows more: --format csv\n", stats_defect_count(view->stats) - DEFECT_SHOWN_COUNT_MAX);
}

static void print_figures(const struct stats_view *view, FILE *out)
{
    fprintf(out, "%.*s to %.*s, cases booked or ended\n\n", TEXT_ARGS(view->day_first), TEXT_ARGS(view->day_last));
    if (view->by_count == 0)
        print_summary(stats_total(view->stats), out);
    else
        print_groups(view, out);
    fputs("\nTimes: minutes of opening hours, p50/p95/p99. TTA to acceptance, TTB from there to booking, TTC to the "
          "proof.\n",
          out);
}

void stats_print_text(const struct stats_view *view, FILE *out)
{
    if (stats_total(view->stats)->case_count == 0) {
        fprintf(out,
                "%.*s to %.*s: no case was booked or ended\n"
                "这些天没有登簿或以其他方式办结的案件\n",
                TEXT_ARGS(view->day_first), TEXT_ARGS(view->day_last));
        return;
    }
    print_figures(view, out);
    if (view->has_defects && stats_defect_count(view->stats) == 0)
        fputs("\nno window named a defect that the counter could have found / 没有可避免的问题\n", out);
    else if (view->has_defects)
        print_defects(view, out);
}

/* ---- for programs ---- */

static void put_share(json_t *json, const char *name, int64_t part, int64_t whole)
{
    if (whole != 0)
        json_object_set_new(json, name, json_real((double)part / (double)whole));
}

static void put_minutes(json_t *json, const char *name, const struct stats_sample *sample)
{
    json_t *figures = json_object();
    json_object_set_new(figures, "count", json_integer(sample->count));
    for (uint32_t i = 0; i < PERCENT_COUNT && sample->count > 0; i++) {
        char key[8];
        snprintf(key, sizeof key, "p%d", percents[i]);
        json_object_set_new(figures, key, json_integer(stats_percentile(sample, percents[i]).value));
    }
    json_object_set_new(json, name, figures);
}

static void put_figures(json_t *json, const struct stats_group *group)
{
    json_object_set_new(json, "cases", json_integer(group->case_count));
    json_object_set_new(json, "booked", json_integer(group->booked_count));
    put_share(json, "first_pass_rate", group->first_pass_count, group->case_count);
    put_share(json, "single_visit_rate", group->single_count, group->case_count);
    put_share(json, "visits_per_case", group->visit_count, group->case_count);
    json_object_set_new(json, "avoidable_defects", json_integer(group->avoidable_count));
    json_object_set_new(json, "deemed_claims", json_integer(group->deemed_count));
    put_minutes(json, "acceptance_minutes", &group->acceptance);
    put_minutes(json, "booking_minutes", &group->booking);
    put_minutes(json, "certificate_minutes", &group->certificate);
    put_minutes(json, "acceptance_wall_minutes", &group->acceptance_wall);
    put_minutes(json, "booking_wall_minutes", &group->booking_wall);
    put_minutes(json, "certificate_wall_minutes", &group->certificate_wall);
    for (uint32_t i = 0; i < STATS_SPAN_COUNT; i++) {
        char key[32];
        snprintf(key, sizeof key, "within_%" PRId64 "_days", stats_spans[i]);
        put_share(json, key, group->within_counts[i], group->certificate.count);
    }
}

static json_t *json_of_groups(const struct stats_view *view)
{
    json_t *groups = json_array();
    for (uint32_t i = 0; i < stats_group_count(view->stats); i++) {
        const struct stats_group *group = stats_group_at(view->stats, i);
        json_t *json = json_object();
        for (uint32_t part = 0; part < view->by_count; part++) {
            char name[STATS_PART_SIZE];
            char key[32];
            const char *word = stats_by_word(view->by[part]);
            json_object_set_new(json, word, json_string(group->parts[part]));
            snprintf(key, sizeof key, "%s_name", word);
            if (strcmp(stats_name(view->by[part], group->parts[part], name), group->parts[part]) != 0)
                json_object_set_new(json, key, json_string(name));
        }
        put_figures(json, group);
        json_array_append_new(groups, json);
    }
    return groups;
}

static json_t *json_of_defects(const struct stats *stats)
{
    json_t *defects = json_array();
    for (uint32_t i = 0; i < stats_defect_count(stats); i++) {
        const struct stats_defect *defect = stats_defect_at(stats, i);
        json_t *json = json_object();
        json_object_set_new(json, "window", json_string(defect->window));
        json_object_set_new(json, "branch", json_string(defect->branch));
        json_object_set_new(json, "check", json_string(defect->check));
        json_object_set_new(json, "family", json_string(defect->family));
        json_object_set_new(json, "count", json_integer(defect->count));
        json_array_append_new(defects, json);
    }
    return defects;
}

void stats_print_json(const struct stats_view *view)
{
    json_t *json = json_object();
    json_t *total = json_object();
    put_figures(total, stats_total(view->stats));
    json_object_set_new(json, "from", json_stringn(view->day_first.data, view->day_first.size));
    json_object_set_new(json, "to", json_stringn(view->day_last.data, view->day_last.size));
    json_object_set_new(json, "groups", json_of_groups(view));
    json_object_set_new(json, "total", total);
    if (view->has_defects)
        json_object_set_new(json, "defects", json_of_defects(view->stats));
    print_json(json);
}
