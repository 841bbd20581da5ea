#include "agents/ops/stats.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/ops/complaint.h"
#include "agents/ops/exit_code.h"
#include "schemas/dictionary.h"
#include "schemas/windows.h"
#include "schemas/working_time.h"

static const int64_t MICROSECONDS_OF_MINUTE = INT64_C(60000000);

const int64_t stats_spans[STATS_SPAN_COUNT] = {1, 2, 5, 30};

struct stats {
    enum stats_by by[BY_COUNT];
    uint32_t by_count;
    struct stats_group total;
    struct stats_group **groups; /* in the order of their parts */
    uint32_t group_count, group_capacity;
    struct stats_defect *defects; /* one an occurrence until settled */
    uint32_t defect_count, defect_capacity;
};

static void *need(void *memory)
{
    if (memory == NULL) {
        complain("out of memory");
        exit(EXIT_CODE_DAMAGE);
    }
    return memory;
}

/* Room for one item more. */
static void *widen(void *items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity != 0 ? 2 * *capacity : 64;
    return need(reallocarray(items, *capacity, size));
}

struct stats *stats_new(const enum stats_by *by, uint32_t by_count)
{
    assert(by_count <= BY_COUNT);
    struct stats *stats = need(calloc(1, sizeof *stats));
    for (uint32_t i = 0; i < by_count; i++)
        stats->by[i] = by[i];
    stats->by_count = by_count;
    return stats;
}

static void group_fini(struct stats_group *group)
{
    free(group->acceptance.values);
    free(group->booking.values);
    free(group->certificate.values);
    free(group->acceptance_wall.values);
    free(group->booking_wall.values);
    free(group->certificate_wall.values);
}

void stats_free(struct stats **stats)
{
    if (*stats == NULL)
        return;
    for (uint32_t i = 0; i < (*stats)->group_count; i++) {
        group_fini((*stats)->groups[i]);
        free((*stats)->groups[i]);
    }
    group_fini(&(*stats)->total);
    free((*stats)->groups);
    free((*stats)->defects);
    free(*stats);
    *stats = NULL;
}

/* ---- the group of a case ---- */

static void copy_part(char out[STATS_PART_SIZE], struct text text)
{
    snprintf(out, STATS_PART_SIZE, "%.*s", TEXT_ARGS(text.data != NULL ? text : text_of("-")));
}

static const struct window *window_of(const char *participant)
{
    for (uint32_t i = 0; i < window_count(); i++)
        if (strcmp(window_at(i)->participant, participant) == 0)
            return window_at(i);
    return NULL;
}

static void fill_city(char out[STATS_PART_SIZE], struct text participant)
{
    char name[STATS_PART_SIZE];
    copy_part(name, participant);
    const struct window *window = window_of(name);
    copy_part(out, text_of(window != NULL ? window->city : NULL));
}

/* The first three digits of the number behind "B:" (DOMAIN 3.5). */
static struct text bank_of(struct text branch)
{
    return branch.size >= 5 ? (struct text){branch.data + 2, 3} : (struct text){0};
}

static void fill_part(char out[STATS_PART_SIZE], enum stats_by by, const struct measure *measure)
{
    switch (by) {
    case BY_DAY:
        copy_part(out, measure->day);
        break;
    case BY_CITY:
        fill_city(out, measure->window);
        break;
    case BY_WINDOW:
        copy_part(out, measure->window);
        break;
    case BY_BANK:
        copy_part(out, bank_of(measure->branch));
        break;
    case BY_BRANCH:
        copy_part(out, measure->branch);
        break;
    case BY_CLERK:
        copy_part(out, measure->clerk);
        break;
    case BY_KIND:
        copy_part(out, measure->kind);
        break;
    case BY_COUNT:
        break;
    }
}

static int compare_parts(const struct stats *stats, const struct stats_group *a, const struct stats_group *b)
{
    int order = 0;
    for (uint32_t i = 0; i < stats->by_count && order == 0; i++)
        order = strcmp(a->parts[i], b->parts[i]);
    return order;
}

