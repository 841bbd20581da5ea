#include "schemas/checks/check.h"

#include <assert.h>
#include <stdio.h>

#include "schemas/checks/counter.h"
#include "schemas/dictionary.h"

#define FINDING(name, id, level, chinese, english, fix_chinese, fix_english)                                           \
    {id, level, chinese, english, fix_chinese, fix_english},
static const struct finding_row finding_rows[FINDING_COUNT] = {
#include "schemas/findings.def"
};
#undef FINDING

const struct finding_row *finding_row(enum finding_name name)
{
    assert(name < FINDING_COUNT);
    return &finding_rows[name];
}

/* ---- sentences ---- */

const char *found_english(const struct found *found, char *out, size_t size)
{
    const struct finding_row *row = finding_row(found->name);
    const struct dictionary_entry *material = dictionary_find(DICTIONARY_MATERIAL, text_of(found->detail));
    if (found->rule != RULE_FREE)
        snprintf(out, size, "%s: %s", row->english, rule_english(found->rule));
    else if (material)
        snprintf(out, size, "%s: %s, %s", row->english, material->code, material->english);
    else
        snprintf(out, size, "%s%s%s", row->english, found->detail[0] ? ": " : "", found->detail);
    return out;
}

const char *found_chinese(const struct found *found, char *out, size_t size)
{
    const struct finding_row *row = finding_row(found->name);
    const struct dictionary_entry *material = dictionary_find(DICTIONARY_MATERIAL, text_of(found->detail));
    if (found->rule != RULE_FREE)
        snprintf(out, size, "%s：%s", row->chinese, rule_chinese(found->rule));
    else if (material)
        snprintf(out, size, "%s：%s %s", row->chinese, material->code, material->chinese);
    else
        snprintf(out, size, "%s%s%s", row->chinese, found->detail[0] ? "：" : "", found->detail);
    return out;
}

/* By the check's id: its first letter, but for those that look something up. */
static const struct {
    const char *ids;
    const char *source;
} sources[] = {
    {"F01 F04 F05 F16", "D"},
    {"MAT07", "R"},
};

const char *found_source(const struct found *found)
{
    const char *id = finding_row(found->name)->id;
    if (found->name == FINDING_F02_RULE || found->name == FINDING_MAT01_RULE)
        return "R";
    for (size_t index = 0; index < sizeof sources / sizeof sources[0]; index++)
        if (words_hold(sources[index].ids, text_of(id)))
            return sources[index].source;
    return id[0] == 'Q' ? "Q" : id[0] == 'B' ? "B" : "F";
}

/* ---- the run ---- */

/* Stable: findings of one row keep the order of the application. Few stand
 * here as a rule, so that moving them one by one is cheap. */
static void result_sort(struct check_result *result)
{
    for (uint32_t sorted = 1; sorted < result->count; sorted++) {
        if (result->items[sorted].name >= result->items[sorted - 1].name)
            continue;
        struct found moving = result->items[sorted];
        uint32_t at = sorted;
        for (; at > 0 && result->items[at - 1].name > moving.name; at--)
            result->items[at] = result->items[at - 1];
        result->items[at] = moving;
    }
}

/* Nothing at all could be read: then no field is missing, the whole is. */
static bool is_unreadable(const struct counter *counter)
{
    return !counter->application->is_present && counter_problem(counter, "") != NULL;
}

static void check_all(struct counter *counter)
{
    check_problems(counter);
    if (is_unreadable(counter))
        return;
    check_form(counter);
    check_changes(counter);
    check_composed(counter);
    check_units(counter);
    check_parties(counter);
    check_terms(counter);
    check_materials(counter);
    check_signatures(counter);
    check_papers(counter);
    check_seals(counter);
    check_sheet(counter);
    check_validity(counter);
    check_book(counter);
    check_bank(counter);
    check_consents(counter);
    check_rules(counter);
    check_contests(counter); /* last: it looks at what was found */
}

void check_application(const struct check_input *input, struct check_result *out)
{
    const struct case_submit *application = input->application;
    struct counter counter = {input, application, input->problems, input->today, NULL, out};
    counter.kind = kind_shape(kind_taken(application->kind), application);
    out->count = 0;
    out->error_count = 0;
    out->has_more = input->problems->has_more;
    check_all(&counter);
    result_sort(out);
}
