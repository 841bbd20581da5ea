#include "broker/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "broker/auth.h"
#include "broker/clock.h"
#include "broker/directory.h"
#include "broker/guard.h"
#include "broker/intake.h"
#include "broker/keyfile.h"
#include "broker/log.h"
#include "broker/loss.h"
#include "broker/material_check.h"
#include "broker/ops/requests.h"
#include "broker/outlet.h"
#include "broker/precheck.h"
#include "broker/recon.h"
#include "broker/rulebook.h"
#include "broker/sessions.h"
#include "broker/signals.h"
#include "broker/zap.h"
#include "schemas/calendar.h"

enum {
    POLL_MS_MAX = 1000,
    HEAD_INTERVAL_US = 1000000,
    MAX_SOCKETS = 16384,
    TIME_SHOWN_SIZE = 24,
    BATCH_SIZE_MAX = 1 << 20, /* bytes taken before a commit: pieces of files keep nobody waiting for a receipt */
};

struct server {
    struct settings settings;
    struct clock clock;
    void *context;
    struct keeper *keeper;
    struct auth *auth;
    struct zap *zap;
    struct door *door;
    struct peers *peers;
    struct outlet *outlet;
    struct intake *intake;
    struct precheck *precheck;
    struct material_check *material_check;
    struct recon *recon;
    struct rulebook *rulebook;
    struct requests *requests;
    struct sessions sessions;
    struct effects effects;
    struct door_message raw;
    int signals; /* signalfd, -1 for none */
    bool is_stopping;
    bool has_waiting; /* a slow peer's messages wait for its pipe */
    struct loss loss;
    struct guard guard;
    uint64_t opening;         /* the record of this start */
    int64_t lazy_deadline_us; /* commit at the latest; 0 while nothing lazy waits */
    int64_t head_written_us;
    int64_t heartbeat_due_us;
};

/* ---- open and close ---- */

struct keeper_settings server_keeper_settings(const struct settings *settings)
{
    return (struct keeper_settings){.journal = {.folder = settings->data,
                                                .head_folder = settings->head[0] != '\0' ? settings->head : NULL,
                                                .make_new = true,
                                                .is_test = settings->is_test,
                                                .accept_loss = settings->accept_loss},
                                    .core = {.lease_ms = settings->lease_ms,
                                             .lease_ms_max = settings->lease_ms_max,
                                             .doubt_attempts = (uint16_t)settings->doubt_attempts,
                                             .delivery_attempts_max = (uint16_t)settings->delivery_attempts_max,
                                             .feed_in_flight_max = (uint32_t)settings->feed_in_flight_max,
                                             .feed_retry_ms = settings->feed_retry_ms,
                                             .silence_ms_max = settings->silence_ms_max,
                                             .title_timeout_ms = settings->title_timeout_ms,
                                             .proof_pull_ms = settings->proof_pull_ms,
                                             .proof_pull_ms_max = settings->proof_pull_ms_max,
                                             .proof_pull_count_max = (uint16_t)settings->proof_pull_count_max,
                                             .title_hour_count_max = settings->title_hour_count_max,
                                             .archive_ms = settings->archive_days * 86400000,
                                             .queue_count_max = (uint32_t)settings->queue_count_max,
                                             .bulk_queue_count_max = (uint32_t)settings->bulk_queue_count_max,
                                             .branch_queue_count_max = (uint32_t)settings->branch_queue_count_max,
                                             .bulk_every = (uint32_t)settings->bulk_every,
                                             .open_count_max = (uint32_t)settings->open_count_max},
                                    .checkpoint_records_max = (uint32_t)settings->checkpoint_records_max};
}

/* What an operator may have mistyped is judged before the data folder is touched: a refused start must not leave a
 * new folder behind, sealed for ever. */
static enum status judge_places(const struct settings *settings, char *why)
{
    char secret_key[DOOR_KEY_SIZE + 1];
    enum status status = keyfile_secret(settings->keys, "K", secret_key, why, SERVER_WHY_SIZE);

    explicit_bzero(secret_key, sizeof secret_key);
    if (status == STATUS_OK)
        status = rulebook_judge(settings->rules, why);
    return status == STATUS_OK ? directory_judge(settings->directory, why) : status;
}

