#include "broker/core/round.h"

#include "broker/core/rules.h"

bool round_is_allowed(const struct core *core, const struct case_file *file, int64_t round)
{
    const struct window_rules *rules = core_rules(core, file->row.window);
    int64_t limit =
        rules != NULL && rules->supplement_rounds.is_present ? rules->supplement_rounds.value : ROUND_COUNT_DEFAULT;
    return round <= file->row.rounds_before.value + limit + file->row.rounds_allowed.value;
}
