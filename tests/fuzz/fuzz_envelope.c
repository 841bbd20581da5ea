#include <assert.h>

#include "schemas/envelope.h"

/* A frame from a stranger. What is judged right must hold what the broker
 * relies on. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void holds_what_the_broker_needs(const struct envelope *envelope, enum message_type type)
{
    assert(type < MESSAGE_COUNT);
    assert(envelope->message_id.size == 16);
    assert(envelope->digest.size == 32);
    assert(participant_role(envelope->source) != 0);
    assert(participant_role(envelope->destination) != 0);
    assert(message_type_of(envelope->type) == type);
    assert(!message_kind(type)->is_of_case || envelope->case_id.size == 30);
    assert(!envelope->expires_at.is_present || type == MESSAGE_CASE_SUBMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t memory[256];
    struct arena arena = arena_over(memory, sizeof memory);
    struct envelope envelope;
    struct problems problems;
    enum message_type type;
    enum status status = envelope_judge(bytes_of(data, size), &arena, &envelope, &type, &problems);
    assert((status == STATUS_OK) == (problems.count == 0));
    if (status == STATUS_OK)
        holds_what_the_broker_needs(&envelope, type);
    return 0;
}
