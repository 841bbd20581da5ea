#ifndef ONEVISIT_SCHEMAS_STATUS_H
#define ONEVISIT_SCHEMAS_STATUS_H

#include <stdbool.h>

/* What a function that can fail returns, and what a REJECT says on the wire.
 *
 * errors.def is the single source: name, wire code, whether the same message
 * may be tried again, and the text in English and Chinese. STATUS_OK is 0.
 */
#define ERROR(name, code, retry, english, chinese) STATUS_##name,
enum status {
#include "schemas/errors.def"
    STATUS_COUNT
};
#undef ERROR

#define MUST_CHECK __attribute__((warn_unused_result))

/* The code on the wire and in logs, e.g. "DUP_CONFLICT". */
const char *status_code(enum status status);
/* One sentence for a person, without a trailing full stop. */
const char *status_english(enum status status);
const char *status_chinese(enum status status);
/* May the very same message be sent again later with hope? */
bool status_may_retry(enum status status);
/* The status of a wire code; STATUS_COUNT where nobody knows the code. */
enum status status_of_code(const char *code, unsigned size);

#endif
