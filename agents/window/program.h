#ifndef ONEVISIT_AGENTS_WINDOW_PROGRAM_H
#define ONEVISIT_AGENTS_WINDOW_PROGRAM_H

#include "agents/window/adapter.h"
#include "agents/window/rule_files.h"

/* The adapter to a registry behind a program: PATH find, PATH hand and, if it
 * answers title queries, PATH title; JSON
 * in, JSON out, exit codes as docs/adapter.md says. One run a window at a
 * time, `jobs` at most; a run that takes too long is killed by its id. What a
 * window's rules translate is turned on the way: the program reads and writes
 * the codes of its window. */

enum { PROGRAM_JOB_COUNT_MAX = 64 };

struct program_settings {
    const char *path;
    int64_t timeout_ms;
    int64_t poll_ms;
    uint32_t jobs;
    bool answers_titles;
    const char *materials;          /* the folder of the files that cases carry; borrowed; NULL: not told */
    const struct rule_files *rules; /* borrowed; NULL: none */
};

/* STATUS_CONFIG when there is no such program. */
MUST_CHECK enum status program_open(const struct program_settings *settings, struct adapter *out, char *why,
                                    size_t why_size);

#endif
