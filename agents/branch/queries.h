#ifndef ONEVISIT_AGENTS_BRANCH_QUERIES_H
#define ONEVISIT_AGENTS_BRANCH_QUERIES_H

#include "agents/client/book.h"

/* Questions of `status --remote`: a key has one session, which is the
 * daemon's, so the command line asks through the book. */

MUST_CHECK enum status queries_ask(struct book *book, struct text case_id, int64_t now_us, int64_t *id);
/* The next unanswered question after `after_id`; `case_id` is written with its zero byte. */
MUST_CHECK enum status queries_next(struct book *book, int64_t after_id, int64_t *id, char case_id[31]);
/* Exactly one of `answer` (JSON of CASE_STATUS) and `failure` (a sentence) is not NULL. */
MUST_CHECK enum status queries_answer(struct book *book, int64_t id, const char *answer, const char *failure,
                                      int64_t now_us);
/* STATUS_NOT_FOUND while there is no answer; then *answer or *failure is a new string of the caller's. */
MUST_CHECK enum status queries_take(struct book *book, int64_t id, char **answer, char **failure);
/* Nobody waits for an answer that long: forgets what was asked before `time_us`. */
MUST_CHECK enum status queries_forget(struct book *book, int64_t time_us);

#endif
