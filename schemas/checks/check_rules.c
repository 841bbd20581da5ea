#include "schemas/checks/counter.h"
#include "schemas/checks/material_list.h"
#include "schemas/field_path.h"

/* MAT01 and F02 of the window's own rules: what it asks for besides what the
 * kind does. Nothing here when the window has no rules. */

static bool rule_is_for(struct text kind, const struct case_submit *application)
{
    return text_is(kind, "*") || (application->kind.data != NULL && text_equal(kind, application->kind));
}

/* ---- materials ---- */

static bool is_found_missing(const struct counter *counter, const char *code)
{
    for (uint32_t index = 0; index < counter->out->count; index++) {
        const struct found *found = &counter->out->items[index];
        bool is_of_material = found->name == FINDING_MAT01_MISSING || found->name == FINDING_MAT01_RULE;
        if (is_of_material && strcmp(found->detail, code) == 0)
            return true;
    }
    return false;
}

static void check_codes(struct counter *counter, const struct text_list *codes)
{
    for (uint32_t index = 0; index < codes->count; index++) {
        struct path code = path_of("%.*s", TEXT_ARGS(codes->items[index]));
        if (!material_list_holds(counter, code.text) && !is_found_missing(counter, code.text))
            counter_add_detail(counter, FINDING_MAT01_RULE, "materials", "%s", code.text);
    }
}

/* ---- fields ---- */

struct asking {
    struct counter *counter;
    struct text text; /* of the rule */
};

static bool is_said(const struct counter *counter, const char *path)
{
    for (uint32_t index = 0; index < counter->out->count; index++)
        if (strcmp(counter->out->items[index].path, path) == 0)
            return true;
    return counter_was_named(counter, path);
}

/* What fits a detail, cut between characters. */
static struct text text_cut(struct text text)
{
    enum { SIZE_MAX_OF_DETAIL = sizeof((struct found *)0)->detail - 1 };
    if (text.size > SIZE_MAX_OF_DETAIL)
        text.size = SIZE_MAX_OF_DETAIL;
    else
        return text;
    while (text.size > 0 && ((unsigned char)text.data[text.size] & 0xc0) == 0x80)
        text.size--;
    return text;
}

static void add_absent(const char *path, void *context)
{
    const struct asking *asking = context;
    if (!is_said(asking->counter, path))
        counter_add_detail(asking->counter, FINDING_F02_RULE, path, "%.*s", TEXT_ARGS(asking->text));
}

static void check_field(struct counter *counter, const struct rule_field *field)
{
    struct asking asking = {counter, text_cut(field->text)};
    field_path_each_absent(&record_case_submit, counter->application, field->path, add_absent, &asking);
}

void check_rules(struct counter *counter)
{
    const struct window_rules *rules = counter->input->rules;
    if (rules == NULL)
        return;
    for (uint32_t index = 0; index < rules->fields.count; index++)
        if (rule_is_for(rules->fields.items[index].kind, counter->application))
            check_field(counter, &rules->fields.items[index]);
    for (uint32_t index = 0; index < rules->materials.count && material_list_is_known(counter); index++)
        if (rule_is_for(rules->materials.items[index].kind, counter->application))
            check_codes(counter, &rules->materials.items[index].codes);
}
