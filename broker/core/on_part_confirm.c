#include "broker/core/course.h"
#include "broker/core/handler.h"
#include "broker/core/parts.h"
#include "broker/core/proof.h"

enum status part_confirm_judge(struct turn *turn)
{
    const struct part_confirm *answer = turn->event->body;
    if (course_outcome(turn->file, LIFE_PART_DECLINED) == OUTCOME_REFUSE)
        return STATUS_WRONG_STATE;
    if (proof_is_same(answer->proof, turn->file->row.ended_proof))
        return STATUS_OK;
    turn->path = "bdcdjzmh";
    return STATUS_BAD_BODY;
}

void on_part_confirm(struct turn *turn)
{
    const struct part_confirm *answer = turn->event->body;
    bool agrees = answer->agrees.value != 0;
    if (agrees) {
        parts_agree(turn->file);
        course_apply(turn, turn->file, LIFE_MATERIALS);
    } else {
        course_apply(turn, turn->file, LIFE_PART_DECLINED);
    }
    turn->told = TOLD_FACT;
    turn->fact = agrees ? "PART_CONFIRMED" : "PART_DECLINED";
}
