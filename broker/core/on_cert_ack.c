#include "broker/core/course.h"
#include "broker/core/handler.h"

enum status cert_ack_judge(struct turn *turn)
{
    /* The branch checks the proof when it hears of it, and that may be before the booking came here. */
    if (course_outcome(turn->file, LIFE_CERT_ACK) == OUTCOME_REFUSE || !turn->file->row.certified_sequence.is_present)
        return STATUS_WRONG_STATE;
    return turn->file->row.deliveries.count < CASE_DELIVERY_COUNT_MAX ? STATUS_OK : STATUS_LIMIT;
}

void on_cert_ack(struct turn *turn)
{
    const struct cert_ack *check = turn->event->body;
    course_apply(turn, turn->file, LIFE_CERT_ACK);
    case_add_delivery(turn->file, turn->event->message, turn->event->sequence);
    turn->file->row.verified_sequence = number_of((int64_t)turn->event->sequence);
    if (check->is_verified.value != 0)
        case_flag(turn->file, CASE_PROOF_VERIFIED);
    else
        case_unflag(turn->file, CASE_PROOF_VERIFIED);
}