/* Where the group stands, or would stand. */
static uint32_t place_of(const struct stats *stats, const struct stats_group *wanted)
{
    uint32_t low = 0;
    uint32_t high = stats->group_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_parts(stats, stats->groups[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct stats_group *group_of(struct stats *stats, const struct measure *measure)
{
    struct stats_group wanted = {.case_count = 0};
    for (uint32_t i = 0; i < stats->by_count; i++)
        fill_part(wanted.parts[i], stats->by[i], measure);
    uint32_t place = place_of(stats, &wanted);
    if (place < stats->group_count && compare_parts(stats, stats->groups[place], &wanted) == 0)
        return stats->groups[place];
    stats->groups = widen(stats->groups, stats->group_count, &stats->group_capacity, sizeof(struct stats_group *));
    memmove(&stats->groups[place + 1], &stats->groups[place],
            (stats->group_count - place) * sizeof(struct stats_group *));
    struct stats_group *group = need(malloc(sizeof *group));
    *group = wanted;
    stats->groups[place] = group;
    stats->group_count++;
    return group;
}

/* ---- counting ---- */

static void sample_add(struct stats_sample *sample, struct number minutes)
{
    if (!minutes.is_present)
        return;
    sample->values = widen(sample->values, sample->count, &sample->capacity, sizeof *sample->values);
    sample->values[sample->count++] = minutes.value;
}

/* Whole minutes; the clock of the broker may have been set back in between. */
static struct number wall_minutes(struct number from, struct number to)
{
    if (!from.is_present || !to.is_present)
        return (struct number){0};
    return number_of(to.value > from.value ? (to.value - from.value) / MICROSECONDS_OF_MINUTE : 0);
}

/* A row of before the days were counted in it is counted by the calendar all windows share. */
static struct number certificate_days(const struct measure *measure)
{
    static const struct working_time shared = {.calendar = NULL, .rules = NULL};
    if (measure->certificate_days.is_present || !measure->certified_at.is_present)
        return measure->certificate_days;
    return number_of(working_time_days(&shared, measure->submitted_at.value, measure->certified_at.value));
}

static void group_add_times(struct stats_group *group, const struct measure *measure)
{
    sample_add(&group->acceptance, measure->acceptance_minutes);
    sample_add(&group->booking, measure->booking_minutes);
    sample_add(&group->certificate, measure->certificate_minutes);
    sample_add(&group->acceptance_wall, wall_minutes(measure->submitted_at, measure->accepted_at));
    sample_add(&group->booking_wall, wall_minutes(measure->accepted_at, measure->booked_at));
    sample_add(&group->certificate_wall, wall_minutes(measure->submitted_at, measure->certified_at));
    struct number days = certificate_days(measure);
    for (uint32_t i = 0; i < STATS_SPAN_COUNT; i++)
        group->within_counts[i] += days.is_present && days.value <= stats_spans[i];
}

static bool is_avoidable(const struct defect *defect)
{
    return text_is(defect->avoidable, "yes");
}

static void group_add(struct stats_group *group, const struct measure *measure)
{
    bool is_booked = text_is(measure->state, "BOOKED") || text_is(measure->state, "CERTIFIED");
    group->case_count++;
    group->booked_count += is_booked;
    group->first_pass_count += is_booked && measure->rounds.value == 0;
    group->single_count += measure->returns.value == 0;
    group->visit_count += 1 + measure->returns.value;
    group->deemed_count += measure->had_deemed_claim.value != 0;
    for (uint32_t i = 0; i < measure->defects.count; i++)
        group->avoidable_count += is_avoidable(&measure->defects.items[i]);
    group_add_times(group, measure);
}

static void add_defect(struct stats *stats, const struct measure *measure, const struct defect *defect)
{
    stats->defects = widen(stats->defects, stats->defect_count, &stats->defect_capacity, sizeof *stats->defects);
    struct stats_defect *added = &stats->defects[stats->defect_count++];
    memset(added, 0, sizeof *added);
    copy_part(added->window, measure->window);
    copy_part(added->branch, measure->branch);
    copy_part(added->check, defect->check);
    copy_part(added->family, defect->family);
    added->count = 1;
}

void stats_add(struct stats *stats, const struct measure *measure)
{
    group_add(&stats->total, measure);
    if (stats->by_count > 0)
        group_add(group_of(stats, measure), measure);
    for (uint32_t i = 0; i < measure->defects.count; i++)
        if (is_avoidable(&measure->defects.items[i]))
            add_defect(stats, measure, &measure->defects.items[i]);
}

/* ---- in order ---- */

static int compare_values(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;
    return (*left > *right) - (*left < *right);
}

static void sample_settle(struct stats_sample *sample)
{
    if (sample->count > 0)
        qsort(sample->values, sample->count, sizeof *sample->values, compare_values);
}

static void group_settle(struct stats_group *group)
{
    sample_settle(&group->acceptance);
    sample_settle(&group->booking);
    sample_settle(&group->certificate);
    sample_settle(&group->acceptance_wall);
    sample_settle(&group->booking_wall);
    sample_settle(&group->certificate_wall);
}

static int compare_defects(const void *a, const void *b)
{
    const struct stats_defect *left = a;
    const struct stats_defect *right = b;
    int order = strcmp(left->window, right->window);
    if (order == 0)
        order = strcmp(left->branch, right->branch);
    if (order == 0)
        order = strcmp(left->check, right->check);
    return order != 0 ? order : strcmp(left->family, right->family);
}

static int compare_frequency(const void *a, const void *b)
{
    const struct stats_defect *left = a;
    const struct stats_defect *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return compare_defects(a, b);
}

static void defects_settle(struct stats *stats)
{
    if (stats->defect_count == 0)
        return;
    uint32_t kept = 0;
    qsort(stats->defects, stats->defect_count, sizeof *stats->defects, compare_defects);
    for (uint32_t i = 1; i < stats->defect_count; i++) {
        if (compare_defects(&stats->defects[kept], &stats->defects[i]) == 0)
            stats->defects[kept].count += stats->defects[i].count;
        else
            stats->defects[++kept] = stats->defects[i];
    }
    stats->defect_count = kept + 1;
    qsort(stats->defects, stats->defect_count, sizeof *stats->defects, compare_frequency);
}

void stats_settle(struct stats *stats)
{
    group_settle(&stats->total);
    for (uint32_t i = 0; i < stats->group_count; i++)
        group_settle(stats->groups[i]);
    defects_settle(stats);
}

/* ---- looking ---- */

uint32_t stats_group_count(const struct stats *stats)
{
    return stats->group_count;
}

const struct stats_group *stats_group_at(const struct stats *stats, uint32_t index)
{
    return index < stats->group_count ? stats->groups[index] : NULL;
}

const struct stats_group *stats_total(const struct stats *stats)
{
    return &stats->total;
}

uint32_t stats_defect_count(const struct stats *stats)
{
    return stats->defect_count;
}

const struct stats_defect *stats_defect_at(const struct stats *stats, uint32_t index)
{
    return index < stats->defect_count ? &stats->defects[index] : NULL;
}

struct number stats_percentile(const struct stats_sample *sample, int percent)
{
    if (sample->count == 0)
        return (struct number){0};
    int64_t rank = ((int64_t)sample->count * percent + 99) / 100;
    return number_of(sample->values[rank > 0 ? rank - 1 : 0]);
}

/* ---- names ---- */

static const char *const words[BY_COUNT] = {
    [BY_DAY] = "day",       [BY_CITY] = "city",   [BY_WINDOW] = "window", [BY_BANK] = "bank",
    [BY_BRANCH] = "branch", [BY_CLERK] = "clerk", [BY_KIND] = "kind",
};

enum stats_by stats_by_of(struct text word)
{
    enum stats_by by = BY_DAY;
    while (by < BY_COUNT && !text_is(word, words[by]))
        by++;
    return by;
}

const char *stats_by_word(enum stats_by by)
{
    return words[by];
}

static const char *city_name(const char *city)
{
    for (uint32_t i = 0; i < window_count(); i++)
        if (strcmp(window_at(i)->city, city) == 0)
            return window_at(i)->city_name;
    return NULL;
}

const char *stats_name(enum stats_by by, const char *part, char out[STATS_PART_SIZE])
{
    const struct window *window = by == BY_WINDOW ? window_of(part) : NULL;
    const struct dictionary_entry *bank = by == BY_BANK ? dictionary_find(DICTIONARY_BANK, text_of(part)) : NULL;
    const char *city = by == BY_CITY ? city_name(part) : NULL;
    if (window != NULL)
        snprintf(out, STATS_PART_SIZE, "%s%s", window->city_name, window->name);
    else if (bank != NULL)
        snprintf(out, STATS_PART_SIZE, "%s", bank->chinese);
    else
        snprintf(out, STATS_PART_SIZE, "%s", city != NULL ? city : part);
    return out;
}