static enum status open_rulebook(struct server *server, char *why)
{
    int64_t changed = 0;
    enum status status =
        rulebook_new(server->keeper, server->settings.rules, server->settings.calendar, &server->rulebook);

    return status == STATUS_OK
               ? rulebook_load(server->rulebook, clock_rise(&server->clock), &server->effects, &changed, why)
               : status;
}

/* Two starts on two copies of a folder never make the same record, whatever their clocks say: bodies are sealed with a
 * random nonce, and the record's hash is over the sealed bytes. */
static enum status record_start(struct server *server, char *why)
{
    const struct journal *journal = keeper_journal(server->keeper);
    const struct meta_row *meta = core_meta(keeper_core(server->keeper));
    const bool takes_over = server->settings.take_over || server->settings.accept_loss;
    const struct fact_opened opened = {.software = text_of("onevisitd " ONEVISIT_VERSION),
                                       .epoch = number_of(loss_next_epoch(meta->epoch.value, takes_over)),
                                       .broker = bytes_of(journal_broker_id(journal), BROKER_ID_SIZE),
                                       .is_test = number_of(journal_is_test(journal)),
                                       .accepts_loss = {1, server->settings.accept_loss},
                                       .takes_over = {1, server->settings.take_over},
                                       .is_present = true};
    return keeper_step_fact(server->keeper, MESSAGE_FACT_OPENED, "", &opened, clock_rise(&server->clock),
                            &server->effects, why);
}

/* The seal of this start, and directory, rules and calendar in force, are the first records of an epoch. */
static enum status record_opening(struct server *server, char *why)
{
    struct directory_result result;
    enum status status = record_start(server, why);

    server->opening = core_sequence(keeper_core(server->keeper));
    if (status == STATUS_OK)
        status = directory_load(server->keeper, server->settings.directory, clock_rise(&server->clock),
                                &server->effects, &result, why);
    if (status == STATUS_OK)
        status = open_rulebook(server, why);
    if (status == STATUS_OK)
        status = keeper_commit(server->keeper, why);
    server->effects.count = 0;
    return status;
}

static enum status open_network(struct server *server, char *why)
{
    struct outlet_settings outlet_settings = {.heartbeat_ms = server->settings.heartbeat_ms,
                                              .opening = server->opening};
    char secret_key[DOOR_KEY_SIZE + 1];
    enum status status = keyfile_secret(server->settings.keys, "K", secret_key, why, SERVER_WHY_SIZE);

    if (status == STATUS_OK)
        status = auth_new(keeper_core(server->keeper), &server->auth);
    if (status == STATUS_OK)
        status = zap_open(server->context, server->auth, &server->zap);
    if (status == STATUS_OK)
        status = door_open(server->context, server->settings.listen, secret_key, &server->door, why);
    if (status == STATUS_OK)
        status = peers_new((uint32_t)server->settings.outbound_count_max, (size_t)server->settings.outbound_size_max,
                           &server->peers);
    if (status == STATUS_OK)
        status = outlet_new(&outlet_settings, server->keeper, server->peers, server->door, &server->outlet, why);
    if (status == STATUS_OK)
        status = intake_new(server->auth, server->peers, server->outlet, &server->intake);
    if (status == STATUS_OK)
        status = precheck_new(server->keeper, server->peers, server->outlet, &server->precheck);
    if (status == STATUS_OK)
        status = material_check_new(server->keeper, &server->material_check);
    if (status == STATUS_OK)
        status = recon_new(server->keeper, &server->recon);
    server->sessions = (struct sessions){server->keeper, server->peers, &server->effects};
    if (status == STATUS_OK)
        status = requests_new(server->keeper, server->peers, server->auth, server->outlet, &server->requests);
    explicit_bzero(secret_key, sizeof secret_key);
    return status;
}

enum status server_open(const struct settings *settings, struct server **out, char *why)
{
    struct server *server = calloc(1, sizeof *server);
    const struct keeper_settings keeper_settings = server_keeper_settings(settings);
    enum status status;

