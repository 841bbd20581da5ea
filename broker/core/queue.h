#ifndef ONEVISIT_BROKER_CORE_QUEUE_H
#define ONEVISIT_BROKER_CORE_QUEUE_H

#include "broker/core/case.h"
#include "broker/core/table.h"

/* What waits at one window for its first dispatch, and whose turn it is, so
 * that a flooding branch slows nobody else (HOUSE promise 4). Two classes:
 * interactive, where a citizen stands at a counter, and bulk (`pri` 3). The
 * interactive ones go first, but where both wait one turn in `bulk_every` is a
 * bulk one, so that bulk never starves. Within a class the branches take turns,
 * and within a branch the order is that of submitting.
 *
 * Only cases that head all their lanes wait here, so no choice made here can
 * overtake within a property unit. A bulk case that keeps an interactive one
 * waiting in a lane is hurried: it counts as interactive itself, and what it waits
 * for in its other lanes is hurried in its turn.
 *
 * All of it is volatile and made anew from the open cases; whose turn it is
 * becomes durable with FACT_DISPATCH. Each act costs the logarithm of what one
 * branch has waiting at the window, never a walk over what waits. */
enum queue_class { QUEUE_INTERACTIVE, QUEUE_BULK, QUEUE_CLASS_COUNT };

/* What a branch has at a window in one class. */
struct share_class {
    struct heap waiting;   /* cases; rank: row.submitted */
    struct list_node turn; /* among the shares of the queue that have something waiting */
};

/* One branch at one window, as long as it has an undelivered case there. */
struct share {
    char branch[PARTICIPANT_SIZE_MAX + 1];
    uint32_t undelivered_count;
    struct share_class classes[QUEUE_CLASS_COUNT];
};

struct queue {
    struct table shares; /* by branch */
    struct list turns[QUEUE_CLASS_COUNT];
    uint32_t counts[QUEUE_CLASS_COUNT]; /* cases waiting */
    uint32_t passed_count;              /* interactive turns since the last bulk one, while bulk waited */
};

/* Every share has gone by then, or the whole core goes. */
void queue_fini(struct queue *queue);

/* From SUBMITTED until the window has it a case belongs to the share of its branch. */
void queue_enter(struct queue *queue, struct case_file *file);
void queue_leave(struct queue *queue, struct case_file *file);
/* Undelivered cases of a branch. */
uint32_t queue_undelivered(const struct queue *queue, struct text branch);

/* It waits for its first dispatch from now on, or no longer. */
void queue_put(struct queue *queue, struct case_file *file);
void queue_remove(struct queue *queue, struct case_file *file);
/* Does it count as bulk? */
bool queue_is_bulk(const struct case_file *file);
/* An interactive case, or a hurried one, waits behind this one, which counted as bulk until now. */
void queue_hurry(struct queue *queue, struct case_file *file);

uint32_t queue_count(const struct queue *queue);
/* The case whose turn it is; NULL from an empty queue. `bulk_every` 0: bulk goes only when nothing else waits. */
struct case_file *queue_first(const struct queue *queue, uint32_t bulk_every);
/* The case whose turn it was goes: its branch is behind all others of its class. */
void queue_took_turn(struct queue *queue, struct case_file *file);

bool queue_is_sound(const struct queue *queue);

#endif
