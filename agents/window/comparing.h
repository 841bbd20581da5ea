#ifndef ONEVISIT_AGENTS_WINDOW_COMPARING_H
#define ONEVISIT_AGENTS_WINDOW_COMPARING_H

#include "agents/window/day_book.h"
#include "agents/window/port.h"

/* Compares the books of a day (对账) with the broker: what the command line asks
 * for, and by itself once a day. What is asked for stands in the table
 * `comparison` until it is answered there; a window compares one day at a time. */

enum { COMPARING_MS_MAX = 15000, COMPARING_LOOK_MS = 30000, COMPARING_KEEP_MS = 600000 };

struct comparison {
    int64_t id; /* row of `comparison`; 0: none under way */
    struct reconcile *reconcile;
    uint8_t message_id[16];
    int64_t asked_us;
};

struct comparing {
    struct base *base;
    struct digest *digest;
    struct port *ports;       /* borrowed */
    struct comparison *items; /* one a port */
    uint32_t port_count;
    bool has_new;    /* rows may wait */
    int64_t minute;  /* of the day in China at which it is due; RECONCILE_OFF: never by itself */
    int64_t look_us; /* when to look again whether it is due; 0: not yet known */
};

MUST_CHECK enum status comparing_init(struct comparing *comparing, struct base *base, struct digest *digest,
                                      struct port *ports, uint32_t port_count);
void comparing_fini(struct comparing *comparing);
/* Starts what waits or is due, ends what got no answer. Into the open group. */
void comparing_look(struct comparing *comparing, int64_t now_us);
/* RECON_RESULT or REJECT of a comparison: true when it was. Into the open group. */
bool comparing_take(struct comparing *comparing, uint32_t index, const struct link_message *message, int64_t now_us);

/* ---- the command line ---- */

/* Into the open group; the row's id. */
int64_t comparing_ask(struct base *base, struct text window, const char *day, int64_t now_us);
/* False while there is no answer; then *answer (JSON) or *failure is a new string of the caller's, or NULL. */
bool comparing_answer(struct base *base, int64_t id, char **answer, char **failure);

#endif
