#include "broker/outlet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/carry.h"
#include "broker/log.h"
#include "schemas/envelope.h"

enum { ENVELOPE_SIZE_MAX = 1024 };

struct receipt receipt_of(const struct outlet *outlet, uint64_t sequence, const struct journal_entry *entry,
                          uint8_t *mac)
{
    journal_receipt_mac(keeper_journal(outlet->keeper), sequence, entry->time_us, entry->chain, mac);
    return (struct receipt){.sequence = number_of((int64_t)sequence),
                            .time = number_of(entry->time_us),
                            .chain = bytes_of(entry->chain, CHAIN_SIZE),
                            .mac = bytes_of(mac, CHAIN_SIZE),
                            .is_present = true};
}

static enum status keep_opening(struct outlet *outlet, char *why)
{
    struct keeper_origin origin;
    const enum status status = keeper_origin(outlet->keeper, outlet->settings.opening, &origin, why);

    if (status != STATUS_OK)
        return status;
    outlet->opening = receipt_of(outlet, outlet->settings.opening, &origin.entry, outlet->opening_mac);
    memcpy(outlet->opening_chain, origin.entry.chain, CHAIN_SIZE);
    outlet->opening.chain = bytes_of(outlet->opening_chain, CHAIN_SIZE);
    return STATUS_OK;
}

enum status outlet_new(const struct outlet_settings *settings, struct keeper *keeper, struct peers *peers,
                       struct door *door, struct outlet **out, char *why)
{
    struct outlet *outlet = calloc(1, sizeof *outlet);

    *out = outlet;
    if (outlet == NULL)
        return STATUS_NO_MEMORY;
    outlet->settings = *settings;
    outlet->keeper = keeper;
    outlet->peers = peers;
    outlet->door = door;
    outlet->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    outlet->body = malloc(MESSAGE_SIZE_MAX);
    return outlet->arena.memory != NULL && outlet->body != NULL ? keep_opening(outlet, why) : STATUS_NO_MEMORY;
}

void outlet_free(struct outlet **outlet)
{
    if (*outlet == NULL)
        return;
    free((*outlet)->arena.memory);
    free((*outlet)->body);
    free(*outlet);
    *outlet = NULL;
}

static enum status parcel_pack(struct outlet *outlet, const struct parcel *parcel, uint8_t *envelope_bytes,
                               struct door_outgoing *out)
{
    uint8_t digest[DIGEST_SIZE];
    size_t body_size = 0;
    size_t envelope_size = 0;
    enum status status = record_encode(message_kind(parcel->type)->record, parcel->body, outlet->body,
                                       MESSAGE_SIZE_MAX - ENVELOPE_SIZE_MAX, &body_size);
    if (status != STATUS_OK)
        return status;
    digest_sm3(bytes_of(outlet->body, body_size), digest);
    const struct envelope envelope = {
        .version = number_of(PROTOCOL_VERSION),
        .message_id = bytes_of(parcel->message_id, MESSAGE_ID_SIZE),
        .type = text_of(message_kind(parcel->type)->name),
        .source = text_of("K"),
        .destination = parcel->destination,
        .case_id = parcel->case_id,
        .answers = parcel->answers,
        .sent_at = number_of(parcel->time_us),
        .digest = bytes_of(digest, sizeof digest),
        .answered_digest = parcel->answered_digest,
        .priority = parcel->priority,
        .attempt = {parcel->attempt, parcel->attempt > 0},
        .is_duplicate = {1, parcel->is_duplicate},
        .is_present = true,
    };
    status = record_encode(&record_envelope, &envelope, envelope_bytes, ENVELOPE_SIZE_MAX, &envelope_size);
    out->frames[0] = bytes_of(envelope_bytes, envelope_size);
    out->frames[1] = bytes_of(outlet->body, body_size);
    for (uint32_t i = 0; i < parcel->chunk_count; i++)
        out->frames[2 + i] = parcel->chunks[i];
    out->frame_count = 2 + parcel->chunk_count;
    return status;
}

