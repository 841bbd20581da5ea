#ifndef ONEVISIT_BROKER_CORE_DIRECTORY_H
#define ONEVISIT_BROKER_CORE_DIRECTORY_H

#include "broker/core/state.h"

/* The keys of the participants, as the directory in force says. */

/* Takes one row in (from the store, or a new directory); replaces the key's row. */
void directory_keep(struct core *core, const struct directory_row *row);
/* The whole directory: rows that are not in it go. */
void directory_replace(struct core *core, const struct directory_row_list *rows);
struct key_file *directory_find(const struct core *core, struct text key);
void key_file_free(struct key_file *file);

#endif
