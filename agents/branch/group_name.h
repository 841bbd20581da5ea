#ifndef ONEVISIT_AGENTS_BRANCH_GROUP_NAME_H
#define ONEVISIT_AGENTS_BRANCH_GROUP_NAME_H

#include <stdbool.h>

#include "schemas/message.h"

enum { GROUP_QUERY_SIZE_MAX = 64 }; /* larger than any within the limits of its row */

/* A group's name is the branch's own; the same rules as at the broker's door. */
bool group_name_judge(const char *name);
/* The body of GROUP_QUERY. */
MUST_CHECK enum status group_query_encode(const char *name, uint8_t out[GROUP_QUERY_SIZE_MAX], size_t *size);

#endif