    *out = NULL;
    why[0] = '\0';
    if (server == NULL)
        return STATUS_NO_MEMORY;
    server->settings = *settings;
    server->loss.is_accepted = settings->accept_loss;
    server->signals = -1;
    guard_init(&server->guard, settings);
    server->context = zmq_ctx_new();
    status = server->context != NULL && zmq_ctx_set(server->context, ZMQ_MAX_SOCKETS, MAX_SOCKETS) == 0
                 ? STATUS_OK
                 : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = signals_open(&server->signals);
    if (status == STATUS_OK)
        status = judge_places(settings, why);
    if (status == STATUS_OK)
        status = keeper_open(&keeper_settings, &server->keeper, why);
    if (status == STATUS_OK)
        status = record_opening(server, why);
    if (status == STATUS_OK)
        status = open_network(server, why);
    if (status != STATUS_OK) {
        server_close(&server, false);
        return status;
    }
    *out = server;
    return STATUS_OK;
}

void server_close(struct server **server, bool is_clean)
{
    if (*server == NULL)
        return;
    requests_free(&(*server)->requests);
    rulebook_free(&(*server)->rulebook);
    precheck_free(&(*server)->precheck);
    material_check_free(&(*server)->material_check);
    recon_free(&(*server)->recon);
    intake_free(&(*server)->intake);
    outlet_free(&(*server)->outlet);
    peers_free(&(*server)->peers);
    door_close(&(*server)->door);
    zap_close(&(*server)->zap);
    auth_free(&(*server)->auth);
    keeper_close(&(*server)->keeper, is_clean);
    effects_fini(&(*server)->effects);
    signals_close(&(*server)->signals);
    if ((*server)->context != NULL)
        zmq_ctx_term((*server)->context);
    free(*server);
    *server = NULL;
}

const char *server_endpoint(const struct server *server)
{
    return door_endpoint(server->door);
}

struct keeper *server_keeper(struct server *server)
{
    return server->keeper;
}

/* ---- settling: disk first, then words ---- */

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

/* Commits when something must be promised, when a lazy record waited long
 * enough, or when `now`; effects leave only when nothing is gathered any more. */
static enum status server_settle(struct server *server, int64_t now_us, bool now, char *why)
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

/* ---- one message ---- */

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

