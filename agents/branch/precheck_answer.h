#ifndef ONEVISIT_AGENTS_BRANCH_PRECHECK_ANSWER_H
#define ONEVISIT_AGENTS_BRANCH_PRECHECK_ANSWER_H

#include "agents/branch/application_check.h"
#include "agents/client/book.h"

/* What the broker finds in a draft (PRECHECK), asked through the `run` of the
 * folder; behind it the finding of the branch's own list of clerks (B02). */
struct precheck_answer {
    json_t *json;       /* owned, see precheck_answer_fini */
    const char *digest; /* borrow from it */
    json_t *findings;
    bool is_ok; /* no error; warnings alone keep it */
};

/* `draft` has a body; `group` is the one it is to be filed in, data NULL for none. STATUS_TIMEOUT when there is no
 * answer, which is said on standard error. Nothing may be open for writing in the book: the `run` must see the
 * question. */
MUST_CHECK enum status precheck_ask(struct book *book, const struct checked_line *draft, struct text group,
                                    struct precheck_answer *out);
void precheck_answer_fini(struct precheck_answer *answer);

#endif
