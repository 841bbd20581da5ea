#ifndef ONEVISIT_SCHEMAS_ENVELOPE_H
#define ONEVISIT_SCHEMAS_ENVELOPE_H

#include "schemas/message.h"

/* What stands around a body: building and judging envelopes. On the wire a
 * message is: envelope frame, body frame, 0..MESSAGE_CHUNK_COUNT_MAX chunk
 * frames. Digests are computed by the caller (schemas holds no crypto).
 *
 * envelope_judge checks what the envelope alone can tell: the record's rows,
 * the version, that the type is known, that a case message names its case and
 * that `exp` stands only where it may. On a fault the status names it and
 * `problems` holds the paths. */
MUST_CHECK enum status envelope_judge(struct bytes frame, struct arena *arena, struct envelope *out,
                                      enum message_type *type, struct problems *problems);

/* A UUIDv7 from a time and 10 random (or derived) bytes (RFC 9562). */
void message_id_make(int64_t time_us, const uint8_t random[10], uint8_t out[16]);
/* The broker's ids: from the journal sequence of what caused the message, the
 * record's time, and a slot that tells messages of one sequence apart. */
void message_id_derive(int64_t time_us, uint64_t sequence, uint16_t slot, uint8_t out[16]);

#endif
