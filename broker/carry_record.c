#include <string.h>

#include "broker/carry.h"
#include "broker/log.h"
#include "schemas/envelope.h"

enum status carry_receipt(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why)
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

enum status carry_delivery(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why)
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
enum status carry_title_ask(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                            char *why)
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

enum status carry_title_answer(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why)
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

enum status carry_feed(struct outlet *outlet, const struct effect *effect, struct peer *peer, char *why)
{
    enum status status = STATUS_OK;
    for (uint64_t number = effect->number; number <= effect->number_last && status == STATUS_OK; number++)
        status = carry_event(outlet, peer, number, effect->is_urgent, why);
    return status;
}

/* A piece whose day key was deleted is gone for good: a window that still waits for it hears so. */
enum status carry_material(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
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
