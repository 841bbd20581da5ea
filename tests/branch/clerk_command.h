#ifndef ONEVISIT_TESTS_BRANCH_CLERK_COMMAND_H
#define ONEVISIT_TESTS_BRANCH_CLERK_COMMAND_H

#include <sys/types.h>

#include "agents/branch/commands.h"
#include "tests/branch/folder.h"

/* A command of the clerk, run as the shell runs it: in a process of its own,
 * inside the test's folder, since argp ends the process on wrong usage. */

typedef enum exit_code clerk_command(int argc, char **argv, struct settings *settings);

struct ended {
    int code;
    char out[8192];
    char err[2048];
};

/* "folder/name" into `out`. */
void place(const struct folder *folder, const char *name, char *out, size_t size);
/* Words are parted by blanks. */
pid_t command_start(const struct folder *folder, clerk_command *command, const char *words);
void command_end(const struct folder *folder, pid_t child, struct ended *out);
void command_run_whole(const struct folder *folder, clerk_command *command, const char *words, struct ended *out);
/* Makes the branch's book `name` in the folder. */
void command_seal(const struct folder *folder, const char *name, const char *participant, bool is_test);

#endif
