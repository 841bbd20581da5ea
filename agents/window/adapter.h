#ifndef ONEVISIT_AGENTS_WINDOW_ADAPTER_H
#define ONEVISIT_AGENTS_WINDOW_ADAPTER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "schemas/message.h"

/* The seam to a registry: two verbs.
 *
 *   find  does the registry know this case, and what has it answered so far?
 *   hand  take this delivery.
 *
 * Nothing here blocks: `start` takes a task, `work` makes progress, `result`
 * gives what has ended. The agent starts a `hand` only after its intent stands
 * on disk; after any doubt it asks `find` first and hands again only when the
 * registry says that it does not know the delivery. An adapter never decides
 * that by itself. */

enum { ADAPTER_ANSWER_COUNT_MAX = 64, ADAPTER_WHY_SIZE_MAX = 256, ADAPTER_WATCH_COUNT_MAX = 272 };

enum adapter_verb { ADAPTER_FIND, ADAPTER_HAND };

enum adapter_outcome {
    ADAPTER_KNOWN,     /* find: the registry has the case; its answers follow */
    ADAPTER_NOT_KNOWN, /* find: the registry says that it has no such case */
    ADAPTER_NO_ANSWER, /* find: nothing can be concluded */
    ADAPTER_TAKEN,     /* hand: the registry has it */
    ADAPTER_CANNOT,    /* hand: the registry will not take it as it is; an operator of the broker decides */
    ADAPTER_HOLD,      /* hand: a person at this window must look at it */
    ADAPTER_LATER,     /* hand: surely not taken, try again later */
    ADAPTER_DOUBT,     /* hand: taken or not, nobody knows */
    ADAPTER_PERSON,    /* hand: a person at the command line takes it */
};

/* All borrowed until `start` returns. */
struct adapter_task {
    int64_t delivery; /* names the task in its result */
    enum adapter_verb verb;
    struct text window;
    struct text case_id;
    int64_t number;
    struct text origin_type;
    struct text origin_source;
    struct bytes origin; /* msgpack map, verbatim */
    int64_t answers;     /* of the registry about this case, taken so far */
    int64_t failed;      /* attempts to hand it that failed so far */
};

/* One answer of the registry about a case. `position` counts them from 0, in
 * the order given; the answer at a position never changes. */
struct adapter_answer {
    int64_t position;
    enum message_type type;
    struct bytes body;  /* msgpack map, valid for its record */
    struct bytes chunk; /* the certificate file; data NULL for none */
    /* SM3 of what the registry said, in its own words; data NULL where it speaks those of the house. An answer that was
     * taken before is known by it, also when it can no longer be read: `body` has no data then. */
    struct bytes said;
};

struct adapter_result {
    int64_t delivery; /* 0: the registry spoke by itself */
    enum adapter_verb verb;
    enum adapter_outcome outcome;
    char window[33];
    char case_id[31];
    int64_t number_last; /* KNOWN: the last delivery the registry has; -1: it does not say */
    const struct adapter_answer *answers;
    uint32_t answer_count;
    char fault[ADAPTER_WHY_SIZE_MAX]; /* KNOWN: an answer that cannot go out, and its path; "" for none */
    char why[ADAPTER_WHY_SIZE_MAX];   /* for a person; "" for none */
    bool has_crashed;                 /* DOUBT: whatever takes it broke over it */
    int64_t retry_ms;                 /* LATER: not before; 0: it does not say */
};

/* A title query: an answer is worth something only now, so nothing of it is kept on disk. All borrowed. */
struct adapter_question {
    int64_t query; /* names it in its answer */
    struct text window;
    struct text source;
    struct bytes body; /* the TITLE_QUERY, a msgpack map, verbatim */
};

struct adapter_title {
    int64_t query;
    char window[33];
    struct bytes body; /* TITLE_RESULT; valid until the next call */
};

struct adapter {
    void *context;
    int64_t poll_ms; /* how often `find` is asked while a case is open; 0: only at start */
    /* How many tasks of this window may start now, when `chosen` others are about to. */
    uint32_t (*room)(void *context, struct text window, uint32_t chosen);
    MUST_CHECK enum status (*start)(void *context, const struct adapter_task *task, int64_t now_us);
    /* Makes progress; what the adapter keeps is on its disk when it returns. */
    MUST_CHECK enum status (*work)(void *context, int64_t now_us);
    /* The next result, or false. Valid until the next call. */
    bool (*result)(void *context, struct adapter_result *out);
    /* Title queries; both NULL where the registry answers none. `ask` says STATUS_BUSY when it takes no more now; a
     * query that finds no answer is forgotten, and whoever asked is told by the broker. */
    MUST_CHECK enum status (*ask)(void *context, const struct adapter_question *question, int64_t now_us);
    bool (*told)(void *context, struct adapter_title *out);
    /* Files to poll for: fills at most ADAPTER_WATCH_COUNT_MAX, returns the count. */
    uint32_t (*watch)(void *context, struct pollfd *out);
    /* When `work` has something to do even if no file is ready; INT64_MAX: never. */
    int64_t (*wake_us)(void *context);
    void (*close)(void *context);
};

#endif
