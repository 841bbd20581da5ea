#ifndef ONEVISIT_AGENTS_BRANCH_BROKERS_H
#define ONEVISIT_AGENTS_BRANCH_BROKERS_H

#include "agents/client/book.h"
#include "schemas/message.h"

/* The brokers this branch has met: one, unless a broker was set up anew. Event
 * numbers and receipts belong to a broker's data folder, so a new folder
 * starts a new row and never mixes with the numbers of the old one. */
struct broker_row {
    int64_t id;             /* 0: none met yet */
    int64_t event_number;   /* last event on our disk */
    struct number sequence; /* of the last receipt; absent: none yet */
    struct number time_us;
    uint8_t chain[32];
    uint8_t mac[32];
};

/* The one met last; id 0 when there is none. */
MUST_CHECK enum status brokers_last(struct book *book, struct broker_row *out);
/* The row of this broker id, made when it is new, from now on the last one. */
MUST_CHECK enum status brokers_meet(struct book *book, struct bytes broker, int64_t now_us, struct broker_row *out);
/* Takes a receipt into `broker` if it is the newer evidence: a first answer
 * always is (numbers of one broker only fall after it lost something and was
 * told to go on), a repeated answer only when its number is higher. */
void broker_take_receipt(struct broker_row *broker, const struct receipt *receipt, bool is_duplicate);
MUST_CHECK enum status brokers_write(struct book *book, const struct broker_row *broker);

/* The receipt for HELLO, borrowed from `broker`; is_present false when there is none. */
struct receipt broker_receipt(const struct broker_row *broker);

#endif
