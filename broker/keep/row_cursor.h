#ifndef ONEVISIT_BROKER_KEEP_ROW_CURSOR_H
#define ONEVISIT_BROKER_KEEP_ROW_CURSOR_H

#include "broker/store/store.h"

/* All rows of a store in key order, one call each, a page of them in memory:
 * for walking two stores side by side. Nothing may write to the store meanwhile. */
struct row_cursor;

enum { ROW_CURSOR_PAGE_SIZE = 256 << 10 /* bytes of a page; a row larger than that is a page alone */ };

MUST_CHECK enum status row_cursor_new(struct store *store, struct row_cursor **out);
void row_cursor_free(struct row_cursor **cursor);
/* The next row, borrowed until the next call; key.size 0 at the end. */
MUST_CHECK enum status row_cursor_next(struct row_cursor *cursor, struct bytes *key, struct bytes *value, char *why);

#endif
