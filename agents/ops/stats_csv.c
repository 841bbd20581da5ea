#include <inttypes.h>

#include "agents/ops/stats_show.h"

/* A quote inside a quoted cell stands twice. A cell that a spreadsheet would take for a formula gets a quote mark in
 * front: a clerk's number is what somebody else wrote. */
static void put_cell(FILE *out, const char *cell)
{
    bool is_formula = cell[0] != '\0' && cell[1] != '\0' && strchr("=+-@", cell[0]) != NULL;
    if (!is_formula && strpbrk(cell, ",\"\r\n") == NULL) {
        fputs(cell, out);
        return;
    }
    fputs(is_formula ? "\"'" : "\"", out);
    for (const char *place = cell; *place != '\0'; place++) {
        if (*place == '"')
            fputc('"', out);
        fputc(*place, out);
    }
    fputc('"', out);
}

static void put_share(FILE *out, int64_t part, int64_t whole)
{
    fputc(',', out);
    if (whole != 0)
        fprintf(out, "%.4f", (double)part / (double)whole);
}

static void put_minutes(FILE *out, const struct stats_sample *sample)
{
    static const int percents[] = {50, 95, 99};
    for (uint32_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        struct number minutes = stats_percentile(sample, percents[i]);
        fputc(',', out);
        if (minutes.is_present)
            fprintf(out, "%" PRId64, minutes.value);
    }
}

static void put_figures(FILE *out, const struct stats_group *group)
{
    fprintf(out, "%" PRId64 ",%" PRId64, group->case_count, group->booked_count);
    put_share(out, group->first_pass_count, group->case_count);
    put_share(out, group->single_count, group->case_count);
    put_share(out, group->visit_count, group->case_count);
    fprintf(out, ",%" PRId64 ",%" PRId64, group->avoidable_count, group->deemed_count);
    put_minutes(out, &group->acceptance);
    put_minutes(out, &group->booking);
    put_minutes(out, &group->certificate);
    for (uint32_t i = 0; i < STATS_SPAN_COUNT; i++)
        put_share(out, group->within_counts[i], group->certificate.count);
    put_minutes(out, &group->acceptance_wall);
    put_minutes(out, &group->booking_wall);
    put_minutes(out, &group->certificate_wall);
    fputs("\r\n", out);
}

static void print_groups(const struct stats_view *view, FILE *out)
{
    for (uint32_t part = 0; part < view->by_count; part++)
        fprintf(out, "%s,%s_name,", stats_by_word(view->by[part]), stats_by_word(view->by[part]));
    fputs("cases,booked,first_pass_rate,single_visit_rate,visits_per_case,avoidable_defects,deemed_claims,"
          "acceptance_p50,acceptance_p95,acceptance_p99,booking_p50,booking_p95,booking_p99,"
          "certificate_p50,certificate_p95,certificate_p99,"
          "within_1_days,within_2_days,within_5_days,within_30_days,"
          "acceptance_wall_p50,acceptance_wall_p95,acceptance_wall_p99,booking_wall_p50,booking_wall_p95,"
          "booking_wall_p99,certificate_wall_p50,certificate_wall_p95,certificate_wall_p99\r\n",
          out);
    if (view->by_count == 0)
        put_figures(out, stats_total(view->stats));
    for (uint32_t i = 0; i < stats_group_count(view->stats); i++) {
        const struct stats_group *group = stats_group_at(view->stats, i);
        for (uint32_t part = 0; part < view->by_count; part++) {
            char name[STATS_PART_SIZE];
            put_cell(out, group->parts[part]);
            fputc(',', out);
            put_cell(out, stats_name(view->by[part], group->parts[part], name));
            fputc(',', out);
        }
        put_figures(out, group);
    }
}

static void print_defects(const struct stats *stats, FILE *out)
{
    fputs("window,branch,check,family,count\r\n", out);
    for (uint32_t i = 0; i < stats_defect_count(stats); i++) {
        const struct stats_defect *defect = stats_defect_at(stats, i);
        const char *const cells[] = {defect->window, defect->branch, defect->check, defect->family};
        for (uint32_t cell = 0; cell < sizeof cells / sizeof cells[0]; cell++) {
            put_cell(out, cells[cell]);
            fputc(',', out);
        }
        fprintf(out, "%" PRId64 "\r\n", defect->count);
    }
}

void stats_print_csv(const struct stats_view *view, FILE *out)
{
    if (view->has_defects)
        print_defects(view->stats, out);
    else
        print_groups(view, out);
}
