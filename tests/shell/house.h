#ifndef ONEVISIT_TESTS_SHELL_HOUSE_H
#define ONEVISIT_TESTS_SHELL_HOUSE_H

#include "broker/keep/keeper.h"

/* A keeper on a folder of the test's own. */
extern char folder[64];
extern char why[KEEPER_WHY_SIZE];

void make_folder(void);
void remove_folder(void);
struct keeper_settings keeper_settings_of_test(uint32_t checkpoint_records_max);
struct keeper *open_keeper(uint32_t checkpoint_records_max);

#endif
