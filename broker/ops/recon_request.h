#ifndef ONEVISIT_BROKER_OPS_RECON_REQUEST_H
#define ONEVISIT_BROKER_OPS_RECON_REQUEST_H

#include "broker/keep/keeper.h"

/* Answers OPS_RECON_LIST: the differences between the books, and whose books of a day were compared. Looks at no more
 * than RECON_LOOK_COUNT_MAX rows; `out` lives in the arena. */
enum { RECON_LOOK_COUNT_MAX = 100000 };

MUST_CHECK enum status recon_request_list(struct keeper *keeper, const struct ops_recon_list *asked,
                                          struct arena *arena, struct recon_list *out, char *why);

#endif
