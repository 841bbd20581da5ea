#ifndef ONEVISIT_BROKER_CORE_RULES_KEEP_H
#define ONEVISIT_BROKER_CORE_RULES_KEEP_H

#include "broker/core/state.h"

/* Rules and calendar in memory, for the core's own files: each as the bytes of
 * its row, owned here, and the struct over them. A new one takes the place of
 * the one before as a whole. */

/* Takes a row in, from the store or as just encoded. STATUS_CORRUPT when it cannot be read or is another window's. */
MUST_CHECK enum status rules_keep(struct core *core, struct text window, struct bytes value);
MUST_CHECK enum status calendar_keep(struct core *core, struct bytes value);
void rules_file_free(struct rules_file *file);
void calendar_file_free(struct calendar_file *file);

#endif
