#include "schemas/checks/counter.h"
#include "schemas/checks/material_list.h"

/* MAT07: where the window's rules ask for it, a company mortgages with its seal
 * on form and contracts and names its legal representative. */

static bool is_company(const struct mortgagor *owner)
{
    return text_is(owner->id_type, "7");
}

static void check_representative(struct counter *counter, const struct mortgagor *owner, uint32_t index, bool is_needed)
{
    struct path path = path_of("mortgagors/%u/legal_representative", index);
    if (owner->legal_representative.data && owner->id_type.data && !is_company(owner))
        counter_add(counter, FINDING_F02_PERSON_REPRESENTATIVE, path.text);
    if (is_needed && is_company(owner) && counter_lacks(counter, owner->legal_representative, path.text))
        counter_add(counter, FINDING_MAT07_REPRESENTATIVE, path.text);
}

static void check_seal(struct counter *counter, uint32_t owner, uint32_t index)
{
    const struct material *material = &counter->application->materials.items[index];
    struct path path = path_of("materials/%u/signed_by", index);
    struct path seal = path_of("mortgagors/%u/seal", owner);
    if (!material_is_signed_by_all(material) || counter_was_named(counter, path.text) ||
        material_was_signed_by(material, seal.text))
        return;
    counter_add_detail(counter, FINDING_MAT07_SEAL, path.text, "%s", seal.text);
}

/* Where the bank files alone, or two banks among themselves, no owner signs. */
static bool owners_sign(const struct counter *counter)
{
    return counter->kind && !counter->kind->is_alone && !counter->kind->is_between_banks;
}

void check_seals(struct counter *counter)
{
    const struct window_rules *rules = counter->input->rules;
    const struct mortgagor_list *owners = &counter->application->mortgagors;
    bool is_needed = rules && rules->needs_seal.is_present && rules->needs_seal.value != 0 && owners_sign(counter);
    for (uint32_t index = 0; index < owners->count; index++) {
        check_representative(counter, &owners->items[index], index, is_needed);
        if (!is_needed || !is_company(&owners->items[index]) || !material_list_is_known(counter))
            continue;
        for (uint32_t each = 0; each < counter->application->materials.count; each++)
            check_seal(counter, index, each);
    }
}
