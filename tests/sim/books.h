#ifndef ONEVISIT_TESTS_SIM_BOOKS_H
#define ONEVISIT_TESTS_SIM_BOOKS_H

#include "tests/sim/peer.h"

/* The books of the day: each branch and each window keeps its bookings and compares them with the broker's record now
 * and then, while things go wrong (FEATURE_BOOKS). Some books are wrong on purpose. What was promised:
 *
 *   a difference is told only where a book is wrong, or for a while where one side has not heard of it yet
 *   when the trouble is over, each wrong entry is found and stands in the operators' list, and nothing else is open
 *   a difference is closed because both books agree again, or because two operators said the same, never one */
void books_open(void);
void books_close(void);

struct booked_entry {
    struct text case_id;
    struct text window;
    struct text branch;
    struct text kind;
    struct text number;
    struct text proof;
    int64_t booked_at;
    struct number amount;
    bool is_certified; /* its proof was there before */
};

/* Into the book of this peer. */
void books_note(const struct peer *peer, const struct booked_entry *entry);
void books_note_proof(const struct peer *peer, struct text case_id);
/* A branch hears what its window said. */
void books_hear(const struct peer *branch, struct text case_id, const struct case_event *event, struct bytes origin);
/* A difference as somebody is told of it. */
void books_judge(const struct difference *difference, bool is_in_last_list);
/* Every book was compared as it stands now, and its wrong entries alone were found. */
bool books_are_done(void);
uint64_t books_changes(void); /* so far, of all books */
/* At rest, after the operators' last list. */
void books_judge_end(void);

/* ---- fixes.c: operators look at the differences ---- */
void fixes_open(void);
void fixes_close(void);
/* A whole list was seen after all books were done. */
bool fixes_are_done(void);

#endif
