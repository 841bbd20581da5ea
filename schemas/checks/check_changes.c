#include <inttypes.h>
#include <stdio.h>

#include "schemas/checks/counter.h"
#include "schemas/checks/material_list.h"

/* Registrations that follow a mortgage in the book (DOMAIN 1.4): F02 for items
 * that change and for the parties of a transfer, MAT01 for the consent of other
 * mortgagees to what may harm them (S2 art 409). */

enum { NUMBER_TEXT_SIZE = 24 };

/* Items that are fields of the application, which says how they are from now on. */
static struct text value_now(const struct case_submit *application, struct text item, char memory[NUMBER_TEXT_SIZE])
{
    const struct {
        const char *item;
        struct number number;
        struct text text;
    } values[] = {
        {"bdbzzqse", application->amount, {NULL, 0}},
        {"zgzqse", application->maximum_amount, {NULL, 0}},
        {"sfczjzhxz", application->transfer_barred, {NULL, 0}},
        {"sw", application->rank, {NULL, 0}},
        {"zwlxqssj", {0}, application->term_start},
        {"zwlxjssj", {0}, application->term_end},
        {"dbfw", {0}, application->scope},
    };
    for (size_t index = 0; index < sizeof values / sizeof values[0]; index++) {
        if (!text_is(item, values[index].item) || !values[index].number.is_present)
            continue;
        snprintf(memory, NUMBER_TEXT_SIZE, "%" PRId64, values[index].number.value);
        return text_of(memory);
    }
    for (size_t index = 0; index < sizeof values / sizeof values[0]; index++)
        if (text_is(item, values[index].item))
            return values[index].text;
    return (struct text){NULL, 0};
}

static const char FIELD_ITEMS[] = "bdbzzqse zgzqse sfczjzhxz sw zwlxqssj zwlxjssj dbfw";

static void check_alteration(struct counter *counter, uint32_t index)
{
    char memory[NUMBER_TEXT_SIZE];
    const struct alteration *alteration = &counter->application->alterations.items[index];
    struct path path = path_of("changes/%u/after", index);
    if (!alteration->item.data || !alteration->before.data || !alteration->after.data)
        return;
    struct text now = value_now(counter->application, alteration->item, memory);
    if (text_equal(alteration->before, alteration->after))
        counter_add(counter, FINDING_F02_CHANGE_NONE, path.text);
    else if (words_hold(FIELD_ITEMS, alteration->item) && (!now.data || !text_equal(now, alteration->after)))
        counter_add(counter, FINDING_F02_CHANGE_DIFFERS, path.text);
}

/* ---- other mortgagees ---- */

/* Digits alone, so that the longer one is the larger; what is no number counts as larger. */
static bool grows(struct text before, struct text after)
{
    for (uint32_t at = 0; at < before.size; at++)
        if (before.data[at] < '0' || before.data[at] > '9')
            return true;
    while (before.size > 1 && before.data[0] == '0')
        before = (struct text){before.data + 1, before.size - 1};
    if (before.size != after.size)
        return after.size > before.size;
    return memcmp(after.data, before.data, after.size) > 0;
}

/* A larger amount, and any change of scope, term or rank. */
static bool may_harm(const struct alteration *alteration)
{
    if (!alteration->item.data || !alteration->before.data || !alteration->after.data)
        return false;
    if (words_hold("bdbzzqse zgzqse", alteration->item))
        return grows(alteration->before, alteration->after);
    return words_hold("dbfw zwlxqssj zwlxjssj sw", alteration->item);
}

static bool harms_others(const struct case_submit *application)
{
    for (uint32_t index = 0; index < application->alterations.count; index++)
        if (may_harm(&application->alterations.items[index]))
            return application->other_mortgagees.count > 0;
    return false;
}

/* One consent a mortgagee. */
static void check_consents_of_others(struct counter *counter)
{
    const struct case_submit *application = counter->application;
    uint32_t count = 0;
    for (uint32_t index = 0; index < application->materials.count; index++)
        count += text_is(application->materials.items[index].code, "DYQRTY");
    if (harms_others(application) && count < application->other_mortgagees.count && material_list_is_known(counter))
        counter_add_detail(counter, FINDING_MAT01_MISSING, "materials", "%s", "DYQRTY");
}

static void check_transferor(struct counter *counter)
{
    struct text old = counter->application->transferor.cnaps;
    if (old.data && text_equal(old, counter->application->mortgagee.cnaps))
        counter_add(counter, FINDING_F02_TRANSFEROR_SAME, "transferor");
}

/* The branch may end its own mortgage with a transfer, but mostly it means another bank's. */
static void check_old_mortgagee(struct counter *counter)
{
    struct text old = counter->application->old_mortgagee.cnaps;
    if (old.data && text_equal(old, counter->application->mortgagee.cnaps))
        counter_add(counter, FINDING_F02_OLD_MORTGAGEE_SAME, "old_mortgagee");
}

void check_changes(struct counter *counter)
{
    for (uint32_t index = 0; index < counter->application->alterations.count; index++)
        check_alteration(counter, index);
    check_consents_of_others(counter);
    check_transferor(counter);
    check_old_mortgagee(counter);
}