enum status parcel_send(struct outlet *outlet, struct peer *peer, const struct parcel *parcel)
{
    uint8_t envelope[ENVELOPE_SIZE_MAX];
    struct door_outgoing message;
    const enum status status = parcel_pack(outlet, parcel, envelope, &message);

    if (status == STATUS_OK)
        peers_send(outlet->peers, outlet->door, peer, &message);
    return status;
}

void volatile_id(struct outlet *outlet, int64_t now_us, uint8_t out[MESSAGE_ID_SIZE])
{
    message_id_derive(now_us, outlet->volatile_count++, SLOT_VOLATILE, out);
}

struct text optional_text(const char *string)
{
    return string != NULL && string[0] != '\0' ? text_of(string) : text_of(NULL);
}

enum status outlet_send(struct outlet *outlet, struct peer *peer, enum message_type type, const void *body,
                        const uint8_t *answers, const char *case_id, int64_t now_us)
{
    uint8_t message_id[MESSAGE_ID_SIZE];

    volatile_id(outlet, now_us, message_id);
    const struct parcel parcel = {.type = type,
                                  .body = body,
                                  .message_id = message_id,
                                  .destination = text_of(peer->participant),
                                  .case_id = optional_text(case_id),
                                  .answers = bytes_of(answers, answers != NULL ? MESSAGE_ID_SIZE : 0),
                                  .time_us = now_us};
    return parcel_send(outlet, peer, &parcel);
}

enum status outlet_send_content(struct outlet *outlet, struct peer *peer, enum message_type type, const void *body,
                                struct bytes content, const uint8_t *answers, int64_t now_us)
{
    uint8_t message_id[MESSAGE_ID_SIZE];

    if (content.size > OUTLET_CONTENT_SIZE_MAX)
        return STATUS_LIMIT;
    volatile_id(outlet, now_us, message_id);
    struct parcel parcel = {.type = type,
                            .body = body,
                            .message_id = message_id,
                            .destination = text_of(peer->participant),
                            .answers = bytes_of(answers, MESSAGE_ID_SIZE),
                            .time_us = now_us};
    for (uint32_t at = 0; at < content.size; at += OUTLET_CHUNK_SIZE_MAX) {
        const uint32_t left = content.size - at;
        parcel.chunks[parcel.chunk_count++] =
            bytes_of(content.data + at, left < OUTLET_CHUNK_SIZE_MAX ? left : OUTLET_CHUNK_SIZE_MAX);
    }
    return parcel_send(outlet, peer, &parcel);
}

/* ---- REJECT ---- */

void outlet_reject(struct outlet *outlet, const struct door_route *route, struct text participant,
                   const uint8_t *answers, const struct refusal *refusal, int64_t now_us)
{
    uint8_t message_id[MESSAGE_ID_SIZE];
    uint8_t envelope[ENVELOPE_SIZE_MAX];
    struct door_outgoing message;
    const struct reject body = refusal_body(&outlet->words, refusal);

    volatile_id(outlet, now_us, message_id);
    const struct parcel parcel = {.type = MESSAGE_REJECT,
                                  .body = &body,
                                  .message_id = message_id,
                                  .destination = participant.data != NULL ? participant : text_of("O:unknown"),
                                  .answers = bytes_of(answers, answers != NULL ? MESSAGE_ID_SIZE : 0),
                                  .time_us = now_us};
    /* A REJECT is not remembered: when the pipe is full or the peer is gone, it asks again. */
    if (parcel_pack(outlet, &parcel, envelope, &message) == STATUS_OK)
        (void)!door_send(outlet->door, route, &message);
}

/* ---- effects ---- */

