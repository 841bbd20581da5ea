#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/allowance.h"
#include "broker/keyfile.h"
#include "broker/log.h"
#include "broker/server_inside.h"
#include "schemas/calendar.h"

enum { TIME_SHOWN_SIZE = 24 };

static void answer_reject(struct server *server, const struct intake_message *message, enum status reason,
                          const char *path, const char *sentence, int64_t now_us)
{
    const struct refusal reject = {.status = reason, .path = path, .sentence = sentence};

    outlet_reject(server->outlet, &server->raw.route, message->participant, message->envelope.message_id.data, &reject,
                  now_us);
}

static bool speaks_our_version(const struct hello *hello)
{
    for (uint32_t i = 0; i < hello->versions.count; i++)
        if (text_is(hello->versions.items[i], "1"))
            return true;
    return false;
}

static void warn_of_key(const struct server *server, struct text participant, int64_t now_us)
{
    const int64_t until_us = auth_valid_until(server->auth, text_of(server->raw.key));
    char time[TIME_SHOWN_SIZE];

    if (until_us > now_us + KEY_WARNING_US)
        return;
    log_line(LOG_WARNING, "key-ends", "participant=%.*s valid_until=%s%s", TEXT_ARGS(participant),
             time_show(until_us, time, sizeof time), until_us <= now_us ? ": it may only receive now" : "");
}

/* STATUS_OK and an open peer, or a refusal that was answered. */
static bool take_hello(struct server *server, const struct intake_message *message, int64_t now_us)
{
    const struct hello *hello = message->body;

    if (!speaks_our_version(hello)) {
        answer_reject(server, message, STATUS_VERSION, "versions", NULL, now_us);
        return false;
    }
    if ((hello->is_test.value != 0) != journal_is_test(keeper_journal(server->keeper))) {
        auth_refuse(server->auth, message->participant, text_of(server->raw.key), server->raw.address,
                    STATUS_SEALED_OTHERWISE, now_us);
        answer_reject(server, message, STATUS_SEALED_OTHERWISE, "test", NULL, now_us);
        return false;
    }
    if (peers_open(server->peers, message->participant, &server->raw, hello->software, now_us) == NULL) {
        answer_reject(server, message, STATUS_NO_MEMORY, "", NULL, now_us);
        return false;
    }
    warn_of_key(server, message->participant, now_us);
    log_line(LOG_INFO, "session", "participant=%.*s address=%s software=\"%.*s\"", TEXT_ARGS(message->participant),
             server->raw.address, TEXT_ARGS(hello->software));
    if (message->participant.data[0] == 'W')
        rulebook_warn_of_agent(server->rulebook, message->participant, hello);
    return true;
}

/* The pieces of a file together are what its name says. */
static enum status check_piece(struct server *server, const struct event *event, const struct intake_message *message,
                               int64_t now_us, bool *is_good, char *why)
{
    enum status verdict = STATUS_OK;
    const enum status status =
        material_check_judge(server->material_check, event, message->bytes.chunks[0], &verdict, why);

    *is_good = verdict == STATUS_OK;
    if (status != STATUS_OK || *is_good)
        return status;
    const struct refusal reject = {
        .status = verdict, .path = "sm3", .retry_ms = verdict == STATUS_BUSY ? MATERIAL_RETRY_MS : 0};
    outlet_reject(server->outlet, &server->raw.route, message->participant, message->envelope.message_id.data, &reject,
                  now_us);
    return STATUS_OK;
}

/* New work is held back while something is wrong with disk or clock; what was stored once keeps its answer. */
static enum status hold_back(struct server *server, struct event *event, const struct intake_message *message,
                             int64_t now_us, bool *is_good, char *why)
{
    char chinese[sizeof server->guard.reason];
    const struct refusal reject = {.status = STATUS_BUSY,
                                   .path = "",
                                   .sentence = server->guard.reason,
                                   .sentence_zh = chinese,
                                   .retry_ms = GUARD_RETRY_MS};

    event->sequence = core_sequence(keeper_core(server->keeper)) + 1;
    const enum status status = keeper_prepare(server->keeper, event, why);
    *is_good = status != STATUS_OK ||
               core_knows(keeper_core(server->keeper), message->participant, message->envelope.message_id.data);
    if (*is_good)
        return status;
    snprintf(chinese, sizeof chinese, "系统暂不接收新业务，请稍后自动重试（%s）", status_chinese(STATUS_BUSY));
    outlet_reject(server->outlet, &server->raw.route, message->participant, message->envelope.message_id.data, &reject,
                  now_us);
    return STATUS_OK;
}

