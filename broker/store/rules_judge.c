#include "broker/store/rules_judge.h"

#include <stdio.h>

#include "schemas/clocks.h"
#include "schemas/dictionary.h"
#include "schemas/field_path.h"
#include "schemas/kind.h"
#include "schemas/windows.h"

struct place {
    char text[RECORD_PATH_SIZE_MAX];
};

static struct place place_of(const char *list, uint32_t index, const char *field)
{
    struct place place;
    (void)snprintf(place.text, sizeof place.text, "%s/%u%s%s", list, (unsigned)index, *field ? "/" : "", field);
    return place;
}

static void judge_window(struct rules_judgement *judgement, struct text participant)
{
    if (participant.data == NULL || participant.size < 3)
        return;
    const struct window *window = window_serving((struct text){participant.data + 2, participant.size - 2});
    if (window == NULL)
        rules_problem(judgement, "window", "nobody knows the window %.*s; write W: and the six digits of its district",
                      TEXT_ARGS(participant));
    else if (!text_is(participant, window->participant))
        rules_problem(judgement, "window", "the district of %.*s is served by %s now; write that one",
                      TEXT_ARGS(participant), window->participant);
}

static void judge_kind(struct rules_judgement *judgement, const char *list, uint32_t index, struct text kind)
{
    if (kind.data != NULL && !text_is(kind, "*") && kind_find(kind) == NULL)
        rules_problem(judgement, place_of(list, index, "kind").text,
                      "nobody knows the kind %.*s; write M01 to M14, or * for all", TEXT_ARGS(kind));
}

static void judge_fields(struct rules_judgement *judgement, const struct rule_field_list *fields)
{
    for (uint32_t i = 0; i < fields->count; i++) {
        struct text path = fields->items[i].path;
        judge_kind(judgement, "fields", i, fields->items[i].kind);
        if (path.data != NULL && !field_path_is_known(&record_case_submit, path))
            rules_problem(judgement, place_of("fields", i, "path").text,
                          "an application has no field %.*s; take one of docs/schemas/case_submit.json, with * for the "
                          "items of a list",
                          TEXT_ARGS(path));
    }
}

/* ---- hours and days ---- */

static int compare(struct text a, struct text b)
{
    return memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
}

static bool days_are_good(struct text days)
{
    for (uint32_t i = 0; i < days.size; i++)
        if (days.data[i] < '1' || days.data[i] > '7' || memchr(days.data, days.data[i], i) != NULL)
            return false;
    return true;
}

static bool share_a_day(struct text a, struct text b)
{
    for (uint32_t i = 0; i < a.size; i++)
        if (memchr(b.data, a.data[i], b.size) != NULL)
            return true;
    return false;
}

static bool hours_are_whole(const struct rule_hours *hours)
{
    return hours->days.data != NULL && hours->opens.data != NULL && hours->closes.data != NULL;
}

static bool hours_overlap(const struct rule_hours *a, const struct rule_hours *b)
{
    return hours_are_whole(a) && hours_are_whole(b) && share_a_day(a->days, b->days) &&
           compare(a->opens, b->closes) < 0 && compare(b->opens, a->closes) < 0;
}

static void judge_hours(struct rules_judgement *judgement, const struct rule_hours_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct rule_hours *hours = &list->items[i];
        if (hours->days.data != NULL && !days_are_good(hours->days))
            rules_problem(judgement, place_of("hours", i, "days").text,
                          "write the days of the week as digits from 1 (Monday) to 7 (Sunday), each once");
        if (hours_are_whole(hours) && compare(hours->closes, hours->opens) <= 0)
            rules_problem(judgement, place_of("hours", i, "closes").text, "it closes before it opens, at %.*s",
                          TEXT_ARGS(hours->opens));
        for (uint32_t j = 0; j < i; j++)
            if (hours_overlap(hours, &list->items[j]))
                rules_problem(judgement, place_of("hours", i, "").text, "these hours overlap those of row %u",
                              (unsigned)j + 1);
    }
}

static bool list_holds(const struct text_list *list, uint32_t count, struct text text)
{
    for (uint32_t i = 0; i < count; i++)
        if (list->items[i].data != NULL && text_equal(list->items[i], text))
            return true;
    return false;
}

