#include <assert.h>

#include "schemas/checks/counter.h"
#include "schemas/codes.h"
#include "schemas/windows.h"

/* F03 unit numbers, F04 retired districts, F05 the window, F06 certificate
 * numbers, F16 type of property against the letters of the unit. */

/* The units that could be read. */
struct parsed {
    struct unit_number items[UNIT_COUNT_MAX];
    bool is_good[UNIT_COUNT_MAX];
    uint32_t count;
};

static enum finding_name finding_of_unit(enum code_problem problem)
{
    switch (problem) {
    case CODE_DISTRICT:
        return FINDING_F03_DISTRICT;
    case CODE_PARTS:
        return FINDING_F03_PARTS;
    case CODE_W_NOT_ZERO:
        return FINDING_F03_W_NOT_ZERO;
    case CODE_UNIT_ZERO:
        return FINDING_F03_UNIT_ZERO;
    case CODE_OK:
    case CODE_FORMAT:
    case CODE_CHECK:
    case CODE_INNER:
    case CODE_DATE:
    case CODE_TYPE:
    case CODE_PROBLEM_COUNT:
        break;
    }
    return FINDING_F03_FORMAT;
}

static bool parsed_holds(const struct parsed *parsed, uint32_t count, const char *lane)
{
    for (uint32_t index = 0; index < count; index++)
        if (parsed->is_good[index] && strcmp(parsed->items[index].lane, lane) == 0)
            return true;
    return false;
}

static void check_number(struct counter *counter, uint32_t index, struct parsed *parsed)
{
    struct text number = counter->application->units.items[index].number;
    struct unit_number *unit = &parsed->items[index];
    struct path path = path_of("units/%u/bdcdyh", index);
    parsed->is_good[index] = false;
    if (!number.data)
        return;
    enum code_problem problem = unit_number_parse(number, unit);
    if (problem != CODE_OK) {
        counter_add(counter, finding_of_unit(problem), path.text);
        return;
    }
    parsed->is_good[index] = true;
    if (parsed_holds(parsed, index, unit->lane))
        counter_add(counter, FINDING_F03_REPEATED, path.text);
    if (unit->is_retired)
        counter_add_detail(counter, FINDING_F04_RETIRED, path.text, "%.6s -> %.6s", unit->code, unit->lane);
}

/* What an M10 leaves out is a unit as well, and another one. */
static void check_excluded(struct counter *counter, const struct parsed *parsed)
{
    const struct text_list *excluded = &counter->application->excluded_units;
    for (uint32_t index = 0; index < excluded->count; index++) {
        struct unit_number unit;
        struct path path = path_of("excluded_units/%u", index);
        if (!excluded->items[index].data)
            continue;
        enum code_problem problem = unit_number_parse(excluded->items[index], &unit);
        if (problem != CODE_OK)
            counter_add(counter, finding_of_unit(problem), path.text);
        else if (parsed_holds(parsed, parsed->count, unit.lane))
            counter_add(counter, FINDING_F03_EXCLUDED, path.text);
    }
}

/* ---- the window ---- */

static bool is_elsewhere(const struct unit_number *unit, const char *district)
{
    return memcmp(unit->lane, district, DISTRICT_SIZE) != 0;
}

static uint32_t count_elsewhere(const struct parsed *parsed, const char *district, uint32_t *good_count)
{
    uint32_t count = 0;
    *good_count = 0;
    for (uint32_t index = 0; index < parsed->count; index++) {
        *good_count += parsed->is_good[index];
        count += parsed->is_good[index] && is_elsewhere(&parsed->items[index], district);
    }
    return count;
}

/* When no unit lies in the district, the district is what is wrong; when only
 * some do not, these units are. */
static void check_places(struct counter *counter, const struct parsed *parsed, const char *district)
{
    uint32_t good_count = 0;
    uint32_t elsewhere_count = count_elsewhere(parsed, district, &good_count);
    for (uint32_t index = 0; index < parsed->count && elsewhere_count > 0; index++) {
        const struct unit_number *unit = &parsed->items[index];
        if (!parsed->is_good[index] || !is_elsewhere(unit, district))
            continue;
        if (elsewhere_count == good_count) {
            counter_add_detail(counter, FINDING_F05_OTHER_WINDOW, "district", "W:%.6s", unit->lane);
            return;
        }
        counter_add_detail(counter, FINDING_F05_OTHER_WINDOW, path_of("units/%u/bdcdyh", index).text, "W:%.6s",
                           unit->lane);
    }
}

