#ifndef ONEVISIT_TESTS_OPS_HOUSE_H
#define ONEVISIT_TESTS_OPS_HOUSE_H

#include "agents/ops/exit_code.h"

/* A folder of its own with keys/ and directory.json, and a way to run a
 * command in this process as the shell would: words, then what it printed. */
struct house {
    char folder[64];
    char keys[96];
    char directory[96];
};

struct printed {
    enum exit_code code;
    char out[65536]; /* standard output */
    char err[4096];  /* standard error */
};

void house_open(struct house *house);
void house_close(struct house *house);
/* Words are parted by blanks; KEYS and DIRECTORY stand for the house's paths. In
 * a process of its own, so that a usage error is an exit code like the others. */
void house_run(const struct house *house, enum exit_code (*command)(int argc, char **argv), const char *words,
               struct printed *out);

#endif
