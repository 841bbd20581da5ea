#include "broker/rulebook.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "broker/core/rules.h"
#include "broker/log.h"
#include "broker/store/calendar_file.h"
#include "broker/store/rules_file.h"
#include "broker/store/why.h"
#include "schemas/calendar.h"

enum { REFUSAL_COUNT_MAX = 256, RULES_PATH_SIZE = 1024 };

struct refusal {
    char window[PARTICIPANT_SIZE_MAX + 1]; /* "": the file does not say */
    char why[RULES_WHY_SIZE];
};

/* One rule file of the folder. */
struct rules_place {
    char path[RULES_PATH_SIZE];
    char window[PARTICIPANT_SIZE_MAX + 1]; /* "": it cannot be read, or does not say */
};

struct rulebook {
    struct keeper *keeper; /* borrowed */
    const char *folder;
    const char *calendar;
    uint8_t *memory;
    struct arena arena; /* what is being read */
    struct refusal refusals[REFUSAL_COUNT_MAX];
    uint32_t refusal_count;
    char calendar_refused[CALENDAR_WHY_SIZE]; /* "": the last one read was good */
    int32_t warned_days;                      /* the day the last warning was given on */
};

enum status rulebook_new(struct keeper *keeper, const char *folder, const char *calendar, struct rulebook **out)
{
    struct rulebook *rulebook = calloc(1, sizeof *rulebook);

