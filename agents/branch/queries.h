#ifndef ONEVISIT_AGENTS_BRANCH_QUERIES_H
#define ONEVISIT_AGENTS_BRANCH_QUERIES_H

#include "agents/client/book.h"
#include "schemas/message.h"

/* Questions of `status --remote`, `group`, `title`, `precheck` and `submit --precheck`: a key has one session, which is
 * the daemon's, so the command line asks through the book. */

enum {
    TITLE_QUERY_SIZE_MAX = 2048, /* larger than any within the limits of its rows */
    GROUP_NAME_SIZE = 40
};

struct query {
    int64_t id;
    enum message_type type;
    char case_id[31];                /* of STATUS_QUERY; of RECON_OPEN the day */
    char group[GROUP_NAME_SIZE + 1]; /* of a draft; "": none */
    uint8_t *body;                   /* owned; NULL for STATUS_QUERY */
    uint32_t body_size;
};

MUST_CHECK enum status queries_ask(struct book *book, struct text case_id, int64_t now_us, int64_t *id);
/* A message of this type with this body, which is forgotten once it is answered. */
MUST_CHECK enum status queries_ask_body(struct book *book, enum message_type type, struct bytes body, int64_t now_us,
                                        int64_t *id);
/* PRECHECK of a draft that is to be filed in this group; data NULL: in none. */
MUST_CHECK enum status queries_ask_draft(struct book *book, struct bytes body, struct text group, int64_t now_us,
                                         int64_t *id);
/* The comparison of the books of a day. */
MUST_CHECK enum status queries_ask_day(struct book *book, const char *day, int64_t now_us, int64_t *id);
/* The next unanswered question after `after_id`. */
MUST_CHECK enum status queries_next(struct book *book, int64_t after_id, struct query *out);
void query_fini(struct query *query);
/* Exactly one of `answer` (JSON of CASE_STATUS, or of what `title` shows) and `failure` (a sentence) is not NULL. */
MUST_CHECK enum status queries_answer(struct book *book, int64_t id, const char *answer, const char *failure,
                                      int64_t now_us);
/* STATUS_NOT_FOUND while there is no answer; then *answer or *failure is a new string of the caller's. */
MUST_CHECK enum status queries_take(struct book *book, int64_t id, char **answer, char **failure);
/* As queries_take, but waits for the daemon; STATUS_TIMEOUT when it did not answer in `wait_ms`. */
MUST_CHECK enum status queries_await(struct book *book, int64_t id, int64_t wait_ms, char **answer, char **failure);
/* Nobody waits for an answer that long: forgets what was asked before `time_us`. */
MUST_CHECK enum status queries_forget(struct book *book, int64_t time_us);

#endif
