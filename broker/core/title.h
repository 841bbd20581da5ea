#ifndef ONEVISIT_BROKER_CORE_TITLE_H
#define ONEVISIT_BROKER_CORE_TITLE_H

#include "broker/core/state.h"

/* The title query: a branch asks, the window looks into its book, the answer
 * goes back. Question and answer are journaled for audit and meet in a
 * title_row; who waits for what is volatile, since the person who asked is
 * still there and asks again.
 *
 * A query has one answer: the first. What a window says later to the same query
 * is stored and changes nothing, so that a case never stands on another answer
 * than the one its branch read. An answer that comes after the time-out is the
 * first one all the same. */

enum {
    TITLE_ASK_COUNT_MAX = 16,   /* queries a branch has out at one window; beyond, BUSY */
    TITLE_MINUTES_DEFAULT = 60, /* a result may be relied on for so long, unless the window's rules say otherwise */
};

/* A query that waits for its window, in the window's list. */
struct title_wait {
    struct list_node of_window; /* owner: the ask */
    struct timer timer;         /* at the deadline */
    struct window_file *window;
    uint64_t sequence;
    int64_t deadline_us;
    char branch[PARTICIPANT_SIZE_MAX + 1];
    uint8_t answers[MESSAGE_ID_SIZE]; /* the TITLE_QUERY */
};

/* STATUS_OK, or why the window cannot be asked now; sets turn->path. */
enum status title_judge(struct turn *turn, const struct title_query *query);
/* Puts the query of this turn, journaled as `sequence`, to its window. */
void title_ask(struct turn *turn, uint64_t sequence);
/* The same TITLE_QUERY came again: its answer, or one more try. */
void title_ask_again(struct turn *turn, uint64_t sequence);
/* The window has a new session: what still waits for it is asked once more. */
void title_window_comes(struct turn *turn, struct window_file *window);
void title_timed_out(struct turn *turn, struct title_wait *ask);
/* Nobody waits for the query any more. */
void title_settle(struct core *core, struct window_file *window, uint64_t sequence);
/* Ends all of a window, when the core is freed. */
void title_fini(struct window_file *window);

/* The queries whose results an application stands on, each once: its own first, then those of its units. Those beyond
 * TITLE_STAND_COUNT_MAX are not stood on. Returns the count. */
uint32_t title_queries(const struct case_submit *application, uint64_t out[TITLE_STAND_COUNT_MAX]);
/* May the branch stand on it at this window? */
bool title_is_of(const struct title_row *row, struct text branch, struct text window);

/* The row of a query; false when there is none. Its texts are valid until the core decodes again. */
bool title_find(struct core *core, uint64_t sequence, struct title_row *out);
/* Tells a branch the answer its query has. */
void title_tell(struct turn *turn, uint64_t sequence, const struct title_row *row);

#endif
