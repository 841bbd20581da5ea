#ifndef ONEVISIT_AGENTS_OPS_SESSION_H
#define ONEVISIT_AGENTS_OPS_SESSION_H

#include "agents/client/link.h"
#include "agents/ops/settings.h"

/* One operator's conversation with the broker: open, ask, ask again, close.
 * Each wait ends after settings->timeout_ms. What goes wrong is said on
 * standard error, a REJECT in Chinese and English. */
struct session;

struct question {
    enum message_type type;
    const void *body;         /* the type's struct */
    struct text case_id;      /* data NULL: not of a case */
    enum message_type answer; /* the type that answers it */
};

/* Returns when the session stands. EXIT_CODE_NO when the broker refuses it. */
MUST_CHECK enum exit_code session_open(const struct settings *settings, struct session **out);
void session_close(struct session **session);

/* The answer's body is valid until the next call with the session. A session
 * that broke and stands again asks again under the same message id.
 * EXIT_CODE_NO on REJECT. */
MUST_CHECK enum exit_code session_ask(struct session *session, const struct question *question,
                                      struct link_message *out);
/* Keeps the session alive for so long. */
void session_rest(struct session *session, int64_t rest_ms);

#endif
