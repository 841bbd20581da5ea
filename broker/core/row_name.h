#ifndef ONEVISIT_BROKER_CORE_ROW_NAME_H
#define ONEVISIT_BROKER_CORE_ROW_NAME_H

#include "broker/core/row.h"

enum { ROW_NAME_SIZE = 512 };

/* A row's key as people read it: "case 370102-20260901-000001", "event B:105451099995 12". Whatever the bytes are,
 * the name holds no control characters. Returns `out`. */
const char *row_name(struct bytes key, char out[ROW_NAME_SIZE]);
/* The case a row is of; data NULL for none. Borrows from `key`. */
struct text row_case(struct bytes key);

#endif
