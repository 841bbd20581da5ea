#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "broker/keyfile.h"
#include "broker/log.h"
#include "broker/open_files.h"
#include "broker/server_inside.h"
#include "broker/signals.h"

enum {
    POLL_MS_MAX = 1000,
    MAX_SOCKETS = 16384,
    BEAT_COUNT_MAX = 64,      /* heartbeats in one turn */
    BATCH_SIZE_MAX = 1 << 20, /* bytes taken before a commit: pieces of files keep nobody waiting for a receipt */
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
                                             .lookup_hour_count_max = settings->lookup_hour_count_max,
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
                                       .keeps_index = number_of(true),
                                       .is_present = true};
    return keeper_step_fact(server->keeper, MESSAGE_FACT_OPENED, "", &opened, clock_rise(&server->clock),
                            &server->effects, why);
}

/* The seal of this start, and directory, rules and calendar in force, are the first records of an epoch. */
static enum status record_opening(struct server *server, char *why)
{
    struct directory_result result = {.participants = number_of(0)};
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
    if (status == STATUS_OK)
        open_files_warn(server->file_limit, result.participants.value);
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
    server->file_limit = open_files_raise();
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
        status = backup_init(&server->backup, server->keeper, settings->data, why);
    if (status == STATUS_OK)
        status = patrol_init(&server->patrol, server->keeper, settings->patrol_ms);
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
    patrol_fini(&(*server)->patrol);
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

/* ---- the loop ---- */

static enum status take_batch(struct server *server, char *why)
{
    enum status status = STATUS_OK;
    size_t size = 0;

    const int64_t end_us = clock_rise(&server->clock) + server->settings.batch_ms_max * 1000;
    int64_t now_us = 0;

    batch_begin(&server->batch);
    for (int64_t i = 0; i < server->settings.batch_count_max && size < BATCH_SIZE_MAX && status == STATUS_OK; i++) {
        if (now_us >= end_us || batch_is_over(&server->batch) || !door_receive(server->door, &server->raw))
            break;
        for (uint32_t frame = 0; frame < server->raw.frame_count; frame++)
            size += door_frame(&server->raw, frame).size;
        now_us = clock_rise(&server->clock);
        status = server_take_message(server, now_us, why);
        door_message_fini(&server->raw);
    }
    return status;
}

static enum status beat_one(struct server *server, struct peer *peer, int64_t now_us)
{
    const struct heartbeat heartbeat = {.time = number_of(now_us), .is_present = true};
    const bool was_spoken_to = peer->was_spoken_to;
    enum status status = STATUS_OK;

    if (!was_spoken_to)
        status = outlet_send(server->outlet, peer, MESSAGE_HEARTBEAT, &heartbeat, NULL, "", now_us);
    peer->was_spoken_to = false;
    return status;
}

/* Whoever heard nothing for an interval hears that the broker is there: a few in each turn, so that thousands of quiet
 * peers keep nobody waiting. */
static enum status beat(struct server *server, int64_t now_us)
{
    enum status status = STATUS_OK;

    if (!server->is_beating && now_us >= server->heartbeat_due_us) {
        server->heartbeat_due_us = now_us + server->settings.heartbeat_ms * 1000;
        server->is_beating = true;
        peers_walk(server->peers);
    }
    for (uint32_t i = 0; i < BEAT_COUNT_MAX && server->is_beating && status == STATUS_OK; i++) {
        struct peer *peer = peers_walk_next(server->peers);
        server->is_beating = peer != NULL;
        if (peer != NULL)
            status = beat_one(server, peer, now_us);
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

    (void)!server_load_directory(server, now_us, &result, why);
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

    if (server->is_beating)
        return 0;
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
        if (status == STATUS_OK && patrol_look(&server->patrol, clock_monotonic()))
            guard_found(&server->guard, server->patrol.reason, clock_monotonic());
    }
    if (status == STATUS_OK)
        status = server_settle(server, clock_rise(&server->clock), true, why);
    return status;
}
