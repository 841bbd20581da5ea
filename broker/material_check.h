#ifndef ONEVISIT_BROKER_MATERIAL_CHECK_H
#define ONEVISIT_BROKER_MATERIAL_CHECK_H

#include "broker/keep/keeper.h"

/* Whether the pieces of a file together are the file: what the core cannot see,
 * since it holds no bytes. The digests of the files on their way run along with
 * their pieces. After a restart, or when many files came in between, a digest
 * is made anew from the journal, a few pieces at a time, so that nobody waits
 * for it but the branch whose file it is. */
struct material_check;

enum {
    MATERIAL_CHECK_COUNT_MAX = 64,   /* files on their way whose digests run */
    MATERIAL_CATCH_UP_COUNT_MAX = 8, /* pieces read back for one message */
    MATERIAL_RETRY_MS = 50,          /* after so long the next ones are read */
};

MUST_CHECK enum status material_check_new(struct keeper *keeper, struct material_check **out);
void material_check_free(struct material_check **check);

/* The MATERIAL_CHUNK of the event, not stored yet, its rows offered; `piece` are its bytes. `*out` is STATUS_OK: let it
 * in; STATUS_DIGEST: it is the last one, and the whole is not what its name says; STATUS_BUSY: the last one, once more
 * after MATERIAL_RETRY_MS. */
MUST_CHECK enum status material_check_judge(struct material_check *check, const struct event *event, struct bytes piece,
                                            enum status *out, char *why);

#endif
