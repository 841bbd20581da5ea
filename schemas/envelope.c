#include "schemas/envelope.h"

#include <assert.h>

static const struct field *envelope_field(const char *key)
{
    for (uint32_t row = 0; row < record_envelope.field_count; row++) {
        if (strcmp(record_envelope.fields[row].key, key) == 0)
            return &record_envelope.fields[row];
    }
    return NULL;
}

static void note(struct problems *problems, enum problem_kind kind, const char *key)
{
    if (problems->count == RECORD_PROBLEM_COUNT_MAX) {
        problems->has_more = true;
        return;
    }
    struct problem *problem = &problems->items[problems->count++];
    *problem = (struct problem){.kind = kind, .field = envelope_field(key)};
    memcpy(problem->path, key, strlen(key) + 1);
}

/* A newer envelope may have keys we do not know; its version says so first. */
static bool is_other_version(const struct problems *problems)
{
    for (uint32_t i = 0; i < problems->count; i++) {
        if (problems->items[i].kind == PROBLEM_RANGE && strcmp(problems->items[i].path, "v") == 0)
            return true;
    }
    return false;
}

/* What holds between fields. */
static void judge_case(const struct envelope *envelope, enum message_type type, struct problems *problems)
{
    if (message_kind(type)->is_of_case && envelope->case_id.data == NULL && !problems_name(problems, "cid"))
        note(problems, PROBLEM_MISSING, "cid");
    if (envelope->expires_at.is_present && type != MESSAGE_CASE_SUBMIT)
        note(problems, PROBLEM_UNKNOWN, "exp");
}

enum status envelope_judge(struct bytes frame, struct arena *arena, struct envelope *out, enum message_type *type,
                           struct problems *problems)
{
    *type = MESSAGE_COUNT;
    enum status status = record_decode(&record_envelope, frame, arena, out, problems);
    if (status == STATUS_LIMIT)
        return status;
    if (is_other_version(problems))
        return STATUS_VERSION;
    if (out->type.data != NULL)
        *type = message_type_of(out->type);
    if (*type < MESSAGE_COUNT)
        judge_case(out, *type, problems);
    if (problems->count > 0)
        return STATUS_BAD_ENVELOPE;
    if (*type == MESSAGE_COUNT) {
        note(problems, PROBLEM_RULE, "typ");
        return STATUS_UNKNOWN_TYPE;
    }
    return STATUS_OK;
}

/* ---- ids ---- */

enum { UUID_VERSION = 0x70, UUID_VARIANT = 0x80 };

void message_id_make(int64_t time_us, const uint8_t random[10], uint8_t out[16])
{
    uint64_t time_ms = time_us > 0 ? (uint64_t)time_us / 1000 : 0;
    for (int i = 0; i < 6; i++)
        out[i] = (uint8_t)(time_ms >> (40 - 8 * i));
    memcpy(out + 6, random, 10);
    out[6] = (uint8_t)(UUID_VERSION | (out[6] & 0x0f));
    out[8] = (uint8_t)(UUID_VARIANT | (out[8] & 0x3f));
}

/* 74 bits are free behind the time: 58 of the sequence, 16 of the slot, the
 * sequence first, so that ids of one millisecond stand in its order. */
void message_id_derive(int64_t time_us, uint64_t sequence, uint16_t slot, uint8_t out[16])
{
    assert(sequence >> 58 == 0);
    uint8_t derived[10];
    uint64_t high = sequence >> 46;                                     /* 12 bits, beside the version */
    uint64_t low = (sequence & (((uint64_t)1 << 46) - 1)) << 16 | slot; /* 62 bits, beside the variant */
    derived[0] = (uint8_t)(high >> 8);
    derived[1] = (uint8_t)high;
    for (int i = 0; i < 8; i++)
        derived[2 + i] = (uint8_t)(low >> (56 - 8 * i));
    message_id_make(time_us, derived, out);
}