/* What the core cannot see, since it holds no bodies: the counter checks, whether a supplement answers all that was
 * asked, and whether a file is whole. A message that was stored once keeps its answer. False: refused and answered. */
static enum status check_content(struct server *server, struct event *event, const struct intake_message *message,
                                 int64_t now_us, bool *is_good, char *why)
{
    struct problems lacks = {.count = 0};

    *is_good = true;
    if (message->type != MESSAGE_CASE_SUBMIT && message->type != MESSAGE_SUPPLEMENT_SUBMIT &&
        message->type != MESSAGE_MATERIAL_CHUNK)
        return STATUS_OK;
    event->sequence = core_sequence(keeper_core(server->keeper)) + 1;
    enum status status = keeper_prepare(server->keeper, event, why);
    if (status != STATUS_OK ||
        core_knows(keeper_core(server->keeper), message->participant, message->envelope.message_id.data))
        return status;
    if (message->type == MESSAGE_CASE_SUBMIT)
        return precheck_judge(server->precheck, message, event, &server->raw.route, is_good, why);
    if (message->type == MESSAGE_MATERIAL_CHUNK)
        return check_piece(server, event, message, now_us, is_good, why);
    status = keeper_supplement_lacks(server->keeper, event, &lacks, why);
    if (status == STATUS_OK)
        *is_good = intake_check_supplement(server->intake, &server->raw, message, &lacks, now_us);
    return status;
}

static enum status step_message(struct server *server, const struct intake_message *message, int64_t now_us, char *why)
{
    struct event event = {.type = message->type == MESSAGE_HELLO ? EVENT_SESSION_UP : EVENT_MESSAGE,
                          .time_us = now_us,
                          .participant = message->participant,
                          .message = message->type,
                          .envelope = &message->envelope,
                          .body = message->body};
    struct step step;
    memcpy(event.digest, message->digest, DIGEST_SIZE);

    bool is_good = true;
    enum status status = STATUS_OK;
    if (server->guard.is_shut && guard_is_new_work(message->type))
        status = hold_back(server, &event, message, now_us, &is_good, why);
    if (status == STATUS_OK && is_good)
        status = check_content(server, &event, message, now_us, &is_good, why);
    if (status != STATUS_OK || !is_good)
        return status;
    return keeper_step(server->keeper, &event, &message->bytes, &server->effects, &step, why);
}

/* A broker that has lost something, or that another one has replaced, serves operators alone. */
static bool is_served(const struct server *server, struct text participant)
{
    return server->loss.service == STATUS_OK || participant_role(participant) == ROLE_OPERATOR;
}

/* Looks at what a HELLO proves; when this broker must not go on, the sessions that stand end with it. */
static enum status judge_loss(struct server *server, const struct intake_message *message, int64_t now_us, char *why)
{
    const struct hello *hello = message->type == MESSAGE_HELLO ? message->body : NULL;

    if (hello == NULL || server->loss.service != STATUS_OK)
        return STATUS_OK;
    const enum status status = loss_judge(&server->loss, server->keeper, message->participant, hello, why);
    if (status != STATUS_OK || server->loss.service == STATUS_OK)
        return status;
    return sessions_end_service(&server->sessions, now_us, why);
}

enum status server_load_directory(struct server *server, int64_t now_us, struct directory_result *out, char *reason)
{
    enum status status =
        directory_load(server->keeper, server->settings.directory, now_us, &server->effects, out, reason);

    if (status == STATUS_OK && out->has_changed.value != 0)
        status = sessions_end_revoked(&server->sessions, server->auth, now_us, reason);
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "directory-refused", "%s; the one before stays in force", reason);
    return status;
}