    *out = rulebook;
    if (rulebook == NULL)
        return STATUS_NO_MEMORY;
    rulebook->keeper = keeper;
    rulebook->folder = folder;
    rulebook->calendar = calendar;
    rulebook->memory = malloc(RULES_ARENA_SIZE);
    rulebook->arena = arena_over(rulebook->memory, RULES_ARENA_SIZE);
    return rulebook->memory != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

void rulebook_free(struct rulebook **rulebook)
{
    if (*rulebook == NULL)
        return;
    free((*rulebook)->memory);
    free(*rulebook);
    *rulebook = NULL;
}

/* ---- the folder ---- */

static int is_rules_file(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot != NULL && strcmp(dot, ".rules") == 0;
}

static enum status read_folder(const char *folder, struct dirent ***out, int *count, char *why)
{
    *count = scandir(folder, out, is_rules_file, alphasort);
    if (*count >= 0)
        return STATUS_OK;
    why_set(why, "%s: cannot read the folder of rule files: %s", folder, strerror(errno));
    return STATUS_CONFIG;
}

static void free_folder(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

enum status rulebook_judge(const char *folder, char *why)
{
    struct dirent **entries = NULL;
    int count = 0;

    if (folder[0] == '\0')
        return STATUS_OK;
    const enum status status = read_folder(folder, &entries, &count, why);
    if (status == STATUS_OK)
        free_folder(entries, count);
    return status;
}

/* ---- rules ---- */

static void refuse(struct rulebook *rulebook, const char *window, const char *why)
{
    log_line(LOG_ERROR, "rules-refused", "%s; the rules before stay in force", why);
    if (rulebook->refusal_count == REFUSAL_COUNT_MAX)
        return;
    struct refusal *refusal = &rulebook->refusals[rulebook->refusal_count++];
    snprintf(refusal->window, sizeof refusal->window, "%s", window);
    snprintf(refusal->why, sizeof refusal->why, "%s", why);
}

/* The other file of the folder that holds rules of the same window; NULL for none. */
static const struct rules_place *find_twin(const struct rules_place *places, int count, const struct rules_place *place)
{
    for (int i = 0; i < count; i++)
        if (&places[i] != place && place->window[0] != '\0' && strcmp(places[i].window, place->window) == 0)
            return &places[i];
    return NULL;
}

static enum status propose(struct rulebook *rulebook, const struct fact_rules *fact, int64_t now_us,
                           struct effects *effects, int64_t *changed, char *why)
{
    (*changed)++;
    log_line(LOG_INFO, "rules", "window=%.*s version=%lld", TEXT_ARGS(fact->rules.window),
             (long long)fact->rules.version.value);
    return keeper_step_fact(rulebook->keeper, MESSAGE_FACT_RULES, "", fact, now_us, effects, why);
}

/* Does the file say something new? A newer content needs a higher version, so that a case's version tells its rules. */
static bool is_new(struct rulebook *rulebook, const struct rules_place *place, const struct fact_rules *fact)
{
    const struct window_rules *before = core_rules(keeper_core(rulebook->keeper), fact->rules.window);
    char why[RULES_WHY_SIZE];

    if (before == NULL)
        return true;
    if (record_equal(&record_window_rules, before, &fact->rules, NULL))
        return false;
    if (fact->rules.version.value > before->version.value)
        return true;
    why_set(why, "%s: line %u: version: %lld is in force with another content; give a changed file a higher version",
            place->path, rules_file_version_line(place->path), (long long)before->version.value);
    refuse(rulebook, place->window, why);
    return false;
}

static enum status take_file(struct rulebook *rulebook, const struct rules_place *place, const struct rules_place *twin,
                             int64_t now_us, struct effects *effects, int64_t *changed, char *why)
{
    char reason[RULES_WHY_SIZE];
    struct fact_rules fact;

    arena_reset(&rulebook->arena);
    if (rules_file_judge(place->path, &rulebook->arena, &fact, reason, NULL, NULL) != STATUS_OK) {
        refuse(rulebook, place->window, reason);
        return STATUS_OK;
    }
    if (twin != NULL) {
        why_set(reason, "%s: line 1: %s holds rules of %s too; leave one of the two files", place->path, twin->path,
                place->window);
        refuse(rulebook, place->window, reason);
        return STATUS_OK;
    }
    return is_new(rulebook, place, &fact) ? propose(rulebook, &fact, now_us, effects, changed, why) : STATUS_OK;
}

/* Whose rules each file holds, so that two of one window are known before either is taken. */
static void fill_places(struct rulebook *rulebook, struct dirent *const *entries, int count, struct rules_place *places)
{
    char why[RULES_WHY_SIZE];
    struct fact_rules fact;

    for (int i = 0; i < count; i++) {
        snprintf(places[i].path, sizeof places[i].path, "%s/%s", rulebook->folder, entries[i]->d_name);
        arena_reset(&rulebook->arena);
        (void)!rules_file_judge(places[i].path, &rulebook->arena, &fact, why, NULL, NULL);
        snprintf(places[i].window, sizeof places[i].window, "%.*s", TEXT_ARGS(fact.rules.window));
    }
}

static enum status load_rules(struct rulebook *rulebook, int64_t now_us, struct effects *effects, int64_t *changed,
                              char *why)
{
    struct dirent **entries = NULL;
    int count = 0;
    enum status status = STATUS_OK;

    rulebook->refusal_count = 0;
    if (rulebook->folder[0] == '\0')
        return STATUS_OK;
    char reason[RULES_WHY_SIZE];
    if (read_folder(rulebook->folder, &entries, &count, reason) != STATUS_OK) {
        refuse(rulebook, "", reason);
        return STATUS_OK;
    }
    struct rules_place *places = calloc((size_t)count + 1, sizeof *places);
    if (places == NULL)
        status = STATUS_NO_MEMORY;
    else
        fill_places(rulebook, entries, count, places);
    for (int i = 0; i < count && status == STATUS_OK; i++)
        status = take_file(rulebook, &places[i], find_twin(places, count, &places[i]), now_us, effects, changed, why);
    free(places);
    free_folder(entries, count);
    return status;
}

/* ---- the calendar ---- */

static int compare_texts(struct text a, struct text b)
{
    const uint32_t shorter = a.size < b.size ? a.size : b.size;
    const int order = memcmp(a.data, b.data, shorter);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static bool is_calendar_new(const struct rulebook *rulebook, const struct fact_calendar *calendar)
{
    const struct fact_calendar *before = core_calendar(keeper_core(rulebook->keeper));

    if (before == NULL)
        return true;
    if (rulebook->calendar[0] == '\0') /* an operator's newer one is not undone by a start without it */
        return compare_texts(calendar->version, before->version) > 0;
    return !bytes_equal(calendar->digest, before->digest);
}

static enum status load_calendar(struct rulebook *rulebook, int64_t now_us, struct effects *effects, int64_t *changed,
                                 char *why)
{
    struct fact_calendar calendar;

    arena_reset(&rulebook->arena);
    rulebook->calendar_refused[0] = '\0';
    enum status status = rulebook->calendar[0] != '\0' ? calendar_file_read(rulebook->calendar, &rulebook->arena,
                                                                            &calendar, rulebook->calendar_refused)
                                                       : STATUS_NOT_FOUND;
    if (rulebook->calendar_refused[0] != '\0')
        log_line(LOG_ERROR, "calendar-refused", "%s; the one before stays in force", rulebook->calendar_refused);
    if (status != STATUS_OK && rulebook->calendar[0] != '\0' && core_calendar(keeper_core(rulebook->keeper)) != NULL)
        return STATUS_OK;
    if (status != STATUS_OK)
        status = calendar_file_embedded(&rulebook->arena, &calendar);
    if (status != STATUS_OK || !is_calendar_new(rulebook, &calendar))
        return status;
    (*changed)++;
    log_line(LOG_INFO, "calendar", "version=%.*s end=%.*s", TEXT_ARGS(calendar.version), TEXT_ARGS(calendar.end));
    return keeper_step_fact(rulebook->keeper, MESSAGE_FACT_CALENDAR, "", &calendar, now_us, effects, why);
}

void rulebook_warn(struct rulebook *rulebook, int64_t now_us)
{
    const struct fact_calendar *calendar = core_calendar(keeper_core(rulebook->keeper));
    const int32_t today = date_days(date_of_time(now_us));
    struct date end;

    if (today == rulebook->warned_days || calendar == NULL || !date_parse(calendar->end, &end))
        return;
    rulebook->warned_days = today;
    if (date_days(end) - today <= CALENDAR_WARNING_DAYS)
        log_line(LOG_WARNING, "calendar-ends",
                 "version=%.*s ends=%.*s days=%d; give the broker the next one: --calendar FILE, then SIGHUP or "
                 "onevisit rules load",
                 TEXT_ARGS(calendar->version), TEXT_ARGS(calendar->end), (int)(date_days(end) - today));
}

/* Of rules without codes and fees an agent needs to know nothing. */
static bool rules_concern_agent(const struct window_rules *rules)
{
    return rules != NULL && (rules->translations.count > 0 || rules->fee_first.value != 0);
}

void rulebook_warn_of_agent(const struct rulebook *rulebook, struct text window, const struct hello *hello)
{
    const struct window_rules *rules = core_rules(keeper_core(rulebook->keeper), window);
    const int64_t in_force = rules != NULL ? rules->version.value : 0;
    const int64_t said = hello->rules_version.value;

    if (said == in_force || (said == 0 && !rules_concern_agent(rules)))
        return;
    log_line(LOG_WARNING, "rules-differ",
             "window=%.*s agent=%lld broker=%lld; give both the same file: onevisit-window run --rules, "
             "onevisit rules load",
             TEXT_ARGS(window), (long long)said, (long long)in_force);
}

enum status rulebook_load(struct rulebook *rulebook, int64_t now_us, struct effects *effects, int64_t *changed,
                          char *why)
{
    *changed = 0;
    enum status status = load_calendar(rulebook, now_us, effects, changed, why);
    if (status == STATUS_OK)
        status = load_rules(rulebook, now_us, effects, changed, why);
    rulebook->warned_days = 0;
    rulebook_warn(rulebook, now_us);
    return status;
}

/* ---- the list ---- */

static bool is_asked(struct text asked, struct text window)
{
    return asked.data == NULL || text_equal(asked, window);
}

static int compare_views(const void *left, const void *right)
{
    const struct rules_view *a = left;
    const struct rules_view *b = right;
    if (a->window.data == NULL || b->window.data == NULL)
        return (a->window.data == NULL) - (b->window.data == NULL);
    return compare_texts(a->window, b->window);
}

static void add_in_force(const struct rulebook *rulebook, struct text asked, struct rules_view_list *views)
{
    uint32_t cursor = 0;

    for (const struct fact_rules *fact; (fact = core_rules_next(keeper_core(rulebook->keeper), &cursor)) != NULL &&
                                        views->count < WINDOW_LIST_COUNT_MAX;)
        if (is_asked(asked, fact->rules.window))
            views->items[views->count++] = (struct rules_view){.window = fact->rules.window,
                                                               .version = fact->rules.version,
                                                               .sequence = fact->sequence,
                                                               .is_present = true};
}

/* A refused file stands beside the rules of its window that are in force. */
static void add_refusal(const struct refusal *refusal, struct text asked, struct rules_view_list *views)
{
    const struct text window = refusal->window[0] != '\0' ? text_of(refusal->window) : text_of(NULL);

    if (!is_asked(asked, window))
        return;
    for (uint32_t i = 0; i < views->count; i++)
        if (window.data != NULL && text_equal(views->items[i].window, window)) {
            views->items[i].refused = text_of(refusal->why);
            return;
        }
    if (views->count < WINDOW_LIST_COUNT_MAX)
        views->items[views->count++] = (struct rules_view){
            .window = window, .version = number_of(0), .refused = text_of(refusal->why), .is_present = true};
}

enum status rulebook_view(const struct rulebook *rulebook, struct text window, struct arena *arena,
                          struct rules_list *out)
{
    const struct fact_calendar *calendar = core_calendar(keeper_core(rulebook->keeper));

    *out = (struct rules_list){.changed = number_of(0), .is_present = true};
    out->windows.items = arena_take(arena, WINDOW_LIST_COUNT_MAX * sizeof *out->windows.items);
    out->windows.is_present = true;
    if (out->windows.items == NULL)
        return STATUS_LIMIT;
    add_in_force(rulebook, window, &out->windows);
    for (uint32_t i = 0; i < rulebook->refusal_count; i++)
        add_refusal(&rulebook->refusals[i], window, &out->windows);
    qsort(out->windows.items, out->windows.count, sizeof *out->windows.items, compare_views);
    if (calendar != NULL) {
        out->calendar = calendar->version;
        out->calendar_end = calendar->end;
    }
    if (rulebook->calendar_refused[0] != '\0')
        out->calendar_refused = text_of(rulebook->calendar_refused);
    return STATUS_OK;
}
