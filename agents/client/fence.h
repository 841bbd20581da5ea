#ifndef ONEVISIT_AGENTS_CLIENT_FENCE_H
#define ONEVISIT_AGENTS_CLIENT_FENCE_H

#include "agents/client/book.h"
#include "schemas/message.h"

/* The newest start of each broker's folder that this agent has met, kept in its
 * book: two brokers on two copies of one folder cannot both be served.
 *
 * A broker of the same folder with a lower epoch, or with the same one opened
 * by another record, is refused before anything of it is taken. HELLO shows
 * what was met, so that the broker sees it, too, and stops.
 *
 * What a session brings stands in one transaction with fence_keep, or behind
 * it: nothing of the new broker is on disk without the mark against the old. */
struct fence {
    struct book *book; /* borrowed */
    bool has_broker;
    uint8_t broker[16]; /* the folder HELLO speaks of: met last, or refused last */
    uint8_t chain[32];  /* room for what HELLO borrows */
    uint8_t mac[32];
};

/* The step of a book's plan that makes room for it. */
#define FENCE_TABLE                                                                                                    \
    "CREATE TABLE opening(broker BLOB PRIMARY KEY, epoch INTEGER NOT NULL, sequence INTEGER, time INTEGER,"            \
    " chain BLOB, mac BLOB, met INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

MUST_CHECK enum status fence_init(struct fence *fence, struct book *book);
/* STATUS_FENCED and `why` when `ack` comes from an older start than the one met; STATUS_IO, in doubt, is no session. */
MUST_CHECK enum status fence_judge(struct fence *fence, const struct hello_ack *ack, char *why, size_t why_size);
/* In a transaction of the caller's. */
MUST_CHECK enum status fence_keep(struct fence *fence, const struct hello_ack *ack, int64_t now_us);
/* Fills epoch and opening; what is borrowed lives as long as the fence. */
void fence_fill_hello(struct fence *fence, struct hello *hello);

#endif