/* A clerk who is told "not in this state" wants to know in which one the case is. */
static void tell_state(struct outlet *outlet, const struct effect *effect, char chinese[REJECT_TEXT_SIZE_MAX],
                       char english[REJECT_TEXT_SIZE_MAX])
{
    const struct case_row *row = core_case(keeper_core(outlet->keeper), text_of(effect->case_id));
    struct case_status status;

    memset(&status, 0, sizeof status);
    arena_reset(&outlet->arena);
    if (row == NULL || core_case_status(keeper_core(outlet->keeper), row, &outlet->arena, &status) != STATUS_OK)
        return;
    snprintf(chinese, REJECT_TEXT_SIZE_MAX, "%s：案件状态 %.*s（%.*s）", status_chinese(effect->status),
             TEXT_ARGS(status.state), TEXT_ARGS(status.level_zh));
    snprintf(english, REJECT_TEXT_SIZE_MAX, "%s: it is %.*s (%.*s)", status_english(effect->status),
             TEXT_ARGS(status.state), TEXT_ARGS(status.level_en));
}

static void carry_reject(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us)
{
    char chinese[REJECT_TEXT_SIZE_MAX] = "";
    char english[REJECT_TEXT_SIZE_MAX] = "";

    if (effect->status == STATUS_WRONG_STATE)
        tell_state(outlet, effect, chinese, english);
    const struct refusal reject = {.status = effect->status,
                                   .path = effect->path,
                                   .sentence = english[0] != '\0' ? english : NULL,
                                   .sentence_zh = chinese[0] != '\0' ? chinese : NULL,
                                   .case_id = effect->case_id,
                                   .retry_ms = effect->retry_ms};
    outlet_reject(outlet, &peer->route, text_of(peer->participant), effect->answers, &reject, now_us);
}

enum status outlet_carry_out(struct outlet *outlet, const struct effect *effect, int64_t now_us, char *why)
{
    struct peer *peer = peers_find(outlet->peers, text_of(effect->to));

    if (effect->type == EFFECT_TITLE_RATE)
        log_line(LOG_WARNING, "title-rate", "branch=%s queries=%" PRIu64 " within=1h", effect->to, effect->number);
    if (effect->type == EFFECT_PARKED)
        log_line(LOG_WARNING, "case-parked", "case=%s window=%s class=%s attempts=%" PRIu64, effect->case_id,
                 effect->to, effect->path, effect->number);
    if (effect->type == EFFECT_LOOKUP_RATE)
        log_line(LOG_WARNING, "lookup-rate", "operator=%s persons=%" PRIu64 " within=1h", effect->to, effect->number);
    if (peer == NULL || peer->is_gone)
        return STATUS_OK;
    switch (effect->type) {
    case EFFECT_RECEIPT:
        return carry_receipt(outlet, effect, peer, why);
    case EFFECT_REJECT:
        carry_reject(outlet, effect, peer, now_us);
        return STATUS_OK;
    case EFFECT_DELIVER:
        return carry_delivery(outlet, effect, peer, why);
    case EFFECT_FEED:
        return carry_feed(outlet, effect, peer, why);
    case EFFECT_ANSWER:
        return carry_answer(outlet, effect, peer, now_us, why);
    case EFFECT_TITLE_ASK:
        return carry_title_ask(outlet, effect, peer, now_us, why);
    case EFFECT_TITLE_ANSWER:
        return carry_title_answer(outlet, effect, peer, why);
    case EFFECT_TITLE_RATE: /* nobody is sent anything */
    case EFFECT_PARKED:
    case EFFECT_LOOKUP_RATE:
        return STATUS_OK;
    case EFFECT_MATERIAL:
        return carry_material(outlet, effect, peer, now_us, why);
    case EFFECT_ALARM:
        return carry_alarm(outlet, effect, peer, now_us, why);
    case EFFECT_CERT_ASK:
        return carry_cert_ask(outlet, effect, peer, now_us, why);
    case EFFECT_WINDOW_STATE:
        return carry_window_state(outlet, effect, peer, now_us, why);
    }
    return STATUS_OK;
}
