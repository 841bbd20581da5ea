#ifndef ONEVISIT_AGENTS_OPS_GAUGE_H
#define ONEVISIT_AGENTS_OPS_GAUGE_H

#include <stdbool.h>
#include <stdint.h>

/* How far a long command is: one line on standard error, drawn over itself, with rate and time left. Nothing where
 * standard error is no terminal. Ctrl-C is asked for between two portions of work: gauge_is_stopped. */
struct gauge {
    const char *what; /* "records" */
    uint64_t from;    /* where this run began */
    uint64_t until;
    int64_t start_us;
    int64_t drawn_us;
    bool is_shown;
};

/* Takes SIGINT and SIGTERM from here on: the command ends where it can be gone on with. */
void gauge_start(struct gauge *gauge, const char *what, uint64_t from, uint64_t until);
void gauge_set(struct gauge *gauge, uint64_t at);
/* Takes the line away. */
void gauge_end(struct gauge *gauge);
bool gauge_is_stopped(void);

#endif
