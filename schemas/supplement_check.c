#include "schemas/supplement_check.h"

#include <stdio.h>

static bool has_change(const struct supplement_submit *answer, struct text path)
{
    for (uint32_t i = 0; path.data != NULL && i < answer->changes.count; i++)
        if (text_equal(answer->changes.items[i].path, path))
            return true;
    return false;
}

static bool has_material(const struct supplement_submit *answer, struct text code)
{
    for (uint32_t i = 0; code.data != NULL && i < answer->materials.count; i++)
        if (text_equal(answer->materials.items[i].code, code))
            return true;
    return false;
}

static bool is_answered(const struct supplement_item *item, const struct supplement_submit *answer)
{
    bool names_nothing = item->path.data == NULL && item->material.data == NULL;
    return names_nothing || has_change(answer, item->path) || has_material(answer, item->material);
}

static struct problem *add_missing(struct problems *out)
{
    if (out->count == RECORD_PROBLEM_COUNT_MAX) {
        out->has_more = true;
        return NULL;
    }
    out->items[out->count] = (struct problem){.kind = PROBLEM_MISSING};
    return &out->items[out->count++];
}

void supplement_check(const struct supplement_req *asked, const struct supplement_submit *answer, struct problems *out)
{
    bool needs_signature = false;
    struct problem *problem;
    out->count = 0;
    out->has_more = false;
    for (uint32_t i = 0; i < asked->items.count; i++) {
        const struct supplement_item *item = &asked->items.items[i];
        needs_signature = needs_signature || item->needs_new_signature.value != 0;
        if (is_answered(item, answer) || (problem = add_missing(out)) == NULL)
            continue;
        struct text named = item->path.data != NULL ? item->path : item->material;
        snprintf(problem->path, sizeof problem->path, "%s%.*s", item->path.data != NULL ? "" : "materials/",
                 (int)named.size, named.data);
    }
    if (needs_signature && answer->signed_anew.count == 0 && (problem = add_missing(out)) != NULL)
        snprintf(problem->path, sizeof problem->path, "signed_anew");
}
