#ifndef ONEVISIT_SCHEMAS_DESCRIBE_H
#define ONEVISIT_SCHEMAS_DESCRIBE_H

#include <stdio.h>

#include "schemas/dictionary.h"
#include "schemas/message.h"

/* The parts of build/bin/describe; linked into that program only. */

/* docs/messages.md. */
void describe_page(FILE *page);
/* docs/single-visit.md. */
void describe_visit(FILE *page);
/* A JSON Schema (draft 2020-12) of the JSON view of a record; the caller owns
 * it. NULL when out of memory. */
json_t *describe_schema(const struct record *record, const char *title);
/* The closed value list behind a rule; NULL and 0 for a rule that is none. */
const struct dictionary_entry *describe_values(enum rule rule, uint32_t *count);

#endif
