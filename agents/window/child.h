#ifndef ONEVISIT_AGENTS_WINDOW_CHILD_H
#define ONEVISIT_AGENTS_WINDOW_CHILD_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "schemas/status.h"
#include "schemas/text.h"

/* A program that runs beside us: fed from a buffer, heard into bounded ones,
 * never waited for. It stands in a process group of its own, and is killed by
 * that id and no other. */

enum { CHILD_OUTPUT_SIZE_MAX = 1 << 20, CHILD_ERROR_SIZE_MAX = 4096, CHILD_WATCH_COUNT = 4 };

struct child {
    pid_t pid;   /* 0: none */
    int process; /* pidfd: readable when it has ended */
    int input;
    int output;
    int errors;
    char *given; /* what it is to read */
    size_t given_size;
    size_t given_used;
    char *heard; /* CHILD_OUTPUT_SIZE_MAX bytes */
    size_t heard_size;
    char complaint[CHILD_ERROR_SIZE_MAX];
    size_t complaint_size;
    int64_t deadline_us;
    int64_t ended_us; /* killed since, for a child that will not go */
    bool is_too_loud; /* it wrote more than it may, and was killed */
    bool is_too_slow; /* it was killed at its deadline */
    int exit_code;    /* after child_work said that it ended; -1: by a signal */
};

/* STATUS_IO when it cannot be started: then it surely did nothing. `given` is taken. */
MUST_CHECK enum status child_start(struct child *child, const char *path, const char *verb, char **given,
                                   size_t given_size, int64_t deadline_us);
/* Feeds, hears, ends it when it is time. True when it has ended: then read the result, and child_free. */
bool child_work(struct child *child, int64_t now_us);
uint32_t child_watch(const struct child *child, struct pollfd out[CHILD_WATCH_COUNT]);
/* Kills what still runs, and frees; may run twice. */
void child_free(struct child *child);

#endif
