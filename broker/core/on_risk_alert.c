#include "broker/core/handler.h"
#include "broker/core/proof.h"
#include "broker/core/risk.h"
#include "broker/core/unit.h"

/* The alert belongs to no case alone: each case keeps its number. The cases of
 * the unit row were offered before. */

/* Another window's cases are not this one's to speak of. */
static bool is_of_window(const struct turn *turn, const struct case_file *file)
{
    return file != NULL && text_equal(file->row.window, turn->event->participant);
}

static bool bears(const struct case_file *file, struct text proof)
{
    return (file->row.proof.data != NULL && proof_is_same(file->row.proof, proof)) ||
           (file->row.ended_proof.data != NULL && proof_is_same(file->row.ended_proof, proof));
}

static bool is_known(const struct turn *turn, struct text proof, const struct text *cases, uint32_t count)
{
    char holder[CASE_ID_SIZE + 1];
    if (proof_find_case(turn->core, turn->event->participant, proof, holder))
        return true;
    for (uint32_t i = 0; i < count; i++) {
        const struct case_file *file = core_find_case(turn->core, cases[i]);
        if (is_of_window(turn, file) && bears(file, proof))
            return true;
    }
    return false;
}

void on_risk_alert(struct turn *turn)
{
    const struct risk_alert *alert = turn->event->body;
    struct text cases[UNIT_CASE_COUNT_MAX];
    char unit[UNIT_NUMBER_SIZE + 1];
    uint32_t count = unit_cases(turn->core, unit_of_alert(alert, unit), cases);
    bool is_of_one = alert->proof.data != NULL;
    /* Of a mortgage that nobody knows the booking may still be under way: any open case may become it. */
    bool is_of_open = is_of_one && !is_known(turn, alert->proof, cases, count);
    for (uint32_t i = 0; i < count; i++) {
        struct case_file *file = core_find_case(turn->core, cases[i]);
        if (!is_of_window(turn, file))
            continue;
        if (is_of_open ? lifecycle_state(file->base)->class == CLASS_GOING : !is_of_one || bears(file, alert->proof))
            risk_take(turn, file);
    }
}
