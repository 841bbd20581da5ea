#include <assert.h>
#include <stdio.h>

#include "schemas/checks/counter.h"
#include "schemas/checks/material_list.h"

/* MAT03 who must have signed what, and MAT01 for powers of attorney: the form
 * and contracts by every mortgagor (or agent) and the mortgagee's agent, the
 * record of inquiry by every mortgagor (or agent), a power by its principal.
 * Where the mortgagee files alone its agent signs form and inquiry; where a
 * mortgage passes on, the mortgagee until now stands in the place of the owners.
 * In a combined registration the owners are the buyers, and the sellers sign the
 * form, the inquiry and what they agreed to. */

enum { PRINCIPAL_COUNT_MAX = 2 * MORTGAGOR_COUNT_MAX + 3 };

static const char CONTRACTS[] = "HTB ZHT DYHT ZGEHT YGXY BGXY ZQZR SFXY";
static const char SALE_CONTRACTS[] = "MMHT YSHT";                /* between seller and buyer alone */
static const char OF_SELLERS[] = "SQS XWBL MMHT YSHT YGXY SFXY"; /* in a combined registration */

bool material_was_signed_by(const struct material *material, const char *party)
{
    for (uint32_t index = 0; index < material->signed_by.count; index++)
        if (text_is(material->signed_by.items[index], party))
            return true;
    return false;
}

bool material_is_signed_by_all(const struct material *material)
{
    return text_is(material->code, "SQS") || words_hold(CONTRACTS, material->code);
}

/* Has the owner an agent, or must have one? That it is missing is said once,
 * where it is missing, and not again at every signature. */
static bool has_agent(const struct counter *counter, const struct mortgagor *owner, const char *path)
{
    return owner->agent.is_present || text_is(owner->id_type, "7") || mortgagor_is_minor(owner, counter->today) ||
           counter_was_named(counter, path_of("%s/agent", path).text);
}

static bool was_signed_by_owner(const struct counter *counter, const struct material *material,
                                const struct mortgagor *owner, const char *path)
{
    return material_was_signed_by(material, path) ||
           (material_was_signed_by(material, path_of("%s/agent", path).text) && has_agent(counter, owner, path));
}

/* ---- form, contracts, inquiry ---- */

/* The signers that are missing, gathered into one finding of the material. */
struct missing {
    char list[160];
    size_t used;
};

static void missing_add(struct missing *missing, const char *party)
{
    if (missing->used >= sizeof missing->list)
        return;
    int size = snprintf(missing->list + missing->used, sizeof missing->list - missing->used, "%s%s",
                        missing->used ? ", " : "", party);
    missing->used += size > 0 ? (size_t)size : 0;
}

static void gather_all(const struct counter *counter, const struct mortgagor_list *owners, const char *role,
                       const struct material *material, struct missing *missing)
{
    for (uint32_t index = 0; index < owners->count; index++) {
        struct path path = path_of("%s/%u", role, index);
        if (!was_signed_by_owner(counter, material, &owners->items[index], path.text))
            missing_add(missing, path.text);
    }
}

/* The side that gives: the owners, or the mortgagee until now. */
static void gather_owners(const struct counter *counter, const struct material *material, struct missing *missing)
{
    if (counter->kind->is_between_banks) {
        if (!material_was_signed_by(material, "transferor/agent"))
            missing_add(missing, "transferor/agent");
        return;
    }
    gather_all(counter, &counter->application->mortgagors, "mortgagors", material, missing);
}

static void gather_bank(const struct material *material, struct missing *missing)
{
    if (!material_was_signed_by(material, "mortgagee/agent"))
        missing_add(missing, "mortgagee/agent");
}

static void gather(const struct counter *counter, const struct material *material, struct missing *missing)
{
    bool is_inquiry = text_is(material->code, "XWBL");
    bool is_signed_by_all = material_is_signed_by_all(material);
    bool is_alone = counter->kind->is_alone && (is_inquiry || is_signed_by_all);
    if (is_alone) {
        struct missing owners = {.used = 0};
        gather_owners(counter, material, &owners);
        if (!is_inquiry || owners.used > 0)
            gather_bank(material, missing);
        return;
    }
    if (is_inquiry || is_signed_by_all || words_hold(SALE_CONTRACTS, material->code))
        gather_owners(counter, material, missing);
    if (words_hold(counter->kind->fields, text_of("sellers")) && words_hold(OF_SELLERS, material->code))
        gather_all(counter, &counter->application->sellers, "sellers", material, missing);
    if (is_signed_by_all)
        gather_bank(material, missing);
    if (text_is(material->code, "QDYHTY") && !material_was_signed_by(material, "old_mortgagee/agent"))
        missing_add(missing, "old_mortgagee/agent");
}

