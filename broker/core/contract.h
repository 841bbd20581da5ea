#ifndef ONEVISIT_BROKER_CORE_CONTRACT_H
#define ONEVISIT_BROKER_CORE_CONTRACT_H

#include "broker/core/state.h"

/* The open cases filed under one contract of a mortgagee and of one kind: row
 * 'x', oldest first. Several stand there only when they share a group, as one
 * contract over several districts does (check B03). Whoever changes a row has
 * offered it before (core_needs). */
enum { CONTRACT_CASE_COUNT_MAX = 64 };

void contract_enter(struct core *core, const struct case_file *file);
void contract_leave(struct core *core, const struct case_file *file);

#endif
