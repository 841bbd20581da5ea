#ifndef ONEVISIT_SCHEMAS_FAILURE_H
#define ONEVISIT_SCHEMAS_FAILURE_H

#include <stddef.h>
#include <stdint.h>

#include "schemas/text.h"

/* The classes of failure of a delivery, expanded from failures.def: the broker and the agents of windows go by the same
 * limits. A window that is away has failed nothing; one that is there and does not answer is no row of the table: its
 * leases are (FAILURE_SILENT). */
#define FAILURE(name, word, attempts, wait_ms, wait_ms_max) FAILURE_##name,
enum failure {
#include "schemas/failures.def"
    FAILURE_COUNT
};

#define FAILURE_SILENT "silent"
enum { FAILURE_CAUSE_SIZE_MAX = 64 };

struct failure_row {
    const char *word; /* on the wire */
    int64_t attempts_max;
    int64_t wait_ms;
    int64_t wait_ms_max;
};

const struct failure_row *failure_row(enum failure failure);
/* FAILURE_COUNT where nobody knows the word. */
enum failure failure_of(struct text word);
/* What to wait after the `attempt`-th failure of the class (from 1): spread by `spread`, any number that says nothing
 * of the time, so that many do not come again in the same moment. */
int64_t failure_wait_ms(enum failure failure, int64_t attempt, uint64_t spread);
/* "登记系统繁忙或未开放 / the registry's system is busy or closed"; the word itself where nobody knows it. Returns
 * `out`. */
const char *failure_show(struct text word, char *out, size_t size);

#endif
