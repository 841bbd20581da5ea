#ifndef ONEVISIT_AGENTS_BRANCH_AGENT_H
#define ONEVISIT_AGENTS_BRANCH_AGENT_H

#include "agents/client/book.h"
#include "agents/client/link.h"

/* The branch agent: takes what stands in the outbox to the broker and what the
 * feed brings to the disk.
 *
 * Invariants:
 *  1 A message leaves the outbox only through the broker's RECEIPT or a final
 *    REJECT; until then it is sent again, same id and same bytes, in each new
 *    session and AGENT_RESEND_MS after the last attempt.
 *  2 EVENT_ACK names only events that are committed.
 *  3 A certificate file is on disk before the event that names it, and the
 *    CERT_ACK stands in the outbox in the same commit.
 *  4 At most AGENT_FLIGHT_COUNT_MAX messages are unanswered at a time.
 *
 * One thread; the caller polls agent_socket and calls agent_turn, which
 * receives a batch, commits it once, acknowledges and sends. */
struct agent;

enum {
    AGENT_FLIGHT_COUNT_MAX = 256,
    AGENT_BATCH_COUNT_MAX = 512,
    AGENT_QUERY_COUNT_MAX = 16,
    AGENT_RESEND_MS = 10000,
    AGENT_QUERY_MS_MAX = 15000,  /* longer than a window has for a title query */
    AGENT_LOOK_MS = 20,          /* how often the outbox is looked at for what a command put there */
    AGENT_STORE_RETRY_MS = 1000, /* after a failed commit, as with a full disk */
};

/* Borrows `book`, `data` and the strings of `settings` until agent_close. */
MUST_CHECK enum status agent_open(void *context, const struct link_settings *settings, struct book *book,
                                  const char *data, struct agent **out);
void agent_close(struct agent **agent);

/* Compares the books of the days before with the broker once a day, some minutes after this one in China (below zero:
 * never, as it is at first). */
void agent_compare_daily(struct agent *agent, int64_t minute);

void *agent_socket(const struct agent *agent);
/* How long the caller may wait for the socket, at most AGENT_LOOK_MS. */
long agent_wait_ms(const struct agent *agent, int64_t now_us);
/* One turn: receive, commit, acknowledge, send. A failed commit is logged, what
 * it held comes again from the broker. */
void agent_turn(struct agent *agent, int64_t now_us);

#endif
