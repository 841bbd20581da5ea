#include "broker/log.h"
#include "broker/server_inside.h"

/* Disk first, then words. */

enum { HEAD_INTERVAL_US = 1000000 };

static enum status carry_out_effects(struct server *server, int64_t now_us, char *why)
{
    enum status status = STATUS_OK;

    for (uint32_t i = 0; i < server->effects.count && status == STATUS_OK; i++) {
        const struct effect *effect = &server->effects.items[i];
        status = outlet_carry_out(server->outlet, effect, now_us, why);
        if (status == STATUS_LIMIT) { /* an answer that does not fit is nobody else's loss */
            log_line(LOG_ERROR, "answer-too-large", "to=%s case=%s", effect->to, effect->case_id);
            status = STATUS_OK;
        }
    }
    server->effects.count = 0;
    return status;
}

static enum status write_checkpoint(struct server *server, int64_t now_us, char *why)
{
    enum status status = keeper_checkpoint(server->keeper, false, why);

    if (status == STATUS_OK && now_us - server->head_written_us >= HEAD_INTERVAL_US) {
        server->head_written_us = now_us;
        status = journal_write_head(keeper_journal(server->keeper), why);
    }
    return status;
}

static enum status commit(struct server *server, char *why)
{
    const int64_t start_us = clock_monotonic();
    const enum status status = keeper_commit(server->keeper, why);
    const int64_t end_us = clock_monotonic();

    guard_wrote(&server->guard, end_us - start_us, end_us);
    return status;
}

enum status server_settle(struct server *server, int64_t now_us, bool now, char *why)
{
    enum status status = keeper_step_proposals(server->keeper, now_us, &server->effects, why);

    if (status != STATUS_OK)
        return status;
    if (keeper_has_gathered(server->keeper)) {
        if (server->lazy_deadline_us == 0)
            server->lazy_deadline_us = now_us + server->settings.lazy_commit_ms * 1000;
        if (!now && !keeper_must_commit(server->keeper) && now_us < server->lazy_deadline_us)
            return STATUS_OK;
        status = commit(server, why);
        server->lazy_deadline_us = 0;
    }
    if (status == STATUS_OK)
        status = carry_out_effects(server, now_us, why);
    if (status == STATUS_OK)
        status = write_checkpoint(server, now_us, why);
    return status;
}
