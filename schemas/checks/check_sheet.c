#include "schemas/checks/counter.h"
#include "schemas/codes.h"

/* MAT04: the data of the structured contract sheet against the form, field by
 * field. What either of them lacks, or what could not be decoded, is a matter of
 * other checks; a list is compared whatever its order. */

static void check_text(struct counter *counter, const char *path, struct text sheet, struct text form)
{
    if (sheet.data && form.data && !text_equal(sheet, form))
        counter_add(counter, FINDING_MAT04_DIFFERS, path);
}

static void check_number(struct counter *counter, const char *path, struct number sheet, struct number form)
{
    if (sheet.is_present && form.is_present && sheet.value != form.value)
        counter_add(counter, FINDING_MAT04_DIFFERS, path);
}

/* An amount of the sheet in whose place the form has the other one differs too. */
static void check_amount(struct counter *counter, const char *path, struct number sheet, struct number form,
                         struct number other)
{
    check_number(counter, path, sheet, form);
    if (sheet.is_present && !form.is_present && other.is_present)
        counter_add(counter, FINDING_MAT04_DIFFERS, path);
}

/* ---- lists ---- */

struct names {
    struct text items[UNIT_COUNT_MAX];
    uint32_t count;
};

static uint32_t names_count(const struct names *names, struct text name)
{
    uint32_t count = 0;
    for (uint32_t index = 0; index < names->count; index++)
        count += text_equal(names->items[index], name);
    return count;
}

/* Each name as often in one as in the other. */
static bool names_equal(const struct names *a, const struct names *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t index = 0; index < a->count; index++)
        if (names_count(a, a->items[index]) != names_count(b, a->items[index]))
            return false;
    return true;
}

static void check_mortgagors(struct counter *counter)
{
    const struct text_list *sheet = &counter->application->contract_sheet.mortgagors;
    const struct mortgagor_list *owners = &counter->application->mortgagors;
    struct names ours = {.count = 0};
    struct names theirs = {.count = 0};
    if (!sheet->is_present || counter_was_named(counter, "contract_sheet/mortgagors") || owners->count == 0)
        return;
    for (uint32_t index = 0; index < owners->count; index++) {
        if (!owners->items[index].name.data)
            return;
        ours.items[ours.count++] = owners->items[index].name;
    }
    for (uint32_t index = 0; index < sheet->count; index++)
        theirs.items[theirs.count++] = sheet->items[index];
    if (!names_equal(&ours, &theirs))
        counter_add(counter, FINDING_MAT04_DIFFERS, "contract_sheet/mortgagors");
}

struct unit_keys {
    char keys[UNIT_COUNT_MAX][UNIT_NUMBER_SIZE + 1];
    struct names names;
};

/* A number that is none stays as it is written. */
static bool unit_keys_add(struct unit_keys *keys, struct text number)
{
    char *key = keys->keys[keys->names.count];
    bool is_good = number.data && unit_lane_key(number, key);
    keys->names.items[keys->names.count++] = is_good ? text_of(key) : number;
    return is_good;
}

static void check_units_of_sheet(struct counter *counter)
{
    const struct text_list *sheet = &counter->application->contract_sheet.units;
    const struct unit_list *units = &counter->application->units;
    struct unit_keys ours = {.names = {.count = 0}};
    struct unit_keys theirs = {.names = {.count = 0}};
    if (!sheet->is_present || counter_was_named(counter, "contract_sheet/bdcdyh") || units->count == 0)
        return;
    for (uint32_t index = 0; index < units->count; index++)
        if (!unit_keys_add(&ours, units->items[index].number))
            return; /* F03 says so */
    for (uint32_t index = 0; index < sheet->count; index++)
        (void)unit_keys_add(&theirs, sheet->items[index]);
    if (!names_equal(&ours.names, &theirs.names))
        counter_add(counter, FINDING_MAT04_DIFFERS, "contract_sheet/bdcdyh");
}

void check_sheet(struct counter *counter)
{
    const struct case_submit *form = counter->application;
    const struct contract_sheet *sheet = &form->contract_sheet;
    if (!sheet->is_present)
        return;
    check_text(counter, "contract_sheet/dyhth", sheet->contract, form->contract);
    check_amount(counter, "contract_sheet/bdbzzqse", sheet->amount, form->amount, form->maximum_amount);
    check_amount(counter, "contract_sheet/zgzqse", sheet->maximum_amount, form->maximum_amount, form->amount);
    check_text(counter, "contract_sheet/zwlxqssj", sheet->term_start, form->term_start);
    check_text(counter, "contract_sheet/zwlxjssj", sheet->term_end, form->term_end);
    check_text(counter, "contract_sheet/dbfw", sheet->scope, form->scope);
    check_number(counter, "contract_sheet/sfczjzhxz", sheet->transfer_barred, form->transfer_barred);
    check_units_of_sheet(counter);
    check_mortgagors(counter);
    check_text(counter, "contract_sheet/mortgagee", sheet->mortgagee, form->mortgagee.name);
}
