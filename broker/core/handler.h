#ifndef ONEVISIT_BROKER_CORE_HANDLER_H
#define ONEVISIT_BROKER_CORE_HANDLER_H

#include "broker/core/state.h"

/* One handler a message type, each in on_<message>.c.
 *  judge  at the door, before anything changes: STATUS_OK, or why not. Not asked
 *         in replay, nor for facts of the broker.
 *  take   changes the state. A durable message's case, duplicate row, feed and
 *         receipt are seen to by the caller. */
struct handler {
    enum status (*judge)(struct turn *turn);
    void (*take)(struct turn *turn);
};

/* Both NULL for what the core has no part in. */
const struct handler *handler_of(enum message_type type);

/* ---- branches ---- */
enum status case_submit_judge(struct turn *turn);
void on_case_submit(struct turn *turn);
enum status supplement_submit_judge(struct turn *turn);
void on_supplement_submit(struct turn *turn);
enum status withdraw_req_judge(struct turn *turn);
void on_withdraw_req(struct turn *turn);
enum status cert_ack_judge(struct turn *turn);
void on_cert_ack(struct turn *turn);
enum status fee_paid_judge(struct turn *turn);
void on_fee_paid(struct turn *turn);
enum status part_confirm_judge(struct turn *turn);
void on_part_confirm(struct turn *turn);
enum status group_query_judge(struct turn *turn);
void on_group_query(struct turn *turn);
enum status event_ack_judge(struct turn *turn);
void on_event_ack(struct turn *turn);
enum status title_query_judge(struct turn *turn);
void on_title_query(struct turn *turn);
enum status events_since_judge(struct turn *turn);
void on_events_since(struct turn *turn);
enum status material_chunk_judge(struct turn *turn);
void on_material_chunk(struct turn *turn);
void on_material_query(struct turn *turn);
enum status risk_ack_judge(struct turn *turn);
void on_risk_ack(struct turn *turn);

/* ---- windows ---- */
enum status delivered_judge(struct turn *turn);
void on_delivered(struct turn *turn);
enum status delivery_failed_judge(struct turn *turn);
void on_delivery_failed(struct turn *turn);
void on_case_accepted(struct turn *turn);
void on_case_not_accepted(struct turn *turn);
void on_supplement_req(struct turn *turn);
void on_status(struct turn *turn);
void on_suspend(struct turn *turn);
void on_resume(struct turn *turn);
enum status withdraw_result_judge(struct turn *turn);
void on_withdraw_result(struct turn *turn);
void on_case_refused(struct turn *turn);
void on_case_booked(struct turn *turn);
void on_cert_issued(struct turn *turn);
void on_fee_notice(struct turn *turn);
void on_fee_confirmed(struct turn *turn);
void on_fee_refund(struct turn *turn);
void on_correction(struct turn *turn);
void on_archived(struct turn *turn);
enum status title_result_judge(struct turn *turn);
void on_title_result(struct turn *turn);
enum status material_get_judge(struct turn *turn);
void on_material_get(struct turn *turn);
enum status window_state_judge(struct turn *turn);
void on_window_state(struct turn *turn);
void on_credit(struct turn *turn);
void on_risk_alert(struct turn *turn);

/* ---- both ---- */
void on_status_query(struct turn *turn);

/* ---- operators ---- */
enum status parked_retry_judge(struct turn *turn);
void on_ops_parked_retry(struct turn *turn);
enum status parked_discard_judge(struct turn *turn);
void on_ops_parked_discard(struct turn *turn);
enum status ops_unmask_judge(struct turn *turn);
void on_ops_unmask(struct turn *turn);
enum status recon_fix_judge(struct turn *turn);
void on_recon_fix(struct turn *turn);
void on_ops_backup(struct turn *turn);
enum status backup_done_judge(struct turn *turn);
void on_ops_backup_done(struct turn *turn);
enum status supplement_allow_judge(struct turn *turn);
void on_ops_supplement_allow(struct turn *turn);
void on_ops_citizen_lookup(struct turn *turn);

/* ---- facts of the broker ---- */
void on_fact_opened(struct turn *turn);
void on_fact_directory(struct turn *turn);
void on_fact_rules(struct turn *turn);
void on_fact_calendar(struct turn *turn);
void on_fact_dispatch(struct turn *turn);
void on_fact_doubt(struct turn *turn);
void on_fact_park(struct turn *turn);
void on_fact_expire(struct turn *turn);
void on_fact_archive(struct turn *turn);
void on_fact_alarm(struct turn *turn);
void on_fact_cert_pull(struct turn *turn);
void on_fact_echo_unknown(struct turn *turn);
void on_fact_title_rate(struct turn *turn);
void on_fact_lookup_rate(struct turn *turn);
void on_fact_window_link(struct turn *turn);
void on_fact_recon(struct turn *turn);

#endif