static enum status load_directory(struct server *server, int64_t now_us, struct directory_result *out, char *reason)
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
        if (load_directory(server, now_us, &result, reason) != STATUS_OK) {
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
    struct requests_health health = {.service = server->loss.service, .reason = server->loss.reason};
    if (health.service == STATUS_OK && server->guard.is_shut)
        health = (struct requests_health){.service = STATUS_BUSY, .reason = server->guard.reason};
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

/* False: the branch began more than it may, and was told when to come again. */
static bool is_allowed(struct server *server, const struct intake_message *message, int64_t now_us)
{
    const struct allowance_limits limits = {server->settings.branch_rate_max, server->settings.branch_burst_max};
    struct peer *peer = allowance_is_needed(message->type) ? peers_find(server->peers, message->participant) : NULL;

    if (peer == NULL || allowance_take(&peer->allowance, &limits, now_us))
        return true;
    const struct refusal reject = {
        .status = STATUS_BUSY, .path = "", .retry_ms = allowance_wait_ms(&peer->allowance, &limits, now_us)};
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

static enum status take_message(struct server *server, int64_t now_us, char *why)
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
    return step_message(server, &message, now_us, why);
}

/* ---- the loop ---- */

static enum status take_batch(struct server *server, char *why)
{
    enum status status = STATUS_OK;
    size_t size = 0;

    const int64_t end_us = clock_rise(&server->clock) + server->settings.batch_ms_max * 1000;
    int64_t now_us = 0;

    for (int64_t i = 0; i < server->settings.batch_count_max && size < BATCH_SIZE_MAX && status == STATUS_OK; i++) {
        if (now_us >= end_us || !door_receive(server->door, &server->raw))
            break;
        for (uint32_t frame = 0; frame < server->raw.frame_count; frame++)
            size += door_frame(&server->raw, frame).size;
        now_us = clock_rise(&server->clock);
        status = take_message(server, now_us, why);
        door_message_fini(&server->raw);
    }
    return status;
}

/* Whoever heard nothing for an interval hears that the broker is there. */
static enum status beat(struct server *server, int64_t now_us)
{
    const struct heartbeat heartbeat = {.time = number_of(now_us), .is_present = true};
    enum status status = STATUS_OK;

    if (now_us < server->heartbeat_due_us)
        return STATUS_OK;
    server->heartbeat_due_us = now_us + server->settings.heartbeat_ms * 1000;
    for (struct peer *peer = peers_first(server->peers); peer != NULL && status == STATUS_OK; peer = peer->next) {
        if (!peer->was_spoken_to)
            status = outlet_send(server->outlet, peer, MESSAGE_HEARTBEAT, &heartbeat, NULL, "", now_us);
        peer->was_spoken_to = false;
    }
    return status;
}

static enum status tell_time(struct server *server, int64_t now_us, char *why)
{
    struct event event = {.type = EVENT_TIME, .time_us = now_us};
    struct step step;

    if (now_us < core_wake_us(keeper_core(server->keeper)))
        return STATUS_OK;
    return keeper_step(server->keeper, &event, NULL, &server->effects, &step, why);
}

/* A directory that is refused leaves the one before in force; the log says so. */
static enum status read_files_again(struct server *server, int64_t now_us, char *why)
{
    struct directory_result result;
    int64_t changed = 0;

    (void)!load_directory(server, now_us, &result, why);
    return rulebook_load(server->rulebook, now_us, &server->effects, &changed, why);
}

static enum status take_signals(struct server *server, int64_t now_us, char *why)
{
    enum status status = STATUS_OK;

    for (enum signal_said said; status == STATUS_OK && (said = signals_take(server->signals)) != SIGNAL_NONE;) {
        if (said == SIGNAL_READ_AGAIN) {
            status = read_files_again(server, now_us, why);
            continue;
        }
        log_line(LOG_INFO, "stopping", "a signal asks for it");
        server->is_stopping = true;
    }
    return status;
}

int64_t server_wake_us(const struct server *server)
{
    int64_t wake_us = core_wake_us(keeper_core(server->keeper));

    if (server->heartbeat_due_us < wake_us)
        wake_us = server->heartbeat_due_us;
    if (server->lazy_deadline_us != 0 && server->lazy_deadline_us < wake_us)
        wake_us = server->lazy_deadline_us;
    return wake_us;
}

enum status server_turn(struct server *server, char *why)
{
    enum status status;

    guard_look(&server->guard, server->settings.data, clock_now(), clock_monotonic());
    zap_serve(server->zap, clock_rise(&server->clock));
    status = take_signals(server, clock_rise(&server->clock), why);
    if (status == STATUS_OK)
        status = take_batch(server, why);
    if (status == STATUS_OK)
        status = sessions_end_gone(&server->sessions, clock_rise(&server->clock), why);
    if (status == STATUS_OK)
        status = tell_time(server, clock_rise(&server->clock), why);
    rulebook_warn(server->rulebook, clock_rise(&server->clock));
    if (status == STATUS_OK)
        status = server_settle(server, clock_rise(&server->clock), false, why);
    if (status == STATUS_OK)
        status = beat(server, clock_rise(&server->clock));
    server->has_waiting = peers_flush(server->peers, server->door);
    return status;
}

/* Sleeps until something comes in, or the next moment somebody asked for. */
static void server_wait(struct server *server)
{
    zmq_pollitem_t items[] = {{.socket = door_socket(server->door), .events = ZMQ_POLLIN},
                              {.socket = zap_socket(server->zap), .events = ZMQ_POLLIN},
                              {.fd = server->signals, .events = ZMQ_POLLIN}};
    const int64_t wait_us = server_wake_us(server) - clock_rise(&server->clock);
    int64_t wait_ms = wait_us < POLL_MS_MAX * INT64_C(1000) ? (wait_us + 999) / 1000 : POLL_MS_MAX;

    if (wait_us <= 0)
        wait_ms = 0;
    else if (server->has_waiting)
        wait_ms = 1;
    (void)zmq_poll(items, 3, (long)wait_ms);
}

enum status server_run(struct server *server, char *why)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !server->is_stopping) {
        server_wait(server);
        status = server_turn(server, why);
    }
    if (status == STATUS_OK)
        status = server_settle(server, clock_rise(&server->clock), true, why);
    return status;
}
