#ifndef ONEVISIT_AGENTS_BRANCH_QUERIES_H
#define ONEVISIT_AGENTS_BRANCH_QUERIES_H

#include "agents/client/book.h"

/* Questions of `status --remote` and `title`: a key has one session, which is the
 * daemon's, so the command line asks through the book. */

enum { TITLE_QUERY_SIZE_MAX = 2048 }; /* larger than any within the limits of its rows */

MUST_CHECK enum status queries_ask(struct book *book, struct text case_id, int64_t now_us, int64_t *id);
/* A title query: `body` is the encoded TITLE_QUERY. */
MUST_CHECK enum status queries_ask_title(struct book *book, struct bytes body, int64_t now_us, int64_t *id);
/* The body of a title query, copied; STATUS_NOT_FOUND where the question is another. */
MUST_CHECK enum status queries_body(struct book *book, int64_t id, uint8_t *out, size_t capacity, size_t *size);
/* The next unanswered question after `after_id`; `case_id` is written with its zero byte, "" for a title query. */
MUST_CHECK enum status queries_next(struct book *book, int64_t after_id, int64_t *id, char case_id[31]);
/* Exactly one of `answer` (JSON of CASE_STATUS, or of what `title` shows) and `failure` (a sentence) is not NULL. */
MUST_CHECK enum status queries_answer(struct book *book, int64_t id, const char *answer, const char *failure,
                                      int64_t now_us);
/* STATUS_NOT_FOUND while there is no answer; then *answer or *failure is a new string of the caller's. */
MUST_CHECK enum status queries_take(struct book *book, int64_t id, char **answer, char **failure);
/* Nobody waits for an answer that long: forgets what was asked before `time_us`. */
MUST_CHECK enum status queries_forget(struct book *book, int64_t time_us);

#endif
