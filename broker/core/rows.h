#ifndef ONEVISIT_BROKER_CORE_ROWS_H
#define ONEVISIT_BROKER_CORE_ROWS_H

#include "broker/core/list.h"
#include "broker/core/row.h"
#include "broker/core/table.h"

/* The rows memory knows, and which of them changed since the last checkpoint.
 *
 * A small row (duplicate, business key, number, feed) holds its stored bytes
 * here. A row that has a struct in the core (case, window, branch, key of a
 * participant, meta) is only marked here; its bytes are made when the shell
 * asks. Invariants:
 *  1. a changed row stands in `changed` once, at its first change;
 *  2. rows_done forgets all: what is on disk need not be here;
 *  3. at most ROWS_OFFERED_COUNT_MAX rows are here that did not change: the
 *     oldest goes first, so that what one event needs (ROW_NEEDS_MAX) stays. */
enum { ROWS_OFFERED_COUNT_MAX = 512 };

struct known_row {
    struct row_key key;
    uint8_t *value; /* NULL: absent, or made from a struct */
    uint32_t size;
    bool is_made; /* its bytes are made from the core's struct */
    bool is_changed;
    struct list_node of_offered; /* while it did not change */
};

struct rows {
    struct table known;
    struct known_row **changed;
    uint32_t changed_count;
    uint32_t changed_capacity;
    struct list offered;
    uint32_t offered_count;
};

void rows_fini(struct rows *rows);
/* NULL when memory does not know the key. */
const struct known_row *rows_find(const struct rows *rows, const struct row_key *key);
/* What the store said; ignored where memory knows better. */
void rows_offer(struct rows *rows, const struct row_key *key, struct bytes value);
void rows_put(struct rows *rows, const struct row_key *key, struct bytes value);
void rows_delete(struct rows *rows, const struct row_key *key);
/* Marks a row whose bytes are made from a struct. */
void rows_touch(struct rows *rows, const struct row_key *key);
void rows_done(struct rows *rows);

#endif
