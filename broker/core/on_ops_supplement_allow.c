#include "broker/core/handler.h"
#include "broker/core/round.h"

enum status supplement_allow_judge(struct turn *turn)
{
    const struct case_file *file = turn->file;
    if (lifecycle_state(file->base)->class != CLASS_GOING)
        return STATUS_WRONG_STATE;
    return file->row.rounds_allowed.value < ROUND_COUNT_MAX ? STATUS_OK : STATUS_LIMIT;
}

void on_ops_supplement_allow(struct turn *turn)
{
    turn->file->row.rounds_allowed = number_of(turn->file->row.rounds_allowed.value + 1);
    turn->told = TOLD_FACT;
    turn->fact = "ROUND_ALLOWED";
}
