#ifndef ONEVISIT_AGENTS_BRANCH_OUTBOX_H
#define ONEVISIT_AGENTS_BRANCH_OUTBOX_H

#include "agents/client/book.h"
#include "schemas/message.h"

/* What the branch owes the broker, durable before anybody is told that it was
 * taken. A row keeps its message id and its bytes for ever: every retry is the
 * same message. Rows are never deleted; RESEND puts stored ones back. */

enum outbox_state {
    OUTBOX_WAITING,  /* not answered yet, or to be tried again */
    OUTBOX_STORED,   /* the broker's RECEIPT is here */
    OUTBOX_REJECTED, /* the broker will never take it; the reason is here */
};

enum { OUTBOX_BUSY_MS_MAX = 60000 }; /* the longest wait of ours between two attempts at a busy broker */
/* What was put back to be sent again may have to wait for what it follows: first so long, and so many times. */
enum { OUTBOX_AGAIN_MS = 1000, OUTBOX_AGAIN_COUNT_MAX = 15 };

/* A place in the order of sending: a counter's first, then bulk, each the oldest first. All zeroes is before all. */
struct outbox_place {
    int64_t is_behind;
    int64_t id;
};

struct outbox_row {
    int64_t id;
    bool is_behind; /* bulk that no counter's application waits for */
    uint8_t message_id[16];
    enum message_type type; /* MESSAGE_COUNT: written by a newer version */
    struct text case_id;    /* data NULL: none yet */
    struct text group;      /* of independent cases, for the envelope; data NULL: none */
    struct number priority; /* for the envelope; absent: a counter's */
    struct bytes body;
    int64_t created_us;
    int64_t attempts;
    enum outbox_state state;
    struct number sequence;  /* of the receipt */
    struct number stored_us; /* the broker's time of the receipt */
    struct text reject;      /* JSON of the REJECT; data NULL: none */
    uint8_t *memory;         /* holds the texts and the body; zeroed before first use, see outbox_row_fini */
    size_t capacity;
};

void outbox_row_fini(struct outbox_row *row);

/* A new message with a new id, waiting; its id and message id are written to
 * `out`. Call between book_begin and book_commit. */
MUST_CHECK enum status outbox_add(struct book *book, enum message_type type, struct text case_id, struct bytes body,
                                  int64_t now_us, int64_t *id, uint8_t message_id[16]);

/* The group of an application just added, in the same transaction. */
MUST_CHECK enum status outbox_set_group(struct book *book, int64_t id, struct text group);
/* Its priority, likewise; bulk stands behind what a citizen waits for. */
MUST_CHECK enum status outbox_set_priority(struct book *book, int64_t id, int64_t priority);

/* The next waiting row after a place, whose files the broker has, that may be tried at `now_us`, and before which
 * nothing waits on its units (outbox_lane.h); STATUS_NOT_FOUND after the last. A row may be filled again and again. */
MUST_CHECK enum status outbox_next_waiting(struct book *book, struct outbox_place after, int64_t now_us,
                                           struct outbox_row *out);
/* Earliest time a deferred row may be tried again; INT64_MAX for none. */
MUST_CHECK enum status outbox_deferred_until(struct book *book, int64_t now_us, int64_t *out);
MUST_CHECK enum status outbox_count_waiting(struct book *book, int64_t *out);

/* The answers. STATUS_NOT_FOUND when nobody here sent that id. */
MUST_CHECK enum status outbox_take_receipt(struct book *book, struct bytes message_id, const struct receipt *receipt,
                                           int64_t now_us);
MUST_CHECK enum status outbox_take_reject(struct book *book, struct bytes message_id, const char *reject_json,
                                          int64_t now_us);
/* Not now: tried again `retry_ms` later, after twice as long each further time up to OUTBOX_BUSY_MS_MAX, at *until. */
MUST_CHECK enum status outbox_defer(struct book *book, struct bytes message_id, int64_t now_us, int64_t retry_ms,
                                    int64_t *until);
/* Waits for its answer since resend put it back, or marked it as waiting behind what it put back. */
bool outbox_is_put_back(struct book *book, struct bytes message_id);
/* As outbox_defer, for a refusal of what resend put back: the broker lacks what goes before it. STATUS_NOT_FOUND: it
 * was not put back, or was refused too often. */
MUST_CHECK enum status outbox_defer_again(struct book *book, struct bytes message_id, int64_t now_us, int64_t *until);
MUST_CHECK enum status outbox_note_attempts(struct book *book, int64_t id, int64_t attempts);

/* Puts what was stored since then back to waiting; *count rows. Those of a case then go one after the other, each when
 * the broker has the one before. */
MUST_CHECK enum status outbox_resend_since_sequence(struct book *book, int64_t sequence, int64_t *count);
MUST_CHECK enum status outbox_resend_since_time(struct book *book, int64_t time_us, int64_t *count);

MUST_CHECK enum status outbox_find(struct book *book, int64_t id, struct outbox_row *out);
/* Rows after `after_id`: all, or only what is not stored; or those of a case. */
MUST_CHECK enum status outbox_list_next(struct book *book, int64_t after_id, bool with_stored, struct outbox_row *out);
MUST_CHECK enum status outbox_case_next(struct book *book, struct text case_id, int64_t after_id,
                                        struct outbox_row *out);

#endif
