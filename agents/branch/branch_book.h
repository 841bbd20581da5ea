#ifndef ONEVISIT_AGENTS_BRANCH_BRANCH_BOOK_H
#define ONEVISIT_AGENTS_BRANCH_BRANCH_BOOK_H

#include "agents/client/book.h"

/* The branch's book: DATA/branch.db, shared by `run` and the commands.
 *
 *   outbox   what the branch owes the broker, kept for ever as the record of what it sent
 *   events   the feed of the broker, gap-free per broker
 *   brokers  whom we met, the last receipt and the last event of each
 *   queries  questions of `status --remote`, `group`, `title` and `precheck`, answered by the daemon
 *   seal     whose folder this is, test or production
 *   link     what the daemon last knew of its connection */

/* With `may_make` the folder and the file are made when they are missing, else
 * that is STATUS_NOT_FOUND. The sentence in `why`. */
MUST_CHECK enum status branch_book_open(const char *data, bool may_make, struct book **out, char *why, size_t why_size);
/* The first call writes whose folder this is; every later one must say the
 * same, else STATUS_SEALED_OTHERWISE. */
MUST_CHECK enum status branch_book_seal(struct book *book, const char *participant, bool is_test, char *why,
                                        size_t why_size);
/* For who only writes into the folder: is it theirs (participant NULL: anybody's), and of this kind? A folder nobody
 * has sealed yet is. STATUS_SEALED_OTHERWISE with a sentence. */
MUST_CHECK enum status branch_book_judge(struct book *book, const char *participant, bool is_test, char *why,
                                         size_t why_size);

/* What the daemon knows of its connection, for the commands. */
MUST_CHECK enum status link_note_write(struct book *book, bool is_standing, const char *trouble, int64_t now_us);
MUST_CHECK enum status link_note_read(struct book *book, bool *is_standing, char *trouble, size_t size,
                                      int64_t *since_us);

#endif