static enum status tell_rules(struct server *server, const struct intake_message *message, int64_t changed,
                              int64_t now_us)
{
    const bool is_list = message->type == MESSAGE_OPS_RULES_LIST;
    const struct text window = is_list ? ((const struct ops_rules_list *)message->body)->window : text_of(NULL);
    struct peer *peer = peers_find(server->peers, message->participant);
    uint8_t *memory = malloc(RULEBOOK_VIEW_SIZE);
    struct arena arena = arena_over(memory, RULEBOOK_VIEW_SIZE);
    struct rules_list list;

    enum status status = memory != NULL ? rulebook_view(server->rulebook, window, &arena, &list) : STATUS_NO_MEMORY;
    list.changed = number_of(changed);
    if (status == STATUS_OK && peer != NULL)
        status =
            outlet_send(server->outlet, peer, MESSAGE_RULES_LIST, &list, message->envelope.message_id.data, "", now_us);
    free(memory);
    return status;
}

static enum status answer_rules(struct server *server, const struct intake_message *message, int64_t now_us, char *why)
{
    int64_t changed = 0;
    enum status status = STATUS_OK;

    if (message->type == MESSAGE_OPS_RULES_LOAD)
        log_line(LOG_INFO, "rules-load", "by=%.*s reason=\"%.*s\"", TEXT_ARGS(message->participant),
                 TEXT_ARGS(((const struct ops_rules_load *)message->body)->reason));
    if (message->type == MESSAGE_OPS_RULES_LOAD)
        status = rulebook_load(server->rulebook, now_us, &server->effects, &changed, why);
    if (status == STATUS_OK)
        status = server_settle(server, now_us, true, why);
    return status == STATUS_OK ? tell_rules(server, message, changed, now_us) : status;
}

static enum status answer_request(struct server *server, const struct intake_message *message, int64_t now_us,
                                  char *why)
{
    if (message->type == MESSAGE_OPS_DIRECTORY_LOAD) {
        struct directory_result result;
        char reason[SERVER_WHY_SIZE];
        if (server_load_directory(server, now_us, &result, reason) != STATUS_OK) {
            answer_reject(server, message, STATUS_CONFIG, "directory", reason, now_us);
            return STATUS_OK;
        }
        const enum status settled = server_settle(server, now_us, true, why);
        struct peer *peer = peers_find(server->peers, message->participant);
        if (settled == STATUS_OK && peer != NULL)
            (void)!outlet_send(server->outlet, peer, MESSAGE_DIRECTORY_RESULT, &result,
                               message->envelope.message_id.data, "", now_us);
        return settled;
    }
    if (message->type == MESSAGE_OPS_RULES_LOAD || message->type == MESSAGE_OPS_RULES_LIST)
        return answer_rules(server, message, now_us, why);
    /* What an operator reads is on disk. */
    const enum status settled = server_settle(server, now_us, true, why);
    if (settled != STATUS_OK)
        return settled;
    struct requests_health health = {
        .service = server->loss.service, .reason = server->loss.reason, .patrolled = server->patrol.count};
    if (health.service == STATUS_OK && server->guard.is_shut)
        health = (struct requests_health){
            .service = STATUS_BUSY, .reason = server->guard.reason, .patrolled = server->patrol.count};
    return requests_answer(server->requests, message, &server->raw.route, &health, now_us, why);
}

/* What is compared is on disk, and so is what was found before it is told. */
static enum status answer_recon(struct server *server, const struct intake_message *message, int64_t now_us, char *why)
{
    struct recon_result result;
    struct recon_refusal refusal;

    enum status status = server_settle(server, now_us, true, why);
    if (status == STATUS_OK)
        status = recon_answer(server->recon, message, now_us, &server->effects, &result, &refusal, why);
    if (status == STATUS_OK)
        status = server_settle(server, now_us, true, why);
    if (status != STATUS_OK)
        return status;
    if (refusal.status != STATUS_OK) {
        answer_reject(server, message, refusal.status, refusal.path, NULL, now_us);
        return STATUS_OK;
    }
    struct peer *peer = peers_find(server->peers, message->participant);
    return peer == NULL ? STATUS_OK
                        : outlet_send(server->outlet, peer, MESSAGE_RECON_RESULT, &result,
                                      message->envelope.message_id.data, "", now_us);
}

