#ifndef ONEVISIT_AGENTS_BRANCH_FILE_OPTIONS_H
#define ONEVISIT_AGENTS_BRANCH_FILE_OPTIONS_H

#include <argp.h>

#include "schemas/calendar.h"

/* The one FILE and --today of the commands that check applications. */
struct file_options {
    const char *path; /* "-": standard input */
    struct date today;
};

void file_options_init(struct file_options *options); /* today is the clock's */
extern const struct argp file_argp;                   /* child parser; input is struct file_options */

#endif
