#include "schemas/checks/counter.h"
#include "schemas/checks/reference.h"

/* F01 the kind, F02 what the kind and the other fields ask for. */

static void check_kind(struct counter *counter)
{
    char taken[80];
    struct text kind = counter->application->kind;
    const struct problem *problem = counter_problem(counter, "kind");
    bool is_absent = !kind.data && (!problem || problem->kind == PROBLEM_MISSING || problem->kind == PROBLEM_NULL);
    if (is_absent)
        counter_add_detail(counter, FINDING_F01_MISSING, "kind", "%s", kinds_taken(taken, sizeof taken));
    else if (!kind_find(kind))
        counter_add_detail(counter, FINDING_F01_UNKNOWN, "kind", "%s", kinds_taken(taken, sizeof taken));
    else if (!counter->kind)
        counter_add_detail(counter, FINDING_F01_NOT_TAKEN, "kind", "%s", kinds_taken(taken, sizeof taken));
}

/* A field that only some kinds have: needed there, unknown elsewhere. */
static void check_own_field(struct counter *counter, const char *key, bool is_given)
{
    bool is_needed = words_hold(counter->kind->fields, text_of(key));
    bool is_own = is_needed || words_hold(counter->kind->optional, text_of(key));
    if (is_needed && !is_given && !counter_was_named(counter, key))
        counter_add(counter, FINDING_F02_MISSING, key);
    if (!is_own && is_given)
        counter_add(counter, FINDING_F02_OTHER_KIND, key);
}

static void check_fields_of_kind(struct counter *counter)
{
    const struct case_submit *application = counter->application;
    if (!counter->kind)
        return;
    check_own_field(counter, "bdcdjzmh", application->ended_proof.data);
    check_own_field(counter, "zxdyyy", application->end_reason.data);
    check_own_field(counter, "ssywh", application->earlier_number.data);
    check_own_field(counter, "changes", application->alterations.is_present);
    check_own_field(counter, "other_mortgagees", application->other_mortgagees.is_present);
    check_own_field(counter, "transferor", application->transferor.is_present);
    check_own_field(counter, "zgzqqdss", application->fixing_fact.data);
    check_own_field(counter, "zgzqqdse", application->fixed_amount.is_present);
    check_own_field(counter, "prenotice_zmh", application->prenotice_proof.data);
    check_own_field(counter, "prenotice_ywh", application->prenotice_number.data);
    check_own_field(counter, "zjjzwzl", application->building_location.data);
    check_own_field(counter, "zjjzwdyfw", application->building_scope.data);
    check_own_field(counter, "excluded_units", application->excluded_units.is_present);
    check_own_field(counter, "sellers", application->sellers.is_present);
    check_own_field(counter, "sale", application->sale.is_present);
    check_own_field(counter, "old_mortgagee", application->old_mortgagee.is_present);
    if (!application->sale.is_present || !words_hold(counter->kind->fields, text_of("sale")))
        return;
    check_own_field(counter, "sale/bah", application->sale.filing_number.data);
    check_own_field(counter, "sale/wspz", application->sale.tax_proof.data);
    check_own_field(counter, "sale/zjjg", application->sale.supervision.data);
}

/* gyfs is 0 exactly when there is one owner. */
static void check_sharing(struct counter *counter, const struct mortgagor_list *owners, const char *role)
{
    for (uint32_t index = 0; index < owners->count; index++) {
        struct text sharing = owners->items[index].sharing;
        struct path path = path_of("%s/%u/gyfs", role, index);
        if (!sharing.data)
            continue;
        if (owners->count == 1 && !text_is(sharing, "0"))
            counter_add(counter, FINDING_F02_SHARING_SOLE, path.text);
        if (owners->count > 1 && text_is(sharing, "0"))
            counter_add(counter, FINDING_F02_SHARING_JOINT, path.text);
    }
}

static void check_company_agents(struct counter *counter, const struct mortgagor_list *owners, const char *role)
{
    for (uint32_t index = 0; index < owners->count; index++) {
        const struct mortgagor *owner = &owners->items[index];
        struct path path = path_of("%s/%u/agent", role, index);
        if (text_is(owner->id_type, "7") && !owner->agent.is_present && !counter_was_named(counter, path.text))
            counter_add(counter, FINDING_F02_COMPANY_AGENT, path.text);
    }
}

/* Only a developer mortgages what is being built. */
static void check_companies(struct counter *counter)
{
    const struct mortgagor_list *owners = &counter->application->mortgagors;
    if (!counter->kind || !counter->kind->is_of_companies)
        return;
    for (uint32_t index = 0; index < owners->count; index++)
        if (owners->items[index].id_type.data && !text_is(owners->items[index].id_type, "7"))
            counter_add(counter, FINDING_F02_COMPANY_OWNER, path_of("mortgagors/%u/idt", index).text);
}

