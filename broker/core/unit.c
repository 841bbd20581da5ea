#include "broker/core/unit.h"

#include <assert.h>

#include "broker/core/lane.h"
#include "broker/core/proof.h"
#include "schemas/kind.h"

enum { UNIT_ARENA_SIZE = 4096 };

uint32_t unit_cases(const struct core *core, struct text unit, struct text out[UNIT_CASE_COUNT_MAX])
{
    uint8_t memory[UNIT_ARENA_SIZE];
    struct arena arena = arena_over(memory, sizeof memory);
    struct row_key key = row_key_unit(unit);
    struct unit_row row;
    if (!core_read(core, &key, &record_unit_row, &arena, &row))
        return 0;
    uint32_t count = row.cases.count < UNIT_CASE_COUNT_MAX ? row.cases.count : UNIT_CASE_COUNT_MAX;
    memcpy(out, row.cases.items, count * sizeof *out);
    return count;
}

bool units_have_room(const struct core *core, const struct text *units, uint32_t count)
{
    struct text cases[UNIT_CASE_COUNT_MAX];
    for (uint32_t i = 0; i < count; i++)
        if (unit_cases(core, units[i], cases) == UNIT_CASE_COUNT_MAX)
            return false;
    return true;
}

/* An open case is always in memory. */
static bool unit_has_open(const struct core *core, struct text unit)
{
    struct text cases[UNIT_CASE_COUNT_MAX];
    uint32_t count = unit_cases(core, unit, cases);
    for (uint32_t i = 0; i < count; i++) {
        const struct case_file *file = core_find_case(core, cases[i]);
        if (file != NULL && lifecycle_state(file->base)->class == CLASS_GOING)
            return true;
    }
    return false;
}

bool units_have_open(const struct core *core, const struct text *units, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (unit_has_open(core, units[i]))
            return true;
    return false;
}

static void unit_keep(struct core *core, struct text unit, struct text *cases, uint32_t count)
{
    struct row_key key = row_key_unit(unit);
    struct unit_row row = {.cases = {cases, count, true}, .is_present = true};
    assert(rows_find(&core->rows, &key) != NULL);
    if (count == 0)
        rows_delete(&core->rows, &key);
    else
        core_put(core, &key, &record_unit_row, &row);
}

void unit_enter(struct core *core, const struct case_file *file)
{
    for (uint32_t i = 0; i < file->row.lanes.count; i++) {
        struct text cases[UNIT_CASE_COUNT_MAX];
        uint32_t count = unit_cases(core, file->row.lanes.items[i], cases);
        assert(count < UNIT_CASE_COUNT_MAX);
        cases[count] = file->row.case_id;
        unit_keep(core, file->row.lanes.items[i], cases, count + 1);
    }
}

static void unit_remove(struct core *core, struct text unit, struct text case_id)
{
    struct text cases[UNIT_CASE_COUNT_MAX];
    uint32_t count = unit_cases(core, unit, cases);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!text_equal(cases[i], case_id))
            cases[kept++] = cases[i];
    if (kept != count)
        unit_keep(core, unit, cases, kept);
}

static void units_remove(struct core *core, const struct case_file *file, struct text case_id)
{
    for (uint32_t i = 0; i < file->row.lanes.count; i++)
        unit_remove(core, file->row.lanes.items[i], case_id);
}

void unit_leave(struct core *core, const struct case_file *file)
{
    units_remove(core, file, file->row.case_id);
}

void unit_booked(struct core *core, const struct case_file *file)
{
    const struct kind *kind = kind_find(file->row.kind);
    char ended[CASE_ID_SIZE + 1];
    if (file->row.ended_proof.data != NULL && proof_find_case(core, file->row.window, file->row.ended_proof, ended))
        units_remove(core, file, text_of(ended));
    if (kind != NULL && text_is(text_of(kind->registration), "400"))
        unit_leave(core, file);
}

bool unit_is_moved_by(enum message_type type)
{
    static const enum message_type movers[] = {
        MESSAGE_CASE_NOT_ACCEPTED, MESSAGE_CASE_REFUSED, MESSAGE_WITHDRAW_REQ, MESSAGE_WITHDRAW_RESULT,
        MESSAGE_CASE_BOOKED,       MESSAGE_FACT_EXPIRE,  MESSAGE_PART_CONFIRM, MESSAGE_OPS_PARKED_DISCARD};
    for (size_t i = 0; i < sizeof movers / sizeof movers[0]; i++)
        if (movers[i] == type)
            return true;
    return false;
}

bool core_others_are_open(const struct core *core, const struct case_submit *application)
{
    char memory[LANE_COUNT_MAX * (LANE_KEY_SIZE_MAX + 1)];
    struct text lanes[LANE_COUNT_MAX + 1];
    return units_have_open(core, lanes, lanes_of_units(&application->units, memory, lanes));
}

struct text unit_of_alert(const struct risk_alert *alert, char *key)
{
    return unit_lane_key(alert->unit, key) ? text_of(key) : alert->unit;
}
