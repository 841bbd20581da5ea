#ifndef ONEVISIT_SCHEMAS_FIELD_PATH_H
#define ONEVISIT_SCHEMAS_FIELD_PATH_H

#include "schemas/record.h"

/* Paths into a record, as "mortgagors/0/tel"; in a pattern a star stands for
 * every item of a list. */

enum { FIELD_PATH_STAR_COUNT_MAX = 4 };

/* Does the record have such fields? Lists inside are reached by stars alone. */
bool field_path_is_known(const struct record *record, struct text pattern);

/* The field a path with indices names, as "units/0/zl", and the record it stands in (*record is that of the body
 * before); NULL for none. `is_item`: the path ends with an index. */
const struct field *field_path_find(const struct record **record, const char *path, bool *is_item);

/* Calls `take` for every place the pattern reaches in `in` where nothing stands.
 * A field of a part that is absent itself is not asked for. */
typedef void field_path_take(const char *path, void *context);
void field_path_each_absent(const struct record *record, const void *in, struct text pattern, field_path_take *take,
                            void *context);

#endif
