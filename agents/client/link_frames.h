#ifndef ONEVISIT_AGENTS_CLIENT_LINK_FRAMES_H
#define ONEVISIT_AGENTS_CLIENT_LINK_FRAMES_H

#include "agents/client/digest.h"
#include "agents/client/wire.h"

/* Between frames and messages: judging what came, wrapping what goes. */

struct link_judge {
    struct digest *digest; /* borrowed */
    const char *self;      /* our participant: the only destination taken */
    struct arena *arena;   /* the decoded message lives there */
};

/* Fills `out` from the frames, which it borrows. Keys of a body that this
 * version does not know are passed over: a newer broker may say more. On any
 * other fault the status names it and `why` says it in a sentence. */
MUST_CHECK enum status link_frames_judge(const struct link_judge *judge, struct wire_frames *frames,
                                         struct link_message *out, char *why, size_t why_size);

/* Is a body with these problems good but for keys this version does not know? */
bool link_problems_are_unknown_keys(const struct problems *problems);

/* Wraps `message` from `source` to the broker and hands it to the wire.
 * STATUS_BUSY when it takes no more now, STATUS_TOO_LARGE. */
MUST_CHECK enum status link_frames_send(struct wire *wire, struct digest *digest, const char *source,
                                        const struct link_outgoing *message, int64_t now_us);

#endif
