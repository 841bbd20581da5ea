#include "broker/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/log.h"
#include "schemas/envelope.h"

enum { EXPIRED_RETRY_MS = 10000 };

struct intake {
    struct auth *auth;     /* borrowed */
    struct peers *peers;   /* borrowed */
    struct outlet *outlet; /* borrowed */
    struct arena arena;
    struct problems problems;
    char participant[PARTICIPANT_SIZE_MAX + 1]; /* a copy: the directory may change while the message is dealt with */
};

enum status intake_new(struct auth *auth, struct peers *peers, struct outlet *outlet, struct intake **out)
{
    struct intake *intake = calloc(1, sizeof *intake);

    *out = intake;
    if (intake == NULL)
        return STATUS_NO_MEMORY;
    intake->auth = auth;
    intake->peers = peers;
    intake->outlet = outlet;
    intake->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    return intake->arena.memory != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

void intake_free(struct intake **intake)
{
    if (*intake == NULL)
        return;
    free((*intake)->arena.memory);
    free(*intake);
    *intake = NULL;
}

/* One step of the way in: STATUS_OK, or the reason and the path it concerns. */
struct verdict_in {
    enum status status;
    const char *path;
};

static const struct verdict_in good = {STATUS_OK, ""};

static struct verdict_in judge_frames(struct door_message *raw)
{
    if (raw->has_too_many || raw->frame_count < 2)
        return (struct verdict_in){STATUS_FRAMES, "frames"};
    if (door_frame(raw, 0).size + door_frame(raw, 1).size > MESSAGE_SIZE_MAX)
        return (struct verdict_in){STATUS_TOO_LARGE, "frames/1"};
    for (uint32_t i = 2; i < raw->frame_count; i++)
        if (door_frame(raw, i).size > MESSAGE_CHUNK_SIZE_MAX)
            return (struct verdict_in){STATUS_TOO_LARGE, "chunks"};
    return good;
}

static struct verdict_in judge_sender(const struct intake_message *message)
{
    if (!text_equal(message->envelope.source, message->participant))
        return (struct verdict_in){STATUS_WRONG_SENDER, "src"};
    if (!text_is(message->envelope.destination, "K"))
        return (struct verdict_in){STATUS_BAD_ENVELOPE, "dst"};
    if ((message_kind(message->type)->senders & participant_role(message->participant)) == 0)
        return (struct verdict_in){STATUS_WRONG_ROLE, "typ"};
    return good;
}

static struct verdict_in judge_digest(struct intake_message *message)
{
    digest_sm3(message->bytes.body, message->digest);
    if (!bytes_equal(message->envelope.digest, bytes_of(message->digest, DIGEST_SIZE)))
        return (struct verdict_in){STATUS_DIGEST, "h"};
    return good;
}

static struct verdict_in judge_body(struct intake *intake, struct intake_message *message)
{
    const struct record *record = message_kind(message->type)->record;
    void *body = arena_take(&intake->arena, record->struct_size);

    if (body == NULL)
        return (struct verdict_in){STATUS_LIMIT, ""};
    message->body = body;
    const enum status status = record_decode(record, message->bytes.body, &intake->arena, body, &intake->problems);
    /* An application's faults of form become findings of the counter checks. */
    if (status == STATUS_BAD_BODY && (message->type == MESSAGE_CASE_SUBMIT || message->type == MESSAGE_PRECHECK))
        return good;
    return (struct verdict_in){status, ""};
}

/* A piece of a file: as long as its place in the file says, and with the digest its body names. */
static struct verdict_in judge_piece(const struct intake_message *message)
{
    uint8_t digest[DIGEST_SIZE];
    const struct material_chunk *piece = message->body;
    const int64_t rest = piece->size.value - piece->offset.value;

    if (message->bytes.chunk_count != 1)
        return (struct verdict_in){STATUS_FRAMES, "chunks"};
    if (rest <= 0 || piece->offset.value % MESSAGE_CHUNK_SIZE_MAX != 0)
        return (struct verdict_in){STATUS_BAD_BODY, "offset"};
    if (message->bytes.chunks[0].size != (rest < MESSAGE_CHUNK_SIZE_MAX ? rest : MESSAGE_CHUNK_SIZE_MAX))
        return (struct verdict_in){STATUS_BAD_BODY, "size"};
    digest_sm3(message->bytes.chunks[0], digest);
    if (!bytes_equal(piece->digest, bytes_of(digest, sizeof digest)))
        return (struct verdict_in){STATUS_DIGEST, "chunk_sm3"};
    return good;
}

/* The certificate file is the first chunk: its size and digest are promised by
 * the body, and the branch relies on them. Besides it only pieces of files come as chunks. */
static struct verdict_in judge_chunks(const struct intake_message *message)
{
    uint8_t digest[DIGEST_SIZE];

