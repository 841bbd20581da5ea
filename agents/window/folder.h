#ifndef ONEVISIT_AGENTS_WINDOW_FOLDER_H
#define ONEVISIT_AGENTS_WINDOW_FOLDER_H

#include "agents/window/base.h"

/* The data folder of a window agent: window.db (inbox, outbox, docket), which
 * the daemon and the command line share, and `lock`, which the daemon alone
 * holds. A folder is sealed as test or production when it is made, and is
 * never used as the other. */
struct folder {
    struct base base;
    char path[4000];
    int lock; /* -1: not held */
};

enum folder_use {
    FOLDER_AS_IT_IS, /* the command line: whatever it is sealed as; never made */
    FOLDER_PRODUCTION,
    FOLDER_TEST,
};

/* Makes the folder when it is missing. STATUS_NOT_FOUND, STATUS_SEALED_OTHERWISE, STATUS_NEWER,
 * STATUS_CORRUPT, STATUS_IO; the sentence in `why`. */
MUST_CHECK enum status folder_open(struct folder *folder, const char *path, enum folder_use use, char *why,
                                   size_t why_size);
/* STATUS_IN_USE when another daemon runs on this folder. */
MUST_CHECK enum status folder_lock(struct folder *folder, char *why, size_t why_size);
void folder_close(struct folder *folder);

#endif
