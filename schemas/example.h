#ifndef ONEVISIT_SCHEMAS_EXAMPLE_H
#define ONEVISIT_SCHEMAS_EXAMPLE_H

#include "schemas/record.h"

/* A valid value of any record, made from its table alone: for the test vectors,
 * the seeds of the fuzzers and the tests. The same call gives the same bytes
 * for ever. Right in form only: the counter checks have their own examples. */

enum example {
    EXAMPLE_MINIMAL, /* required rows alone, everything as small as the rows allow */
    EXAMPLE_FULL,    /* every row, readable values, two items in a list */
    EXAMPLE_LARGEST, /* every row, texts, bytes and numbers as large as allowed, three items in a list */
    EXAMPLE_COUNT,
};

const char *example_name(enum example example);

/* Fills `out` (record->struct_size bytes); what it points at lives in the
 * arena. STATUS_LIMIT when that is full. */
MUST_CHECK enum status example_make(const struct record *record, enum example example, struct arena *arena, void *out);

#endif