/* A snapshot that cannot be made is the operator's trouble alone. */
static enum status answer_snapshot(struct server *server, const struct intake_message *message, int64_t now_us,
                                   char *why)
{
    struct snapshot snapshot;
    char reason[SERVER_WHY_SIZE] = "";

    enum status status = server_settle(server, now_us, true, why);
    if (status != STATUS_OK)
        return status;
    status = backup_snapshot(&server->backup, message->body, now_us, &snapshot, reason);
    if (status != STATUS_OK) {
        log_line(LOG_ERROR, "snapshot-failed", "%s", reason[0] != '\0' ? reason : status_english(status));
        answer_reject(server, message, status, "backup", reason[0] != '\0' ? reason : NULL, now_us);
        return STATUS_OK;
    }
    struct peer *peer = peers_find(server->peers, message->participant);
    return peer == NULL ? STATUS_OK
                        : outlet_send(server->outlet, peer, MESSAGE_SNAPSHOT, &snapshot,
                                      message->envelope.message_id.data, "", now_us);
}

/* False: the branch began more than it may, and was told when to come again. */
static bool is_allowed(struct server *server, const struct intake_message *message, int64_t now_us)
{
    const struct allowance_limits limits = {server->settings.branch_rate_max, server->settings.branch_burst_max};
    const bool begins = allowance_is_needed(message->type);
    struct peer *peer = peers_find(server->peers, message->participant);

    if (peer != NULL)
        batch_note(&server->batch, message->participant, &peer->part, begins);
    if (!begins || peer == NULL || allowance_take(peer->allowance, &limits, now_us))
        return true;
    const struct refusal reject = {
        .status = STATUS_BUSY, .path = "", .retry_ms = allowance_wait_ms(peer->allowance, &limits, now_us)};
    outlet_reject(server->outlet, &server->raw.route, message->participant, message->envelope.message_id.data, &reject,
                  now_us);
    return false;
}

/* A HELLO and a HEARTBEAT are made as they are sent. A clock that is far away is told once, and once when it is right
 * again. */
static void note_clock(struct server *server, const struct intake_message *message, int64_t now_us)
{
    struct peer *peer = peers_find(server->peers, message->participant);

    if (peer == NULL || (message->type != MESSAGE_HELLO && message->type != MESSAGE_HEARTBEAT))
        return;
    offset_note(&peer->offset, message->envelope.sent_at.value, now_us);
    const bool is_far = offset_is_far(&peer->offset);
    if (is_far != peer->offset.is_told)
        log_line(is_far ? LOG_WARNING : LOG_INFO, is_far ? "clock-off" : "clock-right",
                 "participant=%s offset_ms=%lld%s", peer->participant, (long long)offset_ms(&peer->offset),
                 is_far ? "; set it right: what it states is kept as stated" : "");
    peer->offset.is_told = is_far;
}

enum status server_take_message(struct server *server, int64_t now_us, char *why)
{
    struct intake_message message;

    if (!intake_judge(server->intake, &server->raw, now_us, &message))
        return STATUS_OK;
    const enum status status = judge_loss(server, &message, now_us, why);
    if (status != STATUS_OK)
        return status;
    if (!is_served(server, message.participant)) {
        answer_reject(server, &message, server->loss.service,
                      server->loss.service == STATUS_FENCED ? "opening" : "last_receipt", server->loss.reason, now_us);
        return STATUS_OK;
    }
    if (message.type == MESSAGE_HELLO && !take_hello(server, &message, now_us))
        return STATUS_OK;
    if (!is_allowed(server, &message, now_us))
        return STATUS_OK;
    note_clock(server, &message, now_us);
    if (requests_owns(message.type))
        return answer_request(server, &message, now_us, why);
    if (message.type == MESSAGE_PRECHECK)
        return precheck_answer(server->precheck, &message, now_us, why);
    if (recon_owns(message.type))
        return answer_recon(server, &message, now_us, why);
    if (message.type == MESSAGE_OPS_SNAPSHOT)
        return answer_snapshot(server, &message, now_us, why);
    if (message.type == MESSAGE_OPS_BACKUP_DONE)
        backup_end(&server->backup, message.body);
    return step_message(server, &message, now_us, why);
}
