#include "agents/client/link_frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENVELOPE_SIZE_MAX = 1024 };

/* ---- what came ---- */

static enum status frames_refuse(enum status status, const struct problems *problems, char *why, size_t why_size)
{
    char sentence[256] = "";
    if (problems && problems->count > 0)
        problem_english(&problems->items[0], sentence, sizeof sentence);
    snprintf(why, why_size, "%s%s%s", status_english(status), sentence[0] ? ": " : "", sentence);
    return status;
}

bool link_problems_are_unknown_keys(const struct problems *problems)
{
    for (uint32_t i = 0; i < problems->count; i++)
        if (problems->items[i].kind != PROBLEM_UNKNOWN)
            return false;
    return problems->count > 0 && !problems->has_more;
}

static enum status frames_decode_body(const struct link_judge *judge, struct link_message *out,
                                      struct problems *problems)
{
    const struct record *record = message_kind(out->type)->record;
    void *body = arena_take(judge->arena, record->struct_size);
    if (!body)
        return STATUS_LIMIT;
    out->body = body;
    memset(problems, 0, sizeof *problems);
    enum status status = record_decode(record, out->body_bytes, judge->arena, body, problems);
    return status == STATUS_BAD_BODY && link_problems_are_unknown_keys(problems) ? STATUS_OK : status;
}

static enum status frames_check_parties(const struct link_judge *judge, const struct link_message *message)
{
    if (!text_is(message->envelope.source, "K") || !text_is(message->envelope.destination, judge->self))
        return STATUS_WRONG_SENDER;
    return message_kind(message->type)->senders & ROLE_BROKER ? STATUS_OK : STATUS_WRONG_ROLE;
}

enum status link_frames_judge(const struct link_judge *judge, struct wire_frames *frames, struct link_message *out,
                              char *why, size_t why_size)
{
    struct problems problems = {0};
    memset(out, 0, sizeof *out);
    if (frames->count < 2 || frames->is_too_many)
        return frames_refuse(STATUS_FRAMES, NULL, why, why_size);
    enum status status = envelope_judge(wire_frame(frames, 0), judge->arena, &out->envelope, &out->type, &problems);
    if (status != STATUS_OK)
        return frames_refuse(status, &problems, why, why_size);
    status = frames_check_parties(judge, out);
    if (status != STATUS_OK)
        return frames_refuse(status, NULL, why, why_size);
    out->body_bytes = wire_frame(frames, 1);
    if (!digest_holds(judge->digest, out->body_bytes, out->envelope.digest))
        return frames_refuse(STATUS_DIGEST, NULL, why, why_size);
    status = frames_decode_body(judge, out, &problems);
    if (status != STATUS_OK)
        return frames_refuse(status, &problems, why, why_size);
    out->chunk_count = frames->count - 2;
    for (uint32_t i = 0; i < out->chunk_count; i++)
        out->chunks[i] = wire_frame(frames, i + 2);
    return STATUS_OK;
}

/* ---- what goes ---- */

static void envelope_fill(struct envelope *envelope, const char *source, const struct link_outgoing *message,
                          const uint8_t id[16], int64_t now_us)
{
    memset(envelope, 0, sizeof *envelope);
    envelope->version = number_of(PROTOCOL_VERSION);
    envelope->message_id = bytes_of(id, 16);
    envelope->type = text_of(message_kind(message->type)->name);
    envelope->source = text_of(source);
    envelope->destination = text_of("K");
    envelope->case_id = message->case_id;
    envelope->group = message->group;
    envelope->priority = message->priority;
    if (message->answers)
        envelope->answers = bytes_of(message->answers, 16);
    envelope->sent_at = number_of(now_us);
    if (message->expires_at > 0)
        envelope->expires_at = number_of(message->expires_at);
    if (message->attempt > 0)
        envelope->attempt = number_of(message->attempt);
}

enum status link_frames_send(struct wire *wire, struct digest *digest, const char *source,
                             const struct link_outgoing *message, int64_t now_us)
{
    uint8_t encoded[ENVELOPE_SIZE_MAX];
    uint8_t id[16];
    uint8_t sm3[SM3_SIZE];
    struct envelope envelope;
    struct bytes frames[WIRE_FRAME_COUNT_MAX];
    size_t used = 0;
    if (message->chunk_count > MESSAGE_CHUNK_COUNT_MAX)
        return STATUS_FRAMES;
    if (message->message_id)
        memcpy(id, message->message_id, sizeof id);
    else
        link_new_message_id(id);
    envelope_fill(&envelope, source, message, id, now_us);
    enum status status = digest_make(digest, message->body, sm3);
    envelope.digest = bytes_of(sm3, sizeof sm3);
    if (status == STATUS_OK)
        status = record_encode(&record_envelope, &envelope, encoded, sizeof encoded, &used);
    if (status != STATUS_OK)
        return status;
    if (used + message->body.size > MESSAGE_SIZE_MAX)
        return STATUS_TOO_LARGE;
    frames[0] = bytes_of(encoded, used);
    frames[1] = message->body;
    for (uint32_t i = 0; i < message->chunk_count; i++)
        frames[i + 2] = message->chunks[i];
    return wire_send(wire, frames, message->chunk_count + 2);
}
