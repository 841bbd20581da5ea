#include "broker/core/handler.h"
#include "broker/core/proof.h"
#include "broker/core/risk.h"
#include "broker/core/unit.h"

/* The alert belongs to no case alone: each case keeps its number. The cases of
 * the unit row were offered before. */

/* Another window's cases are not this one's to speak of. */
static bool is_hit(const struct turn *turn, const struct case_file *file)
{
    const struct risk_alert *alert = turn->event->body;
    if (file == NULL || !text_equal(file->row.window, turn->event->participant))
        return false;
    if (alert->proof.data == NULL)
        return true;
    return (file->row.proof.data != NULL && proof_is_same(file->row.proof, alert->proof)) ||
           (file->row.ended_proof.data != NULL && proof_is_same(file->row.ended_proof, alert->proof));
}

void on_risk_alert(struct turn *turn)
{
    const struct risk_alert *alert = turn->event->body;
    struct text cases[UNIT_CASE_COUNT_MAX];
    char unit[UNIT_NUMBER_SIZE + 1];
    uint32_t count = unit_cases(turn->core, unit_of_alert(alert, unit), cases);
    for (uint32_t i = 0; i < count; i++) {
        struct case_file *file = core_find_case(turn->core, cases[i]);
        if (is_hit(turn, file))
            risk_take(turn, file);
    }
}
