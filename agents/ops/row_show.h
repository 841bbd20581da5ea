#ifndef ONEVISIT_AGENTS_OPS_ROW_SHOW_H
#define ONEVISIT_AGENTS_OPS_ROW_SHOW_H

#include <jansson.h>

#include "broker/keep/rebuild.h"

/* A row that differs, as JSON: "row" (its name), "case" where it is of one, and either "what" ("missing", "not made
 * by the journal") or "fields", each with "stored" and "made", masked but for numbers and states. NULL when out of
 * memory. */
json_t *row_difference_json(const struct rebuild_difference *difference);
/* The fields in which two values of a row differ, each with both under the names given; data NULL for no row. */
json_t *row_fields_json(struct bytes one, struct bytes other, const char *one_name, const char *other_name);
/* One side of a field, for people. */
void row_value_print(const json_t *value);
/* A difference as a line or more for people. */
void row_difference_print(const json_t *difference);

#endif
