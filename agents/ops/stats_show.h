#ifndef ONEVISIT_AGENTS_OPS_STATS_SHOW_H
#define ONEVISIT_AGENTS_OPS_STATS_SHOW_H

#include <stdio.h>

#include "agents/ops/stats.h"

/* Measures for people, for programs and for a spreadsheet. A share of nothing
 * is "-" for people, absent in JSON, empty in CSV. */

struct stats_view {
    const struct stats *stats; /* settled */
    const enum stats_by *by;
    uint32_t by_count;
    struct text day_first, day_last;
    bool has_defects; /* the avoidable defects as well; in CSV alone */
};

void stats_print_text(const struct stats_view *view, FILE *out);
void stats_print_json(const struct stats_view *view);
/* RFC 4180: lines end with CR LF, a cell with a comma, quote or line end is quoted. */
void stats_print_csv(const struct stats_view *view, FILE *out);

#endif
