#ifndef ONEVISIT_AGENTS_WINDOW_INBOX_H
#define ONEVISIT_AGENTS_WINDOW_INBOX_H

#include "agents/client/digest.h"
#include "agents/client/link.h"
#include "agents/window/base.h"
#include "schemas/failure.h"

/* The inbox: every delivery, verbatim, once. States of a delivery:
 *
 *   new      stored, to be handed to the registry
 *   handing  the intent to hand stands on disk; taken or not is not known yet
 *   doubt    handed perhaps: the registry is asked (find) before anything else
 *   desk     a person at the command line deals with it
 *   held     nobody but a person can decide; the reason stands beside it
 *   handed   the registry (or a person) has it
 *
 * Deliveries of a case are handed in the order of their number, applications
 * on the same property unit in the order of their arrival: a delivery that is
 * not handed keeps back what comes behind it. Apart from that an application
 * from a counter goes before bulk, and bulk it stands behind is hurried. */

enum inbox_verdict {
    INBOX_STORED,
    INBOX_REPEATED, /* the very same delivery again: acknowledge again, nothing to store */
    INBOX_BROUGHT,  /* known, from a broker that lost its journal: acknowledge, and tell again what was said then */
    INBOX_ODD,      /* the same id or number with other bytes, or unreadable: kept apart, not acknowledged */
};

/* Stores a CASE_DELIVER. `why` gets the reason for INBOX_ODD. The arena is reset. */
enum inbox_verdict inbox_take(struct base *base, struct digest *digest, struct arena *arena, struct text window,
                              const struct link_message *message, int64_t now_us, char *why, size_t why_size);

/* Deliveries of the window that may be handed or asked for now: those of a counter, then bulk, each the oldest first.
 * Where it is bulk's turn one of it comes before all others, and no more in this look. */
uint32_t inbox_ready(struct base *base, struct text window, int64_t now_us, bool is_turn_of_bulk, int64_t *out,
                     uint32_t count_max);
/* When the next one that waits for a time may be tried; INT64_MAX for none. */
int64_t inbox_due_at(struct base *base, struct text window, int64_t now_us);
/* Deliveries of the window that are not handed. */
int64_t inbox_backlog(struct base *base, struct text window);

struct inbox_row {
    int64_t id;
    char window[33];
    char case_id[31];
    int64_t number;
    int64_t brought; /* what the broker counts it as: brought.h */
    char type[33];
    char source[33];
    char state[9];
    int64_t tries;
    int64_t received_at;
    char reason[256];
    int64_t failed[FAILURE_COUNT]; /* attempts, by class */
    char doubt_class[13];          /* of the attempt it is in doubt about; "" for none */
    struct bytes origin;           /* valid until inbox_row_end */
};

/* The number of the delivery of the same case that goes before this one; 0 for none. */
int64_t inbox_number_before(struct base *base, const struct inbox_row *row);

bool inbox_row_read(struct base *base, int64_t id, struct inbox_row *out);
void inbox_row_end(struct base *base);
/* The delivery of a case that the broker counts under this number; 0: the last one. The row id, 0 for none. */
int64_t inbox_row_of(struct base *base, struct text window, struct text case_id, int64_t number);

/* Changes the state; `due_at` is when it may be tried again; `why` NULL for none. */
void inbox_set_state(struct base *base, int64_t id, const char *state, int64_t due_at, const char *why);
void inbox_count_try(struct base *base, int64_t id);
/* Attempts that failed, of all classes. */
int64_t inbox_failed(const struct inbox_row *row);
void inbox_count_failure(struct base *base, int64_t id, enum failure failure);
/* In doubt, after an attempt that ended so; `failure` FAILURE_COUNT: nobody knows how. */
void inbox_set_doubt(struct base *base, int64_t id, enum failure failure, const char *why);
/* It is held, and given back to the broker. */
void inbox_set_returned(struct base *base, int64_t id);
/* The broker brings a delivery again that was given back: it is handed anew. True when there was one. */
bool inbox_renew(struct base *base, struct text window, struct text case_id, int64_t number);
/* Cases of the window with something that was given back. */
uint32_t inbox_returned(struct base *base, struct text window, char (*out)[31], uint32_t count_max);
/* What was given back of the case is given up there: its units are free. True when there was something. */
bool inbox_give_up(struct base *base, struct text window, struct text case_id);
void inbox_set_handed(struct base *base, int64_t id, int64_t now_us);
/* A person dealt with the case as it lies there: whatever waited is handed. */
void inbox_set_case_handed(struct base *base, struct text window, struct text case_id, int64_t now_us);
/* Has a person the case in hand: is its application at the desk, held, or dealt with? */
bool inbox_is_with_person(struct base *base, struct text window, struct text case_id);
/* At start: what was being handed when the process ended is in doubt. */
void inbox_doubt_all(struct base *base);

#endif