/* Only a developer sells ahead of building. */
static void check_sellers(struct counter *counter)
{
    const struct mortgagor_list *sellers = &counter->application->sellers;
    bool is_presale = counter->kind && words_hold(counter->kind->parts, text_of("prenotice"));
    check_sharing(counter, sellers, "sellers");
    check_company_agents(counter, sellers, "sellers");
    for (uint32_t index = 0; is_presale && index < sellers->count; index++)
        if (sellers->items[index].id_type.data && !text_is(sellers->items[index].id_type, "7"))
            counter_add(counter, FINDING_F02_SELLER_COMPANY, path_of("sellers/%u/idt", index).text);
}

/* A decimal number above zero: digits, perhaps a point and digits. */
static bool is_area(struct text area)
{
    uint32_t at = 0;
    bool is_above_zero = false;
    for (; at < area.size && area.data[at] >= '0' && area.data[at] <= '9'; at++)
        is_above_zero |= area.data[at] != '0';
    if (at == 0 || at == area.size)
        return at > 0 && is_above_zero;
    uint32_t point = at;
    if (area.data[at++] != '.')
        return false;
    for (; at < area.size && area.data[at] >= '0' && area.data[at] <= '9'; at++)
        is_above_zero |= area.data[at] != '0';
    return at == area.size && at > point + 1 && is_above_zero;
}

static void check_areas(struct counter *counter)
{
    const struct unit_list *units = &counter->application->units;
    for (uint32_t index = 0; index < units->count; index++)
        if (units->items[index].area.data && !is_area(units->items[index].area))
            counter_add(counter, FINDING_F02_AREA, path_of("units/%u/mj", index).text);
}

/* ---- debtors ---- */

static bool debtor_was_named(const struct counter *counter, uint32_t index)
{
    static const char *const keys[] = {"ref", "name", "idt", "id"};
    for (size_t each = 0; each < sizeof keys / sizeof keys[0]; each++)
        if (counter_was_named(counter, path_of("debtors/%u/%s", index, keys[each]).text))
            return true;
    return false;
}

static void check_reference(struct counter *counter, uint32_t index, struct text text)
{
    struct reference reference;
    bool is_party = reference_parse(text, &reference) && reference.role != REFERENCE_MORTGAGEE && !reference.is_agent;
    const struct mortgagor_list *parties = is_party && reference.role == REFERENCE_SELLER
                                               ? &counter->application->sellers
                                               : &counter->application->mortgagors;
    if (!is_party || (parties->is_present && reference.index >= parties->count) ||
        (reference.role == REFERENCE_SELLER && !parties->is_present && !counter_was_named(counter, "sellers")))
        counter_add(counter, FINDING_F02_DEBTOR_REFERENCE, path_of("debtors/%u/ref", index).text);
}

static void check_debtor_member(struct counter *counter, uint32_t index, const char *key, struct text value)
{
    struct path path = path_of("debtors/%u/%s", index, key);
    if (counter_lacks(counter, value, path.text))
        counter_add(counter, FINDING_F02_MISSING, path.text);
}

static void check_debtor(struct counter *counter, uint32_t index)
{
    const struct debtor *debtor = &counter->application->debtors.items[index];
    bool has_details = debtor->name.data || debtor->id_type.data || debtor->id.data;
    if (debtor->reference.data)
        check_reference(counter, index, debtor->reference);
    if (debtor->reference.data && has_details)
        counter_add(counter, FINDING_F02_DEBTOR_NOBODY, path_of("debtors/%u", index).text);
    if (debtor->reference.data)
        return;
    if (!has_details) {
        if (!debtor_was_named(counter, index))
            counter_add(counter, FINDING_F02_DEBTOR_NOBODY, path_of("debtors/%u", index).text);
        return;
    }
    check_debtor_member(counter, index, "name", debtor->name);
    check_debtor_member(counter, index, "idt", debtor->id_type);
    check_debtor_member(counter, index, "id", debtor->id);
}

void check_form(struct counter *counter)
{
    check_kind(counter);
    check_fields_of_kind(counter);
    check_areas(counter);
    check_sharing(counter, &counter->application->mortgagors, "mortgagors");
    check_company_agents(counter, &counter->application->mortgagors, "mortgagors");
    check_companies(counter);
    check_sellers(counter);
    for (uint32_t index = 0; index < counter->application->debtors.count; index++)
        check_debtor(counter, index);
}
