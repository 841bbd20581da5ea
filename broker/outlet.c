#include "broker/outlet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/group.h"
#include "broker/history.h"
#include "broker/log.h"
#include "schemas/envelope.h"

/* The slots of message_id_derive; slot 1 is the keeper's facts. */
enum {
    SLOT_RECEIPT = 2,
    SLOT_DELIVER = 3,
    SLOT_TITLE_ANSWER = 5,
    SLOT_EVENT = 0x4000,
    SLOT_EVENT_MASK = 0x3fff,
    SLOT_VOLATILE = 0x8000,
    SLOT_URGENT = 0xc000
};

enum { ENVELOPE_SIZE_MAX = 1024 };

struct outlet {
    struct outlet_settings settings;
    struct keeper *keeper; /* borrowed */
    struct peers *peers;   /* borrowed */
    struct door *door;     /* borrowed */
    struct arena arena;
    uint8_t *body;
    uint64_t volatile_count;    /* tells answers apart that no record stands for */
    struct refusal_words words; /* of the REJECT being made */
    struct receipt opening;     /* of the record of this start */
    uint8_t opening_chain[CHAIN_SIZE];
    uint8_t opening_mac[CHAIN_SIZE];
};

/* The receipt of a record, borrowing its chain and `mac` (CHAIN_SIZE), which is filled. */
static struct receipt receipt_of(const struct outlet *outlet, uint64_t sequence, const struct journal_entry *entry,
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

/* One message on its way: the body is encoded, the envelope is built around it. */
struct parcel {
    enum message_type type;
    const void *body;
    const uint8_t *message_id;
    struct text destination;
    struct text case_id;
    struct bytes answers;
    struct bytes answered_digest;
    struct number priority;
    uint16_t attempt;
    bool is_duplicate;
    int64_t time_us;
    struct bytes chunks[MESSAGE_CHUNK_COUNT_MAX];
    uint32_t chunk_count;
};

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

static enum status parcel_send(struct outlet *outlet, struct peer *peer, const struct parcel *parcel)
{
    uint8_t envelope[ENVELOPE_SIZE_MAX];
    struct door_outgoing message;
    const enum status status = parcel_pack(outlet, parcel, envelope, &message);

    if (status == STATUS_OK)
        peers_send(outlet->peers, outlet->door, peer, &message);
    return status;
}

static void volatile_id(struct outlet *outlet, int64_t now_us, uint8_t out[MESSAGE_ID_SIZE])
{
    message_id_derive(now_us, outlet->volatile_count++, SLOT_VOLATILE, out);
}

static struct text optional_text(const char *string)
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

static enum status carry_receipt(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why)
{
    struct keeper_origin origin;
    uint8_t message_id[MESSAGE_ID_SIZE];
    uint8_t mac[CHAIN_SIZE];
    const enum status status = keeper_origin(outlet->keeper, effect->sequence, &origin, why);

    if (status != STATUS_OK)
        return status;
    struct receipt receipt = receipt_of(outlet, effect->sequence, &origin.entry, mac);
    receipt.case_id = optional_text(effect->case_id);
    message_id_derive(origin.entry.time_us, effect->sequence, SLOT_RECEIPT, message_id);
    const struct parcel parcel = {.type = MESSAGE_RECEIPT,
                                  .body = &receipt,
                                  .message_id = message_id,
                                  .destination = text_of(effect->to),
                                  .case_id = optional_text(effect->case_id),
                                  .answers = bytes_of(effect->answers, MESSAGE_ID_SIZE),
                                  .answered_digest = origin.envelope.digest,
                                  .is_duplicate = effect->is_duplicate,
                                  .time_us = origin.entry.time_us};
    return parcel_send(outlet, peer, &parcel);
}

static void attach_origin(struct parcel *parcel, const struct keeper_origin *origin)
{
    if (origin->entry.body.data == NULL) {
        log_line(LOG_ERROR, "body-gone", "seq=%llu: its day key was deleted, the body cannot be sent",
                 (unsigned long long)origin->entry.sequence);
        return;
    }
    parcel->chunks[parcel->chunk_count++] = origin->entry.body;
    for (uint32_t i = 0; i < origin->entry.chunk_count && parcel->chunk_count < MESSAGE_CHUNK_COUNT_MAX; i++)
        parcel->chunks[parcel->chunk_count++] = origin->entry.chunks[i];
}

static enum status carry_delivery(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why)
{
    struct keeper_origin origin;
    uint8_t message_id[MESSAGE_ID_SIZE];
    const enum status status = keeper_origin(outlet->keeper, effect->sequence, &origin, why);

    if (status != STATUS_OK)
        return status;
    const struct case_deliver body = {.sequence = number_of((int64_t)effect->sequence),
                                      .time = number_of(origin.entry.time_us),
                                      .number = number_of((int64_t)effect->number),
                                      .origin_type = origin.envelope.type,
                                      .origin_id = origin.envelope.message_id,
                                      .origin_source = origin.envelope.source,
                                      .origin_digest = origin.envelope.digest,
                                      .is_present = true};
    message_id_derive(origin.entry.time_us, effect->sequence, SLOT_DELIVER, message_id);
    struct parcel parcel = {.type = MESSAGE_CASE_DELIVER,
                            .body = &body,
                            .message_id = message_id,
                            .destination = text_of(effect->to),
                            .case_id = text_of(effect->case_id),
                            .priority = origin.envelope.priority,
                            .attempt = effect->attempt,
                            .time_us = origin.entry.time_us};
    attach_origin(&parcel, &origin);
    return parcel_send(outlet, peer, &parcel);
}

/* The question may come again with another deadline, so it has an id of its own each time. */
static enum status carry_title_ask(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                   int64_t now_us, char *why)
{
    struct keeper_origin origin;
    uint8_t message_id[MESSAGE_ID_SIZE];
    const enum status status = keeper_origin(outlet->keeper, effect->sequence, &origin, why);

    if (status != STATUS_OK)
        return status;
    const struct title_ask body = {.sequence = number_of((int64_t)effect->sequence),
                                   .time = number_of(origin.entry.time_us),
                                   .deadline = number_of(effect->until_us),
                                   .origin_source = origin.envelope.source,
                                   .origin_digest = origin.envelope.digest,
                                   .is_present = true};
    volatile_id(outlet, now_us, message_id);
    struct parcel parcel = {.type = MESSAGE_TITLE_ASK,
                            .body = &body,
                            .message_id = message_id,
                            .destination = text_of(effect->to),
                            .time_us = now_us};
    attach_origin(&parcel, &origin);
    return parcel_send(outlet, peer, &parcel);
}

/* The id of the TITLE_QUERY, which the answer names. */
static enum status id_of_query(struct outlet *outlet, uint64_t sequence, uint8_t out[MESSAGE_ID_SIZE], char *why)
{
    struct keeper_origin query;
    const enum status status = keeper_origin(outlet->keeper, sequence, &query, why);

    if (status == STATUS_OK)
        memcpy(out, query.envelope.message_id.data, MESSAGE_ID_SIZE);
    return status;
}

static enum status carry_title_answer(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why)
{
    struct keeper_origin origin;
    uint8_t answers[MESSAGE_ID_SIZE];
    uint8_t message_id[MESSAGE_ID_SIZE];
    enum status status = id_of_query(outlet, effect->sequence, answers, why);

    if (status == STATUS_OK)
        status = keeper_origin(outlet->keeper, effect->number, &origin, why);
    if (status != STATUS_OK)
        return status;
    const struct title_answer body = {.query = number_of((int64_t)effect->sequence),
                                      .sequence = number_of((int64_t)effect->number),
                                      .time = number_of(origin.entry.time_us),
                                      .valid_until = number_of(effect->until_us),
                                      .origin_source = origin.envelope.source,
                                      .origin_digest = origin.envelope.digest,
                                      .is_present = true};
    message_id_derive(origin.entry.time_us, effect->number, SLOT_TITLE_ANSWER, message_id);
    struct parcel parcel = {.type = MESSAGE_TITLE_ANSWER,
                            .body = &body,
                            .message_id = message_id,
                            .destination = text_of(effect->to),
                            .answers = bytes_of(answers, sizeof answers),
                            .time_us = origin.entry.time_us};
    attach_origin(&parcel, &origin);
    return parcel_send(outlet, peer, &parcel);
}

static enum status carry_event(struct outlet *outlet, struct peer *peer, uint64_t number, bool is_urgent, char *why)
{
    const struct text branch = text_of(peer->participant);
    const struct row_key key = is_urgent ? row_key_urgent(branch, number) : row_key_feed(branch, number);
    struct feed_row row;
    struct keeper_origin origin;
    uint8_t message_id[MESSAGE_ID_SIZE];

    arena_reset(&outlet->arena);
    enum status status = keeper_row(outlet->keeper, &key, &record_feed_row, &outlet->arena, &row, why);
    if (status == STATUS_OK)
        status = keeper_origin(outlet->keeper, (uint64_t)row.sequence.value, &origin, why);
    if (status != STATUS_OK)
        return status;
    struct case_event body = {.number = number_of((int64_t)number),
                              .sequence = row.sequence,
                              .time = number_of(origin.entry.time_us),
                              .state = row.state,
                              .fact = row.fact,
                              .detail = row.detail,
                              .clock = row.clock,
                              .stage = row.stage,
                              .behind = row.behind,
                              .advice = row.advice,
                              .is_urgent = {1, is_urgent},
                              .is_present = true};
    message_id_derive(origin.entry.time_us, (uint64_t)row.sequence.value,
                      (uint16_t)((is_urgent ? SLOT_URGENT : SLOT_EVENT) | (number & SLOT_EVENT_MASK)), message_id);
    struct parcel parcel = {.type = MESSAGE_CASE_EVENT,
                            .body = &body,
                            .message_id = message_id,
                            .destination = text_of(peer->participant),
                            .case_id = row.case_id,
                            .time_us = origin.entry.time_us};
    if (row.fact.data == NULL) {
        body.origin_type = origin.envelope.type;
        body.origin_id = origin.envelope.message_id;
        body.origin_source = origin.envelope.source;
        body.origin_digest = origin.envelope.digest;
        attach_origin(&parcel, &origin);
    }
    return parcel_send(outlet, peer, &parcel);
}

static enum status carry_feed(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why)
{
    enum status status = STATUS_OK;
    for (uint64_t number = effect->number; number <= effect->number_last && status == STATUS_OK; number++)
        status = carry_event(outlet, peer, number, effect->is_urgent, why);
    return status;
}

static enum status carry_window_state(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                      int64_t now_us, char *why)
{
    const struct row_key key = row_key_window(text_of(effect->window));
    struct window_row row;

    arena_reset(&outlet->arena);
    const enum status status = keeper_row(outlet->keeper, &key, &record_window_row, &outlet->arena, &row, why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    /* A window that never came has no row. */
    const bool is_up = status == STATUS_OK && row.is_up.value != 0;
    const struct window_state body = {.window = text_of(effect->window),
                                      .state = is_up ? row.state : text_of("offline"),
                                      .reason = is_up ? row.reason : text_of(NULL),
                                      .until = is_up ? row.until : (struct number){0, false},
                                      .is_present = true};
    return outlet_send(outlet, peer, MESSAGE_WINDOW_STATE, &body, NULL, "", now_us);
}

static enum status carry_material_ack(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                      int64_t now_us, char *why)
{
    const struct bytes file_digest = bytes_of(effect->digest, DIGEST_SIZE);
    const struct row_key key = row_key_material(text_of(effect->to), file_digest);
    struct material_ack body = {.file_digest = file_digest, .held = number_of(0), .is_present = true};
    struct material_row row;

    arena_reset(&outlet->arena);
    const enum status status = keeper_row(outlet->keeper, &key, &record_material_row, &outlet->arena, &row, why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    if (status == STATUS_OK) {
        const int64_t pieces_size = (int64_t)row.pieces.count * MESSAGE_CHUNK_SIZE_MAX;
        body.size = row.size;
        body.held = number_of(pieces_size < row.size.value ? pieces_size : row.size.value);
    }
    return outlet_send(outlet, peer, MESSAGE_MATERIAL_ACK, &body, effect->answers, "", now_us);
}

/* A piece whose day key was deleted is gone for good: a window that still waits for it hears so. */
static enum status carry_material(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                                  char *why)
{
    struct keeper_origin origin;
    struct material_chunk piece;
    struct problems problems = {.count = 0};
    uint8_t message_id[MESSAGE_ID_SIZE];
    enum status status = keeper_origin(outlet->keeper, effect->sequence, &origin, why);

    if (status != STATUS_OK)
        return status;
    arena_reset(&outlet->arena);
    if (origin.entry.body.data == NULL || origin.entry.chunk_count != 1 ||
        record_decode(&record_material_chunk, origin.entry.body, &outlet->arena, &piece, &problems) != STATUS_OK) {
        const struct refusal gone = {.status = STATUS_NO_KEY, .path = "sm3", .case_id = effect->case_id};
        outlet_reject(outlet, &peer->route, text_of(peer->participant), effect->answers, &gone, now_us);
        return STATUS_OK;
    }
    const struct material_part body = {.file_digest = piece.file_digest,
                                       .size = piece.size,
                                       .offset = piece.offset,
                                       .digest = piece.digest,
                                       .is_present = true};
    volatile_id(outlet, now_us, message_id);
    const struct parcel parcel = {.type = MESSAGE_MATERIAL_PART,
                                  .body = &body,
                                  .message_id = message_id,
                                  .destination = text_of(effect->to),
                                  .case_id = text_of(effect->case_id),
                                  .answers = bytes_of(effect->answers, MESSAGE_ID_SIZE),
                                  .time_us = now_us,
                                  .chunks = {origin.entry.chunks[0]},
                                  .chunk_count = 1};
    return parcel_send(outlet, peer, &parcel);
}

static enum status carry_hello_ack(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                   int64_t now_us, char *why)
{
    const struct meta_row *meta = core_meta(keeper_core(outlet->keeper));
    const struct journal *journal = keeper_journal(outlet->keeper);
    struct hello_ack body = {.software = text_of("onevisitd " ONEVISIT_VERSION),
                             .version = text_of("1"),
                             .broker = bytes_of(journal_broker_id(journal), BROKER_ID_SIZE),
                             .epoch = meta->epoch,
                             .opening = outlet->opening,
                             .time = number_of(now_us),
                             .sequence = number_of((int64_t)journal_last_sequence(journal)),
                             .heartbeat_ms = number_of(outlet->settings.heartbeat_ms),
                             .is_test = number_of(journal_is_test(journal)),
                             .is_present = true};
    const struct directory_row *owner = core_participant_of_key(keeper_core(outlet->keeper), text_of(peer->key));
    struct branch_row row;

    if (owner != NULL)
        body.key_valid_until = owner->valid_until;

    if (participant_role(text_of(effect->to)) == ROLE_BRANCH) {
        const struct row_key key = row_key_branch(text_of(effect->to));
        arena_reset(&outlet->arena);
        const enum status status = keeper_row(outlet->keeper, &key, &record_branch_row, &outlet->arena, &row, why);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
            return status;
        body.event_number = number_of(status == STATUS_OK ? row.event_acknowledged.value : 0);
        body.urgent_number = number_of(status == STATUS_OK ? row.urgent_acknowledged.value : 0);
    }
    return outlet_send(outlet, peer, MESSAGE_HELLO_ACK, &body, effect->answers, "", now_us);
}

enum status outlet_case_status(struct outlet *outlet, struct text case_id, bool with_history, struct arena *arena,
                               struct case_status *out, char *why)
{
    struct case_row *row = arena_take(arena, sizeof *row);
    const struct row_key key = row_key_case(case_id);

    if (row == NULL)
        return STATUS_LIMIT;
    enum status status = keeper_row(outlet->keeper, &key, &record_case_row, arena, row, why);
    if (status == STATUS_OK)
        status = core_case_status(keeper_core(outlet->keeper), row, arena, out);
    if (status == STATUS_OK && with_history)
        status = history_read(outlet->keeper, row, arena, out, why);
    return status;
}

static enum status carry_case_status(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                     int64_t now_us, char *why)
{
    struct case_status body;

    memset(&body, 0, sizeof body);
    arena_reset(&outlet->arena);
    const enum status status = outlet_case_status(outlet, text_of(effect->case_id), true, &outlet->arena, &body, why);
    if (status != STATUS_OK)
        return status;
    return outlet_send(outlet, peer, MESSAGE_CASE_STATUS, &body, effect->answers, effect->case_id, now_us);
}

static enum status group_read(struct outlet *outlet, const struct effect *effect, struct group_status *body, char *why)
{
    const struct row_key key = row_key_group(text_of(effect->to), text_of(effect->path));
    struct text states[GROUP_CASE_COUNT_MAX];
    struct group_row row;

    arena_reset(&outlet->arena);
    enum status status = keeper_row(outlet->keeper, &key, &record_group_row, &outlet->arena, &row, why);
    const uint32_t count = status == STATUS_OK ? row.cases.count : 0;
    struct case_status *cases = arena_take(&outlet->arena, GROUP_CASE_COUNT_MAX * sizeof *cases);
    if (cases == NULL)
        return STATUS_LIMIT;
    memset(cases, 0, GROUP_CASE_COUNT_MAX * sizeof *cases);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        status = outlet_case_status(outlet, row.cases.items[i], false, &outlet->arena, &cases[i], why);
        states[i] = cases[i].state;
    }
    if (status != STATUS_OK)
        return status;
    const struct group_word word = group_word_of(states, count);
    *body = (struct group_status){.group = text_of(effect->path),
                                  .word = text_of(word.name),
                                  .word_zh = text_of(word.chinese),
                                  .word_en = text_of(word.english),
                                  .cases = {cases, count, true},
                                  .is_present = true};
    return STATUS_OK;
}

static enum status carry_group_status(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                      int64_t now_us, char *why)
{
    struct group_status body;
    const enum status status = group_read(outlet, effect, &body, why);

    if (status != STATUS_OK)
        return status;
    return outlet_send(outlet, peer, MESSAGE_GROUP_STATUS, &body, effect->answers, "", now_us);
}

/* A case that moved on within the same commit has another clock: nobody needs the alarm any more. */
static enum status carry_alarm(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                               char *why)
{
    struct case_status about;

    memset(&about, 0, sizeof about);
    arena_reset(&outlet->arena);
    const enum status status = outlet_case_status(outlet, text_of(effect->case_id), false, &outlet->arena, &about, why);
    if (status != STATUS_OK)
        return status;
    if (!about.clock.is_present || (uint64_t)about.clock.stage.value != effect->number)
        return STATUS_OK;
    const struct alarm body = {.clock = about.clock.name,
                               .stage = about.clock.stage,
                               .owner = about.clock.owner,
                               .due_at = about.clock.due_at,
                               .is_present = true};
    return outlet_send(outlet, peer, MESSAGE_ALARM, &body, NULL, effect->case_id, now_us);
}

static enum status carry_cert_ask(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                                  char *why)
{
    const struct row_key key = row_key_case(text_of(effect->case_id));
    struct case_row row;

    arena_reset(&outlet->arena);
    const enum status status = keeper_row(outlet->keeper, &key, &record_case_row, &outlet->arena, &row, why);
    if (status != STATUS_OK)
        return status;
    const struct cert_ask body = {.attempt = number_of((int64_t)effect->number),
                                  .number = row.number,
                                  .booked_at = row.booked_at,
                                  .is_present = true};
    return outlet_send(outlet, peer, MESSAGE_CERT_ASK, &body, NULL, effect->case_id, now_us);
}

static enum status carry_answer(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                                char *why)
{
    if (effect->message == MESSAGE_HELLO_ACK)
        return carry_hello_ack(outlet, effect, peer, now_us, why);
    if (effect->message == MESSAGE_CASE_STATUS)
        return carry_case_status(outlet, effect, peer, now_us, why);
    if (effect->message == MESSAGE_GROUP_STATUS)
        return carry_group_status(outlet, effect, peer, now_us, why);
    if (effect->message == MESSAGE_MATERIAL_ACK)
        return carry_material_ack(outlet, effect, peer, now_us, why);
    log_line(LOG_ERROR, "no-such-answer", "type=%s", message_kind(effect->message)->name);
    return STATUS_OK;
}

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
