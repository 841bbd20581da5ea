#ifndef ONEVISIT_AGENTS_OPS_STATS_H
#define ONEVISIT_AGENTS_OPS_STATS_H

#include "schemas/message.h"

/* The measures of many cases, counted by day, city, window and so on (DOMAIN
 * 6.7). Pure: what goes in is given. Percentiles are exact, by nearest rank.
 *
 * Life cycle: stats_new, stats_add for each case, stats_settle once, then look.
 * Out of memory ends the process, as for a table (table.h). */
struct stats;

enum stats_by { BY_DAY, BY_CITY, BY_WINDOW, BY_BANK, BY_BRANCH, BY_CLERK, BY_KIND, BY_COUNT };

enum { STATS_PART_SIZE = 64, STATS_SPAN_COUNT = 4 };

/* Working days after that of the submission within which a proof may be there. */
extern const int64_t stats_spans[STATS_SPAN_COUNT];

/* Minutes, in rising order once settled. */
struct stats_sample {
    int64_t *values;
    uint32_t count, capacity;
};

struct stats_group {
    char parts[BY_COUNT][STATS_PART_SIZE]; /* in the order asked for; "-" where a case does not say it */
    int64_t case_count;                    /* booked, or ended otherwise */
    int64_t booked_count;
    int64_t first_pass_count; /* booked without a round of supplements */
    int64_t single_count;     /* the citizen came once */
    int64_t visit_count;
    int64_t deemed_count;    /* nobody answered within a working day */
    int64_t avoidable_count; /* defects the counter could have found */
    int64_t within_counts[STATS_SPAN_COUNT];
    struct stats_sample acceptance, booking, certificate;                /* of opening hours */
    struct stats_sample acceptance_wall, booking_wall, certificate_wall; /* by the clock on the wall */
};

/* How often one check should have found something, of one branch at one window. */
struct stats_defect {
    char window[STATS_PART_SIZE], branch[STATS_PART_SIZE];
    char check[STATS_PART_SIZE];  /* "-" where the window named none */
    char family[STATS_PART_SIZE]; /* reason family or material code */
    int64_t count;
};

struct stats *stats_new(const enum stats_by *by, uint32_t by_count);
void stats_free(struct stats **stats);
void stats_add(struct stats *stats, const struct measure *measure);
/* Puts samples and defects in order. */
void stats_settle(struct stats *stats);

/* In the order of their parts; one of all cases besides. */
uint32_t stats_group_count(const struct stats *stats);
const struct stats_group *stats_group_at(const struct stats *stats, uint32_t index);
const struct stats_group *stats_total(const struct stats *stats);
/* The avoidable ones, most frequent first. */
uint32_t stats_defect_count(const struct stats *stats);
const struct stats_defect *stats_defect_at(const struct stats *stats, uint32_t index);

/* The value that `percent` of the values do not exceed, by nearest rank; absent when there are none. */
struct number stats_percentile(const struct stats_sample *sample, int percent);

/* "day", "city" ...; BY_COUNT for a word that is none. */
enum stats_by stats_by_of(struct text word);
const char *stats_by_word(enum stats_by by);
/* What people call it: 济南市历下区 for W:370102, 建设银行 for 105; the part itself where nothing is known of it. */
const char *stats_name(enum stats_by by, const char *part, char out[STATS_PART_SIZE]);

#endif
