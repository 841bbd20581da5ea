#include "schemas/checks/book.h"
#include "schemas/checks/material_list.h"
#include "schemas/mask.h"

/* What lies on the unit and how it meets the application (DOMAIN 1.8): Q04
 * seizure, Q05 lock, Q06 objection, Q07 pre-notice, Q08 mortgages, Q09 right of
 * residence, Q13 allocated land. A mortgage may always end, whatever lies there. */

static bool ends_mortgage(const struct counter *counter)
{
    return counter->kind != NULL && text_is(text_of(counter->kind->registration), "400");
}

static bool makes_mortgage(const struct counter *counter)
{
    return counter->kind != NULL && words_hold("100 700", text_of(counter->kind->registration));
}

/* Who holds the burden is an authority; a person's name never stands here. */
static void add_burden(struct counter *counter, enum finding_name name, uint32_t index,
                       const struct title_burden *burden)
{
    counter_add_detail(counter, name, path_of("units/%u", index).text, "%.*s%s%.*s", TEXT_ARGS(burden->authority),
                       burden->authority.data != NULL && burden->document.data != NULL ? " " : "",
                       TEXT_ARGS(burden->document));
}

static void check_seizures(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    for (uint32_t i = 0; i < book->seizures.count; i++) {
        const struct title_burden *seizure = &book->seizures.items[i];
        enum finding_name name = FINDING_Q04_SEIZED;
        if (text_is(seizure->type, "3"))
            name = FINDING_Q04_BEFOREHAND;
        if (text_is(seizure->type, "2") || text_is(seizure->type, "4"))
            name = FINDING_Q04_WAITING;
        add_burden(counter, name, index, seizure);
    }
}

static void check_locks(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    for (uint32_t i = 0; i < book->locks.count; i++)
        add_burden(counter, FINDING_Q05_LOCKED, index, &book->locks.items[i]);
}

static void check_objections(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    if (book->objections.count == 0)
        return;
    counter_add(counter, FINDING_Q06_OBJECTION, path_of("units/%u", index).text);
    if (material_list_is_known(counter) && !material_list_holds(counter, "YYCN"))
        counter_add_detail(counter, FINDING_Q06_PROMISE, "materials", "YYCN");
}

static bool is_holder(const struct counter *counter, struct text holder)
{
    for (uint32_t i = 0; holder.data != NULL && i < counter->application->mortgagors.count; i++) {
        char masked[MASK_SIZE_MAX];
        struct text name = counter->application->mortgagors.items[i].name;
        if (text_equal(name, holder) || text_is(holder, mask_name(name, masked, sizeof masked)))
            return true;
    }
    return false;
}

static void check_prenotices(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    for (uint32_t i = 0; i < book->prenotices.count; i++) {
        const struct title_burden *prenotice = &book->prenotices.items[i];
        if (!proofs_agree(counter->application->prenotice_proof, prenotice->document) &&
            !is_holder(counter, prenotice->holder))
            counter_add(counter, FINDING_Q07_OF_ANOTHER, path_of("units/%u", index).text);
    }
}

/* The mortgage that ends or is followed is not one of the others. */
static uint32_t count_others(const struct counter *counter, const struct title_unit *book, bool is_barring)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < book->mortgages.count; i++) {
        const struct title_mortgage *mortgage = &book->mortgages.items[i];
        bool is_barred = mortgage->transfer_barred.is_present && mortgage->transfer_barred.value != 0;
        count += (is_barring ? is_barred : true) && !proofs_agree(counter->application->ended_proof, mortgage->proof);
    }
    return count;
}

static void check_mortgages(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    struct path path = path_of("units/%u", index);
    struct number rank = counter->application->rank;
    uint32_t others = count_others(counter, book, false);
    if (others == 0)
        return;
    if (counter->application->sale.is_present && count_others(counter, book, true) > 0)
        counter_add(counter, FINDING_Q08_BARRED, path.text);
    if (rank.is_present && rank.value <= others)
        counter_add_detail(counter, FINDING_Q08_RANK, "sw", "%u", others + 1);
    else
        counter_add_detail(counter, FINDING_Q08_BEHIND, path.text, "%u", others + 1);
}

static void check_new_mortgage(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    check_mortgages(counter, index, book);
    if (book->residences.count > 0)
        counter_add(counter, FINDING_Q09_RESIDENCE, path_of("units/%u", index).text);
    if (text_is(book->land_nature, "划拨"))
        counter_add(counter, FINDING_Q13_ALLOCATED, path_of("units/%u", index).text);
}

void check_burdens(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    if (ends_mortgage(counter))
        return;
    check_seizures(counter, index, book);
    check_locks(counter, index, book);
    check_objections(counter, index, book);
    check_prenotices(counter, index, book);
    if (makes_mortgage(counter))
        check_new_mortgage(counter, index, book);
}
