#include "broker/loss.h"

#include <stdio.h>

#include "broker/log.h"

static bool is_ours(const struct journal *journal, const struct receipt *receipt)
{
    uint8_t mac[CHAIN_SIZE];

    journal_receipt_mac(journal, (uint64_t)receipt->sequence.value, receipt->time.value, receipt->chain.data, mac);
    return bytes_equal(receipt->mac, bytes_of(mac, sizeof mac));
}

/* A record that cannot be read is neither held nor lost: the error says which one it is. */
static enum status look_it_up(struct keeper *keeper, const struct receipt *receipt, bool *is_held, char *why)
{
    const uint64_t sequence = (uint64_t)receipt->sequence.value;
    struct keeper_origin origin;
    enum status status = STATUS_OK;

    *is_held = false;
    if (sequence > journal_last_sequence(keeper_journal(keeper)))
        return STATUS_OK;
    status = keeper_origin(keeper, sequence, &origin, why);
    if (status == STATUS_OK)
        *is_held = bytes_equal(receipt->chain, bytes_of(origin.entry.chain, CHAIN_SIZE));
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status loss_judge(struct loss *loss, struct keeper *keeper, struct text participant, const struct receipt *receipt,
                       char *why)
{
    bool is_held = false;
    const unsigned long long sequence = (unsigned long long)receipt->sequence.value;
    const unsigned long long last = (unsigned long long)journal_last_sequence(keeper_journal(keeper));

    if (!is_ours(keeper_journal(keeper), receipt)) {
        log_line(LOG_WARNING, "foreign-receipt", "participant=%.*s seq=%llu: its MAC is not of this folder",
                 TEXT_ARGS(participant), sequence);
        return STATUS_OK;
    }
    const enum status status = look_it_up(keeper, receipt, &is_held, why);
    if (status != STATUS_OK || is_held)
        return status;
    snprintf(loss->reason, sizeof loss->reason,
             "%.*s holds receipt %llu, this journal ends at %llu or has another record there", TEXT_ARGS(participant),
             sequence, last);
    if (!loss->is_behind)
        log_line(LOG_ERROR, "behind", "%s; %s", loss->reason,
                 loss->is_accepted ? "going on as the operator decided (--accept-loss)"
                                   : "no service until an operator decides (--accept-loss)");
    loss->is_behind = !loss->is_accepted;
    return STATUS_OK;
}
