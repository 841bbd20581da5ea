#include "schemas/checks/counter.h"
#include "schemas/checks/material_list.h"
#include "schemas/codes.h"

/* MAT01 what the kind asks for, MAT02 pages and sizes, MAT06 guardian papers,
 * S03 the record of inquiry. */

enum { AGE_OF_MAJORITY = 18 };

static const int64_t PAGE_SIZE_MAX = 2097152; /* bytes a page */

bool material_list_holds(const struct counter *counter, const char *code)
{
    const struct material_list *materials = &counter->application->materials;
    for (uint32_t index = 0; index < materials->count; index++)
        if (text_is(materials->items[index].code, code))
            return true;
    return false;
}

bool material_list_is_known(const struct counter *counter)
{
    const struct problem *problem = counter_problem(counter, "materials");
    return !problem || problem->kind == PROBLEM_MISSING || problem->kind == PROBLEM_NULL;
}

/* The sheet, or both contracts in its place. */
static void check_contract(struct counter *counter)
{
    bool has_both = material_list_holds(counter, "ZHT") && material_list_holds(counter, "DYHT");
    if (!material_list_holds(counter, "HTB") && !has_both)
        counter_add(counter, FINDING_MAT01_CONTRACT, "materials");
}

static void check_needed(struct counter *counter, const char *list)
{
    struct text code;
    while (word_next(&list, &code)) {
        char name[9];
        memcpy(name, code.data, code.size);
        name[code.size] = '\0';
        if (strcmp(name, "HTB") == 0)
            check_contract(counter);
        else if (!material_list_holds(counter, name))
            counter_add_detail(counter, FINDING_MAT01_MISSING, "materials", "%s", name);
    }
}

static void check_page(struct counter *counter, uint32_t index)
{
    const struct material *material = &counter->application->materials.items[index];
    if (material->size.is_present && material->pages.is_present &&
        material->size.value > material->pages.value * PAGE_SIZE_MAX)
        counter_add(counter, FINDING_MAT02_SIZE, path_of("materials/%u/size", index).text);
}

static void check_carried(struct counter *counter, uint32_t index)
{
    const struct material *material = &counter->application->materials.items[index];
    struct path path = path_of("materials/%u/size", index);
    if (material->is_carried.value == 0 || counter_was_named(counter, path.text))
        return;
    if (!material->size.is_present || material->size.value > MATERIAL_SIZE_MAX)
        counter_add(counter, FINDING_MAT02_CARRIED, path.text);
}

/* ---- minors ---- */

bool mortgagor_is_minor(const struct mortgagor *owner, struct date today)
{
    struct citizen_id id;
    return text_is(owner->id_type, "1") && owner->id.data && citizen_id_parse(owner->id, &id) == CODE_OK &&
           age_on(id.birth, today) < AGE_OF_MAJORITY;
}

static bool check_guardians(struct counter *counter, const struct mortgagor_list *owners, const char *role)
{
    bool has_minor = false;
    for (uint32_t index = 0; index < owners->count; index++) {
        const struct mortgagor *owner = &owners->items[index];
        struct path path = path_of("%s/%u/agent", role, index);
        if (!mortgagor_is_minor(owner, counter->today))
            continue;
        has_minor = true;
        if (!owner->agent.is_present && !counter_was_named(counter, path.text))
            counter_add(counter, FINDING_MAT06_GUARDIAN, path.text);
    }
    return has_minor;
}

static void check_minors(struct counter *counter)
{
    bool has_minor = check_guardians(counter, &counter->application->mortgagors, "mortgagors");
    has_minor |= check_guardians(counter, &counter->application->sellers, "sellers");
    if (has_minor && material_list_is_known(counter) && !material_list_holds(counter, "JHZM"))
        counter_add(counter, FINDING_MAT06_PROOF, "materials");
}

void check_materials(struct counter *counter)
{
    check_minors(counter);
    if (!material_list_is_known(counter))
        return;
    check_needed(counter, "SQS ID XWBL");
    if (counter->kind)
        check_needed(counter, counter->kind->materials);
    for (uint32_t index = 0; index < counter->application->materials.count; index++) {
        check_page(counter, index);
        check_carried(counter, index);
    }
    if (!material_list_holds(counter, "XWBL"))
        counter_add(counter, FINDING_S03_INQUIRY, "materials");
}
