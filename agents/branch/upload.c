#include "agents/branch/upload.h"

#include <stdlib.h>
#include <string.h>

#include "agents/client/log.h"
#include "agents/client/material_file.h"

void upload_begin(struct upload *upload, const struct owed_file *file)
{
    *upload = (struct upload){.step = UPLOAD_TO_ASK, .file = *file, .has_more = upload->has_more};
}

void upload_forget(struct upload *upload)
{
    upload->step = UPLOAD_IDLE;
    upload->flight_count = 0;
    upload->has_more = true;
}

static void ask_later(struct upload *upload, int64_t not_before_us)
{
    upload->step = UPLOAD_TO_ASK;
    upload->flight_count = 0;
    upload->not_before_us = not_before_us;
}

/* ---- sending ---- */

static void ask(struct upload *upload, struct link *link, int64_t now_us)
{
    const struct material_query body = {.file_digest = bytes_of(upload->file.sm3, SM3_SIZE), .is_present = true};
    const struct link_outgoing message = {.type = MESSAGE_MATERIAL_QUERY, .message_id = upload->question};
    link_new_message_id(upload->question);
    if (link_send_struct(link, &message, &body) != STATUS_OK)
        return;
    upload->step = UPLOAD_ASKED;
    upload->heard_us = now_us;
}

static enum status send_piece(struct upload *upload, struct link *link, struct bytes piece, struct digest *digest)
{
    uint8_t *message_id = upload->flights[upload->flight_count];
    uint8_t sm3[SM3_SIZE];
    enum status status = digest_make(digest, piece, sm3);
    const struct material_chunk body = {.file_digest = bytes_of(upload->file.sm3, SM3_SIZE),
                                        .size = number_of(upload->file.size),
                                        .offset = number_of(upload->next),
                                        .digest = bytes_of(sm3, SM3_SIZE),
                                        .is_present = true};
    link_new_message_id(message_id);
    const struct link_outgoing message = {
        .type = MESSAGE_MATERIAL_CHUNK, .message_id = message_id, .chunks = {piece}, .chunk_count = 1};
    return status == STATUS_OK ? link_send_struct(link, &message, &body) : status;
}

static enum upload_answer send_pieces(struct upload *upload, struct link *link, const char *data, struct digest *digest)
{
    uint8_t *piece = malloc(MESSAGE_CHUNK_SIZE_MAX);
    enum upload_answer answer = UPLOAD_TAKEN;
    uint32_t size = 0;
    while (piece && upload->flight_count < UPLOAD_FLIGHT_COUNT_MAX && upload->next < upload->file.size) {
        enum status status = material_file_piece(data, upload->file.sm3, upload->next, piece, &size);
        if (status == STATUS_NOT_FOUND)
            answer = UPLOAD_SPOILT;
        if (status != STATUS_OK || send_piece(upload, link, bytes_of(piece, size), digest) != STATUS_OK)
            break;
        upload->flight_count++;
        upload->next += size;
    }
    free(piece);
    return answer;
}

enum upload_answer upload_send(struct upload *upload, struct link *link, const char *data, struct digest *digest,
                               int64_t now_us)
{
    bool is_waiting = upload->step == UPLOAD_ASKED || (upload->step == UPLOAD_SENDING && upload->flight_count > 0);
    if (upload->heard_us > now_us)
        upload->heard_us = now_us; /* the clock was set back */
    if (is_waiting && now_us - upload->heard_us > UPLOAD_ANSWER_MS_MAX * 1000)
        ask_later(upload, 0);
    if (upload->step == UPLOAD_TO_ASK && now_us >= upload->not_before_us)
        ask(upload, link, now_us);
    return upload->step == UPLOAD_SENDING ? send_pieces(upload, link, data, digest) : UPLOAD_TAKEN;
}

/* ---- answers ---- */

static enum upload_answer take_held(struct upload *upload, const struct material_ack *ack, int64_t now_us)
{
    upload->heard_us = now_us;
    upload->step = UPLOAD_SENDING;
    upload->next = ack->held.value;
    if (ack->held.value < upload->file.size)
        return UPLOAD_TAKEN;
    upload->step = UPLOAD_IDLE;
    return UPLOAD_WHOLE;
}

/* Its index, or flight_count. */
static uint32_t flight_of(const struct upload *upload, struct bytes message_id)
{
    uint32_t index = 0;
    while (index < upload->flight_count && !bytes_equal(message_id, bytes_of(upload->flights[index], 16)))
        index++;
    return index;
}

static enum upload_answer take_receipt(struct upload *upload, uint32_t index, int64_t now_us)
{
    upload->heard_us = now_us;
    upload->flight_count--;
    memmove(upload->flights[index], upload->flights[index + 1], (upload->flight_count - index) * (size_t)16);
    if (upload->flight_count > 0 || upload->next < upload->file.size)
        return UPLOAD_TAKEN;
    upload->step = UPLOAD_IDLE;
    return UPLOAD_WHOLE;
}

static bool copy_is_good(const struct upload *upload, const char *data, struct digest *digest)
{
    char path[MATERIAL_PATH_SIZE];
    uint8_t *content = NULL;
    uint32_t size = 0;
    bool is_good = material_file_path(data, upload->file.sm3, path) && file_take(path, &content, &size) == STATUS_OK &&
                   digest_holds(digest, bytes_of(content, size), bytes_of(upload->file.sm3, SM3_SIZE));
    free(content);
    return is_good;
}

static enum upload_answer take_reject(struct upload *upload, const struct reject *reject, const char *data,
                                      struct digest *digest, int64_t now_us)
{
    bool is_out_of_order = text_is(reject->code, status_code(STATUS_MATERIAL_ORDER));
    int64_t wait_ms = reject->retry_ms.is_present ? reject->retry_ms.value : 1000;
    if (reject->may_retry.value || is_out_of_order) {
        ask_later(upload, now_us + (is_out_of_order ? 0 : wait_ms * 1000));
        return UPLOAD_TAKEN;
    }
    if (!copy_is_good(upload, data, digest))
        return UPLOAD_SPOILT;
    log_warning("a file is refused: %.*s %.*s", TEXT_ARGS(reject->code), TEXT_ARGS(reject->text_en));
    ask_later(upload, now_us + UPLOAD_RETRY_MS * 1000);
    if (text_is(reject->code, status_code(STATUS_DIGEST))) { /* what the broker holds of it is not this file */
        upload->step = UPLOAD_SENDING;
        upload->next = 0;
    }
    return UPLOAD_TAKEN;
}

enum upload_answer upload_take(struct upload *upload, const struct link_message *message, const char *data,
                               struct digest *digest, int64_t now_us)
{
    struct bytes answers = message->envelope.answers;
    uint32_t index = upload->step == UPLOAD_SENDING ? flight_of(upload, answers) : upload->flight_count;
    bool is_of_question = upload->step == UPLOAD_ASKED && bytes_equal(answers, bytes_of(upload->question, 16));
    if (is_of_question && message->type == MESSAGE_MATERIAL_ACK)
        return take_held(upload, message->body, now_us);
    if (index < upload->flight_count && message->type == MESSAGE_RECEIPT)
        return take_receipt(upload, index, now_us);
    if ((is_of_question || index < upload->flight_count) && message->type == MESSAGE_REJECT)
        return take_reject(upload, message->body, data, digest, now_us);
    return UPLOAD_NOT_MINE;
}
