#ifndef ONEVISIT_AGENTS_OPS_EXIT_CODE_H
#define ONEVISIT_AGENTS_OPS_EXIT_CODE_H

#include "schemas/status.h"

/* How `onevisit` ends; the same five numbers in every program of the house. */
enum exit_code {
    EXIT_CODE_DONE = 0,
    EXIT_CODE_NO = 1,          /* the answer is no: problems found, refused, not found */
    EXIT_CODE_USAGE = 2,       /* wrong usage or setting */
    EXIT_CODE_UNREACHABLE = 3, /* the broker cannot be reached, or no answer in time */
    EXIT_CODE_DAMAGE = 4,      /* damage, or reading or writing failed */
};

enum exit_code exit_code_of(enum status status);

#endif
