#ifndef ONEVISIT_AGENTS_BRANCH_BROKERS_H
#define ONEVISIT_AGENTS_BRANCH_BROKERS_H

#include "agents/client/book.h"
#include "schemas/message.h"

/* The brokers this branch has met: one, unless a broker was set up anew or lost
 * data. Event numbers and receipts belong to one history of one data folder:
 * another folder, or the same one after a loss an operator accepted, is a row
 * of its own (a generation), and their numbers never mix.
 *
 * A broker that has lost something refuses HELLOs that prove it. `resend` is
 * the operator's word that the loss is known: it marks the row as lost, the
 * next HELLO names no receipt and no event, and the session that follows
 * begins a new generation where the broker stands now. */
struct broker_row {
    int64_t id;             /* 0: none met yet */
    int64_t generation;     /* above 1: events that an earlier one brought may come again under another number */
    bool is_lost;           /* marked by `resend` */
    int64_t event_number;   /* last event on our disk */
    int64_t urgent_number;  /* last event of the urgent feed on our disk */
    struct number sequence; /* of the last receipt; absent: none yet */
    struct number time_us;
    uint8_t chain[32];
    uint8_t mac[32];
};

/* The one met last; id 0 when there is none. */
MUST_CHECK enum status brokers_last(struct book *book, struct broker_row *out);
/* The row of the broker that answered, from now on the last one. Made when it is
 * new or marked as lost, its feeds then going on after the numbers of `ack`. */
MUST_CHECK enum status brokers_meet(struct book *book, const struct hello_ack *ack, int64_t now_us,
                                    struct broker_row *out);
MUST_CHECK enum status brokers_mark_lost(struct book *book);
/* Takes a receipt into `broker` if it is the newer evidence: a first answer
 * always is (numbers of one broker only fall after it lost something and was
 * told to go on), a repeated answer only when its number is higher. */
void broker_take_receipt(struct broker_row *broker, const struct receipt *receipt, bool is_duplicate);
MUST_CHECK enum status brokers_write(struct book *book, const struct broker_row *broker);

/* The receipt for HELLO, borrowed from `broker`; is_present false when there is none. */
struct receipt broker_receipt(const struct broker_row *broker);

#endif
