#ifndef ONEVISIT_BROKER_CORE_GROUP_H
#define ONEVISIT_BROKER_CORE_GROUP_H

#include "broker/core/state.h"

/* A group of independent cases of one branch, as of units in two counties. A
 * booking cannot be undone, so the cases go their own ways, and the group has a
 * word for where they stand. */

struct group_word {
    const char *name;
    const char *chinese;
    const char *english;
};

/* STATUS_OK, or LIMIT when the group of this submission is full; sets turn->path. */
enum status group_judge(struct turn *turn);
/* The new case joins the group its envelope names, if any. */
void group_join(struct turn *turn, struct case_file *file);
/* By the names of their states on the wire. */
struct group_word group_word_of(const struct text *states, uint32_t count);

#endif
