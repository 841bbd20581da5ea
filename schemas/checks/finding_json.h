#ifndef ONEVISIT_SCHEMAS_CHECKS_FINDING_JSON_H
#define ONEVISIT_SCHEMAS_CHECKS_FINDING_JSON_H

#include <jansson.h>

#include "schemas/checks/check.h"

/* One finding as an object {id, level, path, text_zh, text_en, fix_zh, fix_en}.
 * NULL when out of memory. The caller owns it. */
json_t *finding_json(const struct found *found);
/* All of them as an array, in their order. */
json_t *findings_json(const struct check_result *result);

#endif
