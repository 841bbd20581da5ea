#include "broker/core/handler.h"
#include "broker/core/risk.h"

enum status risk_ack_judge(struct turn *turn)
{
    const struct risk_ack *acknowledgement = turn->event->body;
    if (risk_find(turn->file, acknowledgement->alert.value) != NULL)
        return STATUS_OK;
    turn->path = "alert";
    return STATUS_NO_ALERT;
}

/* The first one to read it is the one who made the bank know. */
void on_risk_ack(struct turn *turn)
{
    const struct risk_ack *acknowledgement = turn->event->body;
    struct risk_row *risk = risk_find(turn->file, acknowledgement->alert.value);
    if (risk == NULL || risk->acknowledged.is_present)
        return;
    case_keep_text(&risk->user, acknowledgement->user);
    risk->acknowledged_at = number_of(turn->event->time_us);
    risk->acknowledged = number_of((int64_t)turn->event->sequence);
    risk_flag(turn->file);
}
