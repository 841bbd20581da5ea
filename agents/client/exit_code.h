#ifndef ONEVISIT_AGENTS_CLIENT_EXIT_CODE_H
#define ONEVISIT_AGENTS_CLIENT_EXIT_CODE_H

#include "schemas/status.h"

/* How the agents' programs end, and how they say why. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_NO = 1,          /* the answer is no: problems found, refused, not found */
    EXIT_USAGE_WRONG = 2, /* wrong usage or setting */
    EXIT_UNREACHABLE = 3, /* the broker cannot be reached, or no answer in time */
    EXIT_DAMAGE = 4,      /* damage, or reading or writing failed */
};

/* The code of a status that means the same to every agent; an agent judges
 * before it what is a plain no to that agent alone. */
enum exit_code exit_code_usual(enum status status);

/* "onevisit-branch: <sentence> (<Chinese of status>)" to standard error. */
void complain_as(const char *program, enum status status, const char *sentence);

#endif
