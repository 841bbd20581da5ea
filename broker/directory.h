#ifndef ONEVISIT_BROKER_DIRECTORY_H
#define ONEVISIT_BROKER_DIRECTORY_H

#include "broker/keep/keeper.h"

/* Would directory_load take the file? Touches nothing. */
MUST_CHECK enum status directory_judge(const char *path, char *why);

/* Reads the directory file, validates it whole, and journals it when it is
 * another one than the one in force. On a fault nothing changes and `why`
 * (KEEPER_WHY_SIZE) names file, place and reason. */
MUST_CHECK enum status directory_load(struct keeper *keeper, const char *path, int64_t now_us, struct effects *effects,
                                      struct directory_result *out, char *why);

#endif
