#ifndef ONEVISIT_AGENTS_BRANCH_OWED_FILES_H
#define ONEVISIT_AGENTS_BRANCH_OWED_FILES_H

#include "agents/branch/attach.h"
#include "agents/client/book.h"

/* The files that messages of the outbox carry. A message is sent only when the
 * broker has all of them; copies of the files stand in DATA/materials. */

struct owed_file {
    int64_t outbox; /* the oldest message that waits for it */
    uint8_t message_id[16];
    uint8_t sm3[SM3_SIZE];
    int64_t size;
};

/* A copy in DATA, on disk when this says STATUS_OK. STATUS_DIGEST: the file is not any more what was checked. */
MUST_CHECK enum status owed_file_copy(const char *data, struct digest *digest, const struct attached *file);
/* The message waits for the file; in the transaction that adds the message. */
MUST_CHECK enum status owed_files_add(struct book *book, int64_t outbox, const struct attached *file);
/* The next one the broker has not; STATUS_NOT_FOUND when there is none. */
MUST_CHECK enum status owed_files_next(struct book *book, struct owed_file *out);
/* The broker has it. */
MUST_CHECK enum status owed_files_settle(struct book *book, const uint8_t sm3[SM3_SIZE]);
/* The broker says that it has not all of them. */
MUST_CHECK enum status owed_files_owe_again(struct book *book, struct bytes message_id);

#endif
