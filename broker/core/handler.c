#include "broker/core/handler.h"

static const struct handler handlers[MESSAGE_COUNT] = {
    [MESSAGE_CASE_SUBMIT] = {case_submit_judge, on_case_submit},
    [MESSAGE_SUPPLEMENT_SUBMIT] = {supplement_submit_judge, on_supplement_submit},
    [MESSAGE_WITHDRAW_REQ] = {withdraw_req_judge, on_withdraw_req},
    [MESSAGE_CERT_ACK] = {cert_ack_judge, on_cert_ack},
    [MESSAGE_PART_CONFIRM] = {part_confirm_judge, on_part_confirm},
    [MESSAGE_EVENT_ACK] = {event_ack_judge, on_event_ack},
    [MESSAGE_EVENTS_SINCE] = {events_since_judge, on_events_since},
    [MESSAGE_TITLE_QUERY] = {title_query_judge, on_title_query},
    [MESSAGE_RISK_ACK] = {risk_ack_judge, on_risk_ack},
    [MESSAGE_RISK_ALERT] = {NULL, on_risk_alert},
    [MESSAGE_DELIVERED] = {delivered_judge, on_delivered},
    [MESSAGE_CASE_ACCEPTED] = {NULL, on_case_accepted},
    [MESSAGE_CASE_NOT_ACCEPTED] = {NULL, on_case_not_accepted},
    [MESSAGE_SUPPLEMENT_REQ] = {NULL, on_supplement_req},
    [MESSAGE_STATUS] = {NULL, on_status},
    [MESSAGE_SUSPEND] = {NULL, on_suspend},
    [MESSAGE_RESUME] = {NULL, on_resume},
    [MESSAGE_WITHDRAW_RESULT] = {withdraw_result_judge, on_withdraw_result},
    [MESSAGE_CASE_REFUSED] = {NULL, on_case_refused},
    [MESSAGE_CASE_BOOKED] = {NULL, on_case_booked},
    [MESSAGE_CERT_ISSUED] = {NULL, on_cert_issued},
    [MESSAGE_TITLE_RESULT] = {title_result_judge, on_title_result},
    [MESSAGE_WINDOW_STATE] = {window_state_judge, on_window_state},
    [MESSAGE_CREDIT] = {NULL, on_credit},
    [MESSAGE_GROUP_QUERY] = {group_query_judge, on_group_query},
    [MESSAGE_STATUS_QUERY] = {NULL, on_status_query},
    [MESSAGE_OPS_PARKED_RETRY] = {parked_retry_judge, on_ops_parked_retry},
    [MESSAGE_OPS_SUPPLEMENT_ALLOW] = {supplement_allow_judge, on_ops_supplement_allow},
    [MESSAGE_OPS_PARKED_DISCARD] = {parked_discard_judge, on_ops_parked_discard},
    [MESSAGE_FACT_OPENED] = {NULL, on_fact_opened},
    [MESSAGE_FACT_DIRECTORY] = {NULL, on_fact_directory},
    [MESSAGE_FACT_RULES] = {NULL, on_fact_rules},
    [MESSAGE_FACT_CALENDAR] = {NULL, on_fact_calendar},
    [MESSAGE_FACT_DISPATCH] = {NULL, on_fact_dispatch},
    [MESSAGE_FACT_DOUBT] = {NULL, on_fact_doubt},
    [MESSAGE_FACT_PARK] = {NULL, on_fact_park},
    [MESSAGE_FACT_EXPIRE] = {NULL, on_fact_expire},
    [MESSAGE_FACT_ALARM] = {NULL, on_fact_alarm},
    [MESSAGE_FACT_ARCHIVE] = {NULL, on_fact_archive},
    [MESSAGE_FACT_WINDOW_LINK] = {NULL, on_fact_window_link},
};

const struct handler *handler_of(enum message_type type)
{
    return &handlers[type];
}
