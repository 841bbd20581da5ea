#ifndef ONEVISIT_AGENTS_BRANCH_FILE_OPTIONS_H
#define ONEVISIT_AGENTS_BRANCH_FILE_OPTIONS_H

#include <argp.h>

#include "agents/branch/application_check.h"
#include "agents/branch/settings.h"

/* The one FILE, --today, --clerks and --materials of the commands that check applications. */
struct file_options {
    const char *path; /* "-": standard input */
    struct date today;
    const char *clerks_path; /* NULL: none */
    const char *files_path;  /* NULL: materials are declared only */
    struct clerks *clerks;   /* owned once read, see file_options_fini */
};

void file_options_init(struct file_options *options); /* today is the clock's */
void file_options_fini(struct file_options *options);
/* The checks as these options want them. Complains and answers the code to end with, or EXIT_DONE; what was made is
 * the caller's either way, and is freed before the options. */
enum exit_code file_options_open_check(struct file_options *options, struct application_check **out);
extern const struct argp file_argp; /* child parser; input is struct file_options */

#endif