    if (message->type == MESSAGE_MATERIAL_CHUNK)
        return judge_piece(message);
    if (message->type != MESSAGE_CERT_ISSUED)
        return message->bytes.chunk_count == 0 ? good : (struct verdict_in){STATUS_FRAMES, "chunks"};
    const struct cert_issued *certificate = message->body;
    if (message->bytes.chunk_count != 1)
        return (struct verdict_in){STATUS_FRAMES, "chunks"};
    if (message->bytes.chunks[0].size != certificate->file_size.value)
        return (struct verdict_in){STATUS_BAD_BODY, "size"};
    digest_sm3(message->bytes.chunks[0], digest);
    if (!bytes_equal(certificate->file_digest, bytes_of(digest, sizeof digest)))
        return (struct verdict_in){STATUS_DIGEST, "sm3"};
    return good;
}

static bool route_equal(const struct door_route *a, const struct door_route *b)
{
    return a->size == b->size && memcmp(a->id, b->id, a->size) == 0;
}

static struct verdict_in judge_session(const struct intake *intake, const struct door_message *raw,
                                       const struct intake_message *message)
{
    const struct peer *peer = peers_find(intake->peers, message->participant);

    if (message->type == MESSAGE_HELLO || (peer != NULL && !peer->is_gone && route_equal(&peer->route, &raw->route)))
        return good;
    return (struct verdict_in){STATUS_NO_SESSION, ""};
}

/* What a key may still say after its end: enough to receive and to confirm what was received. */
static bool is_receiving(enum message_type type)
{
    return type == MESSAGE_HELLO || type == MESSAGE_HEARTBEAT || type == MESSAGE_CREDIT || type == MESSAGE_DELIVERED ||
           type == MESSAGE_EVENT_ACK || type == MESSAGE_EVENTS_SINCE;
}

static struct verdict_in judge_validity(const struct intake *intake, const struct door_message *raw,
                                        const struct intake_message *message, int64_t now_us)
{
    if (now_us < auth_valid_until(intake->auth, text_of(raw->key)) || is_receiving(message->type))
        return good;
    return (struct verdict_in){STATUS_EXPIRED_KEY, ""};
}

static void fill_bytes(struct door_message *raw, struct keeper_bytes *bytes)
{
    bytes->envelope = door_frame(raw, 0);
    bytes->body = door_frame(raw, 1);
    bytes->chunk_count = raw->frame_count - 2;
    for (uint32_t i = 0; i < bytes->chunk_count; i++)
        bytes->chunks[i] = door_frame(raw, 2 + i);
}

static enum status judge_key(struct intake *intake, const struct door_message *raw, struct intake_message *out)
{
    struct text participant;
    const enum status status = auth_judge(intake->auth, text_of(raw->key), &participant);

    if (participant.data != NULL) {
        snprintf(intake->participant, sizeof intake->participant, "%.*s", TEXT_ARGS(participant));
        out->participant = text_of(intake->participant);
    }
    return status;
}

static struct verdict_in judge(struct intake *intake, struct door_message *raw, int64_t now_us,
                               struct intake_message *out)
{
    struct verdict_in verdict = {judge_key(intake, raw, out), ""};

    if (verdict.status == STATUS_OK)
        verdict = judge_frames(raw);
    if (verdict.status == STATUS_OK) {
        fill_bytes(raw, &out->bytes);
        verdict.status =
            envelope_judge(out->bytes.envelope, &intake->arena, &out->envelope, &out->type, &intake->problems);
    }
    if (verdict.status == STATUS_OK)
        verdict = judge_sender(out);
    if (verdict.status == STATUS_OK)
        verdict = judge_session(intake, raw, out);
    if (verdict.status == STATUS_OK)
        verdict = judge_validity(intake, raw, out, now_us);
    if (verdict.status == STATUS_OK)
        verdict = judge_digest(out);
    if (verdict.status == STATUS_OK)
        verdict = judge_body(intake, out);
    if (verdict.status == STATUS_OK)
        verdict = judge_chunks(out);
    return verdict;
}

/* Refusals that concern who somebody is, not what was written. */
static bool concerns_the_link(enum status status)
{
    return status == STATUS_UNKNOWN_KEY || status == STATUS_REVOKED_KEY || status == STATUS_EXPIRED_KEY ||
           status == STATUS_WRONG_SENDER || status == STATUS_WRONG_ROLE || status == STATUS_FRAMES ||
           status == STATUS_TOO_LARGE || status == STATUS_BAD_ENVELOPE || status == STATUS_UNKNOWN_TYPE;
}

bool intake_judge(struct intake *intake, struct door_message *raw, int64_t now_us, struct intake_message *out)
{
    arena_reset(&intake->arena);
    memset(out, 0, sizeof *out);
    intake->problems.count = 0;
    intake->problems.has_more = false;
    out->problems = &intake->problems;
    const struct verdict_in verdict = judge(intake, raw, now_us, out);
    if (verdict.status == STATUS_OK)
        return true;

    if (concerns_the_link(verdict.status))
        auth_refuse(intake->auth, out->participant, text_of(raw->key), raw->address, verdict.status, now_us);
    const uint8_t *answers = out->envelope.message_id.size == MESSAGE_ID_SIZE ? out->envelope.message_id.data : NULL;
    const struct refusal reject = {.status = verdict.status,
                                   .path = verdict.path,
                                   .retry_ms = verdict.status == STATUS_EXPIRED_KEY ? EXPIRED_RETRY_MS : 0,
                                   .problems = intake->problems.count > 0 ? &intake->problems : NULL};
    outlet_reject(intake->outlet, &raw->route, out->participant, answers, &reject, now_us);
    return false;
}

bool intake_check_supplement(struct intake *intake, struct door_message *raw, const struct intake_message *message,
                             const struct problems *lacks, int64_t now_us)
{
    if (lacks->count == 0)
        return true;
    const struct refusal reject = {.status = STATUS_SUPPLEMENT_INCOMPLETE, .path = "", .problems = lacks};
    outlet_reject(intake->outlet, &raw->route, message->participant, message->envelope.message_id.data, &reject,
                  now_us);
    return false;
}
