#include "broker/core/contract.h"

enum { CONTRACT_ARENA_SIZE = 4096 };

/* The texts borrow from the row and are valid until it changes. */
static uint32_t contract_cases(const struct core *core, const uint8_t *contract_key,
                               struct text out[CONTRACT_CASE_COUNT_MAX])
{
    uint8_t memory[CONTRACT_ARENA_SIZE];
    struct arena arena = arena_over(memory, sizeof memory);
    struct row_key key = row_key_contract(contract_key);
    struct contract_row row;
    if (!core_read(core, &key, &record_contract_row, &arena, &row))
        return 0;
    memcpy(out, row.cases.items, row.cases.count * sizeof *out);
    return row.cases.count;
}

static void contract_keep(struct core *core, const uint8_t *contract_key, struct text *cases, uint32_t count)
{
    struct row_key key = row_key_contract(contract_key);
    struct contract_row row = {.cases = {cases, count, true}, .is_present = true};
    if (count == 0)
        rows_delete(&core->rows, &key);
    else
        core_put(core, &key, &record_contract_row, &row);
}

/* A full row says enough: there are others. */
void contract_enter(struct core *core, const struct case_file *file)
{
    struct text cases[CONTRACT_CASE_COUNT_MAX];
    uint32_t count = contract_cases(core, file->contract_key, cases);
    if (count == CONTRACT_CASE_COUNT_MAX)
        return;
    cases[count] = file->row.case_id;
    contract_keep(core, file->contract_key, cases, count + 1);
}

/* A case of before this row was kept stands in none. */
void contract_leave(struct core *core, const struct case_file *file)
{
    struct text cases[CONTRACT_CASE_COUNT_MAX];
    uint32_t count = contract_cases(core, file->contract_key, cases);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!text_equal(cases[i], file->row.case_id))
            cases[kept++] = cases[i];
    if (kept != count)
        contract_keep(core, file->contract_key, cases, kept);
}

/* The same application once more is a matter of its business key. */
static bool belongs(const struct event *event, const struct case_file *file)
{
    struct text group = event->envelope->group;
    return (group.data != NULL && text_equal(group, file->row.group) &&
            text_equal(event->participant, file->row.branch)) ||
           memcmp(event->business_key, file->business_key, DIGEST_SIZE) == 0;
}

bool core_contract_is_elsewhere(const struct core *core, const struct event *event)
{
    struct text cases[CONTRACT_CASE_COUNT_MAX];
    uint32_t count = contract_cases(core, event->contract_key, cases);
    for (uint32_t i = 0; i < count; i++) {
        const struct case_file *file = core_find_case(core, cases[i]);
        if (file != NULL && file->is_open && !belongs(event, file))
            return true;
    }
    return false;
}