static void check_signers(struct counter *counter, uint32_t index)
{
    const struct material *material = &counter->application->materials.items[index];
    struct path path = path_of("materials/%u/signed_by", index);
    struct missing missing = {.used = 0};
    if (!material->code.data || counter_was_named(counter, path.text))
        return;
    gather(counter, material, &missing);
    if (missing.used > 0)
        counter_add_detail(counter, FINDING_MAT03_UNSIGNED, path.text, "%s", missing.list);
}

/* ---- powers of attorney ---- */

/* Who must have given one, and whose was found. */
struct principals {
    struct path items[PRINCIPAL_COUNT_MAX];
    bool has_power[PRINCIPAL_COUNT_MAX];
    uint32_t count;
    bool is_used[MATERIAL_COUNT_MAX]; /* powers that belong to somebody */
};

static void principal_add(struct principals *principals, struct path path)
{
    assert(principals->count < PRINCIPAL_COUNT_MAX);
    principals->has_power[principals->count] = false;
    principals->items[principals->count++] = path;
}

/* A guardian acts by law, proved by JHZM, and a minor can give no power. */
static void gather_represented(const struct counter *counter, const struct mortgagor_list *owners, const char *role,
                               struct principals *principals)
{
    for (uint32_t index = 0; index < owners->count; index++)
        if (owners->items[index].agent.is_present && !mortgagor_is_minor(&owners->items[index], counter->today))
            principal_add(principals, path_of("%s/%u", role, index));
}

static void gather_principals(const struct counter *counter, struct principals *principals)
{
    gather_represented(counter, &counter->application->mortgagors, "mortgagors", principals);
    gather_represented(counter, &counter->application->sellers, "sellers", principals);
    if (counter->application->mortgagee.agent.is_present)
        principal_add(principals, path_of("mortgagee"));
    if (counter->application->transferor.agent.is_present)
        principal_add(principals, path_of("transferor"));
    if (counter->application->old_mortgagee.agent.is_present)
        principal_add(principals, path_of("old_mortgagee"));
}

static bool is_free_power(const struct counter *counter, const struct principals *principals, uint32_t index)
{
    return !principals->is_used[index] && text_is(counter->application->materials.items[index].code, "SQWT");
}

static void match_signed(const struct counter *counter, struct principals *principals)
{
    const struct material_list *materials = &counter->application->materials;
    for (uint32_t each = 0; each < principals->count; each++)
        for (uint32_t index = 0; index < materials->count && !principals->has_power[each]; index++)
            if (is_free_power(counter, principals, index) &&
                material_was_signed_by(&materials->items[index], principals->items[each].text)) {
                principals->is_used[index] = true;
                principals->has_power[each] = true;
            }
}

/* A power that nobody of them signed stands for one without; where none is left, it is missing. */
static void check_unmatched(struct counter *counter, struct principals *principals, uint32_t each)
{
    const struct material_list *materials = &counter->application->materials;
    const char *principal = principals->items[each].text;
    for (uint32_t index = 0; index < materials->count; index++) {
        struct path path = path_of("materials/%u/signed_by", index);
        if (!is_free_power(counter, principals, index))
            continue;
        principals->is_used[index] = true;
        if (!counter_was_named(counter, path.text))
            counter_add_detail(counter, FINDING_MAT03_UNSIGNED, path.text, "%s", principal);
        return;
    }
    counter_add_detail(counter, FINDING_MAT01_POWER, "materials", "%s", principal);
}

static void check_powers(struct counter *counter)
{
    struct principals principals = {.count = 0};
    gather_principals(counter, &principals);
    match_signed(counter, &principals);
    for (uint32_t each = 0; each < principals.count; each++)
        if (!principals.has_power[each])
            check_unmatched(counter, &principals, each);
}

void check_signatures(struct counter *counter)
{
    const struct material_list *materials = &counter->application->materials;
    if (!material_list_is_known(counter))
        return;
    assert(materials->count <= MATERIAL_COUNT_MAX);
    for (uint32_t index = 0; index < materials->count && counter->kind; index++)
        check_signers(counter, index);
    check_powers(counter);
}
