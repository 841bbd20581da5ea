#ifndef ONEVISIT_AGENTS_BRANCH_EVENTS_H
#define ONEVISIT_AGENTS_BRANCH_EVENTS_H

#include "agents/branch/words.h"
#include "agents/client/book.h"

/* The branch's record of the feed: every event verbatim, before it is
 * acknowledged to the broker. */
struct event_row {
    int64_t id;     /* local, counts up over all brokers; what `watch --since` means */
    int64_t broker; /* row of brokers */
    int64_t number; /* in that broker's feed; below zero: in its urgent feed, which counts apart */
    int64_t sequence;
    int64_t time_us;  /* the broker's */
    int64_t taken_us; /* ours */
    struct text case_id;
    struct text state; /* of the case after it, as the broker says */
    struct text what;  /* the fact, or the type of the window's message */
    bool is_fact;
    struct text detail; /* what a fact is about, as the proof a PART_ASKED names, or what an alert advises; data NULL:
                           nothing */
    struct bytes origin_id;
    struct text origin_source;
    struct bytes body;        /* the window's message, verbatim; of a fact that has a clock the event itself */
    struct text file;         /* name under certificates/; data NULL: none */
    struct bytes file_digest; /* SM3 of the file as it came */
    struct text file_why;     /* why the file was not taken; data NULL: it was, or there is none */
    enum level level;
    bool ends;
};

/* Between book_begin and book_commit. `id` and `taken_us`, level and end are filled in. */
MUST_CHECK enum status events_add(struct book *book, struct event_row *event, int64_t now_us);

/* Is this very event here already, under whatever number? STATUS_OK or STATUS_NOT_FOUND. */
MUST_CHECK enum status events_find_same(struct book *book, const struct event_row *event);

/* The file that the same message of a window brought before, under whatever number: its name and SM3. STATUS_NOT_FOUND.
 */
MUST_CHECK enum status events_find_file(struct book *book, const struct event_row *event, char *name, size_t name_size,
                                        uint8_t sm3[32]);

/* Calls `take` for the events after `after_id`, oldest first, of one case
 * (data NULL: all), until it answers false. The row is valid during the call;
 * `take` must not write to the book. */
typedef bool events_take(const struct event_row *event, void *context);
MUST_CHECK enum status events_each(struct book *book, struct text case_id, int64_t after_id, events_take *take,
                                   void *context);

/* The highest level the events of a case are evidence of, at least
 * LEVEL_STORED, and whether it ended without a certificate. */
MUST_CHECK enum status events_level(struct book *book, struct text case_id, enum level *level, bool *has_ended);

#endif
