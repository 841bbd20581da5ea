#include "broker/loss.h"

#include <inttypes.h>
#include <stdio.h>

#include "broker/log.h"

int64_t loss_next_epoch(int64_t epoch, bool takes_over)
{
    return takes_over ? (epoch / EPOCH_TAKE_OVER_STEP + 1) * EPOCH_TAKE_OVER_STEP : epoch + 1;
}

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

static enum status judge_receipt(struct loss *loss, struct keeper *keeper, struct text participant,
                                 const struct receipt *receipt, char *why)
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
    log_line(LOG_ERROR, "behind", "%s; %s", loss->reason,
             loss->is_accepted ? "going on as the operator decided (--accept-loss)"
                               : "no service until an operator decides (--accept-loss)");
    if (!loss->is_accepted)
        loss->service = STATUS_BEHIND;
    return STATUS_OK;
}

/* Is the start that `hello` shows one of another copy of this folder? */
static enum status look_for_other_start(struct keeper *keeper, const struct hello *hello, bool *is_other, char *why)
{
    bool is_held = true;
    enum status status = STATUS_OK;

    if (hello->epoch.is_present && hello->opening.is_present && is_ours(keeper_journal(keeper), &hello->opening))
        status = look_it_up(keeper, &hello->opening, &is_held, why);
    *is_other = !is_held;
    return status;
}

static void fence(struct loss *loss, struct text participant, int64_t met, int64_t own)
{
    loss->service = STATUS_FENCED;
    snprintf(loss->reason, sizeof loss->reason,
             "%.*s has met epoch %" PRId64 " of this folder, opened elsewhere; this is epoch %" PRId64
             ": another copy of the folder serves. Stop this broker; if it is the one to go on, start it with "
             "--take-over",
             TEXT_ARGS(participant), met, own);
    log_line(LOG_ERROR, "fenced", "%s", loss->reason);
}

enum status loss_judge(struct loss *loss, struct keeper *keeper, struct text participant, const struct hello *hello,
                       char *why)
{
    const int64_t own = core_meta(keeper_core(keeper))->epoch.value;
    const int64_t met = hello->epoch.value;
    bool is_other = false;
    enum status status = look_for_other_start(keeper, hello, &is_other, why);

    if (status != STATUS_OK || loss->service != STATUS_OK)
        return status;
    if (is_other && met > own)
        fence(loss, participant, met, own);
    else if (hello->last_receipt.is_present)
        status = judge_receipt(loss, keeper, participant, &hello->last_receipt, why);
    if (status != STATUS_OK || loss->service != STATUS_OK || !is_other)
        return status;
    if (met == own)
        fence(loss, participant, met, own);
    else
        log_line(LOG_WARNING, "other-start",
                 "%.*s has met epoch %" PRId64 " of another copy of this folder; this is epoch %" PRId64 ", the higher",
                 TEXT_ARGS(participant), met, own);
    return STATUS_OK;
}