static void judge_days(struct rules_judgement *judgement, const char *name, const struct text_list *days,
                       const struct text_list *others)
{
    for (uint32_t i = 0; i < days->count; i++) {
        struct text day = days->items[i];
        if (day.data != NULL && (list_holds(days, i, day) || list_holds(others, others->count, day)))
            rules_problem(judgement, place_of(name, i, "").text, "%.*s stands here twice; leave one of them",
                          TEXT_ARGS(day));
    }
}

/* ---- clocks ---- */

static void judge_clocks(struct rules_judgement *judgement, const struct rule_clock_list *clocks)
{
    for (uint32_t i = 0; i < clocks->count; i++) {
        const struct rule_clock *row = &clocks->items[i];
        if (text_is(row->kind, "*"))
            rules_problem(judgement, place_of("clocks", i, "kind").text, "leave kind out where all kinds are meant");
        judge_kind(judgement, "clocks", i, row->kind);
        if (row->clock.data != NULL && clock_of(row->clock) == CLOCK_COUNT)
            rules_problem(judgement, place_of("clocks", i, "clock").text,
                          "nobody knows the clock %.*s; write one of schemas/clocks.def, as EXAMINATION",
                          TEXT_ARGS(row->clock));
        for (uint32_t j = 0; j < i; j++)
            if (text_equal(row->clock, clocks->items[j].clock) && text_equal(row->kind, clocks->items[j].kind))
                rules_problem(judgement, place_of("clocks", i, "").text, "row %u says how long this clock runs already",
                              (unsigned)j + 1);
    }
}

/* ---- translations ---- */

static bool is_whole(const struct rule_translation *row)
{
    return row->dictionary.data != NULL && row->code.data != NULL && row->local.data != NULL;
}

static void judge_code(struct rules_judgement *judgement, uint32_t index, const struct rule_translation *row)
{
    enum dictionary dictionary;
    if (!dictionary_of_name(row->dictionary, &dictionary))
        rules_problem(judgement, place_of("translations", index, "dictionary").text,
                      "nobody knows the dictionary %.*s; write the name of one, as qllx", TEXT_ARGS(row->dictionary));
    else if (!dictionary_holds(dictionary, row->code))
        rules_problem(judgement, place_of("translations", index, "code").text, "%.*s has no code %.*s",
                      TEXT_ARGS(row->dictionary), TEXT_ARGS(row->code));
}

static void judge_pair(struct rules_judgement *judgement, uint32_t index, const struct rule_translation *row,
                       const struct rule_translation *before)
{
    if (!is_whole(before) || !text_equal(row->dictionary, before->dictionary))
        return;
    if (text_equal(row->code, before->code))
        rules_problem(judgement, place_of("translations", index, "code").text, "code %.*s is translated twice",
                      TEXT_ARGS(row->code));
    if (text_equal(row->local, before->local))
        rules_problem(judgement, place_of("translations", index, "local").text,
                      "the window's code %.*s stands for %.*s already; a translation must be one-to-one",
                      TEXT_ARGS(row->local), TEXT_ARGS(before->code));
}

static void judge_translations(struct rules_judgement *judgement, const struct rule_translation_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (!is_whole(&list->items[i]))
            continue;
        judge_code(judgement, i, &list->items[i]);
        for (uint32_t j = 0; j < i; j++)
            judge_pair(judgement, i, &list->items[i], &list->items[j]);
    }
}

void rules_judge(struct rules_judgement *judgement, const struct window_rules *rules)
{
    judge_window(judgement, rules->window);
    for (uint32_t i = 0; i < rules->materials.count; i++)
        judge_kind(judgement, "materials", i, rules->materials.items[i].kind);
    judge_fields(judgement, &rules->fields);
    judge_hours(judgement, &rules->hours);
    judge_days(judgement, "open_days", &rules->open_days, &(struct text_list){0});
    judge_days(judgement, "closed_days", &rules->closed_days, &rules->open_days);
    judge_clocks(judgement, &rules->clocks);
    judge_translations(judgement, &rules->translations);
}