static void check_district(struct counter *counter, const struct parsed *parsed)
{
    struct text district = counter->application->district;
    if (!district.data)
        return;
    const char *current = district_current(district);
    if (!current) {
        counter_add(counter, FINDING_F05_NO_WINDOW, "district");
        return;
    }
    if (district_is_retired(district))
        counter_add_detail(counter, FINDING_F04_RETIRED, "district", "%.*s -> %s", TEXT_ARGS(district), current);
    check_places(counter, parsed, current);
}

/* ---- certificates ---- */

static void check_certificate(struct counter *counter, struct text number, enum certificate_type type, const char *path)
{
    if (!number.data)
        return;
    enum code_problem problem = certificate_number_check(number, type);
    if (problem == CODE_OK)
        return;
    enum finding_name name = FINDING_F06_FORMAT;
    if (problem == CODE_TYPE)
        name = type == CERTIFICATE_TITLE ? FINDING_F06_NOT_TITLE : FINDING_F06_NOT_PROOF;
    else if (problem == CODE_PARTS)
        name = FINDING_F06_PROVINCE;
    counter_add(counter, name, path);
}

static void check_title(struct counter *counter, uint32_t index)
{
    struct text certificate = counter->application->units.items[index].certificate;
    struct path path = path_of("units/%u/bdcqzh", index);
    bool is_unusual = counter->kind && !counter->kind->needs_certificate;
    if (is_unusual && certificate.data)
        counter_add(counter, FINDING_F06_UNUSUAL, path.text);
    else
        check_certificate(counter, certificate, CERTIFICATE_TITLE, path.text);
    if (counter->kind && counter->kind->needs_certificate && counter_lacks(counter, certificate, path.text))
        counter_add(counter, FINDING_F02_MISSING, path.text);
}

/* A proof that the kind does not ask for is named by F02 already. */
static void check_proof(struct counter *counter, const char *key, struct text number)
{
    if (!counter->kind || words_hold(counter->kind->fields, text_of(key)))
        check_certificate(counter, number, CERTIFICATE_PROOF, key);
}

/* ---- type of property ---- */

/* Rural kinds take no building plot and no homestead (DOMAIN 1.7). */
static void check_parcels(struct counter *counter, const struct parsed *parsed)
{
    const char *parcels = counter->kind ? counter->kind->parcels : "*";
    for (uint32_t index = 0; index < parsed->count; index++)
        if (parsed->is_good[index] && !letters_hold(parcels, parsed->items[index].parcel))
            counter_add_detail(counter, FINDING_F16_PARCEL, path_of("units/%u/bdcdyh", index).text, "%s", parcels);
}

static void check_estate(struct counter *counter, const struct parsed *parsed)
{
    struct text type = counter->application->estate_type;
    if (type.data && counter->kind && !letters_hold(counter->kind->estates, type.data[0])) {
        counter_add_detail(counter, FINDING_F16_KIND, "dybdclx", "%s", counter->kind->estates);
        return;
    }
    for (uint32_t index = 0; type.data && index < parsed->count; index++) {
        const struct unit_number *unit = &parsed->items[index];
        if (!parsed->is_good[index] || unit_number_suits(unit, type))
            continue;
        counter_add_detail(counter, FINDING_F16_ESTATE, "dybdclx", "units/%u %c..%c", index, unit->parcel,
                           unit->fixture);
        return;
    }
}

void check_units(struct counter *counter)
{
    const struct unit_list *units = &counter->application->units;
    struct parsed parsed = {.count = units->count};
    assert(units->count <= UNIT_COUNT_MAX);
    for (uint32_t index = 0; index < units->count; index++) {
        check_number(counter, index, &parsed);
        check_title(counter, index);
    }
    check_district(counter, &parsed);
    check_proof(counter, "bdcdjzmh", counter->application->ended_proof);
    check_proof(counter, "prenotice_zmh", counter->application->prenotice_proof);
    check_excluded(counter, &parsed);
    check_parcels(counter, &parsed);
    check_estate(counter, &parsed);
}
